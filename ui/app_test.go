package ui

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/providers"
	"lineup/registry"
	"lineup/session"
)

const korean = "## 토큰화란?\n\n언어 모델은 글자를 직접 읽지 않습니다. **토크나이저**가 글을 조각으로 나눕니다.\n\n" +
	"| 글 | 바이트 |\n|---|---|\n| 안녕 | 6 |\n| hello | 5 |\n\n끝."

const latin = "# Answer\n\nA short paragraph with `code` in it.\n\n- one\n- two\n  - nested\n\n```go\nfmt.Println(\"hi\")\n```\n"

func threeModels() []*script {
	a := says("local/llama3.1:8b", korean, 420*time.Millisecond, 20*time.Millisecond)
	a.info.Local, a.info.Own = true, true
	b := says("gate/flash", latin, 310*time.Millisecond, 15*time.Millisecond)
	b.info.Price = providers.Quote{Price: providers.Price{Input: 0.3, Output: 2.5}, Source: providers.CostConfig}
	c := fails("gate/claude", "", &providers.Error{Kind: providers.Auth, Status: 401, Message: "invalid api key",
		Hint: "the key from GATE_KEY (20 characters) was sent to https://gate.example/v1; check that both belong together"})
	return []*script{a, b, c}
}

// The frames of a turn from the empty screen to the end, at the sizes at which the layout differs.
func TestFrames(t *testing.T) {
	for _, size := range [][2]int{{160, 30}, {80, 24}, {40, 12}} {
		name := fmt.Sprintf("%dx%d", size[0], size[1])
		t.Run(name, func(t *testing.T) {
			drive(t, size[0], size[1], Config{Panes: specs(threeModels()...)}, func(d *driver) {
				d.golden(name + "-ready")
				d.press("lit:토큰화가 뭐예요?")
				d.golden(name + "-draft")
				d.press("enter")
				d.until(func() bool { return d.app.turn.Started() })
				d.golden(name + "-waiting")
				d.until(func() bool { return d.sees("~") })
				d.until(func() bool { return d.app.panes.open[0].Reply().Metrics.TTFT != nil })
				d.golden(name + "-streaming")
				d.settle()
				d.golden(name + "-done")
				d.press("alt+3")
				d.golden(name + "-error")
				d.press("f1")
				d.golden(name + "-help")
			})
		})
	}
}

func TestEachPaneGoesOnWithItsOwnAnswer(t *testing.T) {
	a, b := says("x/a", "alpha says", time.Millisecond, time.Millisecond), says("x/b", "beta says", time.Millisecond, time.Millisecond)
	drive(t, 100, 30, Config{Panes: specs(a, b), System: "Be short."}, func(d *driver) {
		d.press("lit:one", "enter")
		d.settle()
		d.press("lit:two", "enter")
		d.settle()
		for model, answer := range map[*script]string{a: "alpha says", b: "beta says"} {
			want := []providers.Message{{Role: providers.User, Content: "one"}, {Role: providers.Assistant, Content: answer}, {Role: providers.User, Content: "two"}}
			if got := fmt.Sprint(model.asked[1].Messages); got != fmt.Sprint(want) {
				t.Errorf("second request: %s, want %v", got, want)
			}
			if model.asked[1].System != "Be short." {
				t.Errorf("system prompt %q", model.asked[1].System)
			}
		}
		d.wantSees("› two", "turn 2")
	})
}

func TestAPaneThatFailedDoesNotSendThePromptTwice(t *testing.T) {
	m := fails("x/a", "", &providers.Error{Kind: providers.Unreachable, Message: "nothing answers"})
	drive(t, 80, 24, Config{Panes: specs(m)}, func(d *driver) {
		d.press("lit:one", "enter")
		d.settle()
		d.press("lit:two", "enter")
		d.settle()
		if n := len(m.asked[1].Messages); n != 1 {
			t.Errorf("the second request has %d messages, want the new prompt alone", n)
		}
	})
}

// After the last token nothing is under way: no timer, no command, no redraw.
func TestIdleMeansIdle(t *testing.T) {
	drive(t, 120, 30, Config{Panes: specs(threeModels()...)}, func(d *driver) {
		d.press("lit:hi", "enter")
		d.settle()
		if d.live != 0 {
			t.Errorf("%d commands still run", d.live)
		}
		before := d.app.screen.frame
		d.send(tea.FocusMsg{})
		if d.app.screen.frame != before {
			t.Error("a message that changes nothing changed the frame")
		}
	})
}

