package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/batch"
	"lineup/registry"
	"lineup/session"
	"lineup/ui/report"
)

// tourDriver runs a tour as Bubble Tea does, in a synctest bubble.
type tourDriver struct {
	*tour
	t    *testing.T
	msgs chan tea.Msg
	live int
	quit bool
	seen []string // headings of overlays and captions, each once
}

func (d *tourDriver) send(msg tea.Msg) {
	d.t.Helper()
	switch m := msg.(type) {
	case tea.QuitMsg:
		d.quit = true
		return
	case tea.BatchMsg:
		for _, cmd := range m {
			d.spawn(cmd)
		}
		return
	}
	_, cmd := d.Update(msg)
	d.spawn(cmd)
	rows := strings.Split(ansi.Strip(d.View().Content), "\n")
	if len(rows) != d.height {
		d.t.Fatalf("%d rows on a terminal of %d, at %T:\n%s", len(rows), d.height, msg, strings.Join(rows, "\n"))
	}
	for i, row := range rows {
		if w := ansi.StringWidth(row); w != d.width {
			d.t.Fatalf("row %d is %d cells wide on %d: %q", i, w, d.width, row)
		}
	}
	see := func(s string) {
		if !slices.Contains(d.seen, s) {
			d.seen = append(d.seen, s)
		}
	}
	if o := d.app.layer.overlay; o != nil {
		see(o.heading(d.app))
	}
	if !d.over {
		see(strings.TrimSpace(rows[len(rows)-1]))
	}
}

func (d *tourDriver) spawn(cmd tea.Cmd) {
	if cmd != nil {
		d.live++
		go func() { d.msgs <- cmd() }()
	}
}

func (d *tourDriver) until(cond func() bool) {
	d.t.Helper()
	for range 100_000 {
		if cond() || d.live == 0 {
			return
		}
		msg := <-d.msgs
		d.live--
		d.send(msg)
	}
	d.t.Fatal("the tour does not end")
}

// tourOn plays the tour on models, a run and a plan that are there at once.
func tourOn(t *testing.T, w, h int, test func(*tourDriver)) {
	t.Helper()
	store := openStore(t)
	other := says("sim-gateway/down-sim", "Because of *Rayleigh*.", time.Second, 10*time.Millisecond)
	run := &slowRun{out: runFile(t), end: make(chan struct{})}
	close(run.end)
	cfg := Config{Tour: true, Store: store, CaseOf: batch.CaseSession, Models: shelf{tourBroken: other},
		Panes: specs(says("x/llama", "Saturn has 146 moons.", time.Second, 50*time.Millisecond), says("x/flash", "Saturn has 274 moons.", time.Second, 20*time.Millisecond),
			says("x/sage", "토성의 위성은 274개입니다.", time.Second, 30*time.Millisecond)),
		StartRun: func(_ context.Context, file string, _ []registry.Spec) (BatchRun, error) {
			if file != TourRun {
				return nil, errors.New("no such file: " + file)
			}
			return run, nil
		},
		CostPlan: func(context.Context) (*report.CostPlan, error) {
			return nil, errors.New("the plan is made elsewhere")
		}}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		d := &tourDriver{tour: newTour(newApp(ctx, cfg)), t: t, msgs: make(chan tea.Msg, 100)}
		d.send(tea.WindowSizeMsg{Width: w, Height: h})
		test(d)
		cancel()
		for d.live > 0 {
			<-d.msgs
			d.live--
		}
	})
}

