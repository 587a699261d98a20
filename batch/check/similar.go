package check

import (
	"context"
	"fmt"
)

// defaultSimilar is at_least of similar where the suite says none.
const defaultSimilar = 0.8

func readSimilar(r *reading) body {
	var want string
	if !r.t.Text(r.key, &want) {
		return body{}
	}
	least := defaultSimilar
	var given *float64
	if r.t.Number("at_least", 0, 1, &given); given != nil {
		least = *given
	}
	return body{texts: []string{want},
		words: func(fill func(string) string) string { return fill(want) },
		run: func(_ context.Context, a asked) answer {
			score, ok := similarity([]rune(a.text), []rune(a.fill(want)))
			if !ok {
				return broken("the texts are too long to be compared")
			}
			return answer{holds: score >= least-slack, score: score, graded: true,
				why: fmt.Sprintf("the similarity is %.3f", score)}
		}}
}

// similarity is 1 − the Levenshtein distance over the longer length. ok is false for texts that are
// too long.
func similarity[T comparable](a, b []T) (score float64, ok bool) {
	longer := max(len(a), len(b))
	if longer == 0 {
		return 1, true
	}
	d, ok := Levenshtein(a, b)
	return 1 - float64(d)/float64(longer), ok
}

// maxSteps bounds the work of a comparison, in words of 64 cells: about a second.
const maxSteps = 400_000_000

// Levenshtein is the edit distance of two sequences. ok is false where the work would take too
// long: for two texts of about 160,000 characters that have nothing in common at their ends.
//
// It computes 64 cells of the table at once, by Myers' bit vectors in Hyyrö's form (Explaining and
// Extending the Bit-parallel Approximate String Matching Algorithm of Myers, 2001).
func Levenshtein[T comparable](a, b []T) (distance int, ok bool) {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) == 0 {
		return len(b), true
	}
	words := (len(a) + 63) / 64
	if words*len(b) > maxSteps {
		return 0, false
	}
	peq := map[T][]uint64{} // where each element stands in a
	for i, c := range a {
		if peq[c] == nil {
			peq[c] = make([]uint64, words)
		}
		peq[c][i/64] |= 1 << (i % 64)
	}
	t := bitTable{pv: make([]uint64, words), mv: make([]uint64, words),
		last: 1 << ((len(a) - 1) % 64), distance: len(a)}
	for i := range t.pv {
		t.pv[i] = ^uint64(0)
	}
	none := make([]uint64, words)
	for _, c := range b {
		eq, known := peq[c]
		if !known {
			eq = none
		}
		t.column(eq)
	}
	return t.distance, true
}

// bitTable is a column of the table of distances, as differences between neighbours.
type bitTable struct {
	pv, mv   []uint64 // where a cell is one more, or one less, than the one above it
	last     uint64   // the bit of the lowest cell
	distance int      // the lowest cell
}

// column goes on to the next column. eq has a bit where the element is the row's.
func (t *bitTable) column(eq []uint64) {
	var plus, minus uint64 = 1, 0 // carried into the first row: it grows by one each column
	for w := range t.pv {
		pv, mv, e := t.pv[w], t.mv[w], eq[w]
		xv := e | mv
		e |= minus
		xh := (((e & pv) + pv) ^ pv) | e
		ph := mv | ^(xh | pv)
		mh := pv & xh
		if w == len(t.pv)-1 {
			if ph&t.last != 0 {
				t.distance++
			}
			if mh&t.last != 0 {
				t.distance--
			}
		}
		nextPlus, nextMinus := ph>>63, mh>>63
		ph, mh = ph<<1|plus, mh<<1|minus
		t.pv[w], t.mv[w] = mh|^(xv|ph), ph&xv
		plus, minus = nextPlus, nextMinus
	}
}
