package redraw

import (
	"bytes"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// Frame is what the screen is to show.
type Frame struct {
	Content string // the rows, from the top, joined by line feeds
	Cursor  bool   // the cursor is shown, in column X and row Y, from 0
	X, Y    int
}

// Terminal is where a Painter paints.
type Terminal struct {
	Out    io.Writer
	Size   func() (width, height int) // in cells
	Period time.Duration              // the least time between two frames while more come
	// What is written before the alternate screen is entered, and after it is left.
	Entering, Leaving string
	Failed            func() // called when Out takes no more
	// Called once when Bubble Tea has entered the screen and asked the terminal its questions. It
	// may be nil.
	Asked func()
}

// byteRate is how many bytes a second the frames may take on average. A slow terminal, or a line to
// one, gets fewer frames then.
const byteRate = 270_000

// Painter shows the last frame that it was given. It is safe for use by several goroutines.
type Painter struct {
	to   Terminal
	wake chan struct{}
	done chan struct{}
	end  sync.Once
	asks sync.Once // calls to.Asked

	mu      sync.Mutex
	want    Frame
	due     time.Time // when the next frame may be painted
	synced  bool      // the terminal shows a frame at once: mode 2026
	profile colorprofile.Profile
	wide    bool // it gives ambiguous characters two columns
	told    bool // it has said whether

	out     sync.Mutex // held while the terminal is written to, which may take for ever
	canvas  canvas
	buf     bytes.Buffer
	on      bool                 // the alternate screen is shown
	begun   bool                 // it was entered before
	over    bool                 // nothing more is written
	strange bool                 // another program may have changed how text is drawn
	cursor  bool                 // it is seen
	last    Frame                // that was painted
	colours colorprofile.Profile // of the rows that are shown
}

// New makes a Painter and starts it; Leave ends it. The profile is what colours the terminal has.
func New(to Terminal, profile colorprofile.Profile) *Painter {
	p := &Painter{to: to, profile: profile, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go p.run()
	return p
}

// Show has a frame painted soon. It never waits: a frame that a later one overtakes is not shown.
func (p *Painter) Show(f Frame) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f == p.want {
		return
	}
	p.want = f
	p.rouse()
}

// Due is when the next frame can be seen. To make one sooner is lost work.
func (p *Painter) Due() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.due
}

// Synchronized takes whether the terminal knows mode 2026, in which it shows a frame at once.
func (p *Painter) Synchronized(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.synced = on
}

// Profile takes what colours the terminal has. A frame that is shown is painted again in them.
func (p *Painter) Profile(profile colorprofile.Profile) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if profile == p.profile {
		return
	}
	p.profile = profile
	if p.want.Content != "" {
		p.rouse()
	}
}

// CursorAt takes where the terminal says that its cursor is, from 0. The first word on that is the
// answer to widthQuestion.
func (p *Painter) CursorAt(x, y int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	wide, answer := wideTells(x, y)
	if !answer || p.told {
		return
	}
	p.told = true
	if wide {
		p.wide = true
		p.rouse()
	}
}

// rouse has the wanted frame painted soon.
func (p *Painter) rouse() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// run paints until the Painter ends.
func (p *Painter) run() {
	for {
		select {
		case <-p.wake:
		case <-p.done:
			return
		}
		if pause := time.Until(p.Due()); pause > 0 {
			select {
			case <-time.After(pause):
			case <-p.done:
				return
			}
		}
		p.refresh()
	}
}

// refresh paints the frame that is wanted now. Bubble Tea enters the alternate screen at its next
// tick; the first frame does not wait for that.
func (p *Painter) refresh() {
	p.out.Lock()
	defer p.out.Unlock()
	if p.over || p.begun && !p.on {
		return
	}
	p.buf.Reset()
	if !p.begun {
		question := p.question()
		p.enter()
		p.buf.WriteString(ansi.SetModeAltScreenSaveCursor + ansi.EraseEntireScreen + question)
	}
	p.paint(false)
	_ = p.flush()
}

// question is what the terminal is asked when it shows its first frame.
func (p *Painter) question() string {
	if _, height := p.to.Size(); p.begun || height <= widthRow {
		return ""
	}
	return widthQuestion
}

// enter notes that the alternate screen is to be shown.
func (p *Painter) enter() {
	p.on, p.begun, p.cursor = true, true, true
	p.begin()
	p.buf.WriteString(p.to.Entering)
}

// begin has everything painted on a terminal that another program may have written on.
func (p *Painter) begin() {
	p.strange = true
	p.canvas.forget()
}

// asUsual undoes what other programs leave set and rows would be drawn wrong by: margins, relative
// places, insertion, the letters for lines, a hyperlink and a style (ECMA-48; xterm's control
// sequences). The cursor goes to the first cell.
const asUsual = "\x1b[r\x1b[?6l\x1b[4l\x1b(B\x0f" + "\x1b]8;;\x07" + "\x1b[m"

