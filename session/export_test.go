package session

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"lineup/providers"
)

func exported(t *testing.T, s *Session) string {
	t.Helper()
	var b strings.Builder
	if err := ExportJSON(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestExportJSON(t *testing.T) {
	s, _ := newStore(t)
	sess := create(t, s, "Tokens <&>")
	turn := say(t, s, sess.ID, "What is a <token>?", "A piece & more.")
	got := exported(t, load1(t, s, sess.ID))
	reply := strings.ReplaceAll(marshal(t, turn.Replies[0]), `\u0026`, `&`)
	reply = strings.TrimSuffix(reply, "}") + `,"ended_at":"2026-11-23T13:04:12.900Z","version":"` + s.Version + `","chunks":[[100,15]]}`
	want := `{"schema":1,"id":"` + sess.ID + `","title":"Tokens <&>","created_at":"2026-11-23T13:04:12.000Z","updated_at":"2026-11-23T13:04:12.000Z",` +
		`"system":"Be brief.","panes":["p/one","p/two"],"turns":[{"id":"` + turn.ID + `","prompt":"What is a <token>?",` +
		`"created_at":"2026-11-23T13:04:12.000Z","replies":[` + reply + `]}]}`
	if compact := compacted(t, got); compact != want {
		t.Errorf("got\n%s\nwant\n%s", compact, want)
	}
	if !strings.HasPrefix(got, "{\n  \"schema\": 1,\n") {
		t.Errorf("not indented: %.40q", got)
	}
}

func compacted(t *testing.T, s string) string {
	t.Helper()
	var b strings.Builder
	dec := json.NewDecoder(strings.NewReader(s))
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	var raw json.RawMessage
	if err := dec.Decode(&raw); err != nil {
		t.Fatal(err)
	}
	if err := enc.Encode(raw); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}

// TestExportOfLittle: what is not there is an empty list, never null, and a running reply has its text so far.
func TestExportOfLittle(t *testing.T) {
	kst := time.FixedZone("KST", 9*3600)
	i := info("p/m", providers.Quote{})
	s := &Session{CreatedAt: enter().Add(7 * time.Millisecond).In(kst), UpdatedAt: enter(), Turns: []*Turn{
		{Prompt: "p", CreatedAt: enter(), Replies: []*Reply{nil, apply(newReply(i), start(0, i), text(5, "so far"))}}}}
	got := compacted(t, exported(t, s))
	for _, part := range []string{`"created_at":"2026-11-23T13:04:12.007Z"`, `"panes":[]`, `"replies":[{"type":"reply"`, `"text":"so far"`} {
		if !strings.Contains(got, part) {
			t.Errorf("%s is not in\n%s", part, got)
		}
	}
	if got := compacted(t, exported(t, &Session{})); !strings.Contains(got, `"turns":[]`) {
		t.Error(got)
	}
}

func TestSummaryJSON(t *testing.T) {
	s, _ := newStore(t)
	sess := create(t, s, "t")
	say(t, s, sess.ID, "one", "1")
	list, err := s.Sessions(context.Background(), Filter{})
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"id":"` + sess.ID + `","title":"t","created_at":"2026-11-23T13:04:12.000Z","updated_at":"2026-11-23T13:04:12.000Z","turns":1,"panes":["p/one","p/two"],"tags":[]}]`
	if got := marshal(t, list); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	hit := search(t, s, "one")[0]
	want = strings.TrimSuffix(want[1:], "}]") + `,"turn":"` + hit.Turn + `","slot":-1,"excerpt":"one","marks":[[0,3]]}`
	if got := marshal(t, hit); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
