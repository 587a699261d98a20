package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/providers"
)

// BenchmarkResize resizes 200×60 with eight panes of 20,000 characters, of answers that have ended and of answers that
// still stream, and reports the longest time that an Update took: the resize itself, and what was left of its work. For
// so long a key waits at most. An issue asks for less than 50 ms.
//
//	go test -run '^$' -bench Resize ./ui
func BenchmarkResize(b *testing.B) {
	for name, text := range map[string]string{"latin": latin, "korean": korean} {
		for _, ended := range []bool{true, false} {
			b.Run(fmt.Sprintf("%s/ended=%v", name, ended), func(b *testing.B) {
				a, views := eightPanes()
				n := 20_000/len([]rune(text)) + 1
				for _, v := range views {
					v.apply(providers.Event{Type: providers.EventText, At: time.Now(), Text: strings.Repeat(text+"\n\n", n)})
					if ended {
						v.apply(providers.Event{Type: providers.EventEnd, At: time.Now()})
					}
				}
				a.redraw()
				update := func(msg tea.Msg) time.Duration {
					start := time.Now()
					a.Update(msg)
					return time.Since(start)
				}
				for update(tea.FocusMsg{}); a.behind; update(layoutMsg{}) {
				}
				var longest, first time.Duration
				steps, width := 0, 200
				for b.Loop() {
					width = 200 + 192 - width
					took := update(tea.WindowSizeMsg{Width: width, Height: 60})
					longest, first = max(longest, took), max(first, took)
					for ; a.behind; steps++ {
						longest = max(longest, update(layoutMsg{}))
					}
				}
				b.ReportMetric(milliseconds(first), "resize-ms")
				b.ReportMetric(milliseconds(longest), "longest-ms")
				b.ReportMetric(float64(steps)/float64(b.N), "steps")
			})
		}
	}
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
