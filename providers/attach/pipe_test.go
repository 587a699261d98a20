//go:build unix

package attach_test

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"lineup/providers/attach"
)

func TestNobodyWaitsForAPipe(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := attach.Read(pipe); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("%v, want it refused", err)
	}
}
