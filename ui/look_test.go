package ui

import (
	"runtime"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"lineup/providers"
	"lineup/session"
)

// At 80×24 with three panes half of the rows were frames, states and numbers.
func TestHalfOfASmallScreenIsAnswers(t *testing.T) {
	long := strings.Repeat("- answer\n", 40)
	a := still(80, 24, "go", named(moments(long), "done"), named(moments(long), "done"),
		named(moments(long), "done"))
	rows := 0
	for row := range strings.SplitSeq(ansi.Strip(a.screen.frame), "\n") {
		if strings.Contains(row, "answer") {
			rows++
		}
	}
	if rows < 12 {
		t.Errorf("%d of 24 rows show answers:\n%s", rows, ansi.Strip(a.screen.frame))
	}
}

// The title row tells the day's budget where there is room, and nothing of it in a narrow terminal.
func TestTheTitleTellsTheBudgetOfTheDay(t *testing.T) {
	limit := 5.0
	for width, want := range map[int]bool{140: true, 60: false} {
		cfg := Config{Panes: specs(pricey("gate/m")), Budget: session.Budget{Day: &limit}}
		drive(t, width, 24, cfg, func(d *driver) {
			row, _, _ := strings.Cut(ansi.Strip(d.app.screen.frame), "\n")
			if got := strings.Contains(row, "$0 of $5.00 today"); got != want {
				t.Errorf("at %d cells: %q", width, row)
			}
		})
	}
}

// The row of the prompt above a pane was made of the whole prompt for each frame.
func TestALongPromptIsReadOnceForItsRow(t *testing.T) {
	long := strings.Repeat("한국어 prompt ", 200_000)
	a := still(120, 40, long, named(moments(strings.Repeat("- answer\n", 60)), "done"))
	if !strings.Contains(ansi.Strip(a.screen.frame), "› 한국어 prompt") {
		t.Fatalf("the prompt is not above its answer:\n%s", ansi.Strip(a.screen.frame))
	}
	p := a.panes.open[0]
	l := a.lookOf(p)
	p.Draw(l, a.now())
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	p.Redraw()
	p.Draw(l, a.now())
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 100_000 {
		t.Errorf("a frame of the pane takes %d bytes", n)
	}
}

// The state of a low pane was cut to half of its title row where the title left more, and the name
// of the model was cut before its provider.
func TestALowPaneTellsItsWholeState(t *testing.T) {
	e := &providers.Error{Kind: providers.Unreachable, Message: "no"}
	a := still(40, 12, "go", moment{events: []scripted{asLong(0, providers.EventEnd, failing(e))}})
	row := rowWith(ansi.Strip(a.screen.frame), "✗")
	if !strings.Contains(row, "✗ failed (unreachable) ") {
		t.Errorf("the state is cut in %q", row)
	}
}

// Fault: the numbers of a low pane had one cell less than they were laid out for, and lost letters.
func TestTheNumbersOfALowPaneAreWhole(t *testing.T) {
	for width := 20; width < 60; width++ {
		a := still(width, 12, "go", named(moments("an answer"), "done"))
		row := rowWith(ansi.Strip(a.screen.frame), "TTFT")
		if strings.Contains(row, "…") {
			t.Errorf("at %d cells: %q", width, row)
		}
	}
}
