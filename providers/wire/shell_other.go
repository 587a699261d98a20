//go:build !windows

package wire

import (
	"context"
	"os/exec"
)

// shell is a command line of the system's shell.
func shell(ctx context.Context, line string) *exec.Cmd {
	return exec.CommandContext(ctx, "sh", "-c", line)
}
