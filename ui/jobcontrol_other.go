//go:build !unix

package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"
)

// jobControl does nothing: nothing stops and continues a program of a terminal here.
type jobControl struct{}

func newJobControl() *jobControl { return &jobControl{} }

func (*jobControl) filter(msg tea.Msg) tea.Msg { return msg }

func (*jobControl) watch(context.Context, *tea.Program, <-chan struct{}) {}

// canSuspend says that Ctrl+Z does nothing here.
func canSuspend(*app) string { return "this system suspends no programs" }
