package ui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/session"
)

// statsConfig has two models and a store.
func statsConfig(t *testing.T, simulated bool) Config {
	a, b := says("gate/flash", "one two three", 100*time.Millisecond, 10*time.Millisecond), says("gate/pro", "four five", 200*time.Millisecond, 10*time.Millisecond)
	a.info.Simulated, b.info.Simulated = simulated, simulated
	return Config{Panes: specs(a, b), Store: openStore(t)}
}

func TestStatsView(t *testing.T) {
	drive(t, 100, 30, statsConfig(t, false), func(d *driver) {
		d.send(keyMsg("f2"))
		d.settle()
		d.wantSees("Statistics · by model", "No reply of a real model is saved yet")
		d.press("esc")
		d.wantNot("Statistics")
		d.press("lit:hi", "enter")
		d.settle()
		d.press("lit:/stats", "enter")
		d.settle()
		d.wantSees("2 replies by model", "gate/flash", "gate/pro", "TTFT", "TOK/S")
		d.press("tab")
		d.settle()
		d.wantSees("2 replies by provider", "gate ")
		d.press("d")
		d.settle()
		d.wantSees("2 replies by day", time.Now().Format(time.DateOnly))
		d.press("m")
		d.settle()
		d.wantSees("by model")
		d.press("esc")
		d.wantNot("REPLIES")
	})
}

// In a demo every reply is simulated: they are shown, and marked, and s leaves them out.
func TestStatsViewOfSimulatedModels(t *testing.T) {
	drive(t, 100, 30, statsConfig(t, true), func(d *driver) {
		d.press("lit:hi", "enter")
		d.settle()
		d.send(keyMsg("f2"))
		d.settle()
		d.wantSees("with simulated replies", "gate/flash SIM", "2 of them SIMULATED")
		d.press("s")
		d.settle()
		d.wantSees("No reply of a real model")
	})
}

// An answer to what was asked before must not replace what is asked now.
func TestStatsViewDropsLateAnswers(t *testing.T) {
	s := &statsView{query: session.StatsQuery{By: session.ByDay}, waiting: true}
	s.heard(nil, countedMsg{query: session.StatsQuery{By: session.ByModel}, list: make([]session.Stats, 1)})
	if s.list != nil || !s.waiting {
		t.Error("a late answer was taken")
	}
}

func TestStatsViewNeedsAStore(t *testing.T) {
	drive(t, 100, 30, Config{Panes: specs(says("x/a", "hi", 0, 0))}, func(d *driver) {
		d.send(keyMsg("f2"))
		d.wantNot("Statistics ·")
		d.wantSees("nothing is kept")
	})
}

func TestStatsViewAtEverySize(t *testing.T) {
	drive(t, 100, 30, statsConfig(t, false), func(d *driver) {
		s := &statsView{query: session.StatsQuery{By: session.ByModel, Location: time.UTC}, list: someStats()}
		d.app.open(s)
		for w := minWidth; w <= 180; w += 3 {
			d.send(tea.WindowSizeMsg{Width: w, Height: minHeight + w*7%40})
		}
		d.send(tea.WindowSizeMsg{Width: 100, Height: 20})
		d.wantSees("─ ↓ ")
		d.press("lit:G")
		d.wantNot("─ ↓ ")
		d.press("lit:g")
		d.wantSees("1,304 replies")
		d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
		d.golden("stats-view-80x24")
		if !strings.Contains(d.screen(), "esc close") {
			t.Error("no hint how to leave")
		}
	})
}
