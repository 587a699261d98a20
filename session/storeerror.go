package session

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"lineup/atomicfile"
)

// Reason says why the store could not do something, in words for the user.
type Reason string

// The reasons of a StoreError.
const (
	DiskFull    Reason = "the disk is full"
	Quota       Reason = "the quota of the disk is used up"
	FileLimit   Reason = "files may not become larger here (ulimit -f)"
	ReadOnly    Reason = "the file is read-only"
	FolderReads Reason = "the folder is read-only"
	Locked      Reason = "another program keeps the file locked"
	Damaged     Reason = "the file is damaged"
	Foreign     Reason = "the file is not a lineup database"
	NewerSchema Reason = "the file was written by a newer lineup"
	NoAccess    Reason = "the file cannot be opened"
	Exists      Reason = "there is such a file already"
	DiskFault   Reason = "the disk reports an error"
	Unexpected  Reason = "the database reports an error"
)

// StoreError is why the store could not do what was asked. Nothing that was saved before is lost by
// it, and what could not be saved may be tried again.
type StoreError struct {
	Op     string // what was tried, as in "cannot save the answer"
	Path   string // the database
	Reason Reason
	Hint   string // the next step for the user, or ""
	Err    error  // the underlying error, if any
}

func (e *StoreError) Error() string {
	s := fmt.Sprintf("cannot %s: %s (%s)", e.Op, e.Reason, e.Path)
	// the reason alone tells too little
	if e.Err != nil && (e.Reason == NoAccess || e.Reason == Unexpected) {
		cause := e.Err
		switch failed := cause.(type) { // whose path and next step are told already
		case *fs.PathError:
			cause = failed.Err
		case *atomicfile.Error:
			cause = failed.Err
		}
		s = fmt.Sprintf("cannot %s: %s: %v (%s)", e.Op, e.Reason, cause, e.Path)
	}
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

func (e *StoreError) Unwrap() error { return e.Err }

// errContent says that a value in the database is not what lineup wrote there.
var errContent = errors.New("a value is damaged")

// What Resolve and the methods that take an id find wrong with it; see ResolveError.
var (
	ErrNotFound  = errors.New("no such session")
	ErrAmbiguous = errors.New("ambiguous session")
)

// ResolveError says that an id names no session, or several. errors.Is tells which: ErrNotFound,
// ErrAmbiguous.
type ResolveError struct {
	ID         string
	Candidates []Summary // what it may mean, newest first, the first few; none for ErrNotFound
	kind       error
}

func (e *ResolveError) Error() string {
	if e.kind == ErrNotFound {
		return fmt.Sprintf("no session %q; lineup sessions list shows them", e.ID)
	}
	s := fmt.Sprintf("%q may mean several sessions; write more of one of these:", e.ID)
	for _, c := range e.Candidates {
		s += " " + c.ID
	}
	return s
}

func (e *ResolveError) Unwrap() error { return e.kind }

// fail turns an error of the database into what a person can act on. An error of the caller, not of
// the database, only gets the operation as a prefix.
func (s *Store) fail(ctx context.Context, op string, err error) error {
	return s.failAt(ctx, op, s.path, err)
}

// failAt is fail for what was done to another file than the database.
func (s *Store) failAt(ctx context.Context, op, path string, err error) error {
	var stored *StoreError
	var resolve *ResolveError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &stored), errors.As(err, &resolve):
		return err
	case ctx.Err() != nil: // the database only says that it was interrupted
		return fmt.Errorf("cannot %s: %w", op, ctx.Err())
	}
	reason, hint := explain(path, err)
	if folder := filepath.Dir(path); (reason == ReadOnly || reason == NoAccess) && mayWrite(path) &&
		!mayWrite(folder) {
		reason, path = FolderReads, folder
		hint = "make the folder writable, or set --data-dir to another folder"
		return &StoreError{Op: op, Path: path, Reason: reason, Hint: hint, Err: err}
	}
	if reason == "" {
		return fmt.Errorf("cannot %s: %w", op, err)
	}
	switch {
	case reason == Damaged: // it is the database that cannot be read
		s.damaged.Store(true)
		path = s.path
	case path != s.path:
		hint = "name a file in a folder that has room and is yours"
	}
	return &StoreError{Op: op, Path: path, Reason: reason, Hint: hint, Err: err}
}

// explain finds the reason for an error of the database and the next step, "" for any other error.
// path is the file that was written to.
func explain(path string, err error) (Reason, string) {
	const elsewhere = "or set --data-dir to another folder"
	code, ok := resultCode(err)
	if errors.Is(err, errContent) {
		code, ok = sqlite3.SQLITE_CORRUPT, true
	}
	switch code {
	case sqlite3.SQLITE_FULL:
		return DiskFull, "free some space and try again"
	case sqlite3.SQLITE_READONLY:
		return ReadOnly, "make it writable, " + elsewhere
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL:
		return Locked, "close that program and try again"
	case sqlite3.SQLITE_CORRUPT:
		return Damaged, repairHint
	case sqlite3.SQLITE_NOTADB:
		return Foreign, "move it away, " + elsewhere
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH:
		return NoAccess, "check the permissions of the file and its folder, " + elsewhere
	case sqlite3.SQLITE_IOERR:
		if reason := noRoom(path); reason != "" {
			return reason, "free some space and try again, " + elsewhere
		}
		return DiskFault, "check the disk, " + elsewhere
	}
	var pathErr *fs.PathError
	var unwritten *atomicfile.Error
	if errors.As(err, &pathErr) || errors.As(err, &unwritten) {
		return NoAccess, "check the permissions and the space of the folder, " + elsewhere
	}
	if ok {
		return Unexpected, "lineup doctor checks the database"
	}
	return "", ""
}

// repairHint is the next step for a damaged database.
const repairHint = "lineup doctor --repair makes a new file of what can be read and keeps this one"

// Result codes that others ask about.
const (
	sqliteCorrupt  = sqlite3.SQLITE_CORRUPT
	sqliteReadOnly = sqlite3.SQLITE_READONLY
	sqliteCantOpen = sqlite3.SQLITE_CANTOPEN
)

// resultCode is SQLite's primary result code of an error; ok is false where the error is not
// SQLite's.
func resultCode(err error) (code int, ok bool) {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return 0, false
	}
	return e.Code() & 0xff, true
}

// busy reports whether an error means that someone else was using the database.
func busy(err error) bool {
	code, ok := resultCode(err)
	return ok && (code == sqlite3.SQLITE_BUSY || code == sqlite3.SQLITE_LOCKED)
}

// taken reports whether an error means that a unique key is in use.
func taken(err error) bool {
	code, ok := resultCode(err)
	return ok && code == sqlite3.SQLITE_CONSTRAINT
}
