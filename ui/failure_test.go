package ui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/providers"
	"lineup/ui/pane"
)

// A pane that is too small for a whole failure shows the beginning of its message and the next step, as far as there are
// rows; scrolling up shows all of it.
func TestSmallPanesThatFailed(t *testing.T) {
	e := &providers.Error{Kind: providers.Auth, Status: 401, Message: "Incorrect API key provided: the key that was sent is not one that this gateway knows",
		Hint: "the key from GATE_KEY was sent to https://gate.example/v1; check that both belong together"}
	for _, c := range []struct {
		height int
		want   []string // of the body
	}{
		{3, []string{"→ the key from GATE_KEY was sent to…"}},
		{4, []string{"✗ Incorrect API key provided: the…", "→ the key from GATE_KEY was sent to…"}},
		{5, []string{"✗ Incorrect API key provided: the…", "→ the key from GATE_KEY was sent to", "  https://gate.example/v1; check…"}},
		{6, []string{"✗ Incorrect API key provided: the…", "→ the key from GATE_KEY was sent to", "  https://gate.example/v1; check", "  that both belong together"}},
		{7, []string{"✗ Incorrect API key provided: the", "  key that was sent is not one that…", "→ the key from GATE_KEY was sent to", "  https://gate.example/v1; check", "  that both belong together"}},
		{8, []string{"✗ Incorrect API key provided: the", "  key that was sent is not one that", "  this gateway knows", "→ the key from GATE_KEY was sent to", "  https://gate.example/v1; check", "  that both belong together"}},
	} {
		a := still(40, 30, "go", moment{events: []scripted{asLong(0, providers.EventEnd, failing(e))}})
		p := a.panes.open[0]
		p.Resize(pane.Rect{X: 0, Y: 0, W: 40, H: c.height}, 0)
		l := a.lookOf(p)
		p.Draw(l, a.now())
		var got []string
		for _, row := range p.Rows()[1 : len(p.Rows())-1] {
			text := strings.TrimRight(ansi.Strip(row), " ")
			got = append(got, strings.TrimPrefix(text, "  "))
		}
		for i, want := range c.want {
			if i >= len(got) || got[i] != want {
				t.Errorf("%d rows:\n%s\nwant:\n%s", c.height, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
				break
			}
		}
	}
	a := still(40, 12, "go", moment{events: []scripted{asLong(0, providers.EventEnd, failing(e))}})
	a.Update(tea.WindowSizeMsg{Width: 40, Height: 9})
	d := &driver{t: t, app: a}
	for _, want := range []string{"✗ Incorrect", "key that was", "this gateway knows"} {
		for i := 0; !d.sees(want) && i < 9; i++ {
			a.panes.open[0].Scroll(-1, a.lookOf(a.panes.open[0]))
			a.Update(nil)
		}
		d.wantSees(want)
	}
}
