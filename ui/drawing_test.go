package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/providers"
	"lineup/ui/pane"
)

// drawn runs a command and gives the answers that it, or those in it, have drawn.
func drawn(cmd tea.Cmd) (msgs []pane.Drawn) {
	if cmd == nil {
		return nil
	}
	switch msg := cmd().(type) {
	case pane.Drawn:
		return []pane.Drawn{msg}
	case tea.BatchMsg:
		for _, c := range msg {
			msgs = append(msgs, drawn(c)...)
		}
	}
	return msgs
}

// longPanes are panes whose answers are long.
func longPanes(t *testing.T, d *driver, answer string) {
	t.Helper()
	d.press("lit:go", "enter")
	d.settle()
	d.press("alt+2")
}

// No long answer is drawn in an Update. At a new width the panes show what they showed before, keys are taken, and the
// answers come one at a time, the current pane's first; in the end the screen is what it would be at once.
func TestLongAnswersAreDrawnInCommands(t *testing.T) {
	long := strings.Repeat("some **words** that have to be wrapped, and `code` among them; 한국어도 있습니다\n\n", 200) + "the end"
	drive(t, 180, 40, Config{Panes: specs(says("x/a", long, 0, 0), says("x/b", long, 0, 0), says("x/c", long, 0, 0))}, func(d *driver) {
		longPanes(t, d, long)
		a := d.app
		laid := func() (widths [3]int) {
			for i, p := range a.panes.open {
				widths[i] = p.InSight().LaidOut()
			}
			return widths
		}
		if laid() != [3]int{56, 56, 56} {
			t.Fatalf("laid out %v cells wide", laid())
		}
		_, cmd := a.Update(tea.WindowSizeMsg{Width: 129, Height: 40})
		for _, want := range [][3]int{{56, 56, 56}, {56, 39, 56}, {39, 39, 56}, {39, 39, 39}} {
			d.checkFrame()
			if laid() != want || strings.Count(ansi.Strip(a.screen.frame), "the end") != 3 {
				t.Fatalf("laid out %v cells wide, want %v:\n%s", laid(), want, ansi.Strip(a.screen.frame))
			}
			msgs := drawn(cmd)
			a.Update(keyMsg("k"))
			if _, _, stays := a.panes.open[1].StandsAt(); !stays {
				t.Fatal("a key was not taken")
			}
			a.Update(keyMsg("G"))
			if want == ([3]int{39, 39, 39}) {
				if msgs != nil {
					t.Error("what is drawn is drawn again")
				}
				break
			}
			if len(msgs) != 1 {
				t.Fatalf("%d answers are drawn at once", len(msgs))
			}
			_, cmd = a.Update(msgs[0])
		}
		got := ansi.Strip(a.screen.frame)
		for _, p := range a.panes.open {
			p.Restyle(a.theme.Styles)
		}
		d.send(tea.FocusMsg{})
		d.settle()
		if want := d.screen(); got != want {
			t.Errorf("the frame in steps:\n%s\nat once:\n%s", got, want)
		}
	})
}

// A single answer of 200,000 characters, one block of code, keeps no Update busy, neither when it is opened nor when its
// pane gets another width.
func TestAHugeAnswerIsDrawnInCommands(t *testing.T) {
	a, views := eightPanes()
	v := views[0]
	a.Update(nil)
	apply(v, providers.Event{Type: providers.EventText, At: time.Now(), Text: "```\n" + strings.Repeat("x := f(1)\n", 20_000)})
	apply(v, providers.Event{Type: providers.EventEnd, At: time.Now()})
	a.panes.redraw()
	_, cmd := a.Update(nil)
	if v.LaidOut() != 0 || !strings.Contains(ansi.Strip(a.screen.frame), "laying out") {
		t.Fatalf("it was drawn at once:\n%s", ansi.Strip(a.screen.frame))
	}
	_, again := a.Update(tea.FocusMsg{})
	if again != nil {
		t.Error("it is drawn twice")
	}
	msgs := drawn(cmd)
	_, cmd = a.Update(msgs[0])
	if v.LaidOut() == 0 || !strings.Contains(ansi.Strip(a.screen.frame), "▎ x := f(1)") || cmd != nil {
		t.Fatalf("it was not drawn:\n%s", ansi.Strip(a.screen.frame))
	}
	rows := len(v.Rows())
	a.Update(tea.WindowSizeMsg{Width: 90, Height: 60})
	if len(v.Rows()) != rows || v.LaidOut() == a.panes.open[0].InnerWidth() {
		t.Error("it was drawn at once at the new width")
	}
}

