package ui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/blind"
	"lineup/figures"
	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/text"
)

// revealed sums a blind session up after its reveal: who each letter was, what you chose, what it
// cost and how fast it was.
type revealed struct {
	rows  []revealedRow
	turns int
	votes int // turns with a vote
	bad   int // votes that none is good
	top   int // first row in view
	all   int // rows, and those in view, at the last drawing
	high  int
}

// revealedRow is one pane.
type revealedRow struct {
	letter, who string
	slot        int
	best        int // votes in which it was first, or among the good ones
	voted       int // votes in which it stood
	spent       session.Spent
	times       []float64 // from sending to the last token, in milliseconds
	named       []string  // names that were masked in its answers
	failed      int
	simulated   bool
}

func newRevealed(s *session.Session) *revealed {
	sum := &revealed{turns: len(s.Turns)}
	veil := blind.New(blind.NamesOf(s)...)
	at := map[int]int{}
	for _, t := range s.Turns {
		for _, r := range t.All() {
			if r.Merge {
				continue
			}
			i, known := at[r.Slot]
			if !known {
				i = len(sum.rows)
				at[r.Slot] = i
				row := revealedRow{letter: session.Letter(r.Slot), slot: r.Slot}
				sum.rows = append(sum.rows, row)
			}
			row := &sum.rows[i]
			row.take(r, veil)
		}
		if v := t.VoteBy(session.VotedByYou); v != nil {
			sum.votes++
			sum.bad += text.Int(v.Kind == session.VoteBad)
			for place, slot := range v.Slots {
				if i, known := at[slot]; known {
					sum.rows[i].voted++
					sum.rows[i].best += text.Int(v.Kind != session.VoteBad && v.Place(place) == 0)
				}
			}
		}
	}
	slices.SortFunc(sum.rows, func(a, b revealedRow) int { return a.slot - b.slot })
	return sum
}

// take counts a reply of the pane.
func (row *revealedRow) take(r *session.Reply, veil *blind.Veil) {
	who := r.Candidate()
	row.who = text.OneLine(who.Label)
	if !strings.HasPrefix(who.Label, who.Model) {
		row.who = text.OneLine(who.Label + " · " + who.Model)
	}
	row.failed += text.Int(r.Status.Final() && !r.Status.Answer())
	row.simulated = row.simulated || r.Simulated
	if !r.Copied {
		row.spent.Count(r)
	}
	if _, last := r.Waited(); last != nil && r.Status.Answer() && !r.Copied {
		row.times = append(row.times, *last)
	}
	for _, name := range veil.Named(r) {
		if name = text.OneLine(name); !slices.Contains(row.named, name) {
			row.named = append(row.named, name)
		}
	}
}

func (s *revealed) heading(*app) string { return "Who was who" }

func (s *revealed) hints(a *app) []string {
	out := []string{"esc close", a.keys.Label(keys.New) + " next session"}
	if s.all > s.high {
		out = append(out, "↑ ↓ scroll")
	}
	return out
}

// lines are the summary in rows of at most w cells.
func (s *revealed) lines(a *app, w int) []string {
	th := a.theme.Styles
	votes := fmt.Sprintf("%d of %d %s voted on", s.votes, s.turns, text.Plural(s.turns, "turn"))
	if s.bad > 0 {
		votes += fmt.Sprintf(", %d all bad", s.bad)
	}
	who := 0
	for _, r := range s.rows {
		who = max(who, ansi.StringWidth(r.who))
	}
	const figuresRoom = 40
	timed := w >= figuresRoom+8 // else names matter more
	if who = min(who, max(8, w-figuresRoom)); !timed {
		who = max(8, w-22)
	}
	rows := []string{th.Dim.Render(text.Cut(votes, w)), "",
		th.Dim.Render(text.Cut("   "+text.Pad("", who)+"  best of     cost"+
			orElse(timed, "   time (median)", ""), w))}
	for _, r := range s.rows {
		best := fmt.Sprintf("%4d %2d", r.best, r.voted)
		line := text.Pad(text.Cut(r.who, who), who) + "  " + best + "  " +
			text.PadLeft(r.cost(), 7)
		if timed {
			line += "   " + r.time()
		}
		rows = append(rows, th.Accent(r.slot).Bold(true).Render(text.Pad(r.letter, 3))+
			text.Cut(line, max(0, w-3)))
		if len(r.named) > 0 {
			named := "named " + strings.Join(r.named, ", ") + ", which was masked"
			rows = append(rows, th.Dim.Render(text.Cut("   "+named, w)))
		}
	}
	return rows
}

// cost is what the answers of the pane cost, where anybody asks for money.
func (r revealedRow) cost() string {
	if r.spent.Known == 0 && r.spent.Unknown == 0 {
		return "–"
	}
	return r.spent.Words(figures.Money)
}

// time is the median of the pane's times.
func (r revealedRow) time() string {
	words := "–"
	if n := len(r.times); n > 0 {
		times := slices.Sorted(slices.Values(r.times))
		median := (times[(n-1)/2] + times[n/2]) / 2
		words = figures.Millis(&median)
	}
	if r.simulated {
		words += ", simulated"
	}
	if r.failed > 0 {
		words += fmt.Sprintf(", %d failed", r.failed)
	}
	return words
}

const revealedWidth = 100

func (s *revealed) room(a *app, w, h int) (int, int) {
	w = min(w, revealedWidth)
	return w, min(h, len(s.lines(a, w)))
}

func (s *revealed) view(a *app, w, h int) ([]string, *tea.Cursor) {
	rows := s.lines(a, w)
	s.all, s.high = len(rows), h
	s.top = max(0, min(s.top, len(rows)-h))
	return rows[s.top:min(len(rows), s.top+h)], nil
}

func (s *revealed) below() int {
	return s.all - min(s.all, s.top+s.high)
}

func (s *revealed) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	act := a.keys.find(k, keys.InPane)
	switch {
	case closes(k), act == keys.Blind, k.String() == "enter":
		a.leave()
	case act == keys.New:
		a.leave()
		a.newSession()
	default:
		s.top = max(0, s.top+scrolled(act, s.high))
	}
	return nil
}

func (s *revealed) click(*app, int, int) tea.Cmd { return nil }

func (s *revealed) wheel(_ *app, by int) { s.top = max(0, s.top+by) }
