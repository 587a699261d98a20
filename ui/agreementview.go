package ui

import (
	"fmt"
	"slices"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"lineup/compare"
	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/pane"
	"lineup/ui/report"
	"lineup/ui/text"
	"lineup/ui/widget"
)

// agreement shows the facts that only some panes state in one turn.
type agreement struct {
	turn  *session.Turn
	panes []*pane.Pane
	texts []string // their answers

	found     *compare.Agreement // nil while it is looked for
	table     *report.Agreement
	fact      int // the one chosen
	column    int // the pane chosen among those that state it
	top, high int // first line in view, and how many were at the last drawing
}

// openAgreement compares the answers of all panes to the turn in sight.
func openAgreement(a *app, p *pane.Pane) tea.Cmd {
	v := p.InSight()
	if v == nil {
		a.flash = "there is no answer to compare"
		return nil
	}
	g := &agreement{turn: v.Turn}
	for _, p := range a.panes.asked() {
		r := v.Turn.Reply(p.Slot)
		if in := p.InSight(); in != nil && in.Turn == v.Turn {
			r = in.Reply // an alternative, perhaps
		}
		if r != nil && r.VisibleText() != "" {
			words := shownReply(a, v.Turn, r).VisibleText()
			g.panes, g.texts = append(g.panes, p), append(g.texts, words)
		}
	}
	if len(g.panes) < 2 {
		a.flash = "there is no other answer to compare with"
		return nil
	}
	a.open(g)
	return tell(g, func() tea.Msg { return compare.Agree(g.texts) })
}

func (g *agreement) heard(a *app, msg tea.Msg) tea.Cmd {
	found, ok := msg.(compare.Agreement)
	if !ok {
		return nil
	}
	columns := make([]report.Column, len(g.panes))
	for i, p := range g.panes {
		columns[i] = report.Column{Name: strconv.Itoa(p.Number), Accent: p.Accent}
		if p.Hidden() {
			columns[i].Name = p.Name()
		}
	}
	g.found, g.table = &found, report.NewAgreement(found.Facts, columns, a.reading.Clusters)
	g.choose(0)
	return nil
}

func (g *agreement) heading(a *app) string {
	n := slices.Index(a.sess.Turns, g.turn) + 1
	if g.found == nil {
		return fmt.Sprintf("Agreement · turn %d", n)
	}
	differ := len(g.found.Facts)
	return fmt.Sprintf("Agreement · turn %d · %d %s of some, %d of all", n, differ,
		text.Plural(differ, "fact"), g.found.Common)
}

func (g *agreement) hints(a *app) []string {
	out := []string{"esc close"}
	if g.found != nil && len(g.found.Facts) > 0 {
		out = append(out, "enter go to the place", "↑ ↓ choose")
		if g.found.Facts[g.fact].Said() > 1 {
			out = append(out, "← → pane")
		}
	}
	return append(out, a.keys.Label(keys.Compare)+" in a pane compares by words")
}

// aboutForms says what the table is no judgement of.
const aboutForms = "It goes by the form of words and numbers, not by their meaning."

func (g *agreement) room(_ *app, w, h int) (int, int) {
	if g.found == nil || len(g.found.Facts) == 0 {
		return min(w, len(aboutForms)), 1 + len(text.Wrap(aboutForms, w))
	}
	foot := 1 + len(text.Wrap(aboutForms, w))
	return min(w, max(len(aboutForms), g.table.Width())), min(h, 1+g.table.Len()+foot)
}

func (g *agreement) view(a *app, w, h int) ([]string, *tea.Cursor) {
	th := a.theme.Styles
	switch {
	case g.found == nil:
		return []string{th.Dim.Render("comparing…")}, nil
	case len(g.found.Facts) == 0:
		return append([]string{"No number, name, negation, code or link differs."},
			dimRows(a, aboutForms, w)...), nil
	}
	rows := []string{g.table.Head(th, w)}
	var foot []string
	if h >= widget.Roomy || h > g.table.Len()+2 {
		foot = append([]string{""}, dimRows(a, aboutForms, w)...)
	}
	g.high = max(1, h-len(rows)-len(foot))
	g.reveal()
	rows = append(rows, g.table.Lines(th, w, g.top, g.top+g.high, g.fact, g.column)...)
	return append(rows, foot...), nil
}

func (g *agreement) below() int {
	if g.table == nil {
		return 0
	}
	return g.table.Len() - min(g.table.Len(), g.top+g.high)
}

func (g *agreement) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	act := a.keys.find(k, keys.InPane)
	switch {
	case closes(k), act == keys.Agreement:
		a.leave()
	case g.found == nil || len(g.found.Facts) == 0:
	case k.String() == "enter":
		g.goThere(a)
	case act == keys.Left:
		g.choosePane(-1)
	case act == keys.Right:
		g.choosePane(1)
	default:
		if by := scrolled(act, g.high); by != 0 {
			g.choose(g.fact + by)
		}
	}
	return nil
}

// choose goes to a fact, and to the first pane that states it.
func (g *agreement) choose(fact int) {
	g.fact, g.column = max(0, min(len(g.found.Facts)-1, fact)), -1
	g.choosePane(1)
}

// choosePane goes to the next pane that states the fact, where there is one.
func (g *agreement) choosePane(by int) {
	if len(g.found.Facts) == 0 {
		return
	}
	in := g.found.Facts[g.fact].In
	for i := g.column + by; i >= 0 && i < len(in); i += by {
		if len(in[i]) > 0 {
			g.column = i
			return
		}
	}
}

// reveal brings the chosen fact into view, with the heading over it.
func (g *agreement) reveal() {
	line := g.table.LineOf(g.fact)
	if g.table.FactAt(line-1) < 0 && g.high > 1 && line <= g.top {
		line--
	}
	g.top = max(0, min(g.top, line, g.table.Len()-g.high))
	g.top = max(g.top, g.table.LineOf(g.fact)-g.high+1)
}

// goThere shows the fact in the pane chosen.
func (g *agreement) goThere(a *app) {
	p := g.panes[g.column]
	i := slices.Index(a.panes.open, p)
	if i < 0 {
		return
	}
	fact := g.found.Facts[g.fact]
	a.leave()
	a.focus(i)
	a.panes.arrange(a.screen.width, a.screen.panes) // a tab that was hidden gets its place
	words := text.OneLine(fact.Words(g.texts[g.column], fact.In[g.column][0]))
	if p.SearchAnswer(g.turn, words, a.lookOf(p)) {
		a.hintFind()
	}
}

func (g *agreement) click(a *app, _, y int) tea.Cmd {
	if g.found == nil {
		return nil
	}
	switch fact := g.table.FactAt(g.top + y - 1); { // the head is above
	case fact < 0 || y == 0:
	case fact == g.fact:
		g.goThere(a)
	default:
		g.choose(fact)
	}
	return nil
}

func (g *agreement) wheel(_ *app, by int) {
	if g.found != nil {
		g.choose(g.fact + by)
	}
}
