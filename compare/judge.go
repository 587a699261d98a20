package compare

import (
	"cmp"
	"slices"
	"strings"

	"lineup/session"
)

// Verdict is what a judge chose of two answers.
type Verdict = session.Verdict

// The verdicts, as in package session.
const (
	VerdictA   = session.VerdictA
	VerdictB   = session.VerdictB
	VerdictTie = session.VerdictTie
	NoVerdict  = session.NoVerdict
)

// swapped is the same verdict on the same answers where A and B have changed names.
func swapped(v Verdict) Verdict {
	switch v {
	case VerdictA:
		return VerdictB
	case VerdictB:
		return VerdictA
	}
	return v
}

// The last lines that hold a verdict. A is the answer shown first.
const (
	lineA   = "VERDICT: A"
	lineB   = "VERDICT: B"
	lineTie = "VERDICT: TIE"
)

// ParseVerdict reads the verdict of a judge's answer. Only the last line that is not empty counts,
// and it must be the verdict alone, spelled as the judge was told. White space around it does not
// matter. Everything else is no verdict: other case, formatting, a full stop, a choice in words.
// A stands for the answer shown first.
func ParseVerdict(answer string) Verdict {
	lines := strings.FieldsFunc(answer, func(r rune) bool { return r == '\n' || r == '\r' })
	for _, line := range slices.Backward(lines) {
		switch strings.TrimSpace(line) {
		case "":
			continue
		case lineA:
			return VerdictA
		case lineB:
			return VerdictB
		case lineTie:
			return VerdictTie
		}
		return NoVerdict
	}
	return NoVerdict
}

// NewJudgement combines what the judge answered for a pair, first with A and then with B shown
// first. Reason is what stands before the verdict in the first answer.
func NewJudgement(p JudgePair, first, second string) session.Judgement {
	j := session.Judgement{A: p.A, B: p.B, Self: p.Self, Reason: reasonOf(first),
		Verdicts: []Verdict{ParseVerdict(first), swapped(ParseVerdict(second))}}
	j.Winner, j.Flipped = combine(j.Verdicts[0], j.Verdicts[1])
	return j
}

// combine gives the winner of two verdicts. Different ones are a tie; where one is absent, there is
// no winner.
func combine(first, second Verdict) (winner Verdict, flipped bool) {
	switch {
	case first == NoVerdict || second == NoVerdict:
		return NoVerdict, false
	case first != second:
		return VerdictTie, true
	}
	return first, false
}

// reasonOf is a judge's answer without its verdict.
func reasonOf(answer string) string {
	answer = strings.TrimSpace(answer)
	if ParseVerdict(answer) == NoVerdict {
		return answer
	}
	return strings.TrimSpace(answer[:max(0, strings.LastIndexAny(answer, "\n\r"))])
}

// JudgedAnswer is an answer that a judge may be asked about.
type JudgedAnswer struct {
	Slot     int
	Strength float64 // θ of its contender, 0 where there is no rating
	Own      bool    // the judge's own model gave it
}

// JudgePair is two answers to compare, by slot.
type JudgePair struct {
	A, B int
	Self bool // one of them is the judge's own
}

// AllPairsUpTo is how many answers are compared each with each.
const AllPairsUpTo = 4

// JudgePairs chooses the pairs of a turn that a judge is asked about. Up to four answers, or with
// all, these are all pairs. Else each answer meets the one in the middle of the ratings, which
// needs the fewest questions and parts the field best. The judge's own answers are left out, unless
// self is true. A is the lower slot.
func JudgePairs(answers []JudgedAnswer, all, self bool) []JudgePair {
	var list []JudgedAnswer
	for _, a := range answers {
		if self || !a.Own {
			list = append(list, a)
		}
	}
	slices.SortFunc(list, func(a, b JudgedAnswer) int { return cmp.Compare(a.Slot, b.Slot) })
	middle := -1
	if !all && len(list) > AllPairsUpTo {
		middle = middleOf(list)
	}
	var pairs []JudgePair
	for i, a := range list {
		for _, b := range list[i+1:] {
			if middle < 0 || a.Slot == middle || b.Slot == middle {
				pairs = append(pairs, JudgePair{A: a.Slot, B: b.Slot, Self: a.Own || b.Own})
			}
		}
	}
	return pairs
}

// middleOf gives the slot in the middle of the ratings: of an even number the stronger of the two.
func middleOf(list []JudgedAnswer) int {
	byStrength := slices.Clone(list)
	slices.SortStableFunc(byStrength, func(a, b JudgedAnswer) int {
		return cmp.Compare(b.Strength, a.Strength)
	})
	return byStrength[(len(list)-1)/2].Slot
}
