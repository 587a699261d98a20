package ui

import (
	"os"
	"strings"
	"sync/atomic"
	"time"
)

// metronome is the terminal's output, which tells when the renderer looks for a frame: it does so at a steady rate and
// writes at once. Frames made just before that are seen soonest, without the renderer having to look more often, which
// would cost wake-ups when nothing happens.
type metronome struct {
	*os.File
	period time.Duration
	failed func()       // called when the terminal takes no output because it is gone
	beat   atomic.Int64 // of the last write, in nanoseconds since 1970
}

// Write notes the time, and writes.
func (m *metronome) Write(p []byte) (int, error) {
	m.beat.Store(time.Now().UnixNano())
	n, err := m.File.Write(p)
	if err != nil {
		m.failed()
	}
	return n, err
}

// lead is how long before the renderer's next write a frame is made: what making it takes, and the renderer's work on
// it, with some room for a busy machine.
const lead = 8 * time.Millisecond

// next is the first time after t that lies right before the renderer looks; without a metronome it is t.
func (m *metronome) next(t time.Time) time.Time {
	if m == nil || m.beat.Load() == 0 {
		return t
	}
	since := t.Sub(time.Unix(0, m.beat.Load()).Add(-lead))
	if rest := since % m.period; rest > 0 {
		return t.Add(m.period - rest)
	}
	return t
}

// calmPeriod is between two frames with new text where motion is reduced.
const calmPeriod = 250 * time.Millisecond

// nextFrame is when to make a frame after one that was made at last: at the next beat, or at the one after it where
// much of the screen holds wide text, of which the renderer writes every row anew in every frame (ultraviolet,
// paintLine): 15 frames a second halve what goes to the terminal.
func (a *app) nextFrame(last time.Time) time.Time {
	period := time.Second / time.Duration(a.cfg.FPS)
	if a.cfg.Motion == "reduced" {
		period = max(period, calmPeriod)
	}
	frames := time.Duration(1)
	if manyWide(a.frame) {
		frames = 2
	}
	if a.metronome == nil {
		return last.Add(frames * period)
	}
	return a.metronome.next(last.Add(frames*period - period/2))
}

// manyWide reports whether a third of the rows or more hold wide text. It goes by the first bytes of characters, of
// which 0xe3 to 0xed begin the East Asian ones and 0xf0 the emoji.
func manyWide(frame string) bool {
	rows, wide := 0, 0
	for row := range strings.Lines(frame) {
		rows++
		for i := range len(row) {
			if c := row[i]; c >= 0xe3 && c <= 0xed || c == 0xf0 {
				wide++
				break
			}
		}
	}
	return rows > 0 && 3*wide >= rows
}
