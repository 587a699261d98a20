package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

func text(s string) func(*os.File) error {
	return func(f *os.File) error {
		_, err := f.WriteString(s)
		return err
	}
}

func put1(t *testing.T, path, s string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(s), mode); err != nil {
		t.Fatal(err)
	}
}

// want holds a file to its content and, where there is one, its mode; and its folder to nothing but these files.
func want(t *testing.T, path, s string, mode fs.FileMode) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != s {
		t.Errorf("%s: %q, %v; want %q", filepath.Base(path), got, err, s)
	}
	if info, err := os.Lstat(path); err == nil && mode != 0 && runtime.GOOS != "windows" && info.Mode() != mode {
		t.Errorf("%s has mode %v, want %v", filepath.Base(path), info.Mode(), mode)
	}
}

func entries(t *testing.T, dir string, n int) {
	t.Helper()
	if list, err := os.ReadDir(dir); err != nil || len(list) != n {
		t.Errorf("the folder has %v, want %d files", list, n)
	}
}

func TestReplace(t *testing.T) {
	dir := t.TempDir()
	a := filepath.Join(dir, "a.md")
	put1(t, filepath.Join(dir, "a.md.part"), "mine", 0o600) // what others call theirs
	if err := Replace(a, 0o600, text("one")); err != nil {
		t.Fatal(err)
	}
	want(t, a, "one", 0o600)
	if err := os.Chmod(a, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Replace(a, 0o600, text("two")); err != nil {
		t.Fatal(err)
	}
	want(t, a, "two", 0o644)
	failed := errors.New("half way")
	err := Replace(a, 0o600, func(f *os.File) error { return errors.Join(text("thr")(f), failed) })
	if !errors.Is(err, failed) {
		t.Error(err)
	}
	want(t, a, "two", 0o644)
	want(t, filepath.Join(dir, "a.md.part"), "mine", 0)
	entries(t, dir, 2)
}

func TestReplaceFollowsLinks(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	target := filepath.Join(other, "target")
	put1(t, target, "old", 0o640)
	for name, to := range map[string]string{"absolute": target, "chain": "absolute", "to nothing": filepath.Join(other, "new")} {
		link := filepath.Join(dir, name)
		switch err := os.Symlink(to, link); {
		case err != nil && runtime.GOOS == "windows":
			t.Skip("Windows lets few users make links: ", err)
		case err != nil:
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ name, at string }{{"absolute", target}, {"chain", target}, {"to nothing", filepath.Join(other, "new")}} {
		name, at := c.name, c.at
		link := filepath.Join(dir, name)
		if err := Replace(link, 0o600, text(name)); err != nil {
			t.Fatal(err)
		}
		want(t, at, name, 0)
		if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("%s is no link any more: %v", name, err)
		}
	}
	want(t, target, "chain", 0o640)
	entries(t, dir, 3)
	entries(t, other, 2)

	loop := filepath.Join(dir, "loop")
	if err := os.Symlink("loop", loop); err != nil {
		t.Fatal(err)
	}
	if err := Replace(loop, 0o600, text("x")); err == nil {
		t.Error("a link to itself was written to")
	}
}

func TestCreate(t *testing.T) {
	dir := t.TempDir()
	a := filepath.Join(dir, "file:a.db") // no part of a name means anything
	if err := Create(a, 0o600, text("one")); err != nil {
		t.Fatal(err)
	}
	if err := Create(a, 0o600, text("two")); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
	want(t, a, "one", 0o600)
	b := filepath.Join(dir, "b")
	err := Create(b, 0o600, func(f *os.File) error { put1(t, b, "faster", 0o600); return nil })
	if !errors.Is(err, fs.ErrExist) {
		t.Errorf("over a file that came meanwhile: %v", err)
	}
	want(t, b, "faster", 0)
	entries(t, dir, 2)
}

func TestErrorsNameThePathAndSayWhatToDo(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "missing", "x.md")
	for _, err := range []error{Replace(path, 0o600, text("x")), Create(path, 0o600, text("x"))} {
		want := path + ": there is no folder " + filepath.Join(dir, "missing") + "; make it, or name another file"
		if !errors.Is(err, fs.ErrNotExist) || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if err := Replace(dir, 0o600, text("x")); err == nil || err.Error() != dir+" is a folder; name a file in it" {
		t.Errorf("%v", err)
	}
	for err, want := range map[error]string{
		&fs.PathError{Op: "open", Path: "tmp-1", Err: fs.ErrPermission}: "x may not be written; check its permissions, or name another file",
		&os.LinkError{Op: "rename", Err: errors.New("link lost")}:       "x: link lost; name another file",
		&fs.PathError{Op: "write", Path: "tmp-1", Err: syscall.ENOSPC}:  "x: the disk is full; free some space, or name another file",
		&fs.PathError{Op: "write", Path: "tmp-1", Err: syscall.EDQUOT}:  "x: the quota of the disk is used up; free some space, or name another file",
		&fs.PathError{Op: "write", Path: "tmp-1", Err: syscall.EFBIG}:   "x: files may not become larger here (ulimit -f); raise that limit",
		&fs.PathError{Op: "open", Path: "tmp-1", Err: syscall.EROFS}:    "x: the disk is read-only; name a file on another one",
	} {
		if got := Explain("x", err).Error(); got != want {
			t.Errorf("%v: %s, want %s", err, got, want)
		}
	}
	if Explain("x", nil) != nil {
		t.Error("no error is explained")
	}
}

// Fault: a missing folder for temporary files was told as a result file that does not exist.
func TestATemporaryFileThatCannotBeWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "missing")
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir) // on Windows
	_, err := os.CreateTemp("", "lineup-*")
	told := ExplainTemp(err)
	if !errors.Is(told, fs.ErrNotExist) || !strings.HasPrefix(told.Error(), "no temporary file can be written in "+dir+": ") ||
		!strings.HasSuffix(told.Error(), "; set TMPDIR to another folder") {
		t.Error(told)
	}
	if other := (&fs.PathError{Op: "read", Path: "results.jsonl", Err: fs.ErrNotExist}); ExplainTemp(other) != error(other) || ExplainTemp(nil) != nil {
		t.Error("another error is explained")
	}
}

// Fault: a full disk was told with the name of the temporary file, by some writers twice, and without a next step.
func TestAFailedWriteNamesThePathNotTheTemporaryFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.md")
	for range 2 {
		err := Replace(path, 0o600, func(f *os.File) error {
			full := &fs.PathError{Op: "write", Path: f.Name(), Err: syscall.ENOSPC}
			return errors.Join(full, full)
		})
		if want := path + ": the disk is full; free some space, or name another file"; err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
		put1(t, path, "was there", 0o600)
	}
	want(t, path, "was there", 0)
	if err := Replace(filepath.Join(path, "y"), 0o600, text("x")); runtime.GOOS != "windows" &&
		(err == nil || err.Error() != path+"/y: "+path+" is no folder; name another file") {
		t.Error(err)
	}
}
