package queue

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Queue is a connection to the database that holds runs. It is safe for concurrent use.
type Queue struct {
	pool  *pgxpool.Pool
	where string // user, host and database, without the password
}

// ErrNoTables says that a database has no queue yet, or an older one.
var ErrNoTables = errors.New("the database has no tables of this version; " +
	"run lineup queue init first")

// ErrNoRun says that no run has a name.
var ErrNoRun = errors.New("there is no such run in the queue")

// Role is what a connection is for. The server shows it with the name of the connection.
type Role string

// The roles of connections.
const (
	Person Role = "lineup"        // starts, follows, looks
	Server Role = "lineup worker" // asks
)

// connectWithin is how long the first answer of the database may take.
const connectWithin = 10 * time.Second

// workerConnections are those of a worker at most: one listens, one gives signs of life, the others
// fetch jobs, complete them and write results.
const workerConnections = 8

// leastConnections are what any role needs: one may hold a lock, or give signs of life, while
// others insert, look and write. An address that allows fewer would wait for itself.
const leastConnections = 4

// oldest is the first version of PostgreSQL that will do.
const oldest = 14

// Open connects to the database of a URL such as postgres://user@host/database. The password may
// stand in it, in PGPASSWORD or in ~/.pgpass. No error shows it. pool_max_conns in the URL
// bounds how many connections are open at a time; there are four at least.
func Open(ctx context.Context, url string, role Role) (*Queue, error) {
	if !strings.HasPrefix(url, "postgres://") && !strings.HasPrefix(url, "postgresql://") {
		return nil, errors.New("the address of the queue does not begin with postgres://; " +
			"write postgres://USER@HOST/DATABASE")
	}
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil { // whose text may have a part of the password
		return nil, errors.New("the address of the queue cannot be read; write " +
			"postgres://USER:PASSWORD@HOST:PORT/DATABASE, and %XX for special characters")
	}
	cfg.ConnConfig.RuntimeParams["application_name"] = string(role)
	cfg.ConnConfig.ConnectTimeout = connectWithin
	if role == Server && !strings.Contains(url, "pool_max_conns") {
		cfg.MaxConns = max(cfg.MaxConns, workerConnections)
	}
	cfg.MaxConns = max(cfg.MaxConns, leastConnections)
	q := &Queue{where: whereOf(&cfg.ConnConfig.Config)}
	if q.pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return nil, q.explain(err)
	}
	if err := q.greet(ctx); err != nil {
		q.Close()
		return nil, err
	}
	return q, nil
}

// Close ends the connections.
func (q *Queue) Close() { q.pool.Close() }

// Where tells which database it is, without the password: user@host/database.
func (q *Queue) Where() string { return q.where }

func whereOf(c *pgconn.Config) string {
	host := c.Host
	if !strings.HasPrefix(host, "/") && c.Port != 0 {
		host = net.JoinHostPort(host, fmt.Sprint(c.Port))
	}
	return c.User + "@" + host + "/" + c.Database
}

// greet makes sure that the server is there and new enough.
func (q *Queue) greet(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, connectWithin)
	defer cancel()
	var version int // such as 150004
	err := q.pool.QueryRow(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version)
	if err != nil {
		return q.explain(err)
	}
	if version/10000 < oldest {
		return fmt.Errorf("PostgreSQL at %s is version %d; the queue wants %d or newer", q.where,
			version/10000, oldest)
	}
	return nil
}
