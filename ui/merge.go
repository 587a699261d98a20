package ui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"lineup/blind"
	"lineup/registry"
	"lineup/session"
	"lineup/turn"
	"lineup/ui/keys"
	"lineup/ui/pane"
	"lineup/ui/text"
)

// mergePlan names the model, the answers and the likely cost of a merge, before it is sent.
type mergePlan struct {
	turn  *session.Turn
	spec  registry.Spec
	ref   string // of spec, as it was given
	merge turn.Merge
	cost  turn.Estimate
	lineScroll
}

// planMerge prepares to merge the answers of the turn in sight.
func planMerge(a *app, _ *pane.Pane) tea.Cmd {
	if a.lineup.readers.Merge == "" {
		return pickMerger(a)
	}
	return mergeBy(a, a.lineup.readers.Merge)
}

// pickMerger asks which model is to merge.
func pickMerger(a *app) tea.Cmd {
	if _, ok := readTurn(a, "merge"); !ok {
		return nil
	}
	return pickReader(a, "merge", &oneModel{"Merge · which model", "see the plan", mergeBy})
}

// mergeBy is /merge REF: it shows the plan. The model stays the one that merges.
func mergeBy(a *app, ref string) tea.Cmd {
	t, ok := readTurn(a, "merge")
	if !ok {
		return nil
	}
	if a.flash = canMergeNow(a, t); a.flash != "" {
		return nil
	}
	spec, ok := openedReader(a, ref)
	if !ok {
		return nil
	}
	a.lineup.readers.Merge = ref
	m := &mergePlan{turn: t, spec: spec, ref: ref}
	m.prepare(a)
	a.open(m)
	return nil
}

// canMergeNow says why the answers of a turn cannot be merged now.
func canMergeNow(a *app, t *session.Turn) string {
	switch {
	case !a.answering():
		return ""
	case a.turn.Record != t:
		return "another turn is still answering"
	case !a.turn.Started():
		return "still answering; one moment"
	case canReadNow(a, t) != "":
		return canReadNow(a, t)
	case slices.ContainsFunc(a.turn.Replies, func(r *session.Reply) bool {
		return r.Merge && !r.Status.Final()
	}):
		return "they are being merged"
	}
	return ""
}

// prepare makes the question of the answers that are there now.
func (m *mergePlan) prepare(a *app) {
	m.merge = turn.MergeOf(m.turn, a.cfg.Compare.MergePrompt, blind.Hides(a.sess))
	m.cost = turn.EstimateRequest(a.money.calibration, m.spec.Info, m.merge.Request(m.spec))
}

func (m *mergePlan) heading(a *app) string {
	return fmt.Sprintf("Merge · turn %d", slices.Index(a.sess.Turns, m.turn)+1)
}

func (m *mergePlan) hints(*app) []string { return m.planHints("merge") }

func (m *mergePlan) room(a *app, w, h int) (int, int) {
	w = min(w, planWidth)
	return w, min(h, len(m.rows(a, w)))
}

// planWidth is how wide a plan may be, in cells.
const planWidth = 90

func (m *mergePlan) rows(a *app, w int) []string {
	var names []string
	for _, slot := range slices.Sorted(slices.Values(m.merge.Slots)) {
		if slot >= 0 {
			names = append(names, slotName(a, slot))
		}
	}
	facts := []fact{{"model", m.ref}, {"cost", costAhead(m.cost, m.spec.Info.Simulated)},
		{"answers", strings.Join(names, " · ")}}
	if left := unread(a, m.turn); len(left) > 0 {
		facts = append(facts, fact{"left out", strings.Join(left, " · ")})
	}
	rows := append(factRows(a, facts, w), "")
	about := "The answers go to it without names, in shuffled order."
	return append(rows, dimRows(a, about, w)...)
}

// dimRows are a text for a plan, in w cells.
func dimRows(a *app, words string, w int) []string {
	rows := text.Wrap(words, w)
	for i, row := range rows {
		rows[i] = a.theme.Dim.Render(row)
	}
	return rows
}

func (m *mergePlan) view(a *app, w, h int) ([]string, *tea.Cursor) {
	return m.window(m.rows(a, w), h), nil
}

func (m *mergePlan) click(*app, int, int) tea.Cmd { return nil }

func (m *mergePlan) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	switch name := k.String(); {
	case closes(k):
		a.leave()
	case name == "enter":
		return m.send(a)
	case name == "tab":
		return pickMerger(a)
	default:
		m.scrolls(a, k)
	}
	return nil
}

// send asks the model, in a pane of its own. It takes what has come since the plan was made.
func (m *mergePlan) send(a *app) tea.Cmd {
	if a.flash = canMergeNow(a, m.turn); a.flash != "" {
		return nil
	}
	m.prepare(a)
	what := fmt.Sprintf("merge %s %v", m.ref, m.turn.Answered())
	if a.overBudget(what, m.cost, keys.Send) {
		return nil
	}
	a.leave()
	p := a.panes.openMerge(a.sess, m.spec)
	ask := func(t *turn.Turn) {
		t.Merge(p.Slot, m.spec, m.merge, a.money.calibration, a.now())
		p.Fill(a.sess)
		if p.ToEnd(); p.InSight().Turn != m.turn {
			p.ToLine(m.turn, 0, a.lookOf(p))
		}
	}
	a.focus(slices.Index(a.panes.open, p))
	if a.answering() { // others of the turn: it joins them
		ask(a.turn)
		return a.keep()
	}
	t := turn.Again(a.sess, m.turn)
	ask(t)
	return a.begin(t)
}

// followMark goes to the pane of the answer whose mark is chosen in a merge.
func followMark(a *app) (done bool) {
	p := a.panes.now()
	if p == nil || !a.panes.focused || !p.Merges {
		return false
	}
	t, slot, ok := p.Marked()
	if !ok {
		return false
	}
	to := slices.IndexFunc(a.panes.open, func(p *pane.Pane) bool { return p.Slot == slot })
	if to < 0 {
		a.flash = "the pane of this answer was closed; " + a.keys.Label(keys.Reopen) +
			" brings it back"
		return true
	}
	a.focus(to)
	a.panes.arrange(a.screen.width, a.screen.panes) // a tab that was hidden gets its place
	target := a.panes.open[to]
	target.ToLine(t, 0, a.lookOf(target))
	return true
}
