package compare

import (
	"math"
	"math/bits"
	"slices"
)

// match is a pair of equal elements of two sequences, by index.
type match struct{ a, b int }

// maxSteps bounds the machine words that one comparison works through, so that it ends within
// 100 ms. Two texts of 50,000 Chinese characters with nothing in common stay below it.
const maxSteps = 16 << 20

// common finds a longest common subsequence of two sequences of small numbers, in order.
//
// It is the bit-parallel algorithm of Hyyrö ("Bit-Parallel LCS-length Computation Revisited",
// 2004): 64 elements a step, and only where an element occurs at all. Unlike that of Myers'
// algorithm, its time does not grow with the differences.
//
// Beyond maxSteps the result is a common subsequence that need not be the longest: see
// [aligner.roughly].
func common(a, b []int32) []match {
	out := make([]match, 0, min(len(a), len(b)))
	same := 0
	for same < min(len(a), len(b)) && a[same] == b[same] {
		out = append(out, match{same, same})
		same++
	}
	endA, endB := len(a), len(b)
	for endA > same && endB > same && a[endA-1] == b[endB-1] {
		endA, endB = endA-1, endB-1
	}
	al := newAligner(a[same:endA], b[same:endB])
	if whole := al.whole(); al.steps(whole) <= maxSteps {
		al.align(whole)
	} else {
		al.roughly()
	}
	for _, m := range al.found {
		out = append(out, match{al.ia[m.a] + same, al.ib[m.b] + same})
	}
	for i := range len(a) - endA {
		out = append(out, match{endA + i, endB + i})
	}
	return out
}

// aligner aligns two sequences, of which it keeps what stands in both: the rest matches nothing.
type aligner struct {
	a, b     []int32 // renumbered from 0 on, without gaps
	ia, ib   []int   // their indexes in the sequences as they were given
	distinct int
	found    []match // of a and b, in order
}

func newAligner(a, b []int32) *aligner {
	al := &aligner{a: make([]int32, 0, len(a)), ia: make([]int, 0, len(a)),
		b: make([]int32, 0, len(b)), ib: make([]int, 0, len(b))}
	number := make(map[int32]int32, len(a))
	for _, s := range a {
		number[s] = -1
	}
	for i, s := range b {
		n, ok := number[s]
		if !ok {
			continue
		}
		if n < 0 {
			n = int32(al.distinct)
			number[s] = n
			al.distinct++
		}
		al.b, al.ib = append(al.b, n), append(al.ib, i)
	}
	for i, s := range a {
		if n := number[s]; n >= 0 {
			al.a, al.ia = append(al.a, n), append(al.ia, i)
		}
	}
	return al
}

// problem is a part of both sequences that is to be aligned.
type problem struct{ a0, a1, b0, b1 int }

func (al *aligner) whole() problem { return problem{a1: len(al.a), b1: len(al.b)} }

func (p problem) empty() bool { return p.a0 >= p.a1 || p.b0 >= p.b1 }

// align finds a longest common subsequence of a part.
func (al *aligner) align(p problem) {
	for !p.empty() && al.a[p.a0] == al.b[p.b0] {
		al.found = append(al.found, match{p.a0, p.b0})
		p.a0, p.b0 = p.a0+1, p.b0+1
	}
	same := 0
	for !p.empty() && al.a[p.a1-1] == al.b[p.b1-1] {
		p.a1, p.b1 = p.a1-1, p.b1-1
		same++
	}
	if !p.empty() {
		al.table(p)
	}
	for i := range same {
		al.found = append(al.found, match{p.a1 + i, p.b1 + i})
	}
}

