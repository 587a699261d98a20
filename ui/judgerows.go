package ui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/dustin/go-humanize/english"

	"lineup/blind"
	"lineup/compare"
	"lineup/figures"
	"lineup/providers"
	"lineup/session"
	"lineup/ui/report"
	"lineup/ui/text"
)

func (v *judgeView) heading(a *app) string {
	n := slices.Index(a.sess.Turns, v.turn) + 1
	switch {
	case v.plan != nil:
		return fmt.Sprintf("Judge · turn %d", n)
	case v.running():
		return fmt.Sprintf("Judge · turn %d · %s is judging", n, v.judge)
	}
	return fmt.Sprintf("Judge · turn %d · %s", n, v.judge)
}

func (v *judgeView) hints(a *app) []string {
	switch p := v.plan; {
	case v.running():
		return []string{"esc stop, keep what is judged", "↑ ↓ choose", "pgup/pgdn scroll"}
	case p != nil:
		var more []string
		if p.answers > compare.AllPairsUpTo {
			more = append(more, "p "+orElse(p.all, "each with the middle one", "all pairs"))
		}
		if p.own > 0 {
			more = append(more, "s "+orElse(p.self, "not its own answers", "its own answers too"))
		}
		return v.planHints("judge", more...)
	}
	out := []string{"esc close", "enter judge again", "↑ ↓ choose", "pgup/pgdn scroll"}
	if len(v.judges()) > 1 {
		out = append(out, "tab other judge")
	}
	return out
}

func orElse(on bool, yes, no string) string {
	if on {
		return yes
	}
	return no
}

func (v *judgeView) room(a *app, w, h int) (int, int) {
	w = min(w, planWidth)
	return w, min(h, len(v.rows(a, w)))
}

func (v *judgeView) view(a *app, w, h int) ([]string, *tea.Cursor) {
	return v.window(v.rows(a, w), h), nil
}

func (v *judgeView) rows(a *app, w int) []string {
	switch {
	case v.plan != nil:
		return v.planRows(a, w)
	case v.running():
		return append(v.progressRows(a, w), v.pairRows(a, w)...)
	}
	rows := append(v.pairRows(a, w), "")
	rows = append(rows, v.sumRows(a, w)...)
	return append(rows, v.reasonRows(a, w)...)
}

func (v *judgeView) planRows(a *app, w int) []string {
	p := v.plan
	pairs := fmt.Sprintf("%s of %s, each in both orders: %s",
		english.Plural(len(p.pairs), "pair", ""), english.Plural(p.answers, "answer", ""),
		english.Plural(2*len(p.pairs), "question", ""))
	if p.answers > compare.AllPairsUpTo && !p.all {
		pairs += "; each answer meets the one in the middle of the ratings"
	}
	facts := []fact{{"judge", p.ref}, {"pairs", pairs},
		{"cost", costAhead(p.cost, p.spec.Info.Simulated)}}
	left := unread(a, v.turn)
	if p.own > 0 && !p.self && !blind.Hides(a.sess) {
		left = append(left, english.Plural(p.own, "answer", "")+" of the judge itself")
	}
	if len(left) > 0 {
		facts = append(facts, fact{"left out", strings.Join(left, " · ")})
	}
	criteria := a.cfg.Compare.Criteria
	if strings.TrimSpace(criteria) == "" {
		criteria = compare.DefaultCriteria
	}
	facts = append(facts, fact{"criteria", criteria})
	rows := factRows(a, facts, w)
	if why := p.refuses(a); why != "" && p.strengths != nil {
		rows = append(rows, "")
		for _, line := range text.Wrap(why, w) {
			rows = append(rows, a.theme.Warn.Render(line))
		}
	}
	return rows
}

// progressRows say how far a judging is.
func (v *judgeView) progressRows(a *app, w int) []string {
	done := 0
	for _, r := range v.run.Answers() {
		done += text.Int(r.Status.Final())
	}
	all := v.run.Questions()
	words := fmt.Sprintf("%d of %s answered ", done, english.Plural(all, "question", ""))
	room := max(0, min(40, w-ansi.StringWidth(words)))
	full := room * done / max(1, all)
	return []string{words + strings.Repeat("━", full) +
		a.theme.Dim.Render(strings.Repeat("─", room-full)), ""}
}

// pairRow is a pair on show.
type pairRow struct {
	a, b int
	made *session.Judgement // nil where it is not judged
	open bool               // it may still be judged
}

func (v *judgeView) pairs() (out []pairRow) {
	if v.run == nil {
		for _, j := range v.list() {
			out = append(out, pairRow{a: j.A, b: j.B, made: j})
		}
		return out
	}
	for i, p := range v.run.Pairs {
		out = append(out, pairRow{p.A, p.B, v.run.Judgement(i), v.running()})
	}
	return out
}

// pairRows say of each pair who is better.
func (v *judgeView) pairRows(a *app, w int) []string {
	list := v.pairs()
	wide, notes := 0, 0
	for _, p := range list {
		wide = max(wide, ansi.StringWidth(slotName(a, p.a)), ansi.StringWidth(slotName(a, p.b)))
		if _, note := p.words(blind.Hides(a.sess)); note != "" {
			notes = max(notes, ansi.StringWidth(note)+2)
		}
	}
	wide = min(wide, max(6, (w-5-notes)/2))
	var rows []string
	for i, p := range list {
		sign, note := p.words(blind.Hides(a.sess))
		mark := "  "
		if i == v.chosen {
			mark = "› "
		}
		name := func(slot int) string { return text.Pad(text.Cut(slotName(a, slot), wide), wide) }
		line := text.Cut(mark+name(p.a)+" "+sign+" "+name(p.b)+"  "+note, w)
		if i == v.chosen {
			line = a.theme.Picked.Bold(true).Render(text.Pad(line, w))
		}
		rows = append(rows, line)
	}
	return rows
}