// Tokens come in batches: 400 of them at 1,000 a second must not make 400 messages.
func TestTokensAreTakenOnceAFrame(t *testing.T) {
	m := says("x/fast", strings.Repeat("w ", 400), time.Millisecond, time.Millisecond)
	drive(t, 80, 24, Config{Panes: specs(m)}, func(d *driver) {
		d.press("lit:go", "enter")
		d.settle()
		batches := 0
		for _, msg := range d.sent {
			if _, ok := msg.(batchMsg); ok {
				batches++
			}
		}
		if batches > 20 {
			t.Errorf("%d batches for 0.4 s of text, want about 13", batches)
		}
		if got := d.app.panes.open[0].Reply().Text; got != strings.Repeat("w ", 400) {
			t.Errorf("%d characters arrived, want 800", len(got))
		}
	})
}

func TestEscStopsThePaneThenAll(t *testing.T) {
	long := func(ref string) *script {
		return says(ref, strings.Repeat("word ", 1000), 10*time.Millisecond, 10*time.Millisecond)
	}
	drive(t, 130, 30, Config{Panes: specs(long("x/a"), long("x/b"), long("x/c"))}, func(d *driver) {
		d.press("lit:go", "enter")
		d.until(func() bool { return d.sees("word word") })
		d.press("alt+2", "esc")
		d.until(func() bool { return !d.app.panes.open[1].Running() })
		if d.app.panes.open[1].Reply().Status != session.Cancelled || !d.app.panes.open[0].Running() || !d.app.panes.open[2].Running() {
			t.Fatalf("statuses %s %s %s", d.app.panes.open[0].Reply().Status, d.app.panes.open[1].Reply().Status, d.app.panes.open[2].Reply().Status)
		}
		if d.app.panes.open[1].Reply().Text == "" {
			t.Error("the text of the stopped pane is gone")
		}
		d.press("esc")
		d.settle()
		for i, p := range d.app.panes.open {
			if p.Reply().Status != session.Cancelled {
				t.Errorf("pane %d: %s", i, p.Reply().Status)
			}
		}
		d.wantSees("■ cancelled")
	})
}

// Over a slow line both Escs came in one piece, which reads as Alt+Esc: nothing stopped.
func TestTwoEscsInOnePieceStopAll(t *testing.T) {
	long := func(ref string) *script {
		return says(ref, strings.Repeat("word ", 1000), 10*time.Millisecond, 10*time.Millisecond)
	}
	both := decode(t, "\x1b\x1b")
	drive(t, 130, 30, Config{Panes: specs(long("x/a"), long("x/b"))}, func(d *driver) {
		d.press("lit:go", "enter")
		d.until(func() bool { return d.sees("word word") })
		d.send(both[0])
		d.settle()
		for i, p := range d.app.panes.open {
			if p.Reply().Status != session.Cancelled {
				t.Errorf("pane %d: %s", i, p.Reply().Status)
			}
		}
	})
}

// Asking again keeps the former reply and does not show it to the model; going on hands the model its own text.
func TestAskingAgainAndGoingOn(t *testing.T) {
	m := fails("x/a", "the first half ", &providers.Error{Kind: providers.ConnectionLost, Message: "the connection broke"})
	other := says("x/b", "fine", 0, 0)
	drive(t, 130, 40, Config{Panes: specs(m, other)}, func(d *driver) {
		d.press("lit:tell me", "enter")
		d.settle()
		d.wantSees("✗ interrupted", "[ctrl+r ask again] [c go on] [m other model]")
		d.press("alt+1", "ctrl+r")
		d.settle()
		d.press("c")
		d.settle()
		d.wantSees("turn 1", "3/3", "the first half the first half")
		user := providers.Message{Role: providers.User, Content: "tell me"}
		if got, want := fmt.Sprint(m.asked[1].Messages), fmt.Sprint([]providers.Message{user}); got != want {
			t.Errorf("asked again with %s, want %s", got, want)
		}
		n := len(m.asked[2].Messages)
		if got, want := fmt.Sprint(m.asked[2].Messages[n-2:]), fmt.Sprint([]providers.Message{user, {Role: providers.Assistant, Content: "the first half "}}); got != want {
			t.Errorf("went on with %s, want %s", got, want)
		}
		if len(other.asked) != 1 {
			t.Errorf("the other pane was asked %d times", len(other.asked))
		}
		takes := d.app.sess.Turns[0].Answers(0)
		if len(takes) != 3 || takes[0].Text != "the first half " || takes[2] != d.app.sess.Turns[0].Reply(0) || takes[2].Text != "the first half the first half " {
			t.Errorf("the answers to the first prompt are %+v", takes)
		}
		d.press("d")
		d.wantSees("Attempts", "Tokens, estimated", "connection lost: the connection broke")
		d.press("d", "alt+2", "c")
		d.wantSees("there is no answer that was cut off")
	})
}

