package exchange

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lineup/session"
)

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
	for p, e := range Read(context.Background(), file, format) {
		if e != nil {
			return list, e
		}
		list = append(list, p)
	}
	return list, nil
}

func one(t testing.TB, content string) *session.Session {
	t.Helper()
	list := parsed(t, content, FormatAuto)
	if len(list) != 1 || list[0].Err != nil {
		t.Fatalf("%d sessions, the first with %v", len(list), list[0].Err)
	}
	return list[0].Session
}

// TestExportRoundTrip: json → import → json is equal, byte for byte, with a session that has everything.
func TestExportRoundTrip(t *testing.T) {
	first := exported(t, everything(t))
	if again := exported(t, one(t, first)); again != first {
		t.Fatalf("after reading it again:\n%s\nwant\n%s", again, first)
	}
	s := newStore(t)
	res, err := s.Import(context.Background(), one(t, first))
	if err != nil {
		t.Fatal(err)
	}
	if res.Outcome != session.OutcomeNew || res.Turns != 2 || res.ID != "20261123-130412-aaz0v" {
		t.Errorf("%+v", res)
	}
	stored, err := s.Session(context.Background(), res.ID)
	if err != nil {
		t.Fatal(err)
	}
	if stored := exported(t, stored); stored != first {
		t.Errorf("after the store:\n%s\nwant\n%s", stored, first)
	}
	for _, key := range []string{`"temperature": 0.7`, `"chunks": [[158.623,8,1],[258.5,6,1],[358.5,10],`, `"dns_ms": 1.5`,
		`"system": "Another prompt."`, `\u202e조각`} {
		if !strings.Contains(first, key) {
			t.Errorf("the export lacks %s:\n%s", key, first)
		}
	}
}

// TestImportSaysWhatIsWrong: every mistake in a file names the line or the key, and none of them panics.
func TestImportSaysWhatIsWrong(t *testing.T) {
	good := exported(t, everything(t))
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
	good := exported(t, everything(t))
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

// keepable holds what was read from a file to what the store can keep. Storing it in each run of a fuzzer would take
// most of the time.
func keepable(t *testing.T, s *session.Session) {
	t.Helper()
	if !datable(s.CreatedAt) {
		t.Fatalf("a session of %s", s.CreatedAt)
	}
	for _, turn := range s.Turns {
		if !datable(turn.CreatedAt) {
			t.Fatalf("a turn of %s", turn.CreatedAt)
		}
		places := map[[2]int]bool{}
		for _, r := range turn.All() {
			if place := [2]int{r.Slot, r.Take}; places[place] {
				t.Fatalf("slot %d has take %d twice", r.Slot, r.Take)
			} else {
				places[place] = true
			}
			if err := r.Check(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// FuzzImportJSON: whatever stands in a file, what is read of it can be stored, and comes out as it went in.
func FuzzImportJSON(f *testing.F) {
	var b strings.Builder
	if err := WriteJSON(&b, everything(f)); err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(b.String()))
	f.Add([]byte(chatGPTExample))
	f.Add([]byte(`{"schema":1,"created_at":"1970-01-01T00:00:00Z","turns":[{"created_at":"9999-12-31T23:59:59Z","replies":[{"slot":1022,"status":"done"}]}]}`))
	f.Add([]byte(`[{"mapping":{"a":{"message":null,"parent":"b"},"b":{"parent":"a"}},"current_node":"a"}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		_ = readJSON(data, FormatAuto, nil, func(p Parsed) error {
			if (p.Session == nil) == (p.Err == nil) {
				t.Fatalf("session %v, error %v", p.Session, p.Err)
			}
			if p.Err != nil {
				return nil
			}
			keepable(t, p.Session)
			var first, again strings.Builder
			if err := WriteJSON(&first, p.Session); err != nil {
				t.Fatal(err)
			}
			if err := readJSON([]byte(first.String()), FormatLineup, nil, func(p Parsed) error {
				if p.Err != nil {
					t.Fatalf("what was exported is refused: %v", p.Err)
				}
				return WriteJSON(&again, p.Session)
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

// What a tool gave back is marked as such, and stays so.
func TestToolResultsMakeTheRoundTrip(t *testing.T) {
	s := &session.Session{ID: "20261123-130412-aaz0v", Title: "t", CreatedAt: enter(), UpdatedAt: enter(), Turns: []*session.Turn{
		{ID: "01m8483h70ajpb49b09s381p1m", Prompt: "21", ToolResult: true, CreatedAt: enter(), Replies: []*session.Reply{answered(0, "p/m", "warm")}}}}
	first := exported(t, s)
	if again := exported(t, one(t, first)); again != first || !strings.Contains(first, `"tool_result": true`) {
		t.Errorf("%s\nwant\n%s", again, first)
	}
}

// Answers of one's own machine cost nothing that is not known. Imported, they said "cost not known".
func TestCostsOfOnesOwnMachineMakeTheRoundTrip(t *testing.T) {
	s := everything(t)
	for _, turn := range s.Turns {
		for _, r := range turn.All() {
			r.Cost = session.Cost{Source: "unknown", Own: r.Slot == 0}
		}
	}
	no := session.NoVerdict
	s.Turns[0].Judgements = []*session.Judgement{{Judge: "x/j", A: 0, B: 2, Winner: no, Verdicts: []session.Verdict{no, no},
		Judged: s.Turns[0].JudgedOf(0, 2), Cost: session.Cost{Source: "unknown", Own: true}, At: time.Now()}}
	replies, judged := 0, 0
	for _, turn := range one(t, exported(t, s)).Turns {
		for _, r := range turn.All() {
			if replies++; r.Cost.Own != (r.Slot == 0) {
				t.Errorf("the cost of slot %d take %d is %+v", r.Slot, r.Take, r.Cost)
			}
		}
		for _, j := range turn.Judgements {
			if judged++; !j.Cost.Own {
				t.Errorf("the cost of the judge is %+v", j.Cost)
			}
		}
	}
	if replies == 0 || judged == 0 {
		t.Errorf("%d replies, %d judgements", replies, judged)
	}
}