// Write passes on what Bubble Tea writes. Where that takes a frame off the screen, or the screen
// itself, the frame comes after it.
func (p *Painter) Write(b []byte) (int, error) {
	p.out.Lock()
	defer p.out.Unlock()
	n := len(b)
	if p.over {
		return n, nil
	}
	p.buf.Reset()
	switch enters, leaves := lastSwitch(b); {
	case enters:
		question := p.question()
		if !p.on {
			p.enter()
		} else { // for the first frame, which stays
			b = bytes.ReplaceAll(b, []byte(ansi.SetModeAltScreenSaveCursor), nil)
		}
		p.buf.Write(b)
		p.buf.WriteString(question)
		if p.to.Asked != nil {
			defer p.asks.Do(p.to.Asked)
		}
	case leaves:
		if p.on {
			p.buf.WriteString(belowAll)
		}
		p.buf.Write(b)
		if p.on {
			p.buf.WriteString(p.to.Leaving)
		}
		p.on = false
	default:
		p.buf.Write(b)
	}
	if p.on {
		if bytes.Contains(b, []byte(ansi.ResetModeTextCursorEnable)) {
			p.cursor = false
		}
		if erases(b) {
			p.begin()
		}
		p.paint(true)
	}
	if err := p.flush(); err != nil {
		return 0, err
	}
	return n, nil
}

// belowAll frees the last row and begins it. There the next text stands on a terminal that has no
// alternate screen and keeps the frame: GNU screen as it comes, and the console of Linux.
const belowAll = "\x1b[9999;1H\x1b[m\x1b[K"

// lastSwitch tells which of the two sequences that enter and leave the alternate screen comes last.
func lastSwitch(b []byte) (enters, leaves bool) {
	on := bytes.LastIndex(b, []byte(ansi.SetModeAltScreenSaveCursor))
	off := bytes.LastIndex(b, []byte(ansi.ResetModeAltScreenSaveCursor))
	return on > off, off > on
}

// erases reports whether output erases the screen.
func erases(b []byte) bool {
	return bytes.Contains(b, []byte("\x1b[2J")) || bytes.Contains(b, []byte("\x1b[J"))
}

// paint writes what the screen lacks of the wanted frame. moved says that its cursor may be
// elsewhere.
func (p *Painter) paint(moved bool) {
	p.mu.Lock()
	f, synced, profile, wide := p.want, p.synced, p.profile, p.wide
	p.mu.Unlock()
	if profile != p.colours || wide != p.canvas.wide {
		p.colours, p.canvas.wide = profile, wide
		p.canvas.forget()
	}
	p.canvas.resize(p.to.Size())
	var rows bytes.Buffer
	p.canvas.paint(&rows, strings.Split(f.Content, "\n"))
	moved = moved || f.Cursor != p.cursor || f.X != p.last.X || f.Y != p.last.Y
	p.last = f
	if rows.Len() == 0 && !moved {
		return
	}
	if rows.Len() > 0 {
		p.hide(synced)
		if p.strange {
			p.buf.WriteString(asUsual)
			p.strange = false
		}
		p.buf.WriteString(ansi.ResetModeAutoWrap)
		// Without a profile it would take the movements for styles, and leave them out too.
		down := colorprofile.Writer{Forward: &p.buf, Profile: max(profile, colorprofile.ASCII)}
		_, _ = down.Write(rows.Bytes()) // a buffer takes everything
		p.buf.WriteString(ansi.SetModeAutoWrap)
	}
	p.restore()
	if rows.Len() > 0 && synced {
		p.buf.WriteString(ansi.ResetModeSynchronizedOutput)
	}
}

// hide keeps from sight that a frame is written piece by piece.
func (p *Painter) hide(synced bool) {
	switch {
	case synced:
		p.buf.WriteString(ansi.SetModeSynchronizedOutput)
	case p.cursor:
		p.buf.WriteString(ansi.ResetModeTextCursorEnable)
		p.cursor = false
	}
}

// restore puts the cursor where the frame has it.
func (p *Painter) restore() {
	switch {
	case p.last.Cursor:
		p.buf.WriteString(place(p.last.X, p.last.Y))
		if !p.cursor {
			p.buf.WriteString(ansi.SetModeTextCursorEnable)
		}
	case p.cursor:
		p.buf.WriteString(ansi.ResetModeTextCursorEnable)
	}
	p.cursor = p.last.Cursor
}

// flush writes the buffer to the terminal.
func (p *Painter) flush() error {
	if p.buf.Len() == 0 {
		return nil
	}
	pause := max(p.to.Period, time.Duration(p.buf.Len())*time.Second/byteRate)
	p.mu.Lock()
	p.due = time.Now().Add(pause)
	p.mu.Unlock()
	if _, err := p.to.Out.Write(p.buf.Bytes()); err != nil {
		p.to.Failed()
		return err
	}
	return nil
}

// leaveAll undoes every mode that a screen may have set.
const leaveAll = ansi.ResetModifyOtherKeys + "\x1b[<1u" +
	ansi.ResetModeSynchronizedOutput + ansi.ResetModeMouseButtonEvent +
	ansi.ResetModeMouseAnyEvent + ansi.ResetModeMouseExtSgr + ansi.ResetModeFocusEvent +
	ansi.ResetModeBracketedPaste + ansi.ResetModeUnicodeCore + ansi.SetModeAutoWrap +
	belowAll + ansi.ResetModeAltScreenSaveCursor + ansi.SetModeTextCursorEnable

// Leave ends the Painter, and leaves the screen where Bubble Tea has not done so. Nothing more is
// written after it. It reports whether the terminal took that in time.
func (p *Painter) Leave(within time.Duration) bool {
	p.end.Do(func() { close(p.done) })
	done := make(chan error, 1)
	go func() {
		p.out.Lock()
		defer p.out.Unlock()
		p.over = true
		var err error
		if p.on {
			p.on = false
			_, err = io.WriteString(p.to.Out, leaveAll+p.to.Leaving)
		}
		done <- err
	}()
	select {
	case err := <-done:
		return err == nil
	case <-time.After(within):
		return false
	}
}
