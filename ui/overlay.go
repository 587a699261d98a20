package ui

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/ui/pane"
	"lineup/ui/text"
	"lineup/ui/widget"
)

// overlay is what lies over the panes until it is done with: the help, a list to choose from, a
// form. It has the keys; the panes go on behind it. It leaves by app.leave, or by putting another
// overlay in its place.
type overlay interface {
	// heading names the overlay in its frame.
	heading(*app) string
	// room says how many cells the overlay would like inside its frame, of at most w×h.
	room(a *app, w, h int) (int, int)
	// press takes a key.
	press(*app, tea.KeyPressMsg) tea.Cmd
	// view draws at most h rows of w cells; shorter rows and missing ones are filled up, longer
	// ones are cut. The cursor, where there is one, counts from the first cell of the first row.
	view(a *app, w, h int) (rows []string, cursor *tea.Cursor)
	// hints are the keys that matter now, the most important first, such as "enter run".
	hints(*app) []string
}

// Further abilities of an overlay.
type (
	// listener hears what its own commands answer; see app.tell.
	listener interface {
		heard(*app, tea.Msg) tea.Cmd
	}
	// writer takes pasted text.
	writer interface {
		paste(*app, string) tea.Cmd
	}
	// unframed reports whether it draws frames of its own, and takes all the room.
	unframed interface{ bare() bool }
	// scrolling has so many items below those in view, which its frame tells.
	scrolling interface{ below() int }
	// pointed takes the mouse: a click at a cell of what view drew, and the wheel, by lines, down
	// where positive.
	pointed interface {
		click(a *app, x, y int) tea.Cmd
		wheel(a *app, by int)
	}
)

// toldMsg is an answer for an overlay.
type toldMsg struct {
	to  overlay
	msg tea.Msg
}

// tell makes a command of work whose answer the overlay hears. An answer that comes when another
// overlay is open, or none, is dropped.
func tell(to overlay, work func() tea.Msg) tea.Cmd {
	return func() tea.Msg { return toldMsg{to, work()} }
}

// layer is where the overlay lies.
type layer struct {
	overlay           // nil for none
	cells   pane.Rect // that it draws, of the screen
	results *results  // those that were open last, or nil
	run     *runView  // the run that was begun last, or nil
}

// open lays an overlay over the panes.
func (a *app) open(o overlay) {
	a.layer.overlay = o
	a.twice.quit = false
}

// leave takes the overlay away.
func (a *app) leave() { a.layer.overlay = nil }

// leastUnderFlash is how many rows an overlay keeps above what was just said.
const leastUnderFlash = 2

// cover draws the overlay over the rows of the screen, and puts the cursor into it. The panes stay
// in view where there is space for them.
func (l *layer) cover(a *app, rows []string) {
	top := a.screen.top()
	w, h := a.screen.width, len(rows)-top-a.screen.hints
	framed := w >= 30 && h >= 6
	if b, ok := l.overlay.(unframed); ok && b.bare() {
		framed = false
	}
	across, down := 0, 0 // what the frame takes
	if framed {
		across, down = 4, 2
	}
	inW, inH := l.overlay.room(a, w-across, h-down)
	inW, inH = min(max(1, inW), w-across), min(max(1, inH), h-down)
	if w-across-inW < 8 { // a sliver of a pane at each side says nothing
		inW = w - across
	}
	if h-down-inH <= 4 {
		inH = h - down
	}
	box := pane.Rect{X: (w - inW - across) / 2, Y: top + (h-inH-down)/2, W: inW + across, H: inH +
		down}
	if over := box.Y + box.H - top - h + flashRows(a); over > 0 && inH-over >= leastUnderFlash {
		inH, box.H = inH-over, box.H-over
	}
	body, cursor := l.overlay.view(a, inW, inH)
	for len(body) < inH {
		body = append(body, "")
	}
	body = body[:inH]
	for i := range body {
		body[i] = text.Pad(body[i], inW)
	}
	l.cells = pane.Rect{X: box.X + across/2, Y: box.Y + down/2, W: inW, H: inH}
	if framed {
		below := 0
		if long, ok := l.overlay.(scrolling); ok {
			below = long.below()
		}
		body = widget.Frame(a.theme.Styles, text.OneLine(l.overlay.heading(a)), body, inW, below)
	}
	a.dim(rows)
	for i, row := range body {
		rows[box.Y+i] = text.Over(rows[box.Y+i], row, box.X, box.W, a.screen.width)
	}
	if a.screen.cursor = nil; cursor != nil {
		c := *cursor
		c.X, c.Y = c.X+l.cells.X, c.Y+l.cells.Y
		a.screen.cursor = &c
	}
}

// dim mutes the rows under an overlay, all but a line that must be read and the keys.
func (a *app) dim(rows []string) {
	for i := range rows[:len(rows)-a.screen.hints] {
		if i < a.screen.title || i >= a.screen.top() {
			rows[i] = a.theme.Under.Render(ansi.Strip(rows[i]))
		}
	}
}

// point hands the mouse to the overlay; a click beside it closes it.
func (l *layer) point(a *app, m tea.Mouse, click bool) tea.Cmd {
	p, able := l.overlay.(pointed)
	in := l.cells
	inside := m.X >= in.X && m.X < in.X+in.W && m.Y >= in.Y && m.Y < in.Y+in.H
	beside := m.X < in.X-2 || m.X >= in.X+in.W+2 || m.Y < in.Y-1 || m.Y > in.Y+in.H // the frame
	switch {
	case click && m.Button == tea.MouseLeft && inside && able:
		return p.click(a, m.X-in.X, m.Y-in.Y)
	case click && m.Button == tea.MouseLeft && !beside:
	case click && m.Button == tea.MouseLeft:
		a.leave()
	case !click && able && m.Button == tea.MouseWheelUp:
		p.wheel(a, -wheelLines)
	case !click && able && m.Button == tea.MouseWheelDown:
		p.wheel(a, wheelLines)
	}
	return nil
}

// closes reports whether a key closes an overlay, whatever it is doing.
func closes(k tea.KeyPressMsg) bool { return k.String() == "esc" || k.String() == "ctrl+c" }
