//go:build !unix

package ui

import (
	"context"
	"os"
)

// readable cannot be told here.
func readable(*os.File) bool { return true }

// block is for systems whose terminals can be told not to wait.
func block(*os.File) error { return nil }

// listen would wait for a key here.
func (keyboard) listen(context.Context) {}
