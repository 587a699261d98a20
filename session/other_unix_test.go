//go:build unix

package session

import (
	"os"
	"os/exec"
	"syscall"
)

// nobody is a user without rights, in most systems.
const nobody = 65534

// asOther makes a command one of a user whom permissions bind, who may be this one.
func asOther(cmd *exec.Cmd) bool {
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	return true
}
