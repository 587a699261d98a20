package session

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strconv"

	"lineup/atomicfile"
)

// migrate brings the database to the newest version. Each step is one transaction that also sets
// the version, so that a step has happened or has not; before each step a backup is written. A new
// file gets all steps in one. Two processes may do this at the same time: the second one finds the
// version raised.
func (s *Store) migrate(ctx context.Context, list []migration) error {
	newest := list[len(list)-1].version
	version, app, err := s.fileVersion(ctx)
	switch {
	case err != nil:
		return err
	case version > newest:
		return &StoreError{Op: "open the database", Path: s.path, Reason: NewerSchema,
			Hint: fmt.Sprintf("it has version %d and this lineup knows up to version %d: update "+
				"lineup, or set --data-dir to another folder", version, newest)}
	case version > 0 && app != applicationID, version == 0 && app != 0 && app != applicationID:
		return &StoreError{Op: "open the database", Path: s.path, Reason: Foreign,
			Hint: "move it away, or set --data-dir to another folder"}
	case version == 0:
		if err := s.prepareFresh(ctx); err != nil {
			return err
		}
	}
	if version == 0 { // all at once, so that nobody finds a new file half way and backs it up
		return s.step(ctx, list...)
	}
	for _, m := range list {
		if m.version <= version {
			continue
		}
		if err := s.backup(ctx, version); err != nil {
			return err
		}
		if err := s.step(ctx, m); err != nil {
			return err
		}
		version = m.version
	}
	return nil
}

// fileVersion reads the version of the schema and whose file it is; both are 0 in an empty file.
func (s *Store) fileVersion(ctx context.Context) (version, app int, err error) {
	err = retry(ctx, func() error {
		return s.w.QueryRowContext(ctx, `SELECT user_version, application_id
			FROM pragma_user_version, pragma_application_id`).Scan(&version, &app)
	})
	return version, app, err
}

// prepareFresh turns WAL on in an empty file, which the file remembers, and refuses one with tables
// of someone else.
func (s *Store) prepareFresh(ctx context.Context) error {
	return retry(ctx, func() error {
		var tables, version int
		err := s.w.QueryRowContext(ctx, `SELECT count(*), (SELECT user_version
			FROM pragma_user_version) FROM sqlite_schema`).Scan(&tables, &version)
		if err != nil {
			return err
		}
		if tables > 0 && version == 0 {
			return &StoreError{Op: "open the database", Path: s.path, Reason: Foreign,
				Hint: "move it away, or set --data-dir to another folder"}
		}
		_, err = s.w.ExecContext(ctx, `PRAGMA journal_mode = WAL`)
		return err
	})
}

// step runs migrations in one transaction, but for those that another process has run.
func (s *Store) step(ctx context.Context, list ...migration) error {
	last := list[len(list)-1].version
	return s.write(ctx, "upgrade the database to version "+strconv.Itoa(last), durable,
		func(tx *sql.Tx) error {
			var version int
			if err := tx.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil ||
				version >= last {
				return err
			}
			for _, m := range list {
				if m.version <= version {
					continue
				}
				if m.sql != "" {
					if _, err := tx.ExecContext(ctx, m.sql); err != nil {
						return err
					}
				}
				if m.then != nil {
					if err := m.then(ctx, tx); err != nil {
						return err
					}
				}
			}
			_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d;\nPRAGMA "+
				"user_version = %d;", applicationID, last))
			return err
		})
}

// backup writes a copy of the database as it is, named after its version. A backup from an upgrade
// that failed is replaced by a new one; the old one stays until the new one is whole.
func (s *Store) backup(ctx context.Context, version int) error {
	const op = "back up the database before its upgrade"
	name := s.path + ".v" + strconv.Itoa(version) + ".bak"
	err := atomicfile.Replace(name, 0o600, func(f *os.File) error {
		if err := s.copyInto(ctx, f.Name()); err != nil {
			return err
		}
		if copied, err := versionIn(f.Name()); err != nil || copied != version {
			return cmp.Or(err, errUpgraded)
		}
		return nil
	})
	if err == errUpgraded { // what another process made of the database is no backup
		return nil
	}
	return s.fail(ctx, op, err)
}

// errUpgraded says that another process was faster.
var errUpgraded = errors.New("the database has been upgraded meanwhile")

// versionIn reads the version of the schema out of a file's header:
// https://sqlite.org/fileformat2.html, offset 60.
func versionIn(path string) (int, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var b [4]byte
	if _, err := f.ReadAt(b[:], 60); err != nil {
		return 0, err
	}
	return int(binary.BigEndian.Uint32(b[:])), nil
}