// words are the sign between the two of a pair, and a note.
func (p pairRow) words(hidden bool) (sign, note string) {
	switch j := p.made; {
	case j == nil && p.open:
		return "…", ""
	case j == nil:
		return "·", "not judged"
	case j.Winner == session.VerdictA:
		sign = ">"
	case j.Winner == session.VerdictB:
		sign = "<"
	case j.Winner == session.VerdictTie && j.Flipped:
		sign, note = "=", "flipped: the order decided"
	case j.Winner == session.VerdictTie:
		sign, note = "=", "tie"
	default:
		sign, note = "?", "no verdict"
	}
	if p.made.Self && !hidden {
		note = strings.TrimPrefix(note+", the judge's own answer", ", ")
	}
	return sign, note
}

// sumRows sum up wins, flips and cost, and give the judge's trust figures.
func (v *judgeView) sumRows(a *app, w int) (rows []string) {
	list := v.list()
	rows = append(rows, text.Wrap(standings(a, list), w)...)
	flips, none := 0, 0
	var paid, simulated session.Spent
	for _, j := range list {
		flips += text.Int(j.Flipped)
		none += text.Int(j.Winner == session.NoVerdict)
		if j.Simulated {
			simulated.CountJudgement(j)
		} else {
			paid.CountJudgement(j)
		}
	}
	sum := english.Plural(len(list), "pair", "") + " · " + english.Plural(flips, "flip", "") +
		fmt.Sprintf(" · %d without a verdict", none)
	ahead := ""
	if v.run != nil { // with the questions of pairs that were not judged
		paid, simulated = session.Spent{}, session.Spent{}
		for _, r := range v.run.Answers() {
			paid.Add(r)
			simulated.AddSimulated(r)
		}
		if e := v.run.cost; e.USD > 0 {
			ahead = fmt.Sprintf(" (%s was expected)", figures.Money(e.USD, true))
		}
	}
	if words := session.TotalWords(paid, simulated, figures.Money); words != "" {
		sum += " · " + words + ahead
	}
	rows = append(rows, text.Wrap(sum, w)...)
	if v.trust != nil {
		for _, line := range report.Trust(v.judge, *v.trust) {
			rows = append(rows, dimRows(a, line, w)...)
		}
	}
	for _, line := range v.failures(w) {
		rows = append(rows, a.theme.Warn.Render(line))
	}
	return rows
}

// failures say why pairs were not judged, each reason once.
func (v *judgeView) failures(w int) []string {
	if v.run == nil {
		return nil
	}
	missing := len(v.run.Pairs) - len(v.run.Judgements())
	if missing == 0 {
		return nil
	}
	words := fmt.Sprintf("%d of %s not judged", missing,
		english.Plural(len(v.run.Pairs), "pair", ""))
	var reasons []string
	for _, r := range v.run.Answers() {
		reason := ""
		switch {
		case r.Status == session.Cancelled:
			reason = "stopped"
		case r.Error != nil:
			reason = text.OneLine(r.Error.Message)
		case !r.Status.Answer():
			reason = string(r.Status)
		}
		if reason != "" && !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
		}
	}
	return text.Wrap(words+": "+strings.Join(reasons, "; "), w)
}

// standings say of each answer how often it won, tied and lost.
func standings(a *app, list []*session.Judgement) string {
	type score struct{ won, tied, lost int }
	scores := map[int]*score{}
	var slots []int
	at := func(slot int) *score {
		if scores[slot] == nil {
			scores[slot] = &score{}
			slots = append(slots, slot)
		}
		return scores[slot]
	}
	for _, j := range list {
		one, other := at(j.A), at(j.B)
		switch j.Winner {
		case session.VerdictA:
			one.won, other.lost = one.won+1, other.lost+1
		case session.VerdictB:
			one.lost, other.won = one.lost+1, other.won+1
		case session.VerdictTie:
			one.tied, other.tied = one.tied+1, other.tied+1
		}
	}
	slices.Sort(slots)
	var parts []string
	for _, slot := range slots {
		s := scores[slot]
		parts = append(parts, fmt.Sprintf("%s %d–%d–%d", slotName(a, slot), s.won, s.tied, s.lost))
	}
	if len(parts) == 0 {
		return "nothing is judged"
	}
	return "won–tied–lost: " + strings.Join(parts, " · ")
}

// reasonRows are what the judge said of the pair chosen.
func (v *judgeView) reasonRows(a *app, w int) []string {
	list := v.pairs()
	if v.chosen >= len(list) || list[v.chosen].made == nil {
		return nil
	}
	j := list[v.chosen].made
	head := fmt.Sprintf("with %s shown as A and %s as B:", slotName(a, j.A), slotName(a, j.B))
	rows := append([]string{""}, dimRows(a, head, w)...)
	shown := a.reading.Clusters.Screen(providers.Clean(a.reading.Veil.Text(j.Reason)))
	for line := range strings.SplitSeq(shown, "\n") {
		rows = append(rows, text.Wrap(line, w)...)
	}
	return rows
}
