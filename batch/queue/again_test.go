package queue

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river"

	"lineup/providers"
	"lineup/providers/policy"
)

func TestWhatPassesIsTriedAgain(t *testing.T) {
	for _, c := range []struct {
		err   error
		tries int
	}{
		{&pgconn.PgError{Code: codeDeadlock}, 3},
		{&pgconn.PgError{Code: "57P01"}, 3},
		{&pgconn.PgError{Code: codeStartingUp}, 3},
		{io.ErrUnexpectedEOF, 3},
		{&net.OpError{Op: "read", Err: errors.New("reset")}, 3},
		{&pgconn.PgError{Code: codeUnique}, 1},
		{errors.New("a mistake of ours"), 1},
	} {
		tries := 0
		_ = again(t.Context(), func() error {
			if tries++; tries == 3 {
				return nil
			}
			return c.err
		})
		if tries != c.tries {
			t.Errorf("%v: tried %d times, not %d", c.err, tries, c.tries)
		}
	}
}

func TestQueuesOfProvidersHaveNamesThatRiverTakes(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range []string{"local", "my-gateway", "Local", "x-6c", "a.b", "한국", "a_b"} {
		queue := queueOf(name)
		if !plainQueue.MatchString(queue) || seen[queue] {
			t.Errorf("%s has the queue %q", name, queue)
		}
		seen[queue] = true
		if back := providerOf(queue); back != name {
			t.Errorf("%s became %s", name, back)
		}
	}
}

// Fault: thousands of large prompts went into one statement, which PostgreSQL refuses from 1 GB on.
func TestAStatementIsBoundedInBytes(t *testing.T) {
	for _, c := range []struct {
		fresh bool
		jobs  int
		bytes int
		full  bool
	}{{true, 2, 100, false}, {true, 2, mostBody, true}, {false, 1, mostBody, true},
		{true, copied, 100, true}, {false, inserted, 100, true}, {false, inserted - 1, 100, false}} {
		in := &inserter{fresh: c.fresh, next: make([]river.InsertManyParams, c.jobs), bytes: c.bytes}
		if in.full() != c.full {
			t.Errorf("%+v: %v", c, in.full())
		}
	}
}

// Fault: a long host name was cut within a character, which PostgreSQL refuses.
func TestTheIDOfAWorkerIsWholeCharacters(t *testing.T) {
	for _, name := range []string{"desk-17", strings.Repeat("컴퓨터", 9), "a" + strings.Repeat("컴퓨터", 9), "bad\xff\xfe", strings.Repeat("x", 90)} {
		id := idOf(name)
		if !utf8.ValidString(id) || len(id) > longestName+1+2*suffixBytes || len(id) < min(len(name), longestName-2) ||
			!strings.HasPrefix(id, name[:3]) {
			t.Errorf("%q became %q of %d bytes", name, id, len(id))
		}
		if c := connectionOf(id); len(c) > 63 || strings.ContainsFunc(c, func(r rune) bool { return r > '~' }) {
			t.Errorf("%q has the connection %q", id, c)
		}
	}
}

// Fault: a cancelled probe of a server that was down counted as an answer, and everybody asked at once again.
func TestACancelledProbeSaysNothingOfTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gate
		rests := policy.NewQueue(4)
		ask := func(e *providers.Error) {
			t.Helper()
			leave, err := g.enter(t.Context(), nil, rests)
			if err != nil {
				t.Fatal(err)
			}
			leave(e)
		}
		for range 3 {
			ask(&providers.Error{Kind: providers.Unreachable})
		}
		ask(&providers.Error{Kind: providers.Cancelled})
		probe, err := g.enter(t.Context(), nil, rests)
		if err != nil {
			t.Fatal(err)
		}
		if g.try() == 0 {
			t.Error("after a cancelled probe two lines are asked at once")
		}
		probe(nil)
		if g.try() != 0 {
			t.Error("after an answer nobody may ask")
		}
	})
}
