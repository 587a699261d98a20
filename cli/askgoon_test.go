package cli

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lineup/providers"
	"lineup/providers/sim"
	"lineup/session"
)

// The limit of a session was held against each question alone, so that many small ones went beyond it.
func TestGoingOnCountsTheMoneyOfTheSession(t *testing.T) {
	url, asked := answering(t, "Blue.")
	dir := t.TempDir()
	// An answer costs $0.20.
	config := fmt.Sprintf("[providers.gate]\nbase_url = %q\nlocal = false\n[models.\"gate/m\"]\nprice = { input = 0, output = 1000 }\n[budget]\nsession = 0.50\n", url)
	for i, args := range [][]string{{"ask", "-m", "gate/m", "Why?"}, {"ask", "--continue", "last", "Why else?"}} {
		if _, errs, code := command(t, dir, config, args...); code != 0 {
			t.Fatalf("question %d: exit code %d: %s", i+1, code, errs)
		}
	}
	_, errs, code := command(t, dir, config, "ask", "--continue", "last", "And?")
	if code != 2 || asked.Load() != 2 || !strings.Contains(errs, "over the budget: $0.4000 of $0.5000 this session") {
		t.Errorf("exit code %d after %d requests: %s", code, asked.Load(), errs)
	}
	_, errs, code = command(t, dir, config, "ask", "--continue", "last", "--judge", "gate/m", "--over-budget", "And?")
	if code != 0 || asked.Load() != 3 {
		t.Errorf("exit code %d after %d requests: %s", code, asked.Load(), errs)
	}
}

// A session whose models were found without a config could not be gone on with.
func TestGoingOnFindsServersAsTheFirstQuestionDid(t *testing.T) {
	fast := sim.Model{Name: "fast", Tokens: 5}
	s, err := sim.New(sim.Config{Models: []sim.Model{fast}}).Start("")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	dir := t.TempDir()
	vars := map[string]string{"OLLAMA_HOST": s.URL, "LINEUP_DATA_DIR": dir, "XDG_CONFIG_HOME": dir}
	for i, args := range [][]string{{"ask", "Why?"}, {"ask", "--continue", "last", "Why else?"}} {
		var out, errs bytes.Buffer
		code := run(t.Context(), env{in: strings.NewReader(""), out: &out, err: &errs, getenv: func(n string) string { return vars[n] },
			tty: func(any) bool { return false }}, args)
		if code != 0 || out.Len() == 0 {
			t.Fatalf("question %d: exit code %d: %s", i+1, code, errs.String())
		}
	}
}

// The half of an answer that another process was waiting for was sent as the whole of it.
func TestASessionThatIsAnsweredElsewhereIsNotGoneOnWith(t *testing.T) {
	asked := false
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked = true }))
	t.Cleanup(s.Close)
	dir := t.TempDir()
	store, err := session.Open(t.Context(), filepath.Join(dir, "data", "lineup.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	ref := providers.RefOf("gate/m")
	r := session.NewReply(0, providers.Info{Ref: ref}, providers.Request{}, time.Now())
	sess := &session.Session{Title: "t", Panes: []providers.Contender{{Ref: ref}}}
	if err := store.CreateSession(t.Context(), sess); err != nil {
		t.Fatal(err)
	}
	if _, err := store.AddTurn(t.Context(), sess.ID, "Why?", []*session.Reply{r}); err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf("[providers.gate]\nbase_url = %q\n", s.URL)
	_, errs, code := command(t, dir, config, "ask", "--continue", "last", "And?")
	if code != 2 || asked || !strings.Contains(errs, "is still being answered") {
		t.Errorf("exit code %d: %s", code, errs)
	}
}
