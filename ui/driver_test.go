package ui

import (
	"context"
	"flag"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/dlclark/regexp2"

	"lineup/providers"
	"lineup/registry"
)

// TestMain starts the clock of the highlighter's regular expressions, which is one for the process and runs on as long as
// a match may take. If a test's bubble started it, it would go by that bubble's time, and never end there.
func TestMain(m *testing.M) {
	forever := regexp2.MustCompile("x", regexp2.None)
	forever.MatchTimeout = 24 * time.Hour
	if _, err := forever.MatchString("x"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

var update = flag.Bool("update", false, "write the golden frames again")

// driver runs an app as Bubble Tea does, one message at a time, inside a synctest bubble: timers cost nothing, and a
// test that waits for something that never comes fails at once.
type driver struct {
	t    *testing.T
	app  *app
	msgs chan tea.Msg
	live int  // commands that have not answered
	quit bool // tea.Quit was asked for
	sent []tea.Msg
}

// drive runs a test on an app of a given size.
func drive(t *testing.T, w, h int, cfg Config, test func(*driver)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		d := &driver{t: t, app: newApp(ctx, cfg), msgs: make(chan tea.Msg, 100)}
		d.send(tea.WindowSizeMsg{Width: w, Height: h})
		test(d)
		cancel()
		for d.live > 0 { // let the commands end with their context
			<-d.msgs
			d.live--
		}
	})
}

func (d *driver) send(msg tea.Msg) {
	d.t.Helper()
	if _, ok := msg.(tea.QuitMsg); ok {
		d.quit = true
		return
	}
	if batch, ok := msg.(tea.BatchMsg); ok {
		for _, cmd := range batch {
			d.spawn(cmd)
		}
		return
	}
	d.sent = append(d.sent, msg)
	_, cmd := d.app.Update(msg)
	d.spawn(cmd)
	d.checkFrame()
	d.checkKept()
}

func (d *driver) spawn(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	d.live++
	go func() { d.msgs <- cmd() }()
}

// step handles the next message that a command answers with.
func (d *driver) step() {
	msg := <-d.msgs
	d.live--
	d.send(msg)
}

// until handles messages until a condition holds.
func (d *driver) until(cond func() bool) {
	d.t.Helper()
	for i := 0; !cond(); i++ {
		if i > 20000 {
			d.t.Fatalf("it never came to that; the screen:\n%s", d.screen())
		}
		if d.live == 0 {
			d.t.Fatalf("nothing is under way any more; the screen:\n%s", d.screen())
		}
		d.step()
	}
}

// settle handles messages until nothing is under way.
func (d *driver) settle() {
	for d.live > 0 {
		d.step()
	}
}

// press types keys: names such as "enter" and "ctrl+c", or "lit:text".
func (d *driver) press(keys ...string) {
	d.t.Helper()
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

func keyMsg(name string) tea.KeyPressMsg {
	var k tea.KeyPressMsg
	for {
		mod, rest, ok := strings.Cut(name, "+")
		if !ok {
			break
		}
		switch mod {
		case "ctrl":
			k.Mod |= tea.ModCtrl
		case "alt":
			k.Mod |= tea.ModAlt
		case "shift":
			k.Mod |= tea.ModShift
		}
		name = rest
	}
	codes := map[string]rune{"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown,
		"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "f1": tea.KeyF1, "f4": tea.KeyF4, "backspace": tea.KeyBackspace}
	if c, ok := codes[name]; ok {
		k.Code = c
		return k
	}
	k.Code = []rune(name)[0]
	if k.Mod == 0 {
		k.Text = name
	}
	return k
}

// screen is the frame without styles.
func (d *driver) screen() string { return ansi.Strip(d.app.View().Content) }

func (d *driver) sees(text string) bool { return strings.Contains(d.screen(), text) }

func (d *driver) wantSees(texts ...string) {
	d.t.Helper()
	for _, text := range texts {
		if !d.sees(text) {
			d.t.Errorf("the screen does not show %q:\n%s", text, d.screen())
		}
	}
}

func (d *driver) wantNot(text string) {
	d.t.Helper()
	if d.sees(text) {
		d.t.Errorf("the screen shows %q:\n%s", text, d.screen())
	}
}

// checkFrame holds every frame to what must never break: as many rows as the terminal has, each as wide as it is, by
// both ways in which terminals count.
func (d *driver) checkFrame() {
	d.t.Helper()
	a := d.app
	if a.screen.width < minWidth || a.screen.height < minHeight {
		return
	}
	rows := strings.Split(d.screen(), "\n")
	if len(rows) != a.screen.height {
		d.t.Fatalf("%d rows on a terminal of %d:\n%s", len(rows), a.screen.height, d.screen())
	}
	for i, row := range rows {
		if g, w := ansi.StringWidth(row), ansi.StringWidthWc(row); g != a.screen.width || w != a.screen.width && !bool(a.reading.Clusters) {
			d.t.Fatalf("row %d is %d cells wide by graphemes and %d by characters, the terminal has %d:\n%s", i, g, w, a.screen.width, row)
		}
	}
}

// checkKept holds the prompt's rows that are kept from one frame to the next to what the area shows.
func (d *driver) checkKept() {
	d.t.Helper()
	p := &d.app.prompt
	if p.drawn == nil {
		return
	}
	lines, cursor := p.draw()
	p.drawn = nil
	if now, at := p.draw(); !slices.Equal(lines, now) || !reflect.DeepEqual(cursor, at) {
		d.t.Fatalf("the prompt is drawn as %q, cursor %v, and should be %q, cursor %v", lines, cursor, now, at)
	}
}

// focusedPane is the part of the screen with the pane that has the focus, where no pane stands beside it.
func (d *driver) focusedPane() string {
	_, from, _ := strings.Cut(d.screen(), "┏")
	pane, _, _ := strings.Cut(from, "┛")
	return "┏" + pane + "┛"
}

// overlayBox is the part of the screen with the overlay and its frame, and the hints below.
func (d *driver) overlayBox() string {
	rows, in := strings.Split(d.screen(), "\n"), d.app.layer.cells
	var box []string
	for y := max(0, in.Y-1); y < min(len(rows)-1, in.Y+in.H+1); y++ {
		box = append(box, ansi.Cut(rows[y], max(0, in.X-2), in.X+in.W+2))
	}
	return strings.Join(append(box, strings.TrimRight(rows[len(rows)-1], " ")), "\n")
}

// golden compares the screen with a file; -update writes it.
func (d *driver) golden(name string) {
	d.t.Helper()
	goldenText(d.t, name, d.screen()+"\n")
}

func goldenText(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "frames", name+".txt")
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: the frame differs; look at both, then -update.\ngot:\n%s\nwant:\n%s", name, got, want)
	}
}

