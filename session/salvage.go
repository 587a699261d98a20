package session

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Salvaged says what could be read out of a damaged database.
type Salvaged struct {
	Sessions int
	Replies  int
	Lost     int    // known rows that could not be read
	Kept     string // where the damaged file is now
}

// salvaged are the tables whose rows are copied, parents first. The others are made out of them.
func salvaged() []string {
	return []string{"contenders", "sessions", "turns", "attachments", "turn_attachments",
		"replies", "reply_parts", "votes", "judgements", "tags", "benches", "spendings"}
}

// Salvage makes a new database of what can be read of a damaged one, row by row, and puts it into
// its place. The damaged file stays beside it under another name. No other lineup may be running:
// it would go on writing into the old file.
func Salvage(ctx context.Context, path string) (Salvaged, error) {
	const op = "salvage the database"
	path, err := filepath.Abs(path)
	if err != nil {
		return Salvaged{}, &StoreError{Op: op, Path: path, Reason: NoAccess,
			Hint: "name a folder that exists with --data-dir", Err: err}
	}
	old := &Store{path: path, ids: newIDSource(), now: time.Now}
	old.owner.dir = filepath.Join(old.folder(), "run")
	if old.owner.othersLive() {
		return Salvaged{}, &StoreError{Op: op, Path: path, Reason: Locked,
			Hint: "quit every other lineup and try again"}
	}
	part := path + ".salvage"
	for _, suffix := range []string{"", "-wal", "-shm"} { // of an attempt that was cut off
		if err := os.Remove(part + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return Salvaged{}, old.fail(ctx, op, err)
		}
	}
	defer os.Remove(part) // does nothing after the rename
	report, err := old.copyRows(ctx, part)
	if err != nil {
		return report, old.fail(ctx, op, err)
	}
	report.Kept = path + ".damaged-" + time.Now().UTC().Format("20060102-150405")
	// the log goes first: it must not meet the new file
	for _, suffix := range []string{"-wal", "-shm", ""} {
		if err := os.Rename(path+suffix, report.Kept+suffix); err != nil &&
			!errors.Is(err, os.ErrNotExist) {
			return report, old.fail(ctx, op, err)
		}
	}
	return report, old.fail(ctx, op, os.Rename(part, path))
}

// othersLive reports whether another process writes into the database.
func (o *owner) othersLive() bool {
	files, _ := os.ReadDir(o.dir) // no folder, no others
	for _, f := range files {
		id, isLock := strings.CutSuffix(f.Name(), lockSuffix)
		if !isLock || o.is(id) {
			continue
		}
		bury, dead := o.dead(id)
		if !dead {
			return true
		}
		bury()
	}
	return false
}

