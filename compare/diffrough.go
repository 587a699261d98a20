package compare

import (
	"cmp"
	"slices"
	"sort"
)

// gram is so many elements in a row; a longer one occurs once more often, a shorter one is more
// often there at all.
const gram = 4

// roughly aligns sequences that are too long for all of the table. It begins with rows of elements
// that occur exactly once on both sides, like patience diff. The parts between are aligned exactly.
// Where they are still too long together, each is cut into pieces of the same proportion. Text that
// moved far is not found there.
func (al *aligner) roughly() {
	anchors := longestOrder(al.unique())
	at := problem{a1: len(al.a), b1: len(al.b)}
	var parts []problem
	total := 0
	for _, m := range append(anchors, match{len(al.a), len(al.b)}) {
		p := problem{at.a0, m.a, at.b0, m.b}
		parts = append(parts, p)
		total += al.steps(p)
		at.a0, at.b0 = m.a, m.b // the anchor itself begins the next part
	}
	pieces := (total + maxSteps - 1) / maxSteps
	for _, p := range parts {
		al.inPieces(p, pieces)
	}
}

// smallPart is how many pairs of elements need not be cut into pieces.
const smallPart = 1 << 20

func (al *aligner) inPieces(p problem, pieces int) {
	na, nb := p.a1-p.a0, p.b1-p.b0
	if na*nb <= smallPart {
		pieces = 1
	}
	for i := range pieces {
		al.align(problem{p.a0 + na*i/pieces, p.a0 + na*(i+1)/pieces,
			p.b0 + nb*i/pieces, p.b0 + nb*(i+1)/pieces})
	}
}

// unique gives the places of the grams that occur exactly once on each side, in the order of a.
func (al *aligner) unique() []match {
	type seen struct{ at, times int }
	count := func(s []int32) map[[gram]int32]seen {
		m := make(map[[gram]int32]seen, len(s))
		for i := range len(s) - gram + 1 {
			g := [gram]int32(s[i : i+gram])
			m[g] = seen{i, m[g].times + 1}
		}
		return m
	}
	inA := count(al.a)
	var out []match
	for g, b := range count(al.b) {
		if a := inA[g]; a.times == 1 && b.times == 1 {
			out = append(out, match{a.at, b.at})
		}
	}
	slices.SortFunc(out, func(x, y match) int { return cmp.Compare(x.a, y.a) })
	return out
}

// longestOrder keeps a longest run of matches that rises on both sides. They rise in a already.
func longestOrder(all []match) []match {
	var ends []int // of each length the match that ends lowest in b
	before := make([]int, len(all))
	for i, m := range all {
		n := sort.Search(len(ends), func(k int) bool { return all[ends[k]].b >= m.b })
		before[i] = -1
		if n > 0 {
			before[i] = ends[n-1]
		}
		if n == len(ends) {
			ends = append(ends, i)
		} else {
			ends[n] = i
		}
	}
	out := make([]match, len(ends))
	if len(ends) == 0 {
		return out
	}
	for i, k := len(ends)-1, ends[len(ends)-1]; k >= 0; i, k = i-1, before[k] {
		out[i] = all[k]
	}
	return out
}
