package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/session"
	"lineup/ui/widget"
)

// A turn's prompt was one row at every size, and no key showed the rest.
func TestThePromptOfATurnIsShownWhole(t *testing.T) {
	long := strings.TrimSuffix(strings.Repeat("lorem ipsum ", 14), " ") + " tail"
	var lines []string
	for i := range 30 {
		lines = append(lines, fmt.Sprintf("line %d", i+1))
	}
	for _, size := range [][2]int{{80, 24}, {100, 30}, {160, 50}} {
		for _, models := range []int{1, 2} {
			var open []*script
			for i := range models {
				open = append(open, says(fmt.Sprintf("x/%d", i), "done", time.Millisecond, time.Millisecond))
			}
			drive(t, size[0], size[1], Config{Panes: specs(open...)}, func(d *driver) {
				d.send(tea.PasteMsg{Content: long})
				d.press("enter")
				d.settle()
				d.wantSees("tail", "done")
				d.wantNot("shows all")

				d.press("ctrl+n")
				d.send(tea.PasteMsg{Content: strings.Join(lines, "\n")})
				d.press("enter")
				d.settle()
				d.wantSees("› line 1 ", "  line 5 ", "  line 6 … ", "done")
				d.wantNot("line 7")
				d.press("alt+1", "lit:P", "lit:g", "lit:j")
				d.wantSees("  line 7 ")
				d.press("lit:G")
				d.wantSees("  line 30 ", "done")
				d.press("lit:P")
				d.wantNot("line 30")
			})
		}
	}
}

// Five forks of a session were five equal rows.
func TestSessionsOfOneTitleAreNumbered(t *testing.T) {
	var hits []session.Hit
	for i, title := range []string{"t (fork)", "other", "t (fork)", "t", "t (fork)"} {
		at := time.Date(2026, 11, 28, 12, 10-i, 0, 0, time.UTC)
		hits = append(hits, session.Hit{Summary: session.Summary{
			ID: fmt.Sprint(i), Title: title, CreatedAt: at, UpdatedAt: at, Turns: 1}})
	}
	s := &sessions{list: widget.NewList(""), now: hits[0].CreatedAt}
	s.hits, s.versions = hits, versionsOf(hits)
	for i, want := range []string{"3 of 3 · ", "", "2 of 3 · ", "", "1 of 3 · "} {
		if got, has := s.facts(i, 30), "of 3"; !strings.HasPrefix(got, want) || strings.Contains(got, has) != (want != "") {
			t.Errorf("row %d: %q", i, got)
		}
	}
	s.open = "0" // Fault: in a narrow list its time cut its title and was cut itself.
	if got := s.facts(0, 36); got != "open · 3 of 3" {
		t.Errorf("the open one: %q", got)
	}
}
