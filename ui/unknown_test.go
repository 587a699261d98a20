package ui

import (
	"testing"
	"time"
)

// Fault: a mistyped command went to every paid model.
func TestAnUnknownCommandIsNotSent(t *testing.T) {
	for typed, near := range map[string]string{
		"/exprot notes.md": "/export",
		"/Exprot":          "/export",
		"/qiut":            "/quit",
		"/statz":           "/stats",
		"/zoom in":         "/zoom takes nothing",
		"/xyzzy":           "no command /xyzzy",
		"/exprot? x":       "/export",
		"/안녕":              "no command /안녕",
	} {
		m := says("x/a", "fine", time.Millisecond, 0)
		drive(t, 140, 30, Config{Panes: specs(m)}, func(d *driver) {
			d.press("lit:"+typed, "enter")
			d.settle()
			if len(m.asked) > 0 {
				t.Fatalf("%q was sent", typed)
			}
			d.wantSees(near, "enter again sends it as text")
			d.press("enter")
			d.settle()
			if len(m.asked) != 1 {
				t.Fatalf("%q was not sent the second time:\n%s", typed, d.screen())
			}
			got := m.asked[0].Messages
			if last := got[len(got)-1].Content; last != typed {
				t.Errorf("sent %q, want %q", last, typed)
			}
		})
	}
}

// The second Enter confirms one text, not the next one.
func TestAChangedCommandIsHeldAgain(t *testing.T) {
	m := says("x/a", "fine", time.Millisecond, 0)
	drive(t, 100, 30, Config{Panes: specs(m)}, func(d *driver) {
		d.press("lit:/exprot a", "enter", "lit:b", "enter")
		d.settle()
		if len(m.asked) > 0 {
			t.Error("another text was sent than the one that was held")
		}
	})
}

func TestAPathIsSentAtOnce(t *testing.T) {
	for _, typed := range []string{"/usr/bin/x fails", "/etc/hosts", "/tmp is full", "/notes.txt says",
		"// a comment", "/* another */", "/ means root", "/^a+$/ matches what?", "/exprot/x", " /exprot x"} {
		m := says("x/a", "fine", time.Millisecond, 0)
		drive(t, 100, 30, Config{Panes: specs(m)}, func(d *driver) {
			d.press("lit:"+typed, "enter")
			d.settle()
			if len(m.asked) != 1 {
				t.Errorf("%q was not sent:\n%s", typed, d.screen())
			}
		})
	}
}

func TestSlashCostOpensTheStatistics(t *testing.T) {
	store := openStore(t)
	drive(t, 100, 30, Config{Panes: specs(threeModels()...), Store: store}, func(d *driver) {
		d.press("lit:/cost", "enter")
		d.settle()
		if _, ok := d.app.layer.overlay.(*statsView); !ok {
			t.Errorf("/cost opened %T", d.app.layer.overlay)
		}
	})
}
