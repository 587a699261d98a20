package ui

import (
	"testing"
	"testing/synctest"
	"time"
)

// A frame is made lead before a beat of the renderer, never sooner than it is due.
func TestFramesComeRightBeforeTheBeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &framePacer{period: 40 * time.Millisecond}
		due := time.Now().Add(5 * time.Millisecond)
		if got := m.next(due); got != due {
			t.Errorf("without a beat a frame waits %v", got.Sub(due))
		}
		beat := time.Now()
		m.note(beat, 0)
		for after, want := range map[time.Duration]time.Duration{
			0: 32, 31 * time.Millisecond: 32, 32 * time.Millisecond: 32, 33 * time.Millisecond: 72, 100 * time.Millisecond: 112,
		} {
			if got := m.next(beat.Add(after)).Sub(beat); got != want*time.Millisecond {
				t.Errorf("due %v after the beat: made after %v, not %d ms", after, got, want)
			}
		}
	})
}

// However large the frames are, the terminal gets byteRate bytes a second on average; small ones are not held back, and
// a quiet hour is not saved up.
func TestTerminalGetsWhatItCanTake(t *testing.T) {
	for frame, want := range map[int]int{2_000: 30, 8_000: 30, 18_000: 15, 54_000: 5} {
		synctest.Test(t, func(t *testing.T) {
			m := &framePacer{period: time.Second / 30}
			m.note(time.Now(), 0)
			time.Sleep(time.Hour)
			frames := 0
			for end := time.Now().Add(10 * time.Second); time.Now().Before(end); frames++ {
				m.note(time.Now(), frame)
				time.Sleep(time.Until(m.next(time.Now().Add(m.period/2))) + lead) // the renderer writes at the beat
			}
			if a := (frames + 5) / 10; a < want-1 || a > want+1 {
				t.Errorf("%d frames a second of %d bytes; want %d", a, frame, want)
			}
		})
	}
}
