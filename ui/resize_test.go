package ui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// With no time left, one pane a step is laid out at a new width, the current one first; in the end the screen is what it
// would be at once, and the steps end.
func TestNewLayoutsComeInSteps(t *testing.T) {
	long := strings.Repeat("some **words** that have to be wrapped, and `code` among them\n\n", 200) + "the end"
	var models []*script
	for _, name := range strings.Fields("a b c") {
		models = append(models, says("x/"+name, long, 0, 0))
	}
	drive(t, 180, 40, Config{Panes: specs(models...)}, func(d *driver) {
		d.press("lit:go", "enter")
		d.settle()
		d.press("alt+2")
		a := d.app
		a.budget = 0
		_, cmd := a.Update(tea.WindowSizeMsg{Width: 130, Height: 40})
		if !a.behind || cmd == nil {
			t.Fatal("all panes were laid out at once")
		}
		d.checkFrame()
		fresh := func() (n int) {
			for _, p := range a.panes {
				n += b2i(!p.dirty)
			}
			return n
		}
		if a.panes[1].dirty || fresh() != 1 {
			t.Errorf("%d panes are laid out, and the current one is not among them: %v", fresh(), a.panes[1].dirty)
		}
		for want := 2; want <= 3; want++ {
			a.Update(layoutMsg{})
			d.checkFrame()
			if fresh() != want {
				t.Errorf("%d panes are laid out, want %d", fresh(), want)
			}
		}
		if a.behind {
			t.Error("the steps do not end")
		}
		got := ansi.Strip(a.frame)
		a.budget = layoutBudget
		for _, p := range a.panes {
			p.restyle(a.theme)
		}
		a.Update(tea.FocusMsg{})
		if want := ansi.Strip(a.frame); got != want || strings.Count(got, "the end") != 3 {
			t.Errorf("the frame in steps:\n%s\nat once:\n%s", got, want)
		}
	})
}