// shelf opens scripted models by name.
type shelf map[string]*script

func (s shelf) Known() []registry.Choice { return []registry.Choice{{Ref: "x/a", Configured: true}} }

func (s shelf) List(context.Context) registry.Listing {
	return registry.Listing{Choices: []registry.Choice{{Ref: "x/a", Configured: true}, {Ref: "x/other"}, {Ref: "y/third"}}}
}

// OpenContender opens the model with its settings as they are.
func (s shelf) OpenContender(c providers.Contender) (registry.Spec, error) {
	spec, err := s.Open(c.Ref.String())
	spec.Pane = c
	spec.Info.Contender = c
	return spec, err
}

func (s shelf) Open(ref string) (registry.Spec, error) {
	if m := s[ref]; m != nil {
		return specs(m)[0], nil
	}
	return registry.Spec{}, fmt.Errorf("%s is not there", ref)
}

func TestAnotherModelTakesThePaneAndIsAskedTheSame(t *testing.T) {
	a := fails("x/a", "", &providers.Error{Kind: providers.Overloaded, Message: "too busy"})
	other := says("x/other", "here I am", 0, 0)
	drive(t, 120, 30, Config{Panes: specs(a), Models: shelf{"x/other": other}}, func(d *driver) {
		d.press("lit:tell me", "enter")
		d.settle()
		d.press("alt+1", "m")
		d.wantSees("Pane 1 · another model", "asking the providers…")
		d.settle()
		d.press("lit:yth", "enter")
		d.wantSees("y/third is not there")
		d.press("m")
		d.settle()
		d.press("down", "enter")
		d.settle()
		d.wantSees("1 other · x", "here I am", "turn 1", "2/2")
		if got := talkOf(other.asked[0].Messages); got != "user:tell me" {
			t.Errorf("the other model was asked %s", got)
		}
	})
}

func TestCtrlCClearsThenAsksThenQuits(t *testing.T) {
	drive(t, 80, 24, Config{Panes: specs(threeModels()...)}, func(d *driver) {
		d.press("lit:half a thought", "ctrl+c")
		d.wantNot("half a thought")
		d.press("up")
		d.wantSees("half a thought")
		d.press("ctrl+c", "ctrl+c")
		d.wantSees("Quit?")
		d.press("esc")
		d.wantNot("Quit?")
		d.press("ctrl+c", "ctrl+c")
		d.settle()
		if !d.quit {
			t.Error("the second ctrl+c did not quit")
		}
	})
}

func TestNewlineKeysInBothEncodings(t *testing.T) {
	for _, k := range []string{"ctrl+j", "alt+enter", "shift+enter"} {
		drive(t, 80, 24, Config{Panes: specs(threeModels()...)}, func(d *driver) {
			d.press("lit:one", k, "lit:two")
			if got := d.app.prompt.text(); got != "one\ntwo" {
				t.Errorf("%s: draft %q", k, got)
			}
		})
	}
}

// The box grew with the second line but kept its view on the second line alone.
func TestTheBoxShowsTheWholeDraftWhileItGrows(t *testing.T) {
	drive(t, 80, 30, Config{Panes: specs(threeModels()...)}, func(d *driver) {
		d.press("lit:첫 줄", "ctrl+j", "lit:둘째 줄", "ctrl+j", "lit:third")
		d.wantSees("> 첫 줄", "│   둘째 줄", "│   third")
		for range 30 {
			d.press("ctrl+j")
		}
		if got := d.app.screen.input; got != 12 {
			t.Errorf("the box has %d rows, want a third of 30 and its frame", got)
		}
	})
}

func TestHistoryAndPaste(t *testing.T) {
	m := says("x/a", "ok", time.Millisecond, time.Millisecond)
	drive(t, 80, 24, Config{Panes: specs(m)}, func(d *driver) {
		d.press("lit:first", "enter")
		d.settle()
		// Bare carriage returns were once dropped, so that pasted lines ran together.
		d.send(tea.PasteMsg{Content: "a\r\nb\x1b[31m\rc\nd"})
		if got := d.app.prompt.text(); got != "a\nb\x1b[31m\nc\nd" {
			t.Errorf("pasted %q", got)
		}
		d.wantSees("b␛[31m")
		d.press("ctrl+c", "up", "up", "up", "up", "up") // the draft has four lines
		d.wantSees("> first")
		d.press("down", "down")
		if !d.app.prompt.empty() {
			t.Errorf("behind the newest entry stands %q", d.app.prompt.text())
		}
		long := strings.Repeat("line of a log\n", 412)
		d.send(tea.PasteMsg{Content: long})
		d.wantSees("pasted 413 lines")
		d.press("enter")
		d.settle()
		if got := m.asked[1].Messages[2].Content; got != strings.TrimSpace(long) {
			t.Errorf("%d characters were sent of the pasted %d", len(got), len(long))
		}
	})
}

