// Package storetest makes faults of a database for tests: another program holds it, the file is
// read-only, the disk is full. The faults are real, and so are SQLite's errors and waits.
package storetest

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"testing"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// Holder is another program that uses the database.
type Holder struct {
	t    testing.TB
	db   *sql.DB
	conn *sql.Conn
}

// NewHolder opens a database beside the program under test. Close it at the end of the test.
func NewHolder(t testing.TB, path string) *Holder {
	t.Helper()
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path}).String())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return &Holder{t, db, conn}
}

// Hold takes the write lock.
func (h *Holder) Hold() { h.exec("BEGIN IMMEDIATE") }

// HoldAll lets nobody read either.
func (h *Holder) HoldAll() {
	h.exec("PRAGMA locking_mode = EXCLUSIVE")
	h.exec("BEGIN EXCLUSIVE")
}

// Release gives the lock back.
func (h *Holder) Release() { h.exec("ROLLBACK") }

func (h *Holder) exec(query string) {
	if _, err := h.conn.ExecContext(context.Background(), query); err != nil {
		h.t.Error(err)
	}
}

// Close closes the database.
func (h *Holder) Close() {
	if err := errors.Join(h.conn.Close(), h.db.Close()); err != nil {
		h.t.Error(err)
	}
}

// writeVersion is the byte of a database's header that tells how it may be written; a number above
// 2 makes it read-only (https://sqlite.org/fileformat2.html#the_database_header). Unlike the
// permissions of a file this holds for root, too.
const writeVersion = 18

// MakeReadOnly makes a database read-only, which no program may have open.
func MakeReadOnly(t testing.TB, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt([]byte{3}, writeVersion)
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}
