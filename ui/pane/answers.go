package pane

import (
	"fmt"
	"slices"
	"strings"

	"lineup/session"
)

// TurnIn is the turn that a pane shows, and its place in the session; nil and -1 for none.
func (p *Pane) TurnIn(s *session.Session) (*session.Turn, int) {
	v := p.InSight()
	if v == nil || s == nil {
		return nil, -1
	}
	return v.Turn, slices.Index(s.Turns, v.Turn)
}

// Fill shows what the slot of a pane said in a session.
func (p *Pane) Fill(s *session.Session) {
	p.Clear()
	if s == nil {
		return
	}
	for _, t := range s.Turns {
		if p.Slot < len(t.Replies) && t.Replies[p.Slot] != nil {
			p.Add(t, t.Replies[p.Slot])
		}
	}
}

// Show puts a reply into the view of its turn.
func (p *Pane) Show(t *session.Turn, r *session.Reply) {
	for i, v := range p.turns {
		if v.Turn == t {
			p.turns[i], p.dirty = NewView(t, r), true
			p.turns[i].below = v.below
		}
	}
}

// InSight is the view of the turn that the pane shows: the first one in view, and while it follows
// the newest; nil for none.
func (p *Pane) InSight() *View {
	switch n := len(p.turns); {
	case n == 0:
		return nil
	case p.follow:
		return p.turns[n-1]
	default:
		return p.turns[min(p.top.turn, n-1)]
	}
}

// Newest is the view of the newest turn, nil for none.
func (p *Pane) Newest() *View {
	if len(p.turns) == 0 {
		return nil
	}
	return p.turns[len(p.turns)-1]
}

// IsNewest reports whether a view is the last one of the pane.
func (p *Pane) IsNewest(v *View) bool { return v != nil && p.Newest() == v }

// Remark draws the marks of a turn again.
func (p *Pane) Remark(t *session.Turn) {
	for _, v := range p.turns {
		if v.Turn == t {
			v.prompt, v.notes, p.dirty = nil, nil, true
		}
	}
}

// Nth says which of the answers to its prompt a view shows, counted from 1, and how many there are.
func (t *View) Nth() (n, of int) {
	takes := t.Turn.Answers(t.Reply.Slot)
	return slices.Index(takes, t.Reply) + 1, len(takes)
}

// marks stand at the right end of the prompt's line: your vote, whether all panes continue from
// this answer, and its number.
func (t *View) marks() string {
	var marks []string
	if v := t.vote(); v != "" {
		marks = append(marks, v)
	}
	if t.Turn.Promoted != nil && t.Turn.GoesOnFrom(t.Reply.Slot) == t.Reply {
		marks = append(marks, "★")
	}
	if n, of := t.Nth(); of > 1 {
		marks = append(marks, fmt.Sprintf("%d/%d", n, of))
	}
	return strings.Join(marks, " ")
}

// vote says what your vote found of this answer, "" for nothing.
func (t *View) vote() string {
	v := t.Turn.VoteBy(session.VotedByYou)
	if v == nil || t.Turn.Reply(t.Reply.Slot) != t.Reply {
		return ""
	}
	if t.as != nil && t.as.Veil != nil { // a contender stands in a vote once, whatever its panes
		if slices.Contains(t.Turn.Votable(), t.Reply.Slot) {
			return "voted"
		}
		return ""
	}
	at := slices.Index(v.Slots, t.Reply.Slot)
	switch {
	case at < 0:
		return ""
	case v.Kind == session.VoteBad:
		return "bad"
	case v.Kind == session.VoteRanking:
		return fmt.Sprintf("#%d", v.Place(at)+1)
	case v.Place(at) > 0:
		return ""
	case v.Kind == session.VoteTie:
		return "tied"
	}
	return "best"
}

// standing names the answer from which the conversation continues, unless it is the one on the
// screen.
func (t *View) standing() string {
	from := t.Turn.GoesOnFrom(t.Reply.Slot)
	switch {
	case !t.Reply.Status.Final() || from == nil, t.Reply.Merge && from != t.Reply:
	case from == t.Reply && t.Turn.Promoted != nil:
		return "all panes go on from this answer"
	case from.Slot != t.Reply.Slot:
		if t.as != nil && t.as.Veil != nil {
			return "goes on from the answer of " + session.Letter(from.Slot)
		}
		return "goes on from the answer of " + from.Model
	case from != t.Reply:
		takes := t.Turn.Answers(t.Reply.Slot)
		return fmt.Sprintf("the conversation went on from answer %d", slices.Index(takes, from)+1)
	}
	return ""
}