func TestScrollingStopsFollowingUntilTheEnd(t *testing.T) {
	m := says("x/a", numbered(200), time.Millisecond, 0)
	drive(t, 60, 24, Config{Panes: specs(m)}, func(d *driver) {
		d.press("lit:go", "enter")
		d.settle()
		d.wantSees("line 199")
		d.press("pgup")
		d.wantNot("line 199")
		d.wantSees("lines below · G")
		d.press("tab", "g")
		d.wantSees("› go", "line 0")
		d.press("j", "j", "G")
		d.wantSees("line 199")
		d.wantNot("below · G")
		for range 40 {
			d.press("pgup")
		}
		d.wantSees("› go")
		for range 40 {
			d.press("pgdown")
		}
		d.wantSees("line 199")
		d.wantNot("below · G")
	})
}

func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "line %d\n\n", i)
	}
	return b.String()
}

func TestTheSmallestTerminalsSaySo(t *testing.T) {
	drive(t, 19, 6, Config{Panes: specs(threeModels()...)}, func(d *driver) { d.wantSees("lineup needs 20×6") })
	drive(t, 20, 6, Config{Panes: specs(threeModels()...)}, func(d *driver) {
		d.press("lit:안녕하세요 여러분 반갑습니다", "enter")
		d.settle()
		d.wantSees("✓")
	})
}

// Any number of panes, any size, wide text, and resizing in the middle of an answer: the driver checks every frame.
func TestEveryFrameIsWholeAtEverySize(t *testing.T) {
	for _, n := range []int{1, 2, 5, 16} {
		var models []*script
		for i := range n {
			models = append(models, says(fmt.Sprintf("제공자/모델-%d", i), torture, 5*time.Millisecond, time.Millisecond))
		}
		drive(t, 200, 60, Config{Panes: specs(models...), Notice: "⚠️ 알림 👨‍👩‍👧 notice"}, func(d *driver) {
			d.press("lit:👩‍💻 각 e\u0301 ⚠️ ", "enter")
			for w := minWidth; w <= 200; w += 17 {
				d.until(func() bool { return d.app.turn.Started() })
				d.send(tea.WindowSizeMsg{Width: w, Height: minHeight + w*7%50})
				d.press("tab")
			}
			d.settle()
		})
	}
}

// torture holds what breaks borders: clusters that terminals count differently, long words, tables, tabs.
const torture = "한국어 각\u0301 e\u0301 👨‍👩‍👧 👍🏽 ⚠️ 1️⃣ 🇰🇷 กำ नि ﷺ \u200b x\n\n" +
	"| 열 | 값 |\n|---|---|\n| 👩‍🔬 | ❤️‍🔥 |\n\n```\n\tif (x) {\t// 탭\n```\n\n" +
	"긴낱말긴낱말긴낱말긴낱말긴낱말긴낱말긴낱말긴낱말긴낱말긴낱말긴낱말긴낱말긴낱말긴낱말긴낱말긴낱말 " +
	"averyveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryverylongword שלום עולם مرحبا\n"