// table goes through all rows of a part, and then back from the last one. It keeps one row of each
// block and makes the other rows of a block again when the way back comes to it. The bits of a row
// depend on lower ones alone, so only those are made that the way can still reach.
func (al *aligner) table(p problem) {
	a, b := al.a[p.a0:p.a1], al.b[p.b0:p.b1]
	pl := al.places(a)
	block := 1 + int(math.Sqrt(float64(len(b))))
	var kept []row // before each block
	r := newRow(len(a))
	for from := 0; from < len(b); from += block {
		kept = append(kept, slices.Clone(r))
		r.pass(pl, b[from:min(from+block, len(b))], nil)
	}
	begin := len(al.found)
	i := len(a) - 1
	var rows []uint64
	for n := len(kept) - 1; n >= 0 && i >= 0; n-- {
		from := n * block
		w := i/64 + 1
		before := kept[n][:w]
		rows = append(rows[:0], before...)
		before.pass(pl, b[from:min(from+block, len(b))],
			func(r row) { rows = append(rows, r...) })
		for j := len(rows)/w - 1; j > 0 && i >= 0; { // rows[0] is the one before
			switch {
			case row(rows[j*w:]).zero(i) == 0:
				i--
			case row(rows[(j-1)*w:]).zero(i) == 1:
				j--
			default:
				al.found = append(al.found, match{p.a0 + i, p.b0 + from + j - 1})
				i, j = i-1, j-1
			}
		}
	}
	slices.Reverse(al.found[begin:])
}

// row is one row of the table of lengths in Hyyrö's form: bit i is zero where the length grows with
// element i of a.
type row []uint64

func newRow(n int) row {
	r := make(row, (n+63)/64)
	for i := range r {
		r[i] = ^uint64(0)
	}
	return r
}

func (r row) zero(i int) int { return int(^r[i/64] >> (i % 64) & 1) }

// pass takes the row through the elements of b, and shows it after each of them. A row may be
// shorter than the sequence.
func (r row) pass(p places, b []int32, show func(row)) {
	for _, s := range b {
		var carry uint64
		at := 0
		for _, e := range p.of[p.start[s]:p.start[s+1]] {
			if int(e.word) >= len(r) {
				break
			}
			if at != int(e.word) && carry != 0 {
				carry = r.carry(at, int(e.word))
			}
			v := r[e.word]
			u := v & e.mask
			var sum uint64
			sum, carry = bits.Add64(v, u, carry)
			r[e.word] = sum | v&^u
			at = int(e.word) + 1
		}
		if carry != 0 {
			r.carry(at, len(r))
		}
		if show != nil {
			show(r)
		}
	}
}

// carry takes a carry over words in which the element does not occur; it returns what arrives.
func (r row) carry(from, to int) uint64 {
	for i := from; i < to; i++ {
		if r[i] != ^uint64(0) {
			r[i] |= r[i] + 1
			return 0
		}
	}
	return 1
}

// places are the words of a row in which each element occurs, with its bits.
type places struct {
	start []int32 // of each element in of, and the end
	of    []place
}

type place struct {
	word int32
	mask uint64
}

func (al *aligner) places(a []int32) places {
	p := places{start: make([]int32, al.distinct+1)}
	last := make([]int32, al.distinct) // the word that was counted last, from 1 on
	for i, s := range a {
		if w := int32(i/64) + 1; last[s] != w {
			last[s] = w
			p.start[s+1]++
		}
	}
	for s := range al.distinct {
		p.start[s+1] += p.start[s]
	}
	p.of = make([]place, p.start[al.distinct])
	next := make([]int32, al.distinct)
	copy(next, p.start)
	for i, s := range a {
		w := int32(i / 64)
		if n := next[s]; n == p.start[s] || p.of[n-1].word != w {
			p.of[n] = place{word: w}
			next[s]++
		}
		p.of[next[s]-1].mask |= 1 << (i % 64)
	}
	return p
}

// steps counts the machine words that aligning a part works through on its way forth; the way back
// takes half of it.
func (al *aligner) steps(p problem) int {
	if p.empty() {
		return 0
	}
	pl := al.places(al.a[p.a0:p.a1])
	n := 0
	for _, s := range al.b[p.b0:p.b1] {
		n += int(pl.start[s+1]-pl.start[s]) + 1
	}
	return n
}
