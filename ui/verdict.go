package ui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"lineup/figures"
	"lineup/providers"
	"lineup/session"
	"lineup/ui/pane"
	"lineup/ui/report"
	"lineup/ui/text"
)

// verdict says of a turn who answered first, fastest, cheapest and at greatest length. Only whole
// answers compete, and only if there are at least two. Times include failed attempts. Two answers
// that look the same in print have no winner.
type verdict struct {
	crowns    []crown
	simulated int // how many of the answers are a simulation's
	answers   int
	best      *report.Best // nil where there are no two answers
}

// crown is one thing in which one reply was best.
type crown struct {
	title string
	slot  int
	model string // what answered, as its reference says
	value string
}

// lastVerdict is that of the last turn of a session, once all of it has ended.
func lastVerdict(s *session.Session) verdict {
	if len(s.Turns) == 0 {
		return verdict{}
	}
	last := s.Turns[len(s.Turns)-1]
	for _, r := range last.Replies {
		if r != nil && !r.Status.Final() {
			return verdict{}
		}
	}
	return verdictOf(last)
}

func verdictOf(t *session.Turn) verdict {
	var v verdict
	var answers []*session.Reply
	for _, r := range t.Replies {
		if r != nil && !r.Merge && r.Status.Answer() &&
			!slices.ContainsFunc(answers, r.SameAnswer) {
			answers = append(answers, r)
			v.simulated += text.Int(r.Simulated)
		}
	}
	if len(answers) < 2 {
		return verdict{}
	}
	v.answers = len(answers)
	v.best = bestOf(t, answers)
	add := func(title string, column int,
		value func(*session.Reply) (float64, bool), show func(*session.Reply) string,
	) {
		if best := leastOf(answers, value, show); best != nil {
			v.crowns = append(v.crowns, crown{title, best.Slot, best.ServedBy, show(best)})
			v.best.Stars[column] = best.Slot
		}
	}
	add("first", 0, func(r *session.Reply) (float64, bool) { return text.Value(toFirst(r)) },
		func(r *session.Reply) string { return figures.Millis(toFirst(r)) })
	add("fastest", 1, func(r *session.Reply) (float64, bool) { return text.Value(toLast(r)) },
		func(r *session.Reply) string { return figures.Millis(toLast(r)) })
	add("cheapest", 3, func(r *session.Reply) (float64, bool) { return text.Value(r.Cost.USD) },
		func(r *session.Reply) string { return report.Cost(r.Cost, false) })
	add("longest", 2,
		func(r *session.Reply) (float64, bool) { return -float64(r.Usage.Output), true },
		func(r *session.Reply) string {
			return figures.Approx(r.Usage.Source == session.Estimated) +
				figures.Tokens(r.Usage.Output) + " tok"
		})
	return v
}

// toFirst and toLast are what somebody waited for the first and the last token, in milliseconds.
func toFirst(r *session.Reply) *float64 { ms, _ := r.Waited(); return ms }
func toLast(r *session.Reply) *float64  { _, ms := r.Waited(); return ms }

// bestOf are the best numbers of the answers to a turn.
func bestOf(t *session.Turn, answers []*session.Reply) *report.Best {
	least := func(value func(*session.Reply) *float64) *float64 {
		var best *float64
		for _, r := range answers {
			v := value(r)
			if v == nil {
				return nil
			}
			if best == nil || *v < *best {
				best = v
			}
		}
		return best
	}
	b := &report.Best{Turn: t, Stars: [4]int{-1, -1, -1, -1},
		First: least(toFirst), Last: least(toLast),
		USD: least(func(r *session.Reply) *float64 { return r.Cost.USD })}
	for _, r := range answers {
		b.Tokens = max(b.Tokens, r.Usage.Output)
	}
	return b
}

// leastOf gives the one reply with the least value; nil where any value is unknown, or where the
// least one looks like the next.
func leastOf(
	rs []*session.Reply, value func(*session.Reply) (float64, bool),
	show func(*session.Reply) string,
) *session.Reply {
	sorted := slices.Clone(rs)
	for _, r := range rs {
		if _, ok := value(r); !ok {
			return nil
		}
	}
	slices.SortStableFunc(sorted, func(a, b *session.Reply) int {
		x, _ := value(a)
		y, _ := value(b)
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	bare := func(r *session.Reply) string { return strings.TrimPrefix(show(r), "~") }
	if bare(sorted[0]) == bare(sorted[1]) {
		return nil
	}
	return sorted[0]
}

// How long the names of models are in a verdict, longest first; without a name the number of the
// pane must do.
var verdictNames = [...]int{24, 16, 10, 0}

// line says the verdict in at most width cells. Where there is no room names are shortened, then
// left out, then the values; what is still too long loses whole parts from its end.
func (v verdict) line(a *app, width int) string {
	heads := []string{""}
	switch v.simulated {
	case 0:
	case v.answers:
		heads = []string{"simulated: ", "sim: "}
	default:
		heads = []string{"partly simulated: ", "partly sim: ", "sim: "}
	}
	fitting := func(parts []string) (string, bool) {
		if len(parts) == 0 {
			return "", true
		}
		for _, head := range heads {
			if ansi.StringWidth(head+strings.Join(parts, " · ")) <= width {
				dot := a.theme.Dim.Render(" · ")
				return a.theme.Dim.Render(head) + strings.Join(parts, dot), true
			}
		}
		return "", false
	}
	for _, values := range []bool{true, false} {
		for _, name := range verdictNames {
			if line, ok := fitting(v.parts(a, name, values)); ok {
				return line
			}
		}
	}
	for parts := v.parts(a, 0, false); len(parts) > 0; parts = parts[:len(parts)-1] {
		if line, ok := fitting(parts); ok {
			return line
		}
	}
	return ""
}

// parts are what is said of each crown, with names of at most so many cells. The crown of a pane
// that was closed is left out: nobody sees a pane of its number.
func (v verdict) parts(a *app, name int, values bool) []string {
	var parts []string
	for _, c := range v.crowns {
		p := a.panes.of(c.slot)
		if p == nil {
			continue
		}
		who := fmt.Sprint(p.Number)
		if name > 0 {
			who += " " + c.who(p, name)
		}
		part := a.theme.Dim.Render(c.title+" ") + a.theme.Accent(p.Accent).Render(who)
		if values {
			part += " " + c.value
		}
		parts = append(parts, part)
	}
	return parts
}

// who is the pane's name, or the model's own name if another one answered, in so many cells.
func (c crown) who(p *pane.Pane, room int) string {
	if p.Spec.Info.Ref.String() == c.model {
		return p.ShortName(room)
	}
	return text.Cut(c.modelName(), room)
}

// modelName is the name of the model that answered.
func (c crown) modelName() string {
	if ref, err := providers.ParseRef(c.model); err == nil {
		return text.OneLine(ref.Model)
	}
	return text.OneLine(c.model)
}
