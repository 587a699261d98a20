package session

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strings"
)

// keptStatements bounds how many statements a connection keeps. The store has some sixty.
const keptStatements = 128

// connector opens connections that keep their statements. SQLite takes longer to read one of ours
// than to run it: without this a list of sessions takes twice the CPU time, and the pieces of
// running answers take 1.7 times as much.
type connector struct {
	driver driver.Driver
	dsn    string
}

func newConnector(dsn string) connector {
	db, err := sql.Open("sqlite", dsn) // opens nothing yet
	if err != nil {                    // cannot be: the driver is imported
		panic(err)
	}
	defer db.Close()
	return connector{db.Driver(), dsn}
}

func (c connector) Driver() driver.Driver { return c.driver }

// Connect opens a connection.
func (c connector) Connect(context.Context) (driver.Conn, error) {
	opened, err := c.driver.Open(c.dsn)
	if err != nil {
		return nil, err
	}
	able, ok := opened.(connection)
	if !ok {
		return nil, fmt.Errorf("the driver's %T lacks a method", opened)
	}
	return &keeping{connection: able, kept: map[string]*statement{}}, nil
}

// connection is what the driver's connections can do.
type connection interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

// keeping is a connection that keeps its statements, by their text. The package database/sql calls
// it from one goroutine at a time.
type keeping struct {
	connection
	kept map[string]*statement
}

// statement is one that SQLite has read.
type statement struct {
	driver.Stmt
	busy bool // its rows are still read
}

// ExecContext runs a statement that gives no rows.
func (k *keeping) ExecContext(
	ctx context.Context, query string, args []driver.NamedValue,
) (driver.Result, error) {
	s := k.statement(ctx, query)
	if s == nil {
		return k.connection.ExecContext(ctx, query, args)
	}
	return s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
}

// QueryContext runs a statement that gives rows.
func (k *keeping) QueryContext(
	ctx context.Context, query string, args []driver.NamedValue,
) (driver.Rows, error) {
	s := k.statement(ctx, query)
	if s == nil {
		return k.connection.QueryContext(ctx, query, args)
	}
	rows, err := s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	s.busy = true
	return &keptRows{Rows: rows, of: s}, nil
}

// statement gives a statement that is kept from now on. It gives nil for a statement in use, for a
// wrong one, and for one that changes a connection or the schema. The connection then runs the text
// as it is.
func (k *keeping) statement(ctx context.Context, query string) *statement {
	if s := k.kept[query]; s != nil {
		if s.busy {
			return nil
		}
		return s
	}
	if len(k.kept) == keptStatements || !keepable(query) {
		return nil
	}
	made, err := k.PrepareContext(ctx, query)
	if err != nil {
		return nil
	}
	s := &statement{Stmt: made}
	k.kept[query] = s
	return s
}

// keepable reports whether a text is one statement that reads or writes rows.
func keepable(query string) bool {
	verb, _, _ := strings.Cut(strings.TrimSpace(query), " ")
	switch verb {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "WITH":
		return !strings.Contains(query, ";")
	}
	return false
}

// Close closes the statements too: SQLite leaves the file open for one that is not.
func (k *keeping) Close() error {
	for _, s := range k.kept {
		_ = s.Close() // the connection says what went wrong
	}
	clear(k.kept)
	return k.connection.Close()
}

// keptRows are the rows of a statement that is kept.
type keptRows struct {
	driver.Rows
	of *statement
}

// Close makes the statement free for its next use.
func (r *keptRows) Close() error {
	err := r.Rows.Close()
	r.of.busy = false
	return err
}
