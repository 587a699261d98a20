package ui

import (
	"fmt"
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// Fault: a closed pane came back at the end.
func TestAPaneComesBackToItsPlace(t *testing.T) {
	for n := range 3 {
		drive(t, 160, 30, Config{Panes: specs(threeModels()...)}, func(d *driver) {
			before := d.app.panes.refs()
			d.press(fmt.Sprintf("alt+%d", n+1), "ctrl+w", "u")
			d.settle()
			if got := d.app.panes.refs(); !slices.Equal(got, before) || d.app.panes.current != n {
				t.Errorf("pane %d came back in %q, current %d", n+1, got, d.app.panes.current)
			}
			d.press("alt+1", "ctrl+w", "ctrl+w", "u", "u")
			d.settle()
			if got := d.app.panes.refs(); !slices.Equal(got, before) {
				t.Errorf("two panes came back as %q", got)
			}
		})
	}
}

// Fault: what was said stayed after it was no longer true.
func TestWhatIsNoLongerTrueGoes(t *testing.T) {
	m := says("x/a", "a longer answer that takes its time", 50*time.Millisecond, 0)
	drive(t, 100, 30, Config{Panes: specs(m)}, func(d *driver) {
		d.press("lit:draft", "ctrl+c")
		d.wantSees("draft cleared")
		d.send(tea.PasteMsg{Content: "other"})
		d.wantNot("draft cleared")
		d.press("enter", "lit:more", "enter")
		d.wantSees("still answering")
		d.settle()
		d.wantNot("still answering")
	})
}

// Fault: panes above nine had no key, and the tabs no names.
func TestEveryPaneCanBeReached(t *testing.T) {
	var models []*script
	for i := range 12 {
		models = append(models, says(fmt.Sprintf("x/model%d", i+1), "ok", 0, 0))
	}
	drive(t, 160, 12, Config{Panes: specs(models...)}, func(d *driver) {
		d.press("tab")
		d.wantSees("1 ○ model1", "12 ○ mod")
		d.press("alt+0")
		if d.app.panes.current != 9 || !d.app.panes.focused {
			t.Errorf("alt+0 went to %d", d.app.panes.current)
		}
		d.app.toPrompt()
		d.press("lit:/pane 12", "enter")
		if d.app.panes.current != 11 {
			t.Errorf("/pane 12 went to %d", d.app.panes.current)
		}
		d.press("ctrl+p", "lit:go to pane", "enter", "lit:11", "enter")
		if d.app.panes.current != 10 {
			t.Errorf("the palette went to %d", d.app.panes.current)
		}
	})
}
