//go:build !unix

package pgtest

import "os/exec"

// usable is false: these tests want Unix sockets and a user of their own.
func usable() bool { return false }

func demote(*exec.Cmd) {}

func give(string) error { return nil }

func shortTemp() string { return "" }
