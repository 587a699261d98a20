package session

import "os/exec"

// asOther cannot be done here.
func asOther(*exec.Cmd) bool { return false }
