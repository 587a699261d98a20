package session

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// Store keeps sessions in one SQLite file. Its methods are safe for concurrent use, by several
// processes too. They return *StoreError, *ResolveError, or the context's error.
type Store struct {
	// Version of lineup, written beside each reply. Open takes it from the build; set it before the
	// first write.
	Version string

	path  string
	w     *sql.DB // one connection: writes queue here, not in SQLite
	r     *sql.DB
	ids   *idSource
	owner owner
	now   func() time.Time

	// damage was seen: nothing is written any more, which could only make it worse
	damaged atomic.Bool
}

// Readers are few, because a user looks at one thing at a time.
const readers = 4

// settings of a store that tests vary.
type settings struct {
	busy       time.Duration // how long one try waits for another process's write
	mode       string        // SQLite's open mode: rwc, or ro
	immutable  bool          // nobody writes: SQLite needs no files beside the database
	migrations []migration
	now        func() time.Time
}

// Open opens the database, or creates it: the folder with mode 0700, the file with 0600. An older
// version is upgraded, and a backup called PATH.vN.bak stays behind. Open stands before the first
// frame of the screen, so it reads a header and a schema and nothing that grows with the content.
func Open(ctx context.Context, path string) (*Store, error) {
	return open(ctx, path, settings{busy: 2 * time.Second, mode: "rwc", migrations: migrations(),
		now: time.Now})
}

func open(ctx context.Context, path string, set settings) (*Store, error) {
	const op = "open the database"
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, &StoreError{Op: op, Path: path, Reason: NoAccess,
			Hint: "name a folder that exists with --data-dir", Err: err}
	}
	s := &Store{path: abs, ids: newIDSource(), now: set.now, Version: buildVersion()}
	s.owner.dir = filepath.Join(filepath.Dir(abs), "run")
	if err := s.create(); err != nil {
		return nil, s.fail(ctx, op, err)
	}
	s.w = connect(s.dsn(set, "immediate", ""), 1)
	s.r = connect(s.dsn(set, "deferred", "1"), readers)
	if err := s.migrate(ctx, set.migrations); err != nil {
		_ = errors.Join(s.w.Close(), s.r.Close()) // the first error tells more
		if s.unwritable(err) && s.forReading(ctx, set) {
			return s, nil
		}
		return nil, s.fail(ctx, op, err)
	}
	return s, nil
}

// unwritable reports whether an error means that the file or its folder may only be read.
func (s *Store) unwritable(err error) bool {
	code, ok := resultCode(err)
	if stored := (*StoreError)(nil); errors.As(err, &stored) {
		code, ok = resultCode(stored.Err)
	}
	return ok && (code == sqliteReadOnly || code == sqliteCantOpen)
}

// forReading opens the database so that it can be shown, though nothing can be kept: SQLite wants
// to make files beside it, which a folder that is read-only refuses. It reports whether that
// worked.
func (s *Store) forReading(ctx context.Context, set settings) bool {
	set.mode = "ro"
	info, err := os.Stat(s.path + "-wal")
	set.immutable = err != nil || info.Size() == 0 // else what the log holds would be missing
	s.w = connect(s.dsn(set, "immediate", "1"), 1)
	s.r = connect(s.dsn(set, "deferred", "1"), readers)
	version, app, err := s.fileVersion(ctx)
	if err == nil && app == applicationID &&
		version == set.migrations[len(set.migrations)-1].version {
		return true
	}
	_ = errors.Join(s.w.Close(), s.r.Close()) // the error of the first attempt tells more
	return false
}

// create makes folder and file where they are missing. A file that is there is not opened: closing
// it again would drop the locks that another Store of this process holds on it (POSIX advisory
// locks belong to the process).
func (s *Store) create() error {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(s.path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// dsn names the file as a URI, so that no character of the path is taken for a setting.
func (s *Store) dsn(set settings, lock, queryOnly string) string {
	p := filepath.ToSlash(s.path)
	if !strings.HasPrefix(p, "/") { // C:/…
		p = "/" + p
	}
	q := url.Values{}
	q.Set("mode", set.mode)
	q.Set("_txlock", lock)
	q.Set("_busy_timeout", strconv.FormatInt(set.busy.Milliseconds(), 10))
	q.Set("_foreign_keys", "1")
	q.Set("_error_rc", "1")
	if queryOnly != "" {
		q.Set("_query_only", queryOnly)
	}
	if set.immutable {
		q.Set("immutable", "1")
	}
	return (&url.URL{Scheme: "file", Path: p, RawQuery: q.Encode()}).String()
}

func connect(dsn string, connections int) *sql.DB {
	db := sql.OpenDB(newConnector(dsn))
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db
}

// Path is where the database is.
func (s *Store) Path() string { return s.path }

func (s *Store) folder() string { return filepath.Dir(s.path) }

// Close ends the store. Replies that were not finished will be found as interrupted.
func (s *Store) Close() error {
	err := errors.Join(s.r.Close(), s.w.Close())
	s.owner.release()
	return s.fail(context.Background(), "close the database", err)
}

// durability says what a power loss may take. In WAL mode no setting loses anything if only lineup
// dies: the operating system has the writes. None damages the file. The settings differ in what
// power loss takes: NORMAL syncs at checkpoints only. A database as small as this reaches one after
// hours of use; FULL syncs at every commit and loses nothing that was confirmed. So turns and
// finished replies, for which somebody paid, are written with FULL. The pieces of a running reply,
// four times a second, are written with NORMAL: syncing them would keep a laptop's disk awake, and
// the answer could not go on after a power loss anyway.
type durability string

const (
	durable durability = "PRAGMA synchronous = FULL"
	relaxed durability = "PRAGMA synchronous = NORMAL"
)

// write runs fn in a transaction that has the write lock from its start: one that only asked for it
// half way could be turned away after it had read, and would have to begin again.
func (s *Store) write(ctx context.Context, op string, d durability, fn func(*sql.Tx) error) error {
	if s.damaged.Load() {
		return &StoreError{Op: op, Path: s.path, Reason: Damaged, Hint: repairHint}
	}
	err := retry(ctx, func() error {
		c, err := s.w.Conn(ctx)
		if err != nil {
			return err
		}
		defer c.Close()
		if _, err := c.ExecContext(ctx, string(d)); err != nil {
			return err
		}
		tx, err := c.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback() // does nothing after a commit
		if err := fn(tx); err != nil {
			return err
		}
		return tx.Commit()
	})
	return s.fail(ctx, op, err)
}

// read runs fn in a transaction, so that all it reads is of one moment.
func (s *Store) read(ctx context.Context, op string, fn func(*sql.Tx) error) error {
	return s.fail(ctx, op, inTx(ctx, s.r, fn))
}

func inTx(ctx context.Context, db *sql.DB, fn func(*sql.Tx) error) error {
	return retry(ctx, func() error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		return fn(tx)
	})
}

// tries and pause are for moments without a wait in SQLite: another process recovers the log after
// a crash, turns WAL on, or closes the file as its last user.
const (
	tries = 3
	pause = 20 * time.Millisecond
)

// retry runs fn again where someone else was using the database.
func retry(ctx context.Context, fn func() error) error {
	for n := 1; ; n++ {
		err := fn()
		if n == tries || !busy(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}

func buildVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
