package wire

import (
	"context"
	"os/exec"
	"syscall"
)

// shell is a command line of the system's shell, as it stands: os/exec would put a backslash before
// each quote in it, which cmd does not understand.
func shell(ctx context.Context, line string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "cmd")
	cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: `cmd /s /c "` + line + `"`}
	return cmd
}
