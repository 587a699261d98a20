package session

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"
)

// one is a database with a table of the numbers 1 to 3, on one connection.
func one(t *testing.T) (db *sql.DB, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "one.db")
	db = connect("file:"+filepath.ToSlash(path), 1)
	t.Cleanup(func() { db.Close() })
	for _, s := range []string{"PRAGMA journal_mode = WAL", "CREATE TABLE n (v)", "INSERT INTO n VALUES (1), (2), (3)"} {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	return db, path
}

// A statement whose rows are still read runs once more beside itself; the rows of either are whole.
func TestAStatementWithinItself(t *testing.T) {
	db, _ := one(t)
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	var sum func(depth int) int
	sum = func(depth int) (n int) {
		rows, err := tx.Query("SELECT v FROM n WHERE v > ? ORDER BY v", 0)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var v int
			if err := rows.Scan(&v); err != nil {
				t.Fatal(err)
			}
			if n += v; depth > 0 {
				n += 10 * sum(depth-1)
			}
		}
		return n
	}
	for range 2 { // the second time it is one that was kept
		if got, want := sum(2), 6+10*3*(6+10*3*6); got != want {
			t.Errorf("the sum is %d, want %d", got, want)
		}
	}
}

// What was kept goes on after a failure, and after somebody else has changed the schema.
func TestAKeptStatementAfterAFailureAndAChangeOfTheSchema(t *testing.T) {
	db, path := one(t)
	if _, err := db.Exec("CREATE UNIQUE INDEX once ON n (v)"); err != nil {
		t.Fatal(err)
	}
	const put = "INSERT INTO n VALUES (?)"
	for i, v := range []int{4, 4, 5} {
		if _, err := db.Exec(put, v); (err != nil) != (i == 1) {
			t.Errorf("putting %d as number %d: %v", v, i, err)
		}
	}
	width := func() int {
		rows, err := db.Query("SELECT * FROM n")
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		return len(columns)
	}
	before := width()
	other := connect("file:"+filepath.ToSlash(path), 1)
	defer other.Close()
	if _, err := other.Exec("ALTER TABLE n ADD COLUMN w"); err != nil {
		t.Fatal(err)
	}
	if after := width(); before != 1 || after != 2 {
		t.Errorf("the table has %d columns and then %d, want 1 and 2", before, after)
	}
}

// The last connection takes the log with it, which it cannot while a statement is open.
func TestClosingClosesKeptStatements(t *testing.T) {
	db, path := one(t)
	var n int
	if err := db.QueryRowContext(context.Background(), "SELECT count(*) FROM n").Scan(&n); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + "-wal"); !os.IsNotExist(err) {
		t.Errorf("the log is still there: %v", err)
	}
}