// script is a model that says what it is told to, at its pace.
type script struct {
	info   providers.Info
	events []scripted
	mu     sync.Mutex // two panes may have one model
	asked  []providers.Request
	then   [][]scripted // of the requests after the first; the last one goes on
}

// scripted is one event and the pause before it.
type scripted struct {
	after time.Duration
	event providers.Event
	err   *providers.Error
}

func (s *script) Stream(ctx context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, req)
	events := s.events
	if n := min(len(s.asked)-1, len(s.then)); n > 0 {
		events = s.then[n-1]
	}
	return func(yield func(providers.Event, error) bool) {
		if !yield(providers.Event{Type: providers.EventAttemptStart, At: time.Now(), Attempt: &s.info}, nil) {
			return
		}
		for _, step := range events {
			select {
			case <-time.After(step.after):
			case <-ctx.Done():
				yield(providers.Event{At: time.Now()}, &providers.Error{Kind: providers.Cancelled, Message: "cancelled"})
				return
			}
			ev := step.event
			ev.At = time.Now()
			if step.err != nil {
				yield(ev, step.err)
				return
			}
			if !yield(ev, nil) {
				return
			}
		}
	}
}

// says makes a model that answers with a text, a word at a time.
func says(ref, text string, first, gap time.Duration) *script {
	r, err := providers.ParseRef(ref)
	if err != nil {
		panic(err)
	}
	s := &script{info: providers.Info{Ref: r, Name: r.Model}}
	pause := first
	for _, word := range strings.SplitAfter(text, " ") {
		s.events = append(s.events, scripted{pause, providers.Event{Type: providers.EventText, Text: word, Bytes: len(word)}, nil})
		pause = gap
	}
	s.events = append(s.events,
		scripted{0, providers.Event{Type: providers.EventUsage, Usage: &providers.Usage{Input: 12, Output: len(s.events)}}, nil},
		scripted{0, providers.Event{Type: providers.EventFinish, Text: "stop"}, nil})
	return s
}

// fails makes a model that ends with an error, behind what it says.
func fails(ref, text string, e *providers.Error) *script {
	s := says(ref, text, 200*time.Millisecond, 10*time.Millisecond)
	s.events = s.events[:len(s.events)-2]
	if text == "" {
		s.events = nil
	}
	s.events = append(s.events, scripted{50 * time.Millisecond, providers.Event{}, e})
	return s
}

func specs(models ...*script) []registry.Spec {
	var out []registry.Spec
	for _, m := range models {
		out = append(out, registry.Spec{Info: m.info, Model: m})
	}
	return out
}

func typeName(v any) string { return fmt.Sprintf("%T", v) }

func textOf(v any) string { return fmt.Sprintf("%s", v) }
