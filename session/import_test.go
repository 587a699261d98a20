package session

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lineup/providers"
)

func ptr[T any](v T) *T { return &v }

// everything is a session with a value in each field that a session can have.
func everything() *Session {
	i, other := info("p/one", priced()), info("gate/vendor/two", priced())
	full := NewReply(0, i, providers.Request{System: "Another prompt.", Messages: ask().Messages}, enter())
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
		providers.Event{Type: providers.EventSimulated}, finish(950, "stop"))
	apply(full, end(950, nil)...)
	full.Params = providers.Params{Temperature: ptr(0.7), TopP: ptr(0.9), TopK: ptr(40), MinP: ptr(0.05), MaxTokens: ptr(99), Seed: ptr(int64(-7)),
		Stop: []string{"END", "\n\n"}, ReasoningEffort: "low", NumCtx: ptr(4096)}
	failed := apply(NewReply(2, i, ask(), enter()), start(0, i))
	apply(failed, end(80, &providers.Error{Kind: providers.RateLimit, Status: 429, Message: "slow\ndown", Hint: "wait", RetryAfter: 90 * time.Second})...)
	full.Take = 1
	former := answer(NewReply(0, i, ask(), enter()), "A former answer.")
	s := &Session{ID: "20261123-130412-aaz0v", Title: "Everything <&> 토큰화", System: "Be brief.", Panes: []string{"p/one", "p/none", "p/one"},
		Tags: []string{"first", "토큰"}, Parent: "20261122-130412-aaz0v", ParentTurn: "01m8483h70ajpb49b09s381p1k",
		CreatedAt: enter(), UpdatedAt: at(5000), Turns: []*Turn{
			{ID: "01m8483h70ajpb49b09s381p1m", Prompt: "What is a <token>?\nAnd\twhy?", CreatedAt: enter(), Promoted: ptr(0),
				Replies: []*Reply{full, nil, failed}, Alternatives: []*Reply{former}},
			{ID: "01m8483h70ajpb49b09s381p1n", Prompt: "Again", CreatedAt: at(2000), Replies: []*Reply{nil, answer(NewReply(1, i, ask(), at(2000)), "Once more.")}},
		}}
	for _, t := range s.Turns {
		for _, r := range t.All() {
			r.Version = "1.2.3"
		}
	}
	return s
}

// parsed reads a file's sessions.
func parsed(t testing.TB, content string, format Format) []Parsed {
	t.Helper()
	list, err := tryParse(t, []byte(content), format)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func tryParse(t testing.TB, content []byte, format Format) (list []Parsed, err error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "export")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	for p, e := range ReadImport(context.Background(), file, format) {
		if e != nil {
			return list, e
		}
		list = append(list, p)
	}
	return list, nil
}

func one(t testing.TB, content string) *Session {
	t.Helper()
	list := parsed(t, content, FormatAuto)
	if len(list) != 1 || list[0].Err != nil {
		t.Fatalf("%d sessions, the first with %v", len(list), list[0].Err)
	}
	return list[0].Session
}

func imported(t testing.TB, s *Store, sess *Session, want Outcome) ImportResult {
	t.Helper()
	res, err := s.Import(context.Background(), sess)
	if err != nil {
		t.Fatal(err)
	}
	if res.Outcome != want {
		t.Fatalf("outcome %q, want %q", res.Outcome, want)
	}
	return res
}

// TestExportRoundTrip: json → import → json is equal, byte for byte, with a session that has everything.
func TestExportRoundTrip(t *testing.T) {
	first := exported(t, everything())
	again := exported(t, one(t, first))
	if again != first {
		t.Fatalf("after reading it again:\n%s\nwant\n%s", again, first)
	}
	s, _ := newStore(t)
	res := imported(t, s, one(t, first), OutcomeNew)
	if res.Turns != 2 || res.ID != "20261123-130412-aaz0v" {
		t.Errorf("%+v", res)
	}
	if stored := exported(t, load1(t, s, res.ID)); stored != first {
		t.Errorf("after the store:\n%s\nwant\n%s", stored, first)
	}
	for _, key := range []string{`"temperature": 0.7`, `"chunks": [[158.623,8,1],[258.5,6,1],[358.5,10],`, `"dns_ms": 1.5`, `"system": "Another prompt."`, `\u202e조각`} {
		if !strings.Contains(first, key) {
			t.Errorf("the export lacks %s:\n%s", key, first)
		}
	}
}