func TestTheTurnIsStoredBeforeItIsAskedAndKeptAfterwards(t *testing.T) {
	store, err := session.Open(context.Background(), filepath.Join(t.TempDir(), "lineup.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	m := says("x/a", "an answer to keep", 0, 0)
	a := newApp(context.Background(), Config{Panes: specs(m), Store: store})
	a.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	a.prompt.set("질문")
	saves := 0
	runAll(a, a.send(), func(msg tea.Msg) {
		if _, ok := msg.(savedMsg); !ok {
			return
		}
		if saves++; saves == 1 && len(m.asked) > 0 {
			t.Error("the model was asked before the turn was in the store")
		}
	})
	if saves < 2 {
		t.Errorf("%d saves, want one before the request and one of the reply", saves)
	}
	got, err := store.Session(context.Background(), a.sess.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got.Title != "질문" || len(got.Turns) != 1 || got.Turns[0].Replies[0].Text != "an answer to keep" || got.Turns[0].Replies[0].Status != session.Done {
		t.Errorf("stored: %+v", got.Turns[0].Replies[0])
	}
}

// Leaving in the middle of an answer keeps what has come, as cancelled.
func TestLeavingSavesWhatHasCome(t *testing.T) {
	store, err := session.Open(context.Background(), filepath.Join(t.TempDir(), "lineup.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	m := says("x/a", "the beginning ", 0, 0)
	m.events = append(m.events[:2], scripted{after: time.Hour})
	a := newApp(context.Background(), Config{Panes: specs(m), Store: store})
	a.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	a.prompt.set("go")
	stored := a.storeNow(t)
	a.Update(stored)
	for a.panes.open[0].Reply().VisibleText() == "" {
		<-a.turn.Ready()
		a.Update(batchMsg{a.turn})
	}
	if err := a.close(); err != nil {
		t.Fatal(err)
	}
	got, err := store.Session(context.Background(), a.sess.ID)
	if err != nil {
		t.Fatal(err)
	}
	if r := got.Turns[0].Replies[0]; r.Status != session.Cancelled || !strings.HasPrefix(r.Text, "the beginning") {
		t.Errorf("kept: %s %q", r.Status, r.Text)
	}
}

// A store that fails costs the record and says so; the answer comes all the same.
func TestAStoreThatFailsDoesNotCostTheAnswer(t *testing.T) {
	store, err := session.Open(context.Background(), filepath.Join(t.TempDir(), "lineup.db"))
	if err != nil {
		t.Fatal(err)
	}
	store.Close()
	a := newApp(context.Background(), Config{Panes: specs(says("x/a", "still here", 0, 0)), Store: store})
	a.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	a.prompt.set("go")
	runUntil(a, a.send(), nil, func() bool { // it is offered to the store for as long as lineup runs
		return strings.Contains(a.screen.frame, "still here") && strings.Contains(a.screen.frame, "NOT SAVED")
	})
}

// A session that another lineup deletes for good while it answers: saving ends, and is not tried for ever.
func TestASessionDeletedElsewhere(t *testing.T) {
	store, err := session.Open(context.Background(), filepath.Join(t.TempDir(), "lineup.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	a := newApp(context.Background(), Config{Panes: specs(says("x/a", "still here", 0, 0)), Store: store})
	a.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	a.prompt.set("go")
	deleted := false
	runAll(a, a.send(), func(msg tea.Msg) {
		if _, ok := msg.(savedMsg); ok && !deleted {
			deleted = true
			id, err := store.Resolve(context.Background(), "last")
			if err == nil {
				err = store.Delete(context.Background(), id)
			}
			if err != nil {
				t.Fatal(err)
			}
			if n, err := store.Prune(context.Background(), time.Time{}); n != 1 || err != nil {
				t.Fatalf("%d pruned, %v", n, err)
			}
		}
	})
	if !strings.Contains(a.screen.frame, "still here") || !strings.Contains(a.flash, "deleted elsewhere") {
		t.Errorf("flash %q, frame:\n%s", a.flash, a.screen.frame)
	}
}

func TestSimulatedModelsAlwaysSaySo(t *testing.T) {
	m := says("sim-gateway/a-model-with-a-very-long-name-indeed", "hi", 0, 0)
	m.info.Simulated = true
	for _, w := range []int{20, 40, 100} {
		drive(t, w, 24, Config{Panes: specs(m), Notice: "SIMULATED models"}, func(d *driver) {
			d.wantSees("SIMULATED", "simulated")
			d.press("tab")
			d.wantSees("SIMULATED", "· simulated")
		})
	}
}

// storeNow sends the draft and runs the command that stores the turn.
func (a *app) storeNow(t *testing.T) tea.Msg {
	t.Helper()
	for _, cmd := range a.send()().(tea.BatchMsg) {
		if msg, ok := cmd().(savedMsg); ok {
			return msg
		}
	}
	t.Fatal("the turn was not stored")
	return nil
}

// runAll runs commands one after the other until there are none.
func runAll(a *app, cmd tea.Cmd, see func(tea.Msg)) {
	runUntil(a, cmd, see, func() bool { return false })
}

// runUntil runs commands one after the other until there are none or a condition holds.
func runUntil(a *app, cmd tea.Cmd, see func(tea.Msg), done func() bool) {
	queue := []tea.Cmd{cmd}
	for len(queue) > 0 && !done() {
		next := queue[0]
		queue = queue[1:]
		if next == nil {
			continue
		}
		msg := next()
		if batch, ok := msg.(tea.BatchMsg); ok {
			queue = append(queue, batch...)
			continue
		}
		if see != nil {
			see(msg)
		}
		_, cmd := a.Update(msg)
		queue = append(queue, cmd)
	}
}
