package queue_test

import (
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"lineup/batch/queue"
)

func TestSeveralInitsAtOnceMakeTheTablesOnce(t *testing.T) {
	url := database(t)
	var all sync.WaitGroup
	for range 4 {
		q := open(t, url)
		all.Go(func() {
			if err := q.Init(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if err := open(t, url).Init(t.Context()); err != nil {
		t.Errorf("once more: %v", err)
	}
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var n int
	err = conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_tables WHERE tablename IN "+
		"('lineup_run', 'lineup_result', 'lineup_worker', 'river_job')").Scan(&n)
	if err != nil || n != 4 {
		t.Errorf("there are %d of 4 tables; %v", n, err)
	}
}

func TestErrorsNameTheNextStepAndNeverThePassword(t *testing.T) {
	const secret = "hunter2-not-for-eyes"
	url := strings.Replace(database(t), "postgres@", "postgres:"+secret+"@", 1)
	mute, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and ends them
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mute.Close() })
	go func() {
		for {
			c, err := mute.Accept()
			if err != nil {
				return
			}
			io.ReadFull(c, make([]byte, 8)) // the question for TLS
			c.Close()
		}
	}()
	for _, c := range []struct{ name, url, want string }{
		{"no database", strings.Replace(url, "/t", "/none", 1), "createdb"},
		{"nobody listens", "postgres://u:" + secret + "@127.0.0.1:1/d", "is PostgreSQL running there?"},
		{"no such host", "postgres://u:" + secret + "@lineup.invalid/d", "check the host of the address"},
		{"no PostgreSQL", "postgres://u:" + secret + "@" + mute.Addr().String() + "/d?sslmode=require", "sslmode"},
		{"no URL", "postgres://u:" + secret + "%zz@h/d", "%XX for special characters"},
		{"a bad port", "postgres://u:" + secret + "@h:port/d", "cannot be read"},
		{"another scheme", "mysql://u:" + secret + "@h/d", "postgres://"},
	} {
		q, err := queue.Open(t.Context(), c.url, queue.Person)
		if err == nil {
			q.Close()
			t.Errorf("%s: it opens", c.name)
			continue
		}
		if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %q does not say %q", c.name, err, c.want)
		}
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: more than one line: %q", c.name, err)
		}
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the password is in %q", c.name, err)
		}
	}
	if _, err := open(t, url).Status(t.Context(), ""); err == nil {
		t.Error("a database without tables has a status")
	}
}
