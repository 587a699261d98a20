package session

import (
	"cmp"
	"slices"
)

// Votable lists the slots that stand in a vote on the turn: those with an answer or with calls of
// tools, ended or not. An answer that somebody stopped needs some text that was shown. One that
// merges the others is none of them.
func (t *Turn) Votable() []int {
	var slots []int
	for slot, r := range t.Replies {
		if r == nil || r.Merge {
			continue
		}
		shown, _, halted := r.Halted()
		if halted && shown > 0 || !halted && (r.VisibleText() != "" || len(r.Calls()) > 0) {
			slots = append(slots, slot)
		}
	}
	return slots
}

// VoteFor is a vote for the answers in some slots: one is the best, several are a tie, none means
// that all are bad. Vote.Check must tell whether it says anything.
func (t *Turn) VoteFor(slots ...int) *Vote {
	places := map[int]int{}
	for _, s := range t.Votable() {
		places[s] = 1
		if slices.Contains(slots, s) {
			places[s] = 0
		}
	}
	v := t.ballot(places)
	for i, slot := range v.Slots {
		if places[slot] == 0 {
			v.Winners = append(v.Winners, i)
		}
	}
	switch len(v.Winners) {
	case 0:
		v.Kind = VoteBad
	case 1:
		v.Kind = VoteBest
	default:
		v.Kind = VoteTie
	}
	return v
}

// VoteInOrder is a vote that ranks the answers in all votable slots, the best first.
func (t *Turn) VoteInOrder(slots ...int) *Vote {
	places := map[int]int{}
	for i, s := range slots {
		places[s] = i
	}
	v := t.ballot(places)
	v.Kind = VoteRanking
	for i, slot := range v.Slots {
		if _, ok := places[slot]; ok {
			v.Order = append(v.Order, i)
		}
	}
	slices.SortFunc(v.Order, func(a, b int) int {
		return cmp.Compare(places[v.Slots[a]], places[v.Slots[b]])
	})
	return v
}

// ballot is a vote without a choice. A contender stands once: of several panes with the same model
// and settings, the one in the best place.
func (t *Turn) ballot(places map[int]int) *Vote {
	v := &Vote{By: VotedByYou, Winners: []int{}, Order: []int{}}
	at := map[string]int{}
	for _, slot := range t.Votable() {
		r := t.Reply(slot)
		v.Fallback = v.Fallback || r.ServedBy != "" && r.ServedBy != r.Model
		v.Simulated = v.Simulated || r.Simulated
		_, _, halted := r.Halted()
		v.Partial = v.Partial || r.Status != Done || halted
		c := r.Candidate()
		if i, twice := at[c.ID]; !twice {
			at[c.ID] = len(v.Slots)
			v.Contenders, v.Slots = append(v.Contenders, c), append(v.Slots, slot)
		} else if placeOf(places, slot) < placeOf(places, v.Slots[i]) {
			v.Contenders[i], v.Slots[i] = c, slot
		}
	}
	return v
}

// placeOf is the place of a slot; one without a place comes last.
func placeOf(places map[int]int, slot int) int {
	if place, ok := places[slot]; ok {
		return place
	}
	return len(places)
}

// Candidate is the contender of a reply as votes name it.
func (r *Reply) Candidate() Candidate {
	if c := r.Asked(r.System); c != nil {
		return CandidateOf(*c)
	}
	return BareCandidate(r.Model)
}

// VoteBy gives the vote of a voter, nil for none.
func (t *Turn) VoteBy(voter string) *Vote {
	for _, v := range t.Votes {
		if v.By == voter {
			return v
		}
	}
	return nil
}

// SetVote puts a vote in the place of an earlier one of the same voter.
func (t *Turn) SetVote(v *Vote) {
	t.DropVote(v.By)
	t.Votes = append(t.Votes, v)
}

// DropVote takes back the vote of a voter.
func (t *Turn) DropVote(voter string) {
	t.Votes = slices.DeleteFunc(t.Votes, func(v *Vote) bool { return v.By == voter })
}