// copyRows fills a new database with all rows that can be read.
func (s *Store) copyRows(ctx context.Context, part string) (report Salvaged, err error) {
	list := migrations()
	version, err := versionIn(s.path)
	if err != nil {
		return report, err
	}
	if version > 0 && version < len(list) {
		list = list[:version]
	}
	to, err := open(ctx, part, settings{busy: time.Second, mode: "rwc", migrations: list,
		now: time.Now})
	if err != nil {
		return report, err
	}
	from := connect(s.dsn(settings{busy: time.Second, mode: "ro"}, "deferred", "1"), 1)
	r := &rescue{from: from, to: to, have: map[int64]bool{}}
	for _, table := range salvaged() {
		if err = r.table(ctx, table); err != nil {
			break
		}
	}
	report.Lost = r.lost
	if err = errors.Join(err, from.Close(), to.Close()); err != nil {
		return report, err
	}
	if to, err = Open(ctx, part); err != nil { // brings it to the newest version
		return report, err
	}
	defer os.Remove(fmt.Sprintf("%s.v%d.bak", part, version)) // of that upgrade
	err = to.write(ctx, "index the texts", durable,
		func(tx *sql.Tx) error { return reindex(ctx, tx) })
	if err == nil {
		err = to.r.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM sessions), (SELECT count(*)
			FROM replies)`).Scan(&report.Sessions, &report.Replies)
	}
	return report, errors.Join(err, to.Close())
}

// rescue copies tables row by row.
type rescue struct {
	from *sql.DB
	to   *Store
	have map[int64]bool // sessions that are in the new database
	lost int
}

// table copies what can be read of a table. One that the damaged database does not know is left
// out.
func (r *rescue) table(ctx context.Context, name string) error {
	columns, err := columnsOf(ctx, r.to.r, name)
	if err != nil || len(columns) == 0 {
		return err
	}
	key := "rowid"
	// tables without numbers are copied as far as they go
	switch name {
	case "reply_parts", "turn_attachments", "votes", "judgements", "tags":
		key = ""
	}
	query := `SELECT ` + strings.Join(columns, ", ") + ` FROM ` + name
	insert := `INSERT OR IGNORE INTO ` + name + ` (` + strings.Join(columns, ", ") + `) VALUES (?` +
		strings.Repeat(", ?", len(columns)-1) + `)`
	return r.to.write(ctx, "copy the rows", relaxed, func(tx *sql.Tx) error {
		if key == "" {
			return r.rows(ctx, tx, name, columns, insert, query)
		}
		for _, n := range r.numbers(ctx, name) {
			if err := r.rows(ctx, tx, name, columns, insert, query+` WHERE rowid = ?`,
				n); err != nil {
				return err
			}
		}
		return nil
	})
}

// rows copies the rows of a query, as far as they can be read. The error is one of the new
// database.
func (r *rescue) rows(ctx context.Context, tx *sql.Tx, table string, columns []string, insert,
	query string, args ...any) error {
	rows, err := r.from.QueryContext(ctx, query, args...)
	if err != nil {
		r.lost++
		return ctx.Err()
	}
	defer rows.Close()
	values := make([]any, len(columns))
	into := make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			r.lost++
			continue
		}
		if err := r.fit(ctx, tx, table, columns, values); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, insert, values...); err != nil {
			// a row without its parent, or with a value that cannot be
			if _, ok := resultCode(err); !ok || !taken(err) {
				return err
			}
			r.lost++
		}
	}
	if rows.Err() != nil {
		r.lost++
	}
	return ctx.Err()
}

// fit prepares a row for the new database: triggers count the turns there, and a turn whose session
// could not be read gets one.
func (r *rescue) fit(ctx context.Context, tx *sql.Tx, table string, columns []string,
	values []any) error {
	at := func(name string) any {
		for i, c := range columns {
			if c == name {
				return values[i]
			}
		}
		return nil
	}
	switch table {
	case "sessions":
		for i, c := range columns {
			if c == "turns" {
				values[i] = 0
			}
		}
		if n, ok := at("n").(int64); ok {
			r.have[n] = true
		}
	case "turns":
		n, ok := at("session").(int64)
		if !ok || r.have[n] {
			return nil
		}
		r.have[n] = true
		created := time.Now()
		if ms, ok := at("created_at").(int64); ok {
			created = time.UnixMilli(ms)
		}
		id := r.to.ids.session(created)
		_, err := tx.ExecContext(ctx, `INSERT INTO sessions (n, id, short, created_at, updated_at,
			title, panes, system)
			VALUES (?, ?, ?, ?, ?, 'recovered', '[]', '')`, n, id, ShortID(id),
			created.UnixMilli(), created.UnixMilli())
		return err
	}
	return nil
}

// probes bounds how many row numbers between two damaged places are tried one by one.
const probes = 200_000

// numbers gives the row numbers of a table that may be readable: from the front to the first
// damage, from the back to the last, and what lies between one by one.
func (r *rescue) numbers(ctx context.Context, table string) []int64 {
	front, whole := r.scan(ctx, `SELECT rowid FROM `+table+` NOT INDEXED ORDER BY rowid`)
	if whole {
		return front
	}
	back, _ := r.scan(ctx, `SELECT rowid FROM `+table+` NOT INDEXED ORDER BY rowid DESC`)
	from, to := int64(0), int64(0)
	if len(front) > 0 {
		from = front[len(front)-1]
	}
	if len(back) > 0 {
		to = back[len(back)-1]
	}
	for n := from + 1; n < min(to, from+probes); n++ {
		front = append(front, n)
	}
	for i := len(back) - 1; i >= 0; i-- {
		if back[i] > from {
			front = append(front, back[i])
		}
	}
	return front
}

// scan reads numbers until there are no more or something is damaged.
func (r *rescue) scan(ctx context.Context, query string) (numbers []int64, whole bool) {
	rows, err := r.from.QueryContext(ctx, query)
	if err != nil {
		return nil, false
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		if rows.Scan(&n) != nil {
			return numbers, false
		}
		numbers = append(numbers, n)
	}
	return numbers, rows.Err() == nil
}

// columnsOf lists the columns of a table, none where there is no such table.
func columnsOf(ctx context.Context, db *sql.DB, table string) (columns []string, err error) {
	rows, err := db.QueryContext(ctx, `SELECT name FROM pragma_table_info(?)`, table)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		columns = append(columns, name)
	}
	return columns, rows.Err()
}

// reindex makes all texts searchable in a database whose index is empty.
func reindex(ctx context.Context, tx *sql.Tx) error { return reindexLike(ctx, tx, `*`) }

// spacelessGlob matches texts with a character of a script that is spaceless, and a few of their
// neighbours.
const spacelessGlob = "*[\u0e00-\u109f\u1780-\u17ff\u1950-\u1b7f" +
	"\u3100-\u312f\ua000-\ua4cf\ua980-\uaadf]*"

// reindexSpaceless brings texts of these scripts into the index as version 6 reads them: older
// versions took a whole sentence for one word.
func reindexSpaceless(ctx context.Context, tx *sql.Tx) error {
	return reindexLike(ctx, tx, spacelessGlob)
}

// reindexLike indexes the texts that match a pattern again.
func reindexLike(ctx context.Context, tx *sql.Tx, glob string) error {
	for _, t := range []struct{ table, query string }{
		{`search`, `SELECT n * 1024, prompt FROM turns WHERE prompt GLOB ?`},
		{`search`, `SELECT turn * 1024 + slot + 1, text FROM (SELECT turn, slot, group_concat(text,
			char(10)) AS text FROM replies
			WHERE owner IS NULL GROUP BY turn, slot) WHERE text GLOB ?`},
		{`title_search`, `SELECT n, text FROM (SELECT n, title || coalesce(char(10) || (SELECT
			group_concat(tag, char(10)) FROM tags
			WHERE session = s.n), '') AS text FROM sessions s) WHERE text GLOB ?`},
	} {
		rows, err := tx.QueryContext(ctx, t.query, glob)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var row int64
			var text string
			if err := rows.Scan(&row, &text); err != nil {
				return err
			}
			if err := index(ctx, tx, t.table, row, text); err != nil {
				return err
			}
		}
		if err := rows.Err(); err != nil {
			return err
		}
	}
	return nil
}
