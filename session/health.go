package session

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"time"
)

// Health is what a look at the whole database found.
type Health struct {
	Problems []string // what is wrong, in SQLite's words; none in a sound database
	Version  int      // of the schema
	Sessions int
	Deleted  int // sessions in the trash
	Replies  int
	Bytes    int64       // of the file, without what the log beside it holds
	File     os.FileMode // permissions; 0600 is right
	Folder   os.FileMode // 0700 is right
}

// maxProblems bounds how many faults a check names.
const maxProblems = 20

// checkBusy is how long a check waits for another process's write.
const checkBusy = 2 * time.Second

// Health reads the whole database and checks it: its structure, the references between its tables,
// and the search index. It takes about a second for 300 MB. The error says why the check could not
// be made; what it found is no error.
func (s *Store) Health(ctx context.Context) (Health, error) {
	const op = "check the database"
	var h Health
	file, err := os.Stat(s.path)
	if err != nil {
		return h, s.fail(ctx, op, err)
	}
	folder, err := os.Stat(s.folder())
	if err != nil {
		return h, s.fail(ctx, op, err)
	}
	h.Bytes, h.File, h.Folder = file.Size(), file.Mode().Perm(), folder.Mode().Perm()
	// A connection of its own: the check of a search index compares with the connection's memory of
	// it. After a write of another process it would take the difference for damage.
	db := connect(s.dsn(settings{busy: checkBusy, mode: "ro"}, "deferred", "1"), 1)
	defer db.Close()
	err = inTx(ctx, db, func(tx *sql.Tx) error {
		h.Problems = nil
		if err := tx.QueryRowContext(ctx, `SELECT (SELECT user_version
			FROM pragma_user_version), (SELECT count(*) FROM sessions WHERE deleted_at IS NULL),
			(SELECT count(*) FROM sessions WHERE deleted_at IS NOT NULL), (SELECT count(*)
			FROM replies)`).
			Scan(&h.Version, &h.Sessions, &h.Deleted, &h.Replies); err != nil {
			return err
		}
		return h.look(ctx, tx)
	})
	// the check itself stumbled over the damage
	if code, ok := resultCode(err); ok && code == sqliteCorrupt {
		h.Problems, err = append(h.Problems, err.Error()), nil
	}
	return h, s.fail(ctx, op, err)
}

// look asks SQLite. Its integrity check looks into the search index too.
func (h *Health) look(ctx context.Context, tx *sql.Tx) error {
	for _, q := range []string{
		fmt.Sprintf(`PRAGMA integrity_check(%d)`, maxProblems),
		`SELECT 'row ' || coalesce(rowid, '') || ' of ' || "table" || ' refers to no ' || parent
			FROM pragma_foreign_key_check`,
	} {
		rows, err := tx.QueryContext(ctx, q)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() && len(h.Problems) < maxProblems {
			var problem string
			if err := rows.Scan(&problem); err != nil {
				return err
			}
			if problem != "ok" {
				h.Problems = append(h.Problems, problem)
			}
		}
		if err := rows.Err(); err != nil {
			return err
		}
	}
	return nil
}
