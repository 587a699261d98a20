package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// drag moves the end of the selection, and scrolls where the mouse is at the edge of the pane.
func (m *mouse) drag(a *app, to tea.Mouse) {
	p := m.pane
	if p == nil {
		return
	}
	p.Drag(m.from, to.X, to.Y-a.screen.top(), a.lookOf(p))
}

// drop ends a drag and copies what was selected; it stays marked until the next key or click.
// Where the mouse did not move it was a click, which gives the pane the focus.
func (m *mouse) drop(a *app) tea.Cmd {
	p := m.pane
	m.pane = nil
	switch {
	case p == nil:
		return nil
	case !p.Selecting():
		if p.Number > 0 && p.Number <= len(a.panes.open) && a.panes.open[p.Number-1] == p {
			a.focus(p.Number - 1)
		}
		return nil
	}
	text := p.Selected(a.lookOf(p))
	if strings.TrimSpace(text) == "" {
		a.panes.unselect()
		return nil
	}
	return a.copyText(fmt.Sprintf("%d selected characters", len([]rune(text))), text)
}
