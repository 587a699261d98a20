package exchange

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"lineup/providers"
	"lineup/session"
)

func exported(t testing.TB, s *session.Session) string {
	t.Helper()
	var b strings.Builder
	if err := WriteJSON(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestExportJSON(t *testing.T) {
	r := answered(0, "p/one", "A piece & more.")
	r.Version = "1.2.3"
	s := &session.Session{ID: "20261123-130412-aaz0v", Title: "Tokens <&>", System: "Be brief.", Panes: providers.Bare("p/one", "p/two"),
		CreatedAt: enter(), UpdatedAt: enter(), Turns: []*session.Turn{{ID: "01m8", Prompt: "What is a <token>?", CreatedAt: enter(), Replies: []*session.Reply{r}}}}
	plain, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	reply := strings.ReplaceAll(string(plain), `\u0026`, `&`)
	reply = strings.TrimSuffix(reply, "}") + `,"ended_at":"2026-11-23T13:04:12.900Z","version":"1.2.3","chunks":[[100,15]]}`
	want := `{"schema":1,"id":"20261123-130412-aaz0v","title":"Tokens <&>","created_at":"2026-11-23T13:04:12.000Z",` +
		`"updated_at":"2026-11-23T13:04:12.000Z","system":"Be brief.","panes":["p/one","p/two"],"turns":[{"id":"01m8",` +
		`"prompt":"What is a <token>?","created_at":"2026-11-23T13:04:12.000Z","replies":[` + reply + `]}]}`
	got := exported(t, s)
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
	s := &session.Session{CreatedAt: enter().Add(7 * time.Millisecond).In(kst), UpdatedAt: enter(), Turns: []*session.Turn{
		{Prompt: "p", CreatedAt: enter(), Replies: []*session.Reply{nil, running(1, "p/m", "so far")}}}}
	got := compacted(t, exported(t, s))
	for _, part := range []string{`"created_at":"2026-11-23T13:04:12.007Z"`, `"panes":[]`, `"replies":[{"type":"reply"`, `"text":"so far"`} {
		if !strings.Contains(got, part) {
			t.Errorf("%s is not in\n%s", part, got)
		}
	}
	if got := compacted(t, exported(t, &session.Session{})); !strings.Contains(got, `"turns":[]`) {
		t.Error(got)
	}
}
