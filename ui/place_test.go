package ui

import (
	"testing"
	"time"
)

// ? in a focused pane did nothing, and letters of another layout did nothing without a word.
func TestKeysOfAPaneInEachLayout(t *testing.T) {
	answer := says("x/a", "alpha says", time.Millisecond, time.Millisecond)
	drive(t, 80, 24, Config{Panes: specs(answer)}, func(d *driver) {
		d.press("lit:one", "enter")
		d.settle()
		for _, help := range []string{"?", "？", "؟"} {
			d.press("alt+1", "lit:"+help)
			d.wantSees("Keys", "type to search")
			d.press("esc")
		}
		for _, detail := range []string{"d", "ㅇ", "в", "δ", "ג", "ي", "ก", "し", "ｄ"} {
			d.press("lit:" + detail)
			if !d.app.panes.now().ShowsDetail() {
				t.Errorf("%s shows no details", detail)
			}
			d.press("lit:d")
		}
		d.press("lit:하")
		d.wantSees("하 is no key of a pane; they are Latin letters")
		d.press("lit:iㅇ?")
		if got := d.app.prompt.area.Value(); got != "ㅇ?" {
			t.Errorf("the prompt holds %q", got)
		}
	})
}

// F1 in a replay said that nothing changes, and at 80 columns the row did not say how to leave.
func TestReplaySaysItsKeys(t *testing.T) {
	for _, width := range []int{60, 80, 100} {
		drive(t, width, 24, Config{Replay: &Replay{Session: recordedSession()}}, func(d *driver) {
			d.wantSees("q quit", "f1 help")
			for _, help := range []string{"f1", "?", "？"} {
				d.press(help)
				d.wantSees("Pause or play", "Play next turn", "twice as fast", "Quit replay")
				d.wantNot("Send prompt")
				d.wantNot("commands by name")
				d.press("esc")
			}
			d.press("alt+1", "?")
			d.wantSees("Quit replay")
			d.press("esc", "lit:ㅇ")
			if !d.app.panes.now().ShowsDetail() {
				t.Error("ㅇ shows no details in a replay")
			}
		})
	}
}
