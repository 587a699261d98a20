package ui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/pane"
	"lineup/ui/report"
	"lineup/ui/text"
)

// ballot votes on one turn: it marks the good answers, or puts all of them in order.
type ballot struct {
	turn    *session.Turn
	rows    []ballotRow
	at      int   // the row chosen
	marked  []int // places in rows: the good ones, or those in order so far
	ranking bool
	said    string // why Enter did nothing
}

// ballotRow is an answer that can be voted for.
type ballotRow struct {
	slot   int
	number int // of its pane; 0 where it has none
	label  string
	begins string // the first words
}

// openBallot opens the ballot of the turn in sight.
func openBallot(a *app, p *pane.Pane) tea.Cmd {
	v := p.InSight()
	if v == nil {
		a.flash = "there is no answer to vote for"
		return nil
	}
	if a.flash = canVote(p, v.Reply, v); a.flash != "" {
		return nil
	}
	b := &ballot{turn: v.Turn}
	for _, slot := range v.Turn.Votable() {
		r := v.Turn.Reply(slot)
		shown := shownReply(a, v.Turn, r)
		row := ballotRow{slot: slot, label: shown.Candidate().Label,
			begins: report.Beginning(shown.VisibleText(), a.reading.Clusters)}
		if hides(a) { // the digits are letters
			row.number = slot + 1
			b.rows = append(b.rows, row)
			continue
		}
		for _, open := range a.panes.open {
			if open.Slot == slot {
				row.number = open.Number
			}
		}
		b.rows = append(b.rows, row)
	}
	a.open(b)
	return nil
}

func (b *ballot) heading(a *app) string {
	n := slices.Index(a.sess.Turns, b.turn) + 1
	if b.ranking {
		return fmt.Sprintf("Ranking · turn %d", n)
	}
	return fmt.Sprintf("Vote · turn %d", n)
}

func (b *ballot) hints(*app) []string {
	other := "r rank all"
	if b.ranking {
		other = "r only mark the good ones"
	}
	return []string{"enter vote", "esc close", "1–9 mark", "0 all bad", other}
}

const ballotWidth = 100

func (b *ballot) room(_ *app, w, h int) (int, int) {
	w = min(w, ballotWidth)
	return w, min(h, len(b.rows)+1+len(text.Wrap(b.about(), w)))
}

func (b *ballot) view(a *app, w, h int) ([]string, *tea.Cursor) {
	th := a.theme.Styles
	about := dimRows(a, b.about(), w)
	name := 0
	for _, r := range b.rows {
		name = max(name, ansi.StringWidth(r.label))
	}
	name = min(name, max(8, w/3))
	held := max(1, h-1-len(about))
	top := max(0, min(b.at-held+1, len(b.rows)-held))
	var rows []string
	for i, r := range b.rows[top:] {
		i += top
		number := "–"
		if r.number > 0 {
			number = strconv.Itoa(r.number)
		}
		line := fmt.Sprintf("%2s %s %s  %s", number, b.box(i),
			text.Pad(text.CutFront(text.OneLine(r.label), name), name), r.begins)
		line = text.Cut(line, w)
		if i == b.at {
			line = th.Picked.Bold(true).Render(text.Pad(line, w))
		}
		rows = append(rows, line)
	}
	rows = append(rows[:min(len(rows), held)], "")
	return append(rows, about...), nil
}

// about says what the marks mean, or what is wrong with them.
func (b *ballot) about() string {
	switch {
	case b.said != "":
		return b.said
	case b.ranking:
		return "The digits give the order, the best first."
	}
	return "One good answer is the best, several are a tie."
}

// box shows whether a row is marked, or its place.
func (b *ballot) box(row int) string {
	place := slices.Index(b.marked, row)
	switch {
	case place < 0:
		return "[ ]"
	case b.ranking:
		return fmt.Sprintf("%2d.", place+1)
	}
	return "[x]"
}

func (b *ballot) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	b.said = ""
	switch key := k.String(); {
	case closes(k):
		a.leave()
	case key == "enter":
		return b.vote(a)
	case key == "0":
		a.leave()
		return castVote(a, b.turn, b.turn.VoteFor())
	case key == "r":
		b.ranking, b.marked = !b.ranking, nil
	case key == "space":
		b.toggle(b.at)
	case len(key) == 1 && strings.Contains("123456789", key):
		number := int(key[0] - '0')
		row := slices.IndexFunc(b.rows, func(r ballotRow) bool { return r.number == number })
		if row < 0 {
			b.said = "pane " + key + " has no answer to this prompt"
			return nil
		}
		b.at = row
		b.toggle(row)
	default:
		if by := scrolled(a.keys.find(k, keys.InPane), len(b.rows)); by != 0 {
			b.at = max(0, min(b.at+by, len(b.rows)-1))
		}
	}
	return nil
}

// toggle marks a row, or takes its mark away.
func (b *ballot) toggle(row int) {
	if at := slices.Index(b.marked, row); at >= 0 {
		b.marked = slices.Delete(b.marked, at, at+1)
		return
	}
	b.marked = append(b.marked, row)
}

// vote casts what is marked. In a ranking the last place is clear without a mark.
func (b *ballot) vote(a *app) tea.Cmd {
	slots := make([]int, 0, len(b.rows))
	for _, row := range b.marked {
		slots = append(slots, b.rows[row].slot)
	}
	switch {
	case b.ranking && len(b.marked) < len(b.rows)-1:
		b.said = fmt.Sprintf("%d answers have no place yet", len(b.rows)-len(b.marked))
		return nil
	case b.ranking:
		for _, r := range b.rows {
			if !slices.Contains(slots, r.slot) {
				slots = append(slots, r.slot)
			}
		}
		a.leave()
		return castVote(a, b.turn, b.turn.VoteInOrder(slots...), slots...)
	case len(slots) == 0:
		b.said = "mark the good answers first; 0 says that all are bad"
		return nil
	}
	a.leave()
	return castVote(a, b.turn, b.turn.VoteFor(slots...), slots...)
}
