package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Error says that a file could not be written, and what to do. errors.Is sees the cause.
type Error struct {
	Path string
	Err  error
}

// Explain makes an error one of path, which the user knows; the name of a temporary file tells
// nobody anything. It gives nil for nil.
func Explain(path string, err error) error {
	var pathErr *fs.PathError
	var linkErr *os.LinkError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &pathErr):
		err = pathErr.Err
	case errors.As(err, &linkErr):
		err = linkErr.Err
	}
	return &Error{path, err}
}

func (e *Error) Error() string {
	switch {
	case errors.Is(e.Err, fs.ErrNotExist):
		return fmt.Sprintf("%s: there is no folder %s; make it, or name another file",
			e.Path, filepath.Dir(e.Path))
	case errors.Is(e.Err, fs.ErrPermission):
		return e.Path + " may not be written; check its permissions, or name another file"
	case errors.Is(e.Err, syscall.EISDIR):
		return e.Path + " is a folder; name a file in it"
	case errors.Is(e.Err, syscall.ENOTDIR):
		return fmt.Sprintf("%s: %s is no folder; name another file", e.Path, filepath.Dir(e.Path))
	case errors.Is(e.Err, syscall.EROFS):
		return e.Path + ": the disk is read-only; name a file on another one"
	case errors.Is(e.Err, syscall.ENOSPC):
		return e.Path + ": the disk is full; free some space, or name another file"
	case errors.Is(e.Err, syscall.EDQUOT):
		return e.Path + ": the quota of the disk is used up; free some space, or name another file"
	case errors.Is(e.Err, syscall.EFBIG):
		return e.Path + ": files may not become larger here (ulimit -f); raise that limit"
	}
	return fmt.Sprintf("%s: %v; name another file", e.Path, e.Err)
}

// explainWrite explains what went wrong with the file of this name. All else is write's own.
func explainWrite(path, name string, err error) error {
	var failed *fs.PathError
	if errors.As(err, &failed) && failed.Path == name {
		return Explain(path, failed)
	}
	return err
}

// ExplainTemp says of a temporary file that cannot be written where such files go, and what to do.
// Any other error stays as it is.
func ExplainTemp(err error) error {
	var failed *fs.PathError
	dir := os.TempDir()
	if !errors.As(err, &failed) || !strings.HasPrefix(failed.Path, dir) {
		return err
	}
	return fmt.Errorf("no temporary file can be written in %s: %w; set TMPDIR to another folder",
		dir, failed.Err)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }
