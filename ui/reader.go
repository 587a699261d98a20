package ui

import (
	"cmp"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"lineup/blind"
	"lineup/registry"
	"lineup/session"
	"lineup/turn"
	"lineup/ui/keys"
	"lineup/ui/text"
)

// Readers are the models that read answers of others: references with settings, as the command line
// has them, or "".
type Readers struct{ Merge, Judge string }

// over are readers with those of others where they name none.
func (r Readers) over(o Readers) Readers {
	return Readers{cmp.Or(r.Merge, o.Merge), cmp.Or(r.Judge, o.Judge)}
}

// readersOf are those of a line-up.
func readersOf(l registry.Lineup) Readers { return Readers{l.Merge, l.Judge} }

// Compare is how answers are merged and judged; "" is the built-in way.
type Compare struct {
	Readers
	MergePrompt string // with {{prompt}} and {{answers}}
	Criteria    string // that a judge goes by
}

// ReaderOpener is a Models that opens models to read answers of others.
type ReaderOpener interface {
	// OpenReader opens a reference with settings; see registry.Registry.
	OpenReader(arg string) (registry.Spec, error)
}

// openReader opens a model that is to read answers.
func openReader(a *app, ref string) (registry.Spec, error) {
	switch models := a.cfg.Models.(type) {
	case nil:
		return registry.Spec{}, fmt.Errorf("there is nothing to open %s with", ref)
	case ReaderOpener:
		return models.OpenReader(ref)
	default:
		return models.Open(ref)
	}
}

// readTurn is the turn whose answers are to be read: the one in sight, from the pane that is asked
// about. There are two answers in it.
func readTurn(a *app, verb string) (*session.Turn, bool) {
	p := a.panes.now()
	v := p.InSight()
	switch {
	case v == nil:
		a.flash = "nothing has been asked yet"
	case len(v.Turn.Answered()) < 2:
		a.flash = "two answers are needed to " + verb
	default:
		return v.Turn, true
	}
	return nil, false
}

// pickReader asks which model is to read. In a blind session it has to be named: the list would
// show the models of the panes.
func pickReader(a *app, verb string, one *oneModel) tea.Cmd {
	if blind.Hides(a.sess) {
		a.flash = fmt.Sprintf("a list of models would tell who is here; write /%s MODEL", verb)
		return nil
	}
	return a.pick(one)
}

// canRead says why no answers can be read by another model.
func canRead(a *app) string {
	return unless(len(a.panes.open) > 0 && a.panes.now().InSight() != nil,
		"nothing has been asked yet")
}

// canReadNow says why the answers of a turn cannot be read now. In a blind session the answers that
// are there would tell who is fast.
func canReadNow(a *app, t *session.Turn) string {
	return unless(!a.answering() || a.turn.Record != t || !blind.Hides(a.sess),
		"in a blind session all answers have to end first")
}

// unread are the panes of a turn whose replies no reader is shown, with the reason.
func unread(a *app, t *session.Turn) (out []string) {
	for _, p := range a.panes.asked() {
		r := t.Reply(p.Slot)
		switch {
		case r == nil || r.Answered():
		case !r.Status.Final():
			out = append(out, p.Called()+" is still answering")
		default:
			out = append(out, p.Called()+" has no whole answer")
		}
	}
	return out
}

// slotName is what the pane of a slot is called; one that was closed has its number alone.
func slotName(a *app, slot int) string {
	for _, p := range a.panes.all() {
		if p.Slot == slot {
			return p.Called()
		}
	}
	return fmt.Sprint(slot + 1)
}

// costAhead says what requests may cost, before they are sent.
func costAhead(e turn.Estimate, simulated bool) string {
	switch {
	case simulated:
		return "nothing: it is simulated"
	case e.Models == 0:
		return "nothing to pay: your own machine"
	case e.Unknown > 0 && e.USD == 0:
		return "unknown: no price, or no answer to go by"
	}
	return costWords(e)
}

// fact is a row of a plan: a name and what there is to say.
type fact struct{ name, value string }

// factRows lays facts out in w cells, with long ones on several rows.
func factRows(a *app, facts []fact, w int) (rows []string) {
	wide := 0
	for _, f := range facts {
		wide = max(wide, len(f.name))
	}
	for _, f := range facts {
		name := text.Pad(f.name, wide)
		for _, line := range text.Wrap(text.OneLine(f.value), max(8, w-wide-2)) {
			rows = append(rows, a.theme.Dim.Render(name)+"  "+line)
			name = text.Spaces(wide)
		}
	}
	return rows
}

// openedReader opens a model for a plan, or says why not and keeps none.
func openedReader(a *app, ref string) (registry.Spec, bool) {
	spec, err := openReader(a, ref)
	if err != nil {
		a.flash = text.OneLine(err.Error())
		return spec, false
	}
	return spec, true
}

// planHints are the keys of a plan.
func (s *lineScroll) planHints(verb string, more ...string) []string {
	return s.hinted(append([]string{"enter " + verb, "esc close", "tab other model"}, more...)...)
}

// scrolls moves a report by the keys of a pane.
func (s *lineScroll) scrolls(a *app, k tea.KeyPressMsg) {
	s.top = max(0, s.top+scrolled(a.keys.find(k, keys.InPane), s.high))
}
