package ui

import (
	"bytes"
	"os"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"lineup/ui/redraw"
)

// framePacer is the terminal's output, which tells when the renderer looks for a frame: it does so
// at a steady rate and writes at once. Frames made just before that are seen soonest. The renderer
// need not look more often, so an idle screen costs no wake-ups. It also tells when the terminal
// has had its share of bytes.
type framePacer struct {
	*os.File
	screen *redraw.Writer // to File
	period time.Duration
	failed func() // called when the terminal takes no output because it is gone

	out  sync.Mutex // held while the terminal is written to, which may take for ever
	on   bool       // the alternate screen is shown
	over bool       // nothing more is written

	mu   sync.Mutex
	beat time.Time // of the last write
	paid time.Time // when what was written is paid for, at byteRate
}

// byteRate is how many bytes a second the renderer may write on average. It writes every row of
// wide text in every frame. The terminal gets few of them, but making them costs CPU: without the
// limit, panes of Korean text take half as much again.
const byteRate = 270_000

// newFramePacer makes one for a terminal and a rate in frames a second.
func newFramePacer(terminal *os.File, rate int) *framePacer {
	size := func() (width, height int) {
		// 0×0 if it is gone: nothing is left out then
		width, height, _ = term.GetSize(terminal.Fd())
		return width, height
	}
	return &framePacer{File: terminal, screen: redraw.NewWriter(terminal, size),
		period: time.Second / time.Duration(rate)}
}

// Write notes the time and the bytes, and writes what changes the screen.
func (m *framePacer) Write(p []byte) (int, error) {
	m.note(time.Now(), len(p))
	m.out.Lock()
	defer m.out.Unlock()
	if m.over {
		return len(p), nil
	}
	if _, err := m.screen.Write(accompanied(p)); err != nil {
		m.failed()
		return 0, err
	}
	if at := lastSwitch(p); at != "" {
		m.on = at == ansi.SetModeAltScreenSaveCursor
	}
	return len(p), nil
}

// lastSwitch is the last one of the two sequences that show and leave the alternate screen, "" for
// none.
func lastSwitch(p []byte) string {
	on := bytes.LastIndex(p, []byte(ansi.SetModeAltScreenSaveCursor))
	off := bytes.LastIndex(p, []byte(ansi.ResetModeAltScreenSaveCursor))
	switch {
	case on == off:
		return ""
	case on > off:
		return ansi.SetModeAltScreenSaveCursor
	}
	return ansi.ResetModeAltScreenSaveCursor
}

// leaveAll undoes every mode that a screen of lineup may have set.
const leaveAll = ansi.ResetModifyOtherKeys + "\x1b[<1u" +
	ansi.ResetModeSynchronizedOutput + ansi.ResetModeMouseButtonEvent +
	ansi.ResetModeMouseAnyEvent + ansi.ResetModeMouseExtSgr + ansi.ResetModeFocusEvent +
	ansi.ResetModeBracketedPaste + ansi.ResetModeUnicodeCore + ansi.SetModeAutoWrap +
	"\x1b[m" + ansi.ResetModeAltScreenSaveCursor + ansi.SetModeTextCursorEnable + onLeaving

// leave leaves the screen without the renderer, and has nothing more written. It reports whether
// the terminal took that in time.
func (m *framePacer) leave(within time.Duration) bool {
	done := make(chan error, 1)
	go func() {
		m.out.Lock()
		defer m.out.Unlock()
		m.over = true
		var err error
		if m.on {
			_, err = m.File.WriteString(leaveAll)
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

// What goes with the alternate screen and Bubble Tea does not know: the window title of before is
// kept on xterm's stack (XTWINOPS 22 and 23), and the terminal tells when its colours change (mode
// 2031) and is asked whether they are dark or light now (DSR 996), which some answer that do not
// tell their ground: https://contour-terminal.org/vt-extensions/color-palette-update-notifications/
// All of it is undone when the screen is left, for an editor or a shell too.
const (
	onEntering = "\x1b[22;2t\x1b[?2031h\x1b[?996n"
	onLeaving  = "\x1b[?2031l\x1b[23;2t"
)

// accompanied adds to output what goes with the alternate screen.
func accompanied(p []byte) []byte {
	enters := bytes.Contains(p, []byte(ansi.SetModeAltScreenSaveCursor))
	leaves := bytes.Contains(p, []byte(ansi.ResetModeAltScreenSaveCursor))
	switch {
	case enters == leaves:
		return p
	case enters:
		return append([]byte(onEntering), p...)
	}
	return append(bytes.Clone(p), onLeaving...)
}

// note counts bytes that are written at a time. What was not used up to a beat ago is lost: a quiet
// time is no licence for a flood.
func (m *framePacer) note(now time.Time, bytes int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.beat = now
	if earliest := now.Add(-m.period); m.paid.Before(earliest) {
		m.paid = earliest
	}
	m.paid = m.paid.Add(time.Duration(bytes) * time.Second / byteRate)
}

// lead is how long before the renderer's next write a frame is made: what making it takes, and the
// renderer's work on it, with some room for a busy machine.
const lead = 8 * time.Millisecond

// next is the first time after t, and after what was written is paid for, that lies right before
// the renderer looks; without a beat it is t.
func (m *framePacer) next(t time.Time) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.beat.IsZero() {
		return t
	}
	if m.paid.After(t) {
		t = m.paid
	}
	since := t.Sub(m.beat.Add(-lead))
	if rest := since % m.period; rest > 0 {
		return t.Add(m.period - rest)
	}
	return t
}

// calmPeriod is between two frames with new text where motion is reduced.
const calmPeriod = 250 * time.Millisecond

// pace is how often the screen changes while text comes.
type pace struct {
	rate   int         // frames a second
	most   int         // that the renderer can make, as it was started
	motion string      // "auto", "full" or "reduced"
	pacer  *framePacer // nil where no renderer runs
	taken  time.Time   // when the last events of a turn were taken
}

// next is the time of the frame after the last one: the next beat that the terminal can afford.
func (p *pace) next(last time.Time) time.Time {
	period := time.Second / time.Duration(p.rate)
	if p.motion == "reduced" {
		period = max(period, calmPeriod)
	}
	if p.pacer == nil {
		return last.Add(period)
	}
	return p.pacer.next(last.Add(period - period/2))
}
