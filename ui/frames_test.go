package ui

import (
	"fmt"
	"testing"

	"lineup/session"
)

// What else can stand on the screen of a finished turn, at three sizes: a pane's numbers, one pane alone, a question and
// the last one.
func TestViewFrames(t *testing.T) {
	overlayFrames(t, "view", func() Config { return Config{Panes: specs(threeModels()...)} }, func(d *driver, shot func(string)) {
		d.press("alt+2", "d")
		shot("-detail")
		d.press("d", "z")
		shot("-zoom")
		d.press("z", "s")
		shot("-save")
		d.press("esc", "i", "lit:한 줄", "ctrl+j", "lit:and another one")
		shot("-lines")
		d.press("ctrl+c", "ctrl+c")
		shot("-quit")
	})
}

// A budget that is nearly spent, and one that a prompt would break.
func TestBudgetFrames(t *testing.T) {
	limit := 0.1
	overlayFrames(t, "budget", func() Config {
		return Config{Panes: specs(pricey("gate/flash"), pricey("gate/한국어-모델")), Budget: session.Budget{Session: &limit}}
	}, func(d *driver, shot func(string)) {
		d.press("lit:그리고?")
		shot("")
		d.press("enter")
		shot("-over")
	})
}

// Eight panes in all their states, at three sizes.
func TestGridFrames(t *testing.T) {
	for _, size := range overlaySizes {
		all := moments(korean)
		var eight []moment
		for _, name := range []string{"streaming", "done", "thinking", "retrying", "queued", "error", "stalled", "ready"} {
			eight = append(eight, named(all, name))
		}
		a := still(size[0], size[1], "토큰이 뭐예요?", eight...)
		d := &driver{t: t, app: a}
		d.checkFrame()
		d.golden(fmt.Sprintf("%dx%d-eight", size[0], size[1]))
	}
}
