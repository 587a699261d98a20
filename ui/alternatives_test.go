package ui

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/providers"
	"lineup/registry"
	"lineup/session"
)

// openStore opens a store in a folder of its own.
func openStore(t *testing.T) *session.Store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lineup.db")
	empty, err := emptyStore()
	if err == nil {
		err = os.WriteFile(path, empty, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	s, err := session.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// emptyStore is the file of a store without sessions. To make its tables takes longer than most tests.
var emptyStore = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "lineup")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "lineup.db")
	s, err := session.Open(context.Background(), path)
	if err == nil {
		err = s.Close()
	}
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// last reads the session that was used last.
func last(t *testing.T, s *session.Store) *session.Session {
	t.Helper()
	id, err := s.Resolve(context.Background(), "last")
	if err != nil {
		t.Fatal(err)
	}
	sess, err := s.Session(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return sess
}

// realDriver is a driver for an app with a store, whose database works by the real clock: commands run one by one.
type realDriver struct {
	t     *testing.T
	app   *app
	store *session.Store
}

// kept runs a test on a screen of 110×30 with a store.
func kept(t *testing.T, cfg Config, test func(*realDriver)) {
	t.Helper()
	if cfg.Store == nil {
		cfg.Store = openStore(t)
	}
	d := &realDriver{t: t, app: newApp(context.Background(), cfg), store: cfg.Store}
	d.send(tea.WindowSizeMsg{Width: 110, Height: 30})
	test(d)
}

func (d *realDriver) send(msg tea.Msg) {
	_, cmd := d.app.Update(msg)
	runAll(d.app, cmd, nil)
}

// press types keys as driver.press does, and waits for what each of them brings about.
func (d *realDriver) press(keys ...string) {
	for _, k := range keys {
		if text, ok := strings.CutPrefix(k, "lit:"); ok {
			for _, r := range text {
				d.send(tea.KeyPressMsg{Code: r, Text: string(r)})
			}
			continue
		}
		d.send(keyMsg(k))
	}
}

func (d *realDriver) wantSees(texts ...string) {
	d.t.Helper()
	for _, text := range texts {
		if screen := ansi.Strip(d.app.View().Content); !strings.Contains(screen, text) {
			d.t.Errorf("the screen does not show %q:\n%s", text, screen)
		}
	}
}

func (d *realDriver) wantNot(text string) {
	d.t.Helper()
	if screen := ansi.Strip(d.app.View().Content); strings.Contains(screen, text) {
		d.t.Errorf("the screen shows %q:\n%s", text, screen)
	}
}

// tally is a model that says its name and how often it was asked.
type tally struct {
	name  string
	info  providers.Info
	mu    sync.Mutex // two panes may have one model
	asked []providers.Request
}

func counting(ref string) *tally { return &tally{name: ref, info: says(ref, "", 0, 0).info} }

func (m *tally) spec() registry.Spec { return registry.Spec{Info: m.info, Model: m} }

func (m *tally) Stream(ctx context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked = append(m.asked, req)
	return says(m.name, fmt.Sprintf("%s says %d", m.name, len(m.asked)), 0, 0).Stream(ctx, req)
}

func said(pairs ...string) string {
	var h []providers.Message
	for i, text := range pairs {
		role := providers.User
		if i%2 == 1 {
			role = providers.Assistant
		}
		h = append(h, providers.Message{Role: role, Content: text})
	}
	return fmt.Sprint(h)
}

func TestAnswersOfATurn(t *testing.T) {
	m, other := counting("x/a"), counting("x/b")
	kept(t, Config{Panes: []registry.Spec{m.spec(), other.spec()}}, func(d *realDriver) {
		d.press("lit:one", "enter", "alt+1", "ctrl+r", "ctrl+r")
		d.wantSees("3/3", "x/a says 3", "turn 1", "x/b says 1")
		d.wantNot("x/a says 2")
		d.press("T")
		d.wantSees("2/3", "x/a says 2")
		d.press("t", "t")
		d.wantSees("1/3", "x/a says 1")
		if got := last(t, d.store).Turns[0]; got.Reply(0).Text != "x/a says 1" || len(got.Answers(0)) != 3 || len(got.Answers(1)) != 1 {
			t.Errorf("kept: %q of %d", got.Reply(0).Text, len(got.Answers(0)))
		}
		// The conversation goes on from the answer that is shown.
		d.press("i", "lit:two", "enter")
		if got, want := fmt.Sprint(m.asked[3].Messages), said("one", "x/a says 1", "two"); got != want {
			t.Errorf("asked %s, want %s", got, want)
		}
		// An answer of an earlier turn can be looked at; nothing is decided by that.
		d.press("alt+1", "g", "t")
		d.wantSees("2/3", "x/a says 2", "went on from answer 1")
		if got := d.app.sess.Turns[0].Reply(0).Text; got != "x/a says 1" {
			t.Errorf("%q is in force now", got)
		}
		d.press("G", "alt+2", "t")
		d.wantSees("there is one answer to this prompt")
		if n := len(last(t, d.store).Turns); n != 2 {
			t.Errorf("%d turns are kept", n)
		}
	})
}

// Regression: where the answers of a turn were a tie in all, the bars went on comparing with the answer of before.
func TestBarsGoByTheAnswerInForce(t *testing.T) {
	m, other := counting("x/a"), counting("x/b")
	kept(t, Config{Panes: []registry.Spec{m.spec(), other.spec()}}, func(d *realDriver) {
		d.press("lit:one", "enter", "alt+1", "ctrl+r")
		d.app.verdict.crowns = nil // as of a tie in all
		d.app.sess.Turns[0].Answers(0)[0].Usage.Output = 500
		d.press("t")
		if got := d.app.verdict.best.Tokens; got != 500 {
			t.Errorf("compared with %d tokens, not with the 500 of the answer in force", got)
		}
	})
}

func TestPromotedAnswer(t *testing.T) {
	m, other := counting("x/a"), counting("x/b")
	kept(t, Config{Panes: []registry.Spec{m.spec(), other.spec()}}, func(d *realDriver) {
		d.press("alt+1", "p")
		d.wantSees("there is no answer to promote")
		d.press("i", "lit:one", "enter", "alt+1", "p")
		d.wantSees("★", "all panes go on from this answer", "goes on from the answer of x/a")
		d.press("i", "lit:two", "enter")
		for _, model := range []*tally{m, other} {
			if got, want := fmt.Sprint(model.asked[1].Messages), said("one", "x/a says 1", "two"); got != want {
				t.Errorf("%s was asked %s, want %s", model.name, got, want)
			}
		}
		if p := last(t, d.store).Turns[0].Promoted; p == nil || *p != 0 {
			t.Errorf("kept: %v", p)
		}
		d.press("alt+1", "g", "p", "i", "lit:three", "enter")
		if got, want := fmt.Sprint(other.asked[2].Messages), said("one", "x/b says 1", "two", "x/b says 2", "three"); got != want {
			t.Errorf("each for itself again: %s, want %s", got, want)
		}
		if p := last(t, d.store).Turns[0].Promoted; p != nil {
			t.Errorf("kept: %v", *p)
		}
	})
}

func TestForkAndEdit(t *testing.T) {
	m, other := counting("x/a"), counting("x/b")
	kept(t, Config{Panes: []registry.Spec{m.spec(), other.spec()}}, func(d *realDriver) {
		d.press("alt+1", "f")
		d.wantSees("nothing to fork")
		d.press("i", "lit:one", "enter", "lit:two", "enter")
		first := last(t, d.store)

		d.press("alt+1", "e")
		d.wantSees("Editing turn 2", "> two")
		d.press("esc")
		d.wantNot("Editing")
		if d.app.prompt.branch != nil || !d.app.prompt.empty() {
			t.Error("the edited prompt was not left")
		}
		d.press("alt+1", "e", "lit: again", "enter")
		if got, want := fmt.Sprint(m.asked[2].Messages), said("one", "x/a says 1", "two again"); got != want {
			t.Errorf("the branch was asked %s, want %s", got, want)
		}
		branch := last(t, d.store)
		if branch.ID == first.ID || branch.Parent != first.ID || branch.ParentTurn != first.Turns[0].ID || len(branch.Turns) != 2 || branch.Title != "one (fork)" {
			t.Errorf("the branch is kept as %+v", branch)
		}
		if got, err := d.store.Session(context.Background(), first.ID); err != nil || len(got.Turns) != 2 || got.Turns[1].Prompt != "two" {
			t.Errorf("the session it comes from: %+v, %v", got, err)
		}

		d.press("alt+1", "g", "f")
		d.wantSees("forked after turn 1", "turn 1 ·")
		if got := last(t, d.store); got.ID != branch.ID {
			t.Error("a fork in which nothing was said is kept")
		}
		d.press("lit:three", "enter")
		fork := last(t, d.store)
		if fork.Parent != branch.ID || len(fork.Turns) != 2 || fork.Turns[0].Reply(1).Text != "x/b says 1" || fork.Turns[1].Prompt != "three" {
			t.Errorf("the fork is kept as %+v", fork)
		}
		if got, want := fmt.Sprint(other.asked[3].Messages), said("one", "x/b says 1", "three"); got != want {
			t.Errorf("the fork was asked %s, want %s", got, want)
		}
		if err := d.app.close(); err != nil {
			t.Error(err)
		}
		if list, err := d.store.Sessions(context.Background(), session.Filter{}); err != nil || len(list) != 3 {
			t.Errorf("%d sessions, %v", len(list), err)
		}
	})
}

// Fault: five versions of a prompt were five sessions of one title, that of the first version.
func TestVersionsOfAPromptHaveTitlesOfTheirOwn(t *testing.T) {
	kept(t, Config{Panes: []registry.Spec{counting("x/a").spec()}}, func(d *realDriver) {
		d.press("lit:one", "enter")
		for _, version := range []string{"two", "three"} {
			d.press("alt+1", "e", "ctrl+u", "lit:"+version, "enter")
			if got := last(t, d.store).Title; got != version+" (fork)" {
				t.Errorf("the session of %q is called %q", version, got)
			}
		}
		named := last(t, d.store)
		named.Title = "mine"
		f := named.Fork(0)
		f.Reword("three", "four")
		if f.Title != "mine (fork)" {
			t.Errorf("a title that somebody gave has become %q", f.Title)
		}
	})
}

// TestASessionThatIsReopenedKeepsItsAnswers: alternatives and marks come back with it.
func TestASessionThatIsReopenedKeepsItsAnswers(t *testing.T) {
	m := counting("x/a")
	var sess *session.Session
	kept(t, Config{Panes: []registry.Spec{m.spec()}}, func(d *realDriver) {
		d.press("lit:one", "enter", "alt+1", "ctrl+r", "p")
		sess = last(t, d.store)
	})
	drive(t, 110, 30, Config{Panes: []registry.Spec{m.spec()}, Session: sess}, func(d *driver) {
		d.wantSees("★ 2/2", "x/a says 2")
		d.press("alt+1", "t")
		d.wantSees("1/2", "x/a says 1")
		d.press("i", "lit:two", "enter")
		d.settle()
		if got, want := fmt.Sprint(m.asked[2].Messages), said("one", "x/a says 1", "two"); got != want {
			t.Errorf("asked %s, want %s", got, want)
		}
	})
}

// After a new start, up recalled nothing: the prompts of earlier sessions were not in the history.
func TestPromptsOfEarlierSessionsAreRecalled(t *testing.T) {
	store := openStore(t)
	for _, prompts := range [][]string{{"oldest", "older"}, {"same", "same", "\tnewest\nof two lines"}} {
		sess := &session.Session{Title: prompts[0], Panes: providers.Bare("x/a")}
		if err := store.CreateSession(t.Context(), sess); err != nil {
			t.Fatal(err)
		}
		for _, p := range prompts {
			if _, err := store.AddTurn(t.Context(), sess.ID, p, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	drive(t, 80, 24, Config{Panes: specs(says("x/a", "ok", 0, 0)), Store: store}, func(d *driver) {
		d.send(d.app.recall(true)()) // as Init does
		d.press("lit:mine", "enter")
		d.settle()
		var got []string
		for range 5 {
			d.press("up", "up") // the second one leaves a prompt of two lines
			got = append(got, d.app.prompt.text())
		}
		if all := strings.Join(got, "|"); !strings.Contains(all, "newest") || !strings.Contains(all, "oldest") {
			t.Errorf("recalled %q", got)
		}
		if got, want := d.app.prompt.history, 5; len(got) != want {
			t.Errorf("the history has %d prompts, want %d: %q", len(got), want, got)
		}
	})
}
