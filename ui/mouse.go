package ui

import (
	tea "charm.land/bubbletea/v2"

	"lineup/ui/keys"
	"lineup/ui/pane"
)

// mouse is who has it, and what a drag selects.
type mouse struct {
	released bool       // the terminal has it
	pane     *pane.Pane // in which a drag selects, or nil
	from     pane.Spot  // where it began
}

// toggle hands the mouse to the terminal, which then selects text as it always does, or takes it
// back.
func (m *mouse) toggle(a *app) {
	if m.released = !m.released; m.released {
		a.flash = "the terminal has the mouse; " + a.keys.Label(keys.Mouse) + " takes it back"
		return
	}
	a.flash = "the mouse is lineup's again: click, wheel, drag to copy"
}

// tab is where a pane's tab is: cells [from, to) of the row of tabs.
type tab struct{ from, to int }

// wheelLines is how far one notch of the wheel scrolls.
const wheelLines = 3

// costsEsc reports whether to have the mouse would cost a key: while a program has it, GNU screen
// (4.9) holds an Esc back until the next key, and sends them as one.
func costsEsc(getenv func(string) string) bool {
	return getenv("STY") != "" && getenv("TMUX") == ""
}

// handle hands an event to the overlay, or to what is under the mouse.
func (m *mouse) handle(a *app, msg tea.MouseMsg) tea.Cmd {
	at := msg.Mouse()
	switch msg.(type) {
	case tea.MouseWheelMsg:
		if a.layer.overlay != nil {
			return a.layer.point(a, at, false)
		}
		m.wheel(a, at)
	case tea.MouseClickMsg:
		if a.layer.overlay != nil {
			return a.layer.point(a, at, true)
		}
		return m.click(a, at)
	case tea.MouseMotionMsg:
		m.drag(a, at)
	case tea.MouseReleaseMsg:
		return m.drop(a)
	}
	return nil
}

func (m *mouse) wheel(a *app, at tea.Mouse) {
	p := a.panes.at(at.X, at.Y-a.screen.top())
	if p == nil || welcomes(a) {
		return
	}
	switch at.Button {
	case tea.MouseWheelUp:
		a.scrolling(p, byLines(-wheelLines))
	case tea.MouseWheelDown:
		a.scrolling(p, byLines(wheelLines))
	}
}

// click does what the button under the mouse is for. Elsewhere it moves the focus there. In the
// text of a pane it waits, since a drag may follow: selecting text leaves the focus alone. Letters
// typed after it would be commands of the pane otherwise.
func (m *mouse) click(a *app, at tea.Mouse) tea.Cmd {
	a.flash = ""
	a.panes.unselect()
	if at.Button != tea.MouseLeft {
		return nil
	}
	y := at.Y - a.screen.top()
	if welcomes(a) {
		return a.screen.welcome.click(a, at.X, y)
	}
	if y == 0 && a.panes.mode == tabs {
		for i, t := range a.panes.tabs {
			if at.X >= t.from && at.X < t.to {
				a.focus(i)
			}
		}
		return nil
	}
	p := a.panes.at(at.X, at.Y-a.screen.top())
	if p == nil {
		if at.Y >= a.screen.top()+a.screen.panes {
			a.toPrompt()
		}
		return nil
	}
	if act, ok := p.ButtonAt(at.X, y); ok {
		a.focus(p.Number - 1)
		return a.do(act)
	}
	if s, ok := p.SpotAt(at.X, y); ok {
		m.pane, m.from = p, s
		return nil
	}
	a.focus(p.Number - 1)
	return nil
}
