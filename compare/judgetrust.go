package compare

import (
	"math"
	"slices"

	"lineup/session"
)

// JudgedPair is a judgement with what its trust is measured by.
type JudgedPair struct {
	session.Judgement
	// what a person voted on the same two answers; NoVerdict where nobody did
	Own Verdict
}

// Trust says how far a judge can be trusted. A nil figure cannot be computed from so few pairs.
type Trust struct {
	Pairs int `json:"pairs"` // with two verdicts
	Flips int `json:"flips"` // of these: the order decided
	// Flips of Pairs
	FlipShare *float64 `json:"flip_share"`
	// of its choice with the length of the answers, −1 to 1; 1: always the longer one
	LengthCorrelation *float64 `json:"length_correlation"`
	// agreement with a person's votes beyond chance, over Common pairs
	Kappa  *float64 `json:"kappa"`
	Common int      `json:"n"`
	// too few common pairs to rely on Kappa
	IndicatorOnly bool `json:"indicator_only"`
}

// enoughCommon is how many pairs both must have judged before κ counts as more than an indicator.
const enoughCommon = 30

// TrustIn measures a judge by its judgements.
func TrustIn(pairs []JudgedPair) Trust {
	var t Trust
	var own, judged []Verdict
	var choices, lengths []float64
	for _, p := range pairs {
		if p.Winner == NoVerdict {
			continue
		}
		t.Pairs++
		if p.Flipped {
			t.Flips++
		}
		if p.Own != NoVerdict {
			own, judged = append(own, p.Own), append(judged, p.Winner)
		}
		if p.Winner != VerdictTie {
			choices = append(choices, map[Verdict]float64{VerdictA: 1, VerdictB: -1}[p.Winner])
			lengths = append(lengths, float64(p.Lengths[0]-p.Lengths[1]))
		}
	}
	if t.Pairs > 0 {
		share := float64(t.Flips) / float64(t.Pairs)
		t.FlipShare = &share
	}
	t.LengthCorrelation = symmetricCorrelation(choices, lengths)
	t.Kappa, t.Common = CohensKappa(own, judged), len(own)
	t.IndicatorOnly = t.Common < enoughCommon
	return t
}

// symmetricCorrelation is the point-biserial correlation of choices (1 or −1) with differences of
// length, that is Pearson's with one variable of two values. Which answer of a pair is called A is
// arbitrary. So each pair counts both ways round, which makes both means zero. It is nil for fewer
// than two pairs, or where all lengths are equal.
// Source: J. Cohen and others, Applied Multiple Regression/Correlation Analysis, 2.3.3.
func symmetricCorrelation(choices, lengths []float64) *float64 {
	both, squares := 0.0, 0.0
	for i, c := range choices {
		both += c * lengths[i]
		squares += lengths[i] * lengths[i]
	}
	if len(choices) < 2 || squares == 0 {
		return nil
	}
	r := both / math.Sqrt(squares*float64(len(choices)))
	return &r
}

// CohensKappa is the agreement of two lists of verdicts on the same pairs beyond what chance gives:
//
//	κ = (observed − expected) / (1 − expected)
//
// where expected comes from how often each gives each verdict. It is nil where both always give the
// same verdict, and for none. Source: J. Cohen, A Coefficient of Agreement for Nominal Scales,
// Educational and Psychological Measurement 20 (1960).
func CohensKappa(a, b []Verdict) *float64 {
	n := float64(len(a))
	agreed := 0.0
	inA, inB := map[Verdict]float64{}, map[Verdict]float64{}
	for i := range a {
		if a[i] == b[i] {
			agreed++
		}
		inA[a[i]]++
		inB[b[i]]++
	}
	byChance := 0.0 // in pairs of pairs: whole numbers, so that 1 is exactly 1
	for _, v := range []Verdict{VerdictA, VerdictB, VerdictTie} {
		byChance += inA[v] * inB[v]
	}
	if n == 0 || byChance == n*n {
		return nil
	}
	k := (agreed*n - byChance) / (n*n - byChance)
	return &k
}

// OwnVerdict is what a vote says of the answers in two slots, NoVerdict where it says nothing.
func OwnVerdict(v *session.Vote, slotA, slotB int) Verdict {
	a, b := slices.Index(v.Slots, slotA), slices.Index(v.Slots, slotB)
	if a < 0 || b < 0 {
		return NoVerdict
	}
	order, ok := v.Prefers(a, b)
	switch {
	case !ok:
		return NoVerdict
	case order < 0:
		return VerdictA
	case order > 0:
		return VerdictB
	}
	return VerdictTie
}
