package ui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/providers"
	"lineup/ui/pane"
)

// BenchmarkResize resizes 200×60 with eight panes of 20,000 characters, of answers that have ended and of answers that
// still stream, and with one of 200,000. It types while the answers are drawn, and reports the longest time that an
// Update took, of whatever kind: for so long a key waits at most. An issue asks for less than 50 ms. "drawn-ms" is how
// long it took until all panes had their new width.
//
//	go test -run '^$' -bench Resize ./ui
func BenchmarkResize(b *testing.B) {
	for _, c := range []struct {
		name, text   string
		panes, chars int
		ended        bool
	}{
		{"latin/ended", latin, 8, 20_000, true}, {"latin/streaming", latin, 8, 20_000, false},
		{"korean/ended", korean, 8, 20_000, true}, {"korean/streaming", korean, 8, 20_000, false},
		{"latin/huge", latin, 1, 200_000, true}, {"korean/huge", korean, 1, 200_000, true},
	} {
		b.Run(c.name, func(b *testing.B) {
			a, views := eightPanes()
			for _, v := range views[:c.panes] {
				apply(v, providers.Event{Type: providers.EventText, At: time.Now(), Text: strings.Repeat(c.text+"\n\n", c.chars/len([]rune(c.text))+1)})
				if c.ended {
					apply(v, providers.Event{Type: providers.EventEnd, At: time.Now()})
				}
			}
			a.panes.redraw()
			var longest, drawn time.Duration
			msgs := make(chan tea.Msg, 100)
			update := func(msg tea.Msg) {
				start := time.Now()
				_, cmd := a.Update(msg)
				longest = max(longest, time.Since(start))
				runInto(msgs, cmd)
			}
			settle := func() {
				for a.panes.drawings.busy || len(a.panes.drawings.queue) > 0 {
					select {
					case msg := <-msgs:
						if _, ok := msg.(pane.Drawn); ok {
							update(msg)
						}
					case <-time.After(2 * time.Millisecond):
						update(tea.KeyPressMsg{Code: 'x', Text: "x"})
					}
				}
			}
			update(tea.FocusMsg{})
			settle()
			longest = 0
			width := 200
			for b.Loop() {
				start := time.Now()
				width = 200 + 192 - width
				update(tea.WindowSizeMsg{Width: width, Height: 60})
				settle()
				drawn = max(drawn, time.Since(start))
			}
			b.ReportMetric(milliseconds(longest), "longest-ms")
			b.ReportMetric(milliseconds(drawn), "drawn-ms")
		})
	}
}

// runInto runs a command, and those that it answers with, as Bubble Tea does.
func runInto(msgs chan tea.Msg, cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		msg := cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			for _, c := range batch {
				runInto(msgs, c)
			}
			return
		}
		msgs <- msg
	}()
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
