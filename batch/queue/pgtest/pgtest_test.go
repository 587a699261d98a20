package pgtest_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"lineup/batch/queue/pgtest"
)

func TestADatabaseKeepsItsRowsWhereTheServerCrashes(t *testing.T) {
	cluster := pgtest.Start(t)
	one, other := cluster.Database(t), cluster.Database(t)
	if one == other {
		t.Fatalf("two databases have one URL: %s", one)
	}
	do := func(url, text string) (n int) {
		t.Helper()
		conn, err := pgx.Connect(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(t.Context())
		if err := conn.QueryRow(t.Context(), text).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	conn, err := pgx.Connect(t.Context(), one)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), "CREATE TABLE t AS SELECT 7 AS n"); err != nil {
		t.Fatal(err)
	}
	cluster.Restart(t)
	if got := do(one, "SELECT n FROM t"); got != 7 {
		t.Errorf("after a restart the row is %d, not 7", got)
	}
	if got := do(other, "SELECT count(*) FROM pg_tables WHERE tablename = 't'"); got != 0 {
		t.Error("a table of one database is in the other")
	}
}