// TestImportTwice: the same file does not make two sessions, also where the session was renamed meanwhile or has
// another id; and one that goes on further is gone on with.
func TestImportTwice(t *testing.T) {
	s, _ := newStore(t)
	sess := everything()
	id := imported(t, s, sess, OutcomeNew).ID
	imported(t, s, sess, OutcomeKnown)
	if err := s.Rename(context.Background(), id, "Renamed"); err != nil {
		t.Fatal(err)
	}
	other := everything()
	other.ID = ""
	if res := imported(t, s, other, OutcomeKnown); res.ID != id {
		t.Errorf("it is here as %s, not %s", id, res.ID)
	}

	longer := everything()
	longer.Turns = append(longer.Turns, &Turn{ID: "01m8483h70ajpb49b09s381p1q", Prompt: "More", CreatedAt: at(9000),
		Replies: []*Reply{answer(NewReply(0, info("p/one", priced()), ask(), at(9000)), "Yes.")}})
	longer.UpdatedAt = at(9000)
	if res := imported(t, s, longer, OutcomeExtended); res.ID != id || res.Turns != 1 {
		t.Errorf("%+v", res)
	}
	got := load1(t, s, id)
	if len(got.Turns) != 3 || got.Turns[2].Prompt != "More" || got.Turns[2].ID != "01m8483h70ajpb49b09s381p1q" || got.Title != "Renamed" {
		t.Errorf("%d turns, the last %+v, title %q", len(got.Turns), got.Turns[len(got.Turns)-1], got.Title)
	}
	imported(t, s, sess, OutcomeKnown) // the shorter one is a part of it
	if n := count(t, s, `SELECT count(*) FROM sessions`); n != 1 {
		t.Errorf("%d sessions", n)
	}

	// One that went another way is another session, and both ids stay what they are.
	fork := everything()
	fork.Turns[1].Prompt = "Else"
	res := imported(t, s, fork, OutcomeNew)
	if res.ID == id {
		t.Error("the fork took the id of the first one")
	}
	if got := load1(t, s, res.ID); got.Turns[1].Prompt != "Else" || got.Turns[0].ID == fork.Turns[0].ID {
		t.Errorf("fork %+v", got.Turns[1])
	}
}

// TestImportIsWholeOrNothing: a session of which one turn cannot be stored leaves nothing behind.
func TestImportIsWholeOrNothing(t *testing.T) {
	s, _ := newStore(t)
	sess := everything()
	sess.Turns[1].Replies[1].Slot = maxSlot + 1
	if _, err := s.Import(context.Background(), sess); err == nil {
		t.Fatal("stored a reply of a pane that cannot be")
	}
	for _, table := range []string{"sessions", "turns", "replies"} {
		if n := count(t, s, `SELECT count(*) FROM `+table); n != 0 {
			t.Errorf("%d rows in %s", n, table)
		}
	}
}

func TestImportOfARunningReply(t *testing.T) {
	s, _ := newStore(t)
	i := info("p/m", priced())
	sess := &Session{CreatedAt: enter(), UpdatedAt: enter(), Turns: []*Turn{{Prompt: "p", CreatedAt: enter(),
		Replies: []*Reply{apply(newReply(i), start(0, i), text(5, "so far")), NewReply(1, i, ask(), enter())}}}}
	res := imported(t, s, one(t, exported(t, sess)), OutcomeNew)
	got := load1(t, s, res.ID).Turns[0].Replies
	if got[0].Status != Interrupted || got[0].Text != "so far" || got[0].Error == nil {
		t.Errorf("%+v", got[0])
	}
	if got[1].Status != Cancelled {
		t.Errorf("%+v", got[1])
	}
	imported(t, s, one(t, exported(t, sess)), OutcomeKnown)
	if n := count(t, s, `SELECT count(*) FROM replies WHERE owner IS NOT NULL`); n != 0 {
		t.Errorf("%d replies have an owner", n)
	}
}

