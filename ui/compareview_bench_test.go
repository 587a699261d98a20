package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/compare"
	"lineup/ui/report"
)

// BenchmarkDiffScroll scrolls through the difference of two answers of 20,000 characters on 200×60, a line, a page and a
// difference at a time. It reports the median and the 95th percentile of the time
// that a key took, from Update to the frame of View.
//
//	go test -run '^$' -bench DiffScroll ./ui
func BenchmarkDiffScroll(b *testing.B) {
	for _, c := range []struct{ name, text, other string }{{"latin", latin, " otherwise"}, {"korean", korean, " 달리"}} {
		b.Run(c.name, func(b *testing.B) {
			one := strings.Repeat(c.text+"\n\n", 20_000/len([]rune(c.text))+1)
			words := strings.SplitAfter(one, " ")
			for i := range words {
				if i%7 == 3 {
					words[i] += c.other[1:] + " "
				}
			}
			a, _ := eightPanes()
			a.Update(tea.WindowSizeMsg{Width: 200, Height: 60})
			v := &comparison{sides: []compared{{"1 a", 0, one}, {"2 b", 1, strings.Join(words, "")}}, with: 1}
			a.open(v)
			d := compare.Diff(v.sides[0].text, v.sides[1].text)
			stretches := d.Stretches()
			v.heard(a, comparedMsg{1, stretches, d.InWords(), report.NewDiff(stretches, 196, a.reading.Clusters), 196})
			var took []time.Duration
			keys := []string{"j", "j", "j", "pgdown", "n", "k", "N", "pgup", "ctrl+d", "j", "n"}
			b.ResetTimer()
			for i := range b.N {
				begun := time.Now()
				a.Update(keyMsg(keys[i%len(keys)]))
				_ = a.View()
				took = append(took, time.Since(begun))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
}
