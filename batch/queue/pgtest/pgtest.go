// Package pgtest starts a real PostgreSQL for tests, out of the binaries of the machine: a cluster
// in a temporary folder that listens on a Unix socket and is gone after the test.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrNone says why there is no PostgreSQL to test with.
var ErrNone = errors.New("no PostgreSQL on this machine (apt-get install -y postgresql)")

// superuser is who owns the databases. The cluster asks nobody for a password.
const superuser = "postgres"

// Cluster is a running PostgreSQL.
type Cluster struct {
	dir       string // has the data, the socket and the log
	bin       string
	watch     io.Closer // ends the server when this process dies
	databases atomic.Int64
}

// patience is how long a start or a stop may take.
const patience = time.Minute

// Start starts a cluster for one test. Without PostgreSQL the test is skipped and says why.
func Start(t testing.TB) *Cluster {
	t.Helper()
	c, err := New()
	if errors.Is(err, ErrNone) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// New starts a cluster for several tests, which end it with [Cluster.Close]. Its error is ErrNone
// where the machine has no PostgreSQL.
func New() (*Cluster, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(shortTemp(), "lineup-pg-") // the path of a socket has about 100 bytes
	if err != nil {
		return nil, err
	}
	c := &Cluster{dir: dir, bin: bin}
	for _, step := range []func() error{c.give, c.initialise, c.start, c.guard} {
		if err := step(); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	return c, nil
}

// Close ends the server and removes its folder.
func (c *Cluster) Close() error {
	var err error
	if _, missing := os.Stat(filepath.Join(c.data(), "postmaster.pid")); missing == nil {
		err = c.control("stop", "-m", "immediate")
	}
	if c.watch != nil {
		_ = c.watch.Close()
	}
	return errors.Join(err, os.RemoveAll(c.dir))
}

// Database makes an empty database and returns its URL.
func (c *Cluster) Database(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("t%d", c.databases.Add(1))
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, c.url("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return c.url(name)
}

// Restart stops the server as a crash does, and starts it again.
func (c *Cluster) Restart(t testing.TB) {
	t.Helper()
	c.Stop(t)
	c.StartAgain(t)
}

// Stop stops the server as a crash does, until StartAgain.
func (c *Cluster) Stop(t testing.TB) {
	t.Helper()
	if err := c.control("stop", "-m", "immediate"); err != nil {
		t.Fatal(err)
	}
}

// StartAgain starts a server that Stop has stopped.
func (c *Cluster) StartAgain(t testing.TB) {
	t.Helper()
	if err := c.start(); err != nil {
		t.Fatal(err)
	}
}

func (c *Cluster) url(database string) string {
	u := url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/" + database,
		RawQuery: url.Values{"host": {c.dir}}.Encode()}
	return u.String()
}

func (c *Cluster) data() string { return filepath.Join(c.dir, "data") }

func (c *Cluster) give() error { return give(c.dir) }

func (c *Cluster) initialise() error {
	return c.run("initdb", "--pgdata", c.data(), "--username", superuser, "--auth", "trust",
		"--no-sync", "--no-instructions", "--encoding", "UTF8", "--locale", "C")
}

func (c *Cluster) start() error {
	// Without fsync a crash of the machine loses data, a crash of the server does not.
	options := "-c listen_addresses='' -c unix_socket_directories='" + c.dir + "'" +
		" -c fsync=off -c max_connections=300 -c max_wal_size=2GB"
	return c.control("start", "-l", filepath.Join(c.dir, "log"), "-o", options)
}

func (c *Cluster) control(what string, args ...string) error {
	return c.run("pg_ctl", append([]string{what, "-w", "-D", c.data()}, args...)...)
}

// guard starts a process that stops the server when their pipe ends. So it does where the test is
// killed, which cleans up nothing.
func (c *Cluster) guard() error {
	script := `read _; exec "$0" stop -m immediate -D "$1" >/dev/null 2>&1`
	cmd := exec.Command("sh", "-c", script, filepath.Join(c.bin, "pg_ctl"), c.data())
	c.asUser(cmd)
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	c.watch = pipe
	go func() { _ = cmd.Wait() }()
	return nil
}

// run runs one of PostgreSQL's programs.
func (c *Cluster) run(program string, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(c.bin, program), args...)
	c.asUser(cmd)
	// A file, because the server keeps what it is given: a pipe would never end.
	out, err := os.CreateTemp("", "lineup-pg-out-")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		said, _ := os.ReadFile(out.Name())
		log, _ := os.ReadFile(filepath.Join(c.dir, "log"))
		return fmt.Errorf("%s: %w\n%s%s", program, err, said, log)
	}
	return nil
}

// asUser lets a program run in the cluster's folder, as a user that PostgreSQL accepts.
func (c *Cluster) asUser(cmd *exec.Cmd) {
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), "LC_ALL=C", "HOME="+c.dir)
	demote(cmd)
}

// binaries finds the folder that has PostgreSQL's programs: that of initdb in the path, else the
// newest one of Debian's.
func binaries() (string, error) {
	var found []string
	if path, err := exec.LookPath("initdb"); err == nil {
		found = append(found, path)
	}
	others, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	slices.Reverse(others)
	for _, path := range append(found, others...) {
		dir := filepath.Dir(path)
		if _, err := os.Stat(filepath.Join(dir, "pg_ctl")); err == nil && usable() {
			return dir, nil
		}
	}
	return "", ErrNone
}
