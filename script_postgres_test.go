package main_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"lineup/batch/queue/pgtest"
)

// postgres is one PostgreSQL for all scripts. It is started by the first one that asks for it.
type postgres struct {
	t     *testing.T
	start func() (*pgtest.Cluster, error)
}

func newPostgres(t *testing.T) *postgres {
	return &postgres{t, sync.OnceValues(func() (*pgtest.Cluster, error) {
		c, err := pgtest.New()
		if err == nil {
			t.Cleanup(func() {
				if err := c.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		return c, err
	})}
}

// condition is [postgres]: whether the machine has one.
func (p *postgres) condition(name string) (bool, error) {
	if name != "postgres" {
		return false, fmt.Errorf("unknown condition %q", name)
	}
	_, err := p.start()
	if errors.Is(err, pgtest.ErrNone) {
		return false, nil
	}
	return err == nil, err
}

// command puts the address of an empty database into a variable: postgres VARIABLE.
func (p *postgres) command(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: postgres variable")
	}
	c, err := p.start()
	ts.Check(err)
	ts.Setenv(args[0], c.Database(p.t))
}
