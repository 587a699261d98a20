package session

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"lineup/providers"
)

// TestMain lets a test start this binary again as a lineup of its own, to be killed.
func TestMain(m *testing.M) {
	if path := os.Getenv(streamerEnv); path != "" {
		os.Exit(streamer(path, os.Stdin, os.Stdout))
	}
	if path := os.Getenv(limiterEnv); path != "" {
		os.Exit(fileLimited(path, os.Stdout))
	}
	os.Exit(m.Run())
}

// self is this binary as another process.
func self(env string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), env)
	return cmd
}

// clock is the time of a store under test: it stands still unless it is told.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func dbPath(t testing.TB) string { return filepath.Join(t.TempDir(), "data", "lineup.db") }

// openAt opens a store and closes it behind the test. Settings left out are as usual, but for a short wait.
func openAt(t testing.TB, path string, set settings) *Store {
	t.Helper()
	s, err := tryOpen(path, set)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func tryOpen(path string, set settings) (*Store, error) {
	if set.busy == 0 {
		set.busy = time.Second
	}
	if set.mode == "" {
		set.mode = "rwc"
	}
	if set.migrations == nil {
		set.migrations = migrations()
	}
	if set.now == nil {
		set.now = time.Now
	}
	return open(context.Background(), path, set)
}

// newStore gives an empty store and its clock.
func newStore(t testing.TB) (*Store, *clock) {
	c := &clock{t: enter()}
	return openAt(t, dbPath(t), settings{now: c.now}), c
}

func create(t testing.TB, s *Store, title string) *Session {
	t.Helper()
	sess := &Session{Title: title, System: "Be brief.", Panes: []string{"p/one", "p/two"}}
	if err := s.CreateSession(context.Background(), sess); err != nil {
		t.Fatal(err)
	}
	return sess
}

// asked gives waiting replies for so many panes.
func asked(n int) (replies []*Reply) {
	for slot := range n {
		replies = append(replies, NewReply(slot, info("p/m", priced()), ask(), enter()))
	}
	return replies
}

func addTurn(t testing.TB, s *Store, session, prompt string, replies []*Reply) *Turn {
	t.Helper()
	turn, err := s.AddTurn(context.Background(), session, prompt, replies)
	if err != nil {
		t.Fatal(err)
	}
	return turn
}

// answer ends a reply with a text.
func answer(r *Reply, s string) *Reply {
	apply(r, start(0, info("p/m", priced())), text(100, s), usage(providers.Usage{Input: 10, Output: 20}), finish(900, "stop"))
	return apply(r, end(900, nil)...)
}

// say stores a whole turn: a prompt and what each pane answered.
func say(t testing.TB, s *Store, session, prompt string, answers ...string) *Turn {
	t.Helper()
	replies := asked(len(answers))
	turn := addTurn(t, s, session, prompt, replies)
	for i, a := range answers {
		if err := s.FinishReply(context.Background(), turn.ID, answer(replies[i], a)); err != nil {
			t.Fatal(err)
		}
	}
	return turn
}

func load1(t testing.TB, s *Store, id string) *Session {
	t.Helper()
	sess, err := s.Session(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return sess
}

// count runs a query that gives one number.
func count(t testing.TB, s *Store, query string, args ...any) (n int) {
	t.Helper()
	if err := s.r.QueryRow(query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// errorOf is the error of a reply as a provider gives it.
func (r *Reply) errorOf() *providers.Error {
	return &providers.Error{Kind: r.Error.Kind, Message: r.Error.Message}
}
