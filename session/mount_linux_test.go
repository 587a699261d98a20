package session

import "syscall"

// mountSmall mounts a file system of 3 MB in memory.
func mountSmall(dir string) error { return syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=3m") }

func unmount(dir string) error { return syscall.Unmount(dir, 0) }
