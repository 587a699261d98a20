package compare

import "lineup/session"

// VotesOf are judgements in the form of votes, for Rate. Those without a winner are left out, and
// those on two answers of one contender.
func VotesOf(list []session.MadeJudgement) []Vote {
	var votes []Vote
	for _, m := range list {
		v := session.Vote{Contenders: m.Contenders, Slots: []int{m.A, m.B}, At: m.At, By: m.Judge,
			VoteMarks: session.VoteMarks{Fallback: m.Fallback, Simulated: m.Simulated}}
		switch m.Winner {
		case VerdictA:
			v.Kind, v.Winners = session.VoteBest, []int{0}
		case VerdictB:
			v.Kind, v.Winners = session.VoteBest, []int{1}
		case VerdictTie:
			v.Kind, v.Winners = session.VoteTie, []int{0, 1}
		}
		if v.Check() == nil {
			votes = append(votes, Vote{Session: m.Session, Turn: m.Turn, Prompt: m.Prompt, Vote: v})
		}
	}
	return votes
}

// StrengthsIn are the strengths θ of contenders by their ids, as the votes of people tell.
func StrengthsIn(list []session.CastVote) map[string]float64 {
	strengths := map[string]float64{}
	for _, r := range Rate(VotesFrom(list), RatingOptions{}).Ratings {
		strengths[r.Contender.ID] = r.Theta
	}
	return strengths
}

// PairsWith adds to each judgement what a person's votes say of the same two answers of the turn.
func PairsWith(list []session.MadeJudgement, votes []session.CastVote) []JudgedPair {
	byTurn := map[string]*session.Vote{}
	for i := range votes {
		if votes[i].By == session.VotedByYou {
			byTurn[votes[i].Turn] = &votes[i].Vote
		}
	}
	pairs := make([]JudgedPair, len(list))
	for i, m := range list {
		pairs[i].Judgement = m.Judgement
		if v := byTurn[m.Turn]; v != nil {
			pairs[i].Own = OwnVerdict(v, m.A, m.B)
		}
	}
	return pairs
}
