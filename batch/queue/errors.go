package queue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
)

// SQLSTATE codes, as PostgreSQL's manual lists them in its appendix A.
const (
	codeUnique        = "23505"
	codeForeign       = "23503"
	codePassword      = "28P01"
	codeNotAllowed    = "28000"
	codeNoDatabase    = "3D000"
	codeNoTable       = "42P01"
	codeNoColumn      = "42703"
	codeNoPrivilege   = "42501"
	codeDeadlock      = "40P01"
	codeSerialise     = "40001"
	codeTooMany       = "53300"
	codeStartingUp    = "57P03"
	classShutdown     = "57P" // 57P01 and others: the server goes down
	classConnection   = "08"
	classInsufficient = "53"
)

// explain makes a sentence with the next step of an error of the database.
func (q *Queue) explain(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	next := ""
	var pg *pgconn.PgError
	var name *net.DNSError
	var dial *net.OpError
	var connecting *pgconn.ConnectError // whose own text has a line for every address it tried
	switch {
	case errors.As(err, &pg):
		err = &serverError{pg}
		next = nextStep(pg.Code)
	case errors.As(err, &name):
		err = fmt.Errorf("its host is not found: %w", name)
		next = "check the host of the address"
	case errors.As(err, &dial):
		err = fmt.Errorf("it does not answer: %w", dial)
		next = "is PostgreSQL running there?"
	case errors.Is(err, context.DeadlineExceeded):
		err = errors.New("it does not answer in time")
		next = "is PostgreSQL running there?"
	case errors.As(err, &connecting):
		err = errors.Unwrap(connecting)
		next = "is PostgreSQL running there, with the TLS that sslmode of the address asks for?"
	}
	if next != "" {
		return fmt.Errorf("the queue %s: %w; %s", q.where, err, next)
	}
	return fmt.Errorf("the queue %s: %w", q.where, err)
}

// nextStep says what helps against an error of the server, "" where nothing is known.
func nextStep(code string) string {
	switch code {
	case codePassword:
		return "check the user and the password of the address, or PGPASSWORD"
	case codeNotAllowed:
		return "pg_hba.conf of the server says who may connect from where"
	case codeNoDatabase:
		return "make it with createdb, or name another one in the address"
	case codeNoTable, codeNoColumn:
		return "run lineup queue init first"
	case codeNoPrivilege:
		return "let the user of the address create tables, or run lineup queue init as one who may"
	case codeTooMany:
		return "raise max_connections of the server, or let fewer workers run"
	}
	return ""
}

// serverError is what the server said. Its detail and its query stay away: they may hold values.
type serverError struct{ of *pgconn.PgError }

func (e *serverError) Error() string { return fmt.Sprintf("%s (%s)", e.of.Message, e.of.Code) }

func (e *serverError) Unwrap() error { return e.of }

// passing reports whether the same statement may succeed a little later: the server is restarted,
// the connection is lost, or two transactions stood in each other's way.
func passing(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) {
		return false
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return lost(err)
	}
	switch pg.Code {
	case codeDeadlock, codeSerialise, codeStartingUp:
		return true
	}
	return pg.Code[:2] == classConnection || pg.Code[:2] == classInsufficient ||
		pg.Code[:3] == classShutdown
}

// lost reports whether an error is one of the connection.
func lost(err error) bool {
	var connecting *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connecting) || errors.As(err, &network) || pgconn.SafeToRetry(err) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, context.DeadlineExceeded)
}