// TestImportSaysWhatIsWrong: every mistake in a file names the line or the key, and none of them panics.
func TestImportSaysWhatIsWrong(t *testing.T) {
	good := exported(t, everything())
	for name, c := range map[string]struct{ content, want string }{
		"empty":          {"", "empty"},
		"blank":          {" \n ", "empty"},
		"text":           {"hello\n", "line 1: this is not JSON"},
		"cut":            {good[:len(good)/2], "the file ends in the middle"},
		"another object": {"\n\n{\"a\":1}", "line 3: this is not lineup's own export"},
		"a number":       {"7", "line 1: this is not"},
		"no schema":      {`{"turns":[]}`, "schema is missing"},
		"newer":          {`{"schema":2,"created_at":"2026-11-23T13:04:12Z"}`, "newer lineup"},
		"no time":        {`{"schema":1}`, `created_at: "" is no time`},
		"old":            {`{"schema":1,"created_at":"1931-01-01T00:00:00Z"}`, "before 1970"},
		"type":           {strings.Replace(good, `"title": "Everything`, `"title": 7, "x": "`, 1), "line 4: title is a JSON number"},
		"slot":           {strings.Replace(good, `"slot": 2`, `"slot": -2`, 1), "turns[0].replies[1].slot: -2 is out of range"},
		"slot twice":     {strings.Replace(good, `"slot": 2`, `"slot": 0`, 1), "turns[0].replies[1].slot: pane 0 has a reply already"},
		"status":         {strings.Replace(good, `"status": "done"`, `"status": "fine"`, 1), `turns[0].replies[0].status: "fine" is no status`},
		"promoted":       {strings.Replace(good, `"promoted": 0`, `"promoted": 1`, 1), "turns[0].promoted: pane 1 has no reply"},
		"take":           {strings.Replace(good, `"take": 1`, `"take": 0`, 1), "turns[0].alternatives[0].take: pane 0 has a take 0 already"},
		"chunks":         {strings.Replace(good, `[158.623,8,1]`, `[158.623,-8,1]`, 1), "replies[0].chunks: piece 0"},
		"null reply":     {`{"schema":1,"created_at":"2026-11-23T13:04:12Z","turns":[{"created_at":"2026-11-23T13:04:12Z","replies":[null]}]}`, "turns[0].replies[0] is no reply"},
		"sqlite":         {"SQLite format 3\x00 and nothing more", "database"},
		"zip":            {"PK\x03\x04 and nothing more", "zip"},
	} {
		t.Run(name, func(t *testing.T) {
			list, err := tryParse(t, []byte(c.content), FormatAuto)
			if err == nil && len(list) > 0 {
				err = list[0].Err
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	if _, err := tryParse(t, []byte(good), FormatChatGPT); err == nil || !strings.Contains(err.Error(), "not an export of the format chatgpt") {
		t.Errorf("the wrong format: %v", err)
	}
	list := parsed(t, strings.Replace(good, `"title"`, `"mood": "fine", "title"`, 1), FormatAuto)
	if got := strings.Join(list[0].LeftOut, ";"); !strings.Contains(got, `"mood"`) {
		t.Errorf("left out: %q", got)
	}
}

// TestImportSeveral: sessions may follow each other, or stand in a list; one that is wrong does not stop the others.
func TestImportSeveral(t *testing.T) {
	good := exported(t, everything())
	for _, content := range []string{good + good, "[" + good + "," + good + "]", "\ufeff" + good + "\n\n" + good + "\n"} {
		if list := parsed(t, content, FormatAuto); len(list) != 2 || list[0].Session == nil || list[1].Session == nil {
			t.Errorf("%d sessions", len(list))
		}
	}
	list := parsed(t, "["+strings.Replace(good, `"schema": 1`, `"schema": 9`, 1)+","+good+"]", FormatAuto)
	if len(list) != 2 || list[0].Err == nil || list[1].Session == nil {
		t.Errorf("%+v", list)
	}
}

// keepable holds what was read from a file to what the store can give back. Storing it in each run of a fuzzer would take
// most of the time.
func keepable(t *testing.T, s *Session) {
	t.Helper()
	if id := newIDSource().session(s.CreatedAt); !sessionID.MatchString(id) {
		t.Fatalf("a session of %s has the id %s", s.CreatedAt, id)
	}
	for _, turn := range s.Turns {
		if _, err := newIDSource().turn(turn.CreatedAt); err != nil {
			t.Fatal(err)
		}
		places := map[[2]int]bool{}
		for _, r := range turn.All() {
			if place := [2]int{r.Slot, r.Take}; places[place] {
				t.Fatalf("slot %d has take %d twice", r.Slot, r.Take)
			} else {
				places[place] = true
			}
			chunks, err := decodeChunks(encodeChunks(r.Chunks))
			if err != nil || len(chunks) != len(r.Chunks) {
				t.Fatalf("%d chunks of %d, %v", len(chunks), len(r.Chunks), err)
			}
			if _, err := resultValues(r, "", "", s.CreatedAt); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// FuzzImportJSON: whatever stands in a file, what is read of it can be stored, and comes out as it went in.
func FuzzImportJSON(f *testing.F) {
	var b strings.Builder
	if err := ExportJSON(&b, everything()); err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(b.String()))
	f.Add([]byte(chatGPTExample))
	f.Add([]byte(`{"schema":1,"created_at":"1970-01-01T00:00:00Z","turns":[{"created_at":"9999-12-31T23:59:59Z","replies":[{"slot":1022,"status":"done"}]}]}`))
	f.Add([]byte(`[{"mapping":{"a":{"message":null,"parent":"b"},"b":{"parent":"a"}},"current_node":"a"}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		_ = readJSON(data, FormatAuto, func(p Parsed) error {
			if (p.Session == nil) == (p.Err == nil) {
				t.Fatalf("session %v, error %v", p.Session, p.Err)
			}
			if p.Err != nil {
				return nil
			}
			keepable(t, p.Session)
			var first, again strings.Builder
			if err := ExportJSON(&first, p.Session); err != nil {
				t.Fatal(err)
			}
			if err := readJSON([]byte(first.String()), FormatLineup, func(p Parsed) error {
				if p.Err != nil {
					t.Fatalf("what was exported is refused: %v", p.Err)
				}
				return ExportJSON(&again, p.Session)
			}); err != nil {
				t.Fatal(err)
			}
			if first.String() != again.String() {
				t.Fatalf("exported\n%s\nand again\n%s", first.String(), again.String())
			}
			return nil
		})
	})
}