// What comes while an answer is drawn is shown behind it, in order, and the end is what drawing it at once gives.
func TestTextThatComesWhileItsAnswerIsDrawn(t *testing.T) {
	text := func(from, to int) (s string) {
		for i := from; i < to; i++ {
			s += fmt.Sprintf("paragraph %d with a few words to wrap\n\n", i)
		}
		return s
	}
	say := func(a *app, v *pane.View, s string) {
		apply(v, providers.Event{Type: providers.EventText, At: time.Now(), Text: s})
		a.panes.redraw()
	}
	a, views := eightPanes()
	v := views[0]
	say(a, v, text(0, 300))
	_, cmd := a.Update(nil)
	first := drawn(cmd)
	a.Update(tea.WindowSizeMsg{Width: 90, Height: 60}) // all of it while the command runs
	say(a, v, text(300, 400))
	if _, cmd = a.Update(nil); cmd != nil {
		t.Fatal("an answer that is being drawn is drawn a second time")
	}
	apply(v, providers.Event{Type: providers.EventEnd, At: time.Now()})
	a.panes.redraw()
	a.Update(nil)
	for msgs := first; len(msgs) > 0; msgs = drawn(cmd) {
		_, cmd = a.Update(msgs[0])
	}
	b, fresh := eightPanes()
	b.Update(tea.WindowSizeMsg{Width: 90, Height: 60})
	say(b, fresh[0], text(0, 400))
	apply(fresh[0], providers.Event{Type: providers.EventEnd, At: time.Now()})
	_, cmd = b.Update(nil)
	for msgs := drawn(cmd); len(msgs) > 0; msgs = drawn(cmd) {
		_, cmd = b.Update(msgs[0])
	}
	got, want := v.Rows(), fresh[0].Rows()
	if fmt.Sprint(got) != fmt.Sprint(want) || len(got) < 800 {
		t.Errorf("%d rows, want %d", len(got), len(want))
	}
}

// The text that was at the top of a pane is there at another width too, whether the answer is short or long.
func TestAPaneKeepsItsPlaceAtANewWidth(t *testing.T) {
	for _, n := range []int{40, 400} {
		var long strings.Builder
		for i := range n {
			fmt.Fprintf(&long, "%03d of the words that have to be wrapped in a narrow pane, 한국어 문장도 함께\n\n", i)
		}
		drive(t, 120, 40, Config{Panes: specs(says("x/a", long.String(), 0, 0), says("x/b", "short", 0, 0))}, func(d *driver) {
			d.press("lit:go", "enter")
			d.settle()
			d.press("alt+1", "/", fmt.Sprintf("lit:%03d of", n/2), "enter", "esc")
			p := d.app.panes.open[0]
			d.app.scrolling(p, byLines(12))
			top := func() string {
				_, line, _ := p.StandsAt()
				for _, row := range p.InSight().Rows()[line:] {
					if s := ansi.Strip(row.Text); len(s) > 3 && s[3:min(len(s), 6)] == " of" {
						return s[:3]
					}
				}
				return ""
			}
			d.send(tea.FocusMsg{})
			want := top()
			for _, width := range []int{180, 90, 200, 120} {
				d.send(tea.WindowSizeMsg{Width: width, Height: 40})
				d.settle()
				if got := top(); got < want || got > want+"\xff" && got > fmt.Sprintf("%03d", n/2+5) {
					t.Errorf("%d paragraphs: at the top is %s at %d cells, was %s", n, got, width, want)
				}
			}
		})
	}
}

// An open block that takes long is not drawn again and again while nothing comes.
func TestAnOpenEndIsDrawnOnce(t *testing.T) {
	a, views := eightPanes()
	v := views[0]
	apply(v, providers.Event{Type: providers.EventText, At: time.Now(), Text: strings.Repeat("한국어 words ", 10_000)})
	a.panes.redraw()
	_, cmd := a.Update(nil)
	for n := 0; cmd != nil; n++ {
		if n > 2 {
			t.Fatal("it is drawn again though nothing came")
		}
		_, cmd = a.Update(drawn(cmd)[0])
		a.panes.redraw()
	}
}
