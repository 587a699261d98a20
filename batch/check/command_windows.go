package check

import (
	"os/exec"
	"strconv"
	"syscall"
)

// ownGroup makes a command end with the processes that it started.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
	cmd.Cancel = func() error {
		kill := exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(cmd.Process.Pid))
		if err := kill.Run(); err != nil {
			return cmd.Process.Kill()
		}
		return nil
	}
}

// endGroup has nothing to do: without its parent, a process is in no tree that could be ended.
func endGroup(*exec.Cmd) {}
