package session

import (
	"cmp"
	"time"

	"lineup/providers"
)

// settledTurn is a copy of a turn whose replies have all ended.
func settledTurn(t *Turn, created time.Time) *Turn {
	c := *t
	if c.CreatedAt.IsZero() {
		c.CreatedAt = created
	}
	c.CreatedAt = inMillis(c.CreatedAt)
	c.Replies, c.Alternatives = c.settled(t.Replies), c.settled(t.Alternatives)
	c.Votes = nil
	for _, v := range t.Votes {
		settled := *v
		settled.At, settled.By = inMillis(v.At), cmp.Or(v.By, VotedByYou)
		c.Votes = append(c.Votes, &settled)
	}
	c.Judgements = nil
	for _, j := range t.Judgements {
		settled := *j
		settled.At = inMillis(j.At)
		c.Judgements = append(c.Judgements, &settled)
	}
	return &c
}

// settled ends replies. One without a time of its end gets that of its turn, if known: it must not
// count as of today.
func (t *Turn) settled(replies []*Reply) []*Reply {
	out := make([]*Reply, len(replies))
	for i, r := range replies {
		if r != nil && (!r.Status.Final() || r.EndedAt.IsZero()) {
			r = r.Snapshot()
			if !r.Status.Final() {
				cutOff(r)
			}
			if r.EndedAt.IsZero() {
				r.EndedAt = inMillis(t.CreatedAt.Add(r.Elapsed(t.CreatedAt)))
			}
		}
		out[i] = r
	}
	return out
}

// cutOff ends a reply that was running when its session was exported.
func cutOff(r *Reply) {
	r.Status = Interrupted
	r.Error = &ErrorInfo{Kind: providers.ConnectionLost,
		Message: "the session was exported before the answer had ended",
		Hint:    "ask again, or go on from the text that is there"}
	if r.Text == "" && r.Reasoning == "" {
		r.Status = Cancelled
		r.Error = &ErrorInfo{Kind: providers.Cancelled,
			Message: "the session was exported before the answer began", Hint: "ask again"}
	}
}
