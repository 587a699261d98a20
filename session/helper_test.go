package session

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"lineup/jsoncheck"
	"lineup/providers"
)

func ptr[T any](v T) *T { return &v }

// everything is a session with a value in each field that a session can have.
func everything() *Session {
	i, other := info("p/one", priced()), info("gate/vendor/two", priced())
	full := NewReply(0, i, providers.Request{System: "Another prompt.", Messages: ask().Messages,
		Schema: jsoncheck.Kept("shape", []byte(`{"type":"object","title":"<a>"}`)), Tools: tools()}, enter())
	apply(full, providers.Event{Type: providers.EventQueued, At: at(0)}, start(12.345, i),
		providers.Event{Type: providers.EventConnected, At: at(30), Phases: &providers.Phases{DNS: 1500 * time.Microsecond, Connect: 2 * time.Millisecond, TLS: 3 * time.Millisecond}},
		providers.Event{Type: providers.EventAttemptEnd, At: at(40), Status: 503, Err: &providers.Error{Kind: providers.Overloaded, Status: 503}},
		providers.Event{Type: providers.EventWait, At: at(40), Wait: 500 * time.Millisecond}, start(540, other),
		providers.Event{Type: providers.EventConnected, At: at(541), Phases: &providers.Phases{Reused: true}},
		providers.Event{Type: providers.EventSent, At: at(541.5)}, providers.Event{Type: providers.EventHeaders, At: at(600), Status: 200},
		providers.Event{Type: providers.EventServed, Text: "two-2026"}, thought(700.123, "Hm <b>, "), thought(800, "생각"),
		text(900, "A piece & "), text(901.5, "\u202e조각 🎉\x1b[2J"), usage(providers.Usage{Input: 100, Output: 50, Reasoning: 20, CacheRead: 30, CacheWrite: 10, CacheWrite1h: 5}),
		providers.Event{Type: providers.EventTimings, Timings: providers.Timings{"load_ms": 3.25, "prompt_tokens": 100}},
		providers.Event{Type: providers.EventNote, Text: "a note"}, providers.Event{Type: providers.EventDropped, Text: "top_k"},
		providers.Event{Type: providers.EventCall, At: at(920), Text: `{"city":"서울`, Call: &providers.ToolCall{ID: "c1", Name: "weather"}},
		providers.Event{Type: providers.EventCall, At: at(921), Text: `", "n": 12345678901234567890}`, Call: &providers.ToolCall{ID: "c1"}},
		providers.Event{Type: providers.EventCall, At: at(922), Text: "no <JSON>", Call: &providers.ToolCall{Index: 1, Name: "other"}},
		providers.Event{Type: providers.EventSimulated}, finish(950, "stop"))
	apply(full, end(950, nil)...)
	full.Params = providers.Params{Temperature: ptr(0.7), TopP: ptr(0.9), TopK: ptr(40), MinP: ptr(0.05), MaxTokens: ptr(99), Seed: ptr(int64(-7)),
		Stop: []string{"END", "\n\n"}, ReasoningEffort: "low", NumCtx: ptr(4096)}
	failed := apply(NewReply(2, i, ask(), enter()), start(0, i))
	apply(failed, end(80, &providers.Error{Kind: providers.RateLimit, Status: 429, Message: "slow\ndown", Hint: "wait", RetryAfter: 90 * time.Second})...)
	full.Take, full.Repeat, full.Warmup = 1, 5, true
	former := answer(NewReply(0, i, ask(), enter()), "A former answer.")
	s := &Session{ID: "20261123-130412-aaz0v", Title: "Everything <&> 토큰화", System: "Be brief.", Panes: providers.Bare("p/one", "p/none", "p/one"),
		Tags: []string{"first", "토큰"}, Parent: "20261122-130412-aaz0v", ParentTurn: "01m8483h70ajpb49b09s381p1k",
		CreatedAt: enter(), UpdatedAt: at(5000), Turns: []*Turn{
			{ID: "01m8483h70ajpb49b09s381p1m", Prompt: "What is a <token>?\nAnd\twhy?", Attachments: []providers.Attachment{note("a <b>.txt", "one"), pixel()}, CreatedAt: enter(), Promoted: ptr(0),
				Replies: []*Reply{full, nil, failed}, Alternatives: []*Reply{former}},
			{ID: "01m8483h70ajpb49b09s381p1n", Prompt: "Again", CreatedAt: at(2000), Replies: []*Reply{nil, answer(NewReply(1, i, ask(), at(2000)), "Once more.")}},
		}}
	s.Blind, s.Revealed = true, true
	s.Turns[0].Votes = []*Vote{{Contenders: []Candidate{BareCandidate("p/one"), {ID: "0123456789ab", Model: "p/<two>", Label: "cold", Settings: []byte(`{"temperature":0,"stop":["<"]}`)}},
		Kind: VoteBest, Winners: []int{1}, Order: []int{}, VoteMarks: VoteMarks{true, true, true, true, true}, At: at(7000), By: VotedByYou, Slots: []int{0, 2}, Copied: true}}
	for _, t := range s.Turns {
		for _, r := range t.All() {
			r.Version = "1.2.3"
		}
	}
	return s
}

// tools are two declared tools.
func tools() []jsoncheck.Tool {
	list, err := jsoncheck.ParseTools([]byte(`[{"type":"function","function":{"name":"weather","description":"<b>","parameters":{"type":"object"}}},
		{"type":"function","function":{"name":"other"}}]`))
	if err != nil {
		panic(err)
	}
	return list
}

// TestMain lets a test start this binary again as a lineup of its own, to be killed.
func TestMain(m *testing.M) {
	if path := os.Getenv(streamerEnv); path != "" {
		os.Exit(streamer(path, os.Stdin, os.Stdout))
	}
	if path := os.Getenv(limiterEnv); path != "" {
		os.Exit(fileLimited(path, os.Stdout))
	}
	if path := os.Getenv(readerEnv); path != "" {
		os.Exit(reader(path, os.Stdout))
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
	sess := &Session{Title: title, System: "Be brief.", Panes: providers.Bare("p/one", "p/two")}
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

// record is all that is kept of a reply, as text.
func record(t testing.TB, r *Reply) string {
	t.Helper()
	b, err := json.MarshalIndent([]any{r, r.Chunks, r.System, r.Params, r.EndedAt, r.Version}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// dump is all that is kept of a session, as text.
func dump(t testing.TB, s *Session) string {
	t.Helper()
	out := fmt.Sprintf("%+v\n", *s)
	out = out[:strings.Index(out, " Turns:")]
	for _, turn := range s.Turns {
		out += fmt.Sprintf("%s %q %s %v\n", turn.ID, turn.Prompt, turn.CreatedAt, turn.Promoted)
		for _, r := range turn.All() {
			out += record(t, r) + "\n"
		}
	}
	return out
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
