package session

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"time"

	"lineup/atomicfile"
)

// Delete puts a session into the trash: it is listed and found no more, and Undelete brings it back
// until Prune removes it. A reply that is still streaming is saved to its end.
func (s *Store) Delete(ctx context.Context, id string) error {
	now := s.now().UnixMilli()
	return s.write(ctx, "delete the session", durable, func(tx *sql.Tx) error {
		var n int64
		err := tx.QueryRowContext(ctx, `UPDATE sessions SET deleted_at = ? WHERE id = ?
			AND deleted_at IS NULL RETURNING n`, now, id).Scan(&n)
		return notFound(err, id)
	})
}

// Undelete takes a session out of the trash.
func (s *Store) Undelete(ctx context.Context, id string) error {
	return s.write(ctx, "restore the session", durable, func(tx *sql.Tx) error {
		var n int64
		err := tx.QueryRowContext(ctx, `UPDATE sessions SET deleted_at = NULL WHERE id = ?
			AND deleted_at IS NOT NULL RETURNING n`, id).Scan(&n)
		return notFound(err, id)
	})
}

// Prune removes for good the sessions that were put into the trash before a moment, or all of them
// for the zero time. It returns their number. Then the file is rewritten, and nothing of their
// texts stays in it. That needs free space for another copy of the file. If it fails, the sessions
// are gone all the same.
func (s *Store) Prune(ctx context.Context, before time.Time) (removed int, err error) {
	const op = "empty the trash"
	until := s.now().UnixMilli() + 1
	if !before.IsZero() {
		until = before.UnixMilli()
	}
	err = s.write(ctx, op, durable, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE deleted_at < ?`, until)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		removed = int(n)
		return err
	})
	if err != nil || removed == 0 {
		return 0, err
	}
	err = retry(ctx, func() error {
		// the index forgets deleted rows for good when its parts are merged
		for _, q := range []string{
			`INSERT INTO search (search) VALUES ('optimize')`,
			`INSERT INTO title_search (title_search) VALUES ('optimize')`,
			`VACUUM`, `PRAGMA wal_checkpoint(TRUNCATE)`,
		} {
			if _, err := s.w.ExecContext(ctx, q); err != nil {
				return err
			}
		}
		return nil
	})
	return removed, s.fail(ctx, op, err)
}

// Backup writes a copy of the whole database, as it is at this moment, into a new file that only
// the user can read. It may run while others write. A StoreError names the file, not the database.
func (s *Store) Backup(ctx context.Context, path string) error {
	const op = "back up the database"
	err := atomicfile.Create(path, 0o600, func(f *os.File) error {
		return s.copyInto(ctx,
			f.Name())
	})
	if errors.Is(err, fs.ErrExist) {
		return &StoreError{Op: op, Path: path, Reason: Exists, Hint: "name another file",
			Err: fs.ErrExist}
	}
	return s.failAt(ctx, op, path, err)
}

// copyInto writes the database into an empty file. The file is there before, because SQLite would
// make it readable for all.
func (s *Store) copyInto(ctx context.Context, path string) error {
	return retry(ctx, func() error {
		_, err := s.w.ExecContext(ctx, `VACUUM INTO ?`, path)
		return err
	})
}
