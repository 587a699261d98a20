//go:build unix

package pgtest

import (
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// other is the user that runs PostgreSQL in root's place, because PostgreSQL refuses root.
func other() *syscall.Credential {
	if os.Geteuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, _ := strconv.ParseUint(u.Uid, 10, 32)
		gid, _ := strconv.ParseUint(u.Gid, 10, 32)
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	return nil
}

func usable() bool { return os.Geteuid() != 0 || other() != nil }

// demote lets root start a program as another user.
func demote(cmd *exec.Cmd) {
	// A group of its own: Ctrl+C at the tests is not for the server.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: other()}
}

// give lets the other user have a folder.
func give(dir string) error {
	if c := other(); c != nil {
		return os.Chown(dir, int(c.Uid), int(c.Gid))
	}
	return nil
}

// shortTemp is a folder for temporary files that another user may enter.
func shortTemp() string {
	if os.Geteuid() == 0 {
		return "/tmp"
	}
	return ""
}