// The tour ends by itself after about two minutes, having shown what it promises, and then it is an ordinary session.
func TestTourPlaysToItsEnd(t *testing.T) {
	for _, size := range [][2]int{{200, 60}, {120, 40}, {80, 24}, {30, 7}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			tourOn(t, size[0], size[1], func(d *tourDriver) {
				begun := time.Now()
				if strings.Contains(d.View().Content, "kept on this machine") {
					t.Error("the welcome says that the sessions of a tour are kept")
				}
				d.until(func() bool { return d.app.answering() })
				if s := ansi.Strip(d.View().Content); size[0] >= 80 && (d.app.panes.mode == tabs || !strings.Contains(s, "SIMULATED")) {
					t.Errorf("the answers are not side by side, or not said to be simulated:\n%s", s)
				}
				d.until(func() bool { return d.over })
				if d.played != d.whole {
					t.Errorf("the line of the tour ends at %v of %v", d.played, d.whole)
				}
				if took := time.Since(begun); took < 90*time.Second || took > 150*time.Second {
					t.Errorf("the tour takes %v", took)
				}
				shown := strings.Join(d.seen, "\n")
				for _, want := range []string{"Waterfall", "Agreement", "Vote · ", "Ratings", "Run · " + TourRun, "Results", "Break-even"} {
					if !strings.Contains(shown, want) {
						t.Errorf("the tour does not show %q, but:\n%s", want, shown)
					}
				}
				if got := d.app.sess; got == nil || len(got.Turns) != 2 || got.Turns[0].WantsVote() {
					t.Errorf("the session has not two turns, the first with a vote: %+v; seen:\n%s", got.Unvoted(), shown)
				}
				if v := d.app.sess.Turns[0].VoteBy(session.VotedByYou); v == nil || len(v.Winners) != 1 || v.Winners[0] == 0 {
					t.Errorf("the vote is not for the right number of moons: %+v", v)
				}
				if d.app.layer.overlay != nil || len(d.app.panes.open) != 3 {
					t.Errorf("it ends with %T over %d panes", d.app.layer.overlay, len(d.app.panes.open))
				}
				if size[0] >= 80 && !strings.Contains(ansi.Strip(d.View().Content), takenNotice) {
					t.Errorf("the end does not say so:\n%s", ansi.Strip(d.View().Content))
				}
			})
		})
	}
}

// Fault: on a small screen what the tour shows was cut, and so was how to end it.
func TestCaptionsOfTheTourAreWhole(t *testing.T) {
	for _, size := range [][2]int{{120, 40}, {80, 24}, {60, 20}, {40, 12}} {
		tourOn(t, size[0], size[1], func(d *tourDriver) {
			for d.at = range d.beats {
				rows := d.captions()
				shown := strings.Join(strings.Fields(ansi.Strip(strings.Join(rows, " "))), " ")
				if !strings.Contains(shown, d.beats[d.at].caption(d.app.keys.Label)) || !strings.Contains(shown, "any key") ||
					!strings.Contains(shown, "SIMULATED") || d.room()+len(rows) != size[1] {
					t.Fatalf("%v: %d rows above\n%s", size, d.room(), shown)
				}
			}
		})
	}
}

// Whatever the tour shows, a key, a click or a paste ends it and does nothing else. Then keys work as ever.
func TestAnyKeyTakesOver(t *testing.T) {
	all := []tea.Msg{keyMsg("x"), keyMsg("enter"), keyMsg("esc"),
		tea.MouseClickMsg{X: 3, Y: 3, Button: tea.MouseLeft}, tea.PasteMsg{Content: "pasted"}}
	for part := 1; part <= 8; part++ {
		for i := range 2 {
			msg := all[(2*part+i)%len(all)]
			name := fmt.Sprintf("%T", msg)
			tourOn(t, 120, 40, func(d *tourDriver) {
				begins := slices.IndexFunc(d.beats, func(b beat) bool { return b.part == part })
				d.until(func() bool { return d.at == begins+2 })
				draft, over := d.app.prompt.area.Draft(), d.app.layer.overlay
				d.send(msg)
				if !d.over || d.app.notice != takenNotice {
					t.Fatalf("part %d, %s: the tour goes on", part, name)
				}
				if got := d.app.prompt.area.Draft(); got != draft || d.app.layer.overlay != over {
					t.Errorf("part %d, %s: it did something: %q, %T", part, name, got, d.app.layer.overlay)
				}
				if s := ansi.Strip(d.View().Content); !strings.Contains(s, "ordinary demo session") || strings.Contains(s, "▶ tour") {
					t.Errorf("part %d, %s: the screen does not say so:\n%s", part, name, s)
				}
				at := d.at
				d.until(func() bool { return !d.app.answering() })
				d.send(keyMsg("f1"))
				if d.at != at {
					t.Errorf("part %d, %s: the tour presses keys after its end", part, name)
				}
			})
		}
	}
}

func TestTourLeavesAtCtrlC(t *testing.T) {
	for _, at := range []int{0, 20, 90, 150} {
		tourOn(t, 80, 24, func(d *tourDriver) {
			d.until(func() bool { return d.at == at })
			d.send(keyMsg("ctrl+c"))
			d.until(func() bool { return d.quit })
			if !d.quit {
				t.Errorf("at beat %d Ctrl+C does not end the program", at)
			}
		})
	}
}
