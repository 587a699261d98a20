package cli

import (
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
)

// liveEvery is how often rows that follow something change.
const liveEvery = 200 * time.Millisecond

// live is rows at the end of what a terminal shows, which change in their place. What is written
// meanwhile stands above them.
type live struct {
	out    io.Writer
	size   func() (width, height int)
	screen bool // the rows have a screen of their own; the one before comes back without them

	mu    sync.Mutex
	rows  []string // that stand there; the cursor is at the end of the last one
	width int      // that they were written for
}

// liveOn shows rows on a stream that is a terminal.
func (g *globals) liveOn(w io.Writer) *live {
	return &live{out: g.coloursOf(w), size: func() (int, int) { return g.sizeOf(w) }}
}

// sizeOf is how many cells and rows a terminal has.
func (g *globals) sizeOf(w io.Writer) (width, height int) {
	if f, ok := w.(term.File); ok {
		if width, height, err := term.GetSize(f.Fd()); err == nil && width > 0 {
			return width, height
		}
	}
	return plainWidth, 24
}

// draw writes settled rows for good, and rows below them in place of those that stand there.
func (l *live) draw(settled, rows []string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	width, height := l.size()
	if most := max(1, height-1); len(rows) > most { // the cursor cannot go back further
		rows = rows[len(rows)-most:]
	}
	if len(settled) == 0 && width == l.width && slices.Equal(rows, l.rows) {
		return nil
	}
	out := l.erase(width, len(rows) > 0)
	for _, row := range settled {
		out += row + "\n"
	}
	l.rows, l.width = slices.Clone(rows), width
	_, err := io.WriteString(l.out, out+strings.Join(rows, "\n"))
	return err
}

// Write writes whole lines above the rows.
func (l *live) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	width, _ := l.size()
	rows := l.rows
	if _, err := io.WriteString(l.out, l.erase(width, false)); err != nil {
		return 0, err
	}
	n, err := l.out.Write(p)
	if err == nil && len(rows) > 0 && width >= l.width { // else they come with the next drawing
		l.rows = rows
		_, err = io.WriteString(l.out, strings.Join(rows, "\n"))
	}
	return n, err
}

// erase is what takes the rows from a terminal, with more to come or not. One that became narrower
// has broken them. The few that cut them instead, as xterm does, lose as many rows above. Each line
// is erased by itself: a screen that is erased as a whole goes into the scrollback of tmux.
func (l *live) erase(width int, more bool) string {
	there := len(l.rows) > 0
	switch {
	case l.screen && more && !there:
		return ansi.SetModeAltScreenSaveCursor + ansi.ResetModeTextCursorEnable +
			ansi.CursorHomePosition
	case l.screen && more:
		return ansi.CursorHomePosition + ansi.EraseEntireScreen
	case l.screen && there:
		l.rows = nil
		return ansi.SetModeTextCursorEnable + ansi.ResetModeAltScreenSaveCursor
	case !there:
		return ""
	}
	up := len(l.rows) - 1
	for _, row := range l.rows {
		if ansi.StringWidth(row) > width {
			up += strings.Count(ansi.Hardwrap(row, width, true), "\n")
		}
	}
	l.rows = nil
	const line = ansi.EraseEntireLine
	return "\r" + line + strings.Repeat(ansi.CUU1+line, up)
}

// follow draws what look says again and again, until stop is called: with the last rows left there
// or with none.
func (l *live) follow(look func(width int) []string) (stop func(leave bool)) {
	show := func() { // without a terminal that takes rows nobody misses them
		width, _ := l.size()
		_ = l.draw(nil, look(width))
	}
	done := make(chan struct{})
	var following sync.WaitGroup
	following.Go(func() {
		tick := time.NewTicker(liveEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				show()
			case <-done:
				return
			}
		}
	})
	return func(leave bool) {
		close(done)
		following.Wait()
		if leave {
			show()
		} else {
			_ = l.draw(nil, nil)
		}
	}
}
