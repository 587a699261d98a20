//go:build unix

package session

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// noRoom tells why a disk took no more. SQLite recognises a full disk by ENOSPC alone; a quota or a
// limit for files is another error of the system. "" where there is room.
func noRoom(path string) Reason {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit) == nil {
		for _, name := range []string{path, path + "-wal"} {
			if info, err := os.Stat(name); err == nil &&
				uint64(info.Size())+probeSize > uint64(limit.Cur) {
				return FileLimit
			}
		}
	}
	return roomReason(probe(filepath.Dir(path)))
}

// probeSize is about what a transaction needs.
const probeSize = 64 << 10

// probe tries to write a little into a folder.
func probe(dir string) error {
	f, err := os.CreateTemp(dir, ".room-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(make([]byte, probeSize))
	return errors.Join(err, f.Sync(), f.Close())
}

func roomReason(err error) Reason {
	switch {
	case errors.Is(err, syscall.EDQUOT):
		return Quota
	case errors.Is(err, syscall.ENOSPC):
		return DiskFull
	case errors.Is(err, syscall.EFBIG):
		return FileLimit
	}
	return ""
}

// mayWrite reports whether this user may write a file, or into a folder. It opens nothing: closing
// the database again would drop its locks.
func mayWrite(path string) bool { return syscall.Access(path, 2) == nil } // W_OK
