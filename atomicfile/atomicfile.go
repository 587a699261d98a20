// Package atomicfile writes files that are whole or not there: nobody sees half of one, and what
// was there stays until the new file is complete and on the disk.
package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Replace writes a file in place of the one at path. A link stays a link: its target is replaced. A
// file that is there keeps its permissions; a new one gets mode. Pipes and devices are written to
// as they are. write gets an empty file and leaves it open; where write fails, path stays as it
// was. The error is write's own, or an *Error.
func Replace(path string, mode fs.FileMode, write func(*os.File) error) error {
	if info, err := os.Stat(path); err == nil {
		// /dev/stderr may be a file
		if !info.Mode().IsRegular() || strings.HasPrefix(path, "/dev/") {
			return writeInto(path, write)
		}
		mode = info.Mode().Perm()
	}
	target, err := resolve(path)
	if err != nil {
		return Explain(path, err)
	}
	return put(path, target, mode, write, os.Rename)
}

// Create writes a file where there is none; else the error is fs.ErrExist, also where a link leads
// to nothing.
func Create(path string, mode fs.FileMode, write func(*os.File) error) error {
	if _, err := os.Lstat(path); err == nil {
		return Explain(path, fs.ErrExist)
	}
	return put(path, path, mode, write, claim)
}

// Bytes is a write of a content that is known.
func Bytes(content []byte) func(*os.File) error {
	return func(f *os.File) error {
		_, err := f.Write(content)
		return err
	}
}

// put writes a temporary file beside the target, whose name nobody else has, and gives it the
// target's name.
func put(path, target string, mode fs.FileMode, write func(*os.File) error,
	rename func(from, to string) error) error {
	f, err := os.CreateTemp(filepath.Dir(target), ".lineup-*")
	if err != nil {
		return Explain(path, err)
	}
	defer os.Remove(f.Name()) // does nothing after the rename
	if err := write(f); err != nil {
		_ = f.Close() // the first error tells more
		return explainWrite(path, f.Name(), err)
	}
	if err := errors.Join(f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return Explain(path, err)
	}
	if err := rename(f.Name(), target); err != nil {
		return Explain(path, err)
	}
	syncFolder(filepath.Dir(target))
	return nil
}

// claim gives a file a name that nobody has. Where the system knows no hard links the name is only
// looked at before.
func claim(from, to string) error {
	err := os.Link(from, to)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, err := os.Lstat(to); err == nil {
		return fs.ErrExist
	}
	return os.Rename(from, to)
}

// maxLinks bounds a chain of links, as the systems do.
const maxLinks = 40

// errLoop says that links lead in a circle.
var errLoop = errors.New("too many links")

// resolve follows the links of a path to the file that they lead to, which need not be there.
func resolve(path string) (string, error) {
	for range maxLinks {
		info, err := os.Lstat(path)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 { // a file, or a new one
			return path, nil
		}
		to, err := os.Readlink(path)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(path), to)
		}
		path = to
	}
	return "", errLoop
}

// writeInto writes to what is no file: a pipe, a device. A folder gives an error.
func writeInto(path string, write func(*os.File) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return Explain(path, err)
	}
	if err := write(f); err != nil {
		_ = f.Close()
		return explainWrite(path, path, err)
	}
	return Explain(path, f.Close())
}

// syncFolder makes the new name last through a power loss, where the system can; the content is on
// the disk already.
func syncFolder(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync() // some file systems know no such thing
		_ = d.Close()
	}
}
