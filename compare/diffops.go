package compare

import (
	"sort"
	"strings"
)

// opsOf writes down two passages whose words are matched.
func opsOf(a, b *passage, pairs []match) []Op {
	w := opWriter{a: a, b: b}
	for _, m := range pairs {
		w.between(m.a, m.b)
		w.word(a.tokens[m.a], b.tokens[m.b])
		w.at = match{m.a + 1, m.b + 1}
	}
	w.between(len(a.tokens), len(b.tokens))
	w.flush()
	return w.ops
}

// opWriter makes ops of tokens, from left to right. Between two equal pieces stands at most one
// deleted and one inserted piece, in this order.
type opWriter struct {
	a, b         *passage
	at           match // the tokens that come next
	ops          []Op
	same         strings.Builder // of the equal op that grows
	gone, come   strings.Builder // what is deleted and inserted after it
	goneD, comeD bool            // whether they differ
}

// between writes what stands before a pair of tokens that match. The same white space and marks at
// both ends of it are equal.
func (w *opWriter) between(toA, toB int) {
	fromA, fromB := w.at.a, w.at.b
	same := func(i, j int) bool {
		x, y := w.a.tokens[i], w.b.tokens[j]
		return !x.word() && !y.word() && w.a.text[x.from:x.to] == w.b.text[y.from:y.to]
	}
	for fromA < toA && fromB < toB && same(fromA, fromB) {
		w.equal(w.a.raw(fromA, fromA+1))
		fromA, fromB = fromA+1, fromB+1
	}
	endA, endB := toA, toB
	for fromA < endA && fromB < endB && same(endA-1, endB-1) {
		endA, endB = endA-1, endB-1
	}
	w.delete(w.a.raw(fromA, endA), w.a.differs(fromA, endA))
	w.insert(w.b.raw(fromB, endB), w.b.differs(fromB, endB))
	w.equal(w.a.raw(endA, toA))
}

// word writes two words with the same characters. Marks within them may differ.
func (w *opWriter) word(x, y token) {
	i, j := x.from, y.from
	for i < x.to || j < y.to {
		holeA, holeB := w.a.hole(i, x.to), w.b.hole(j, y.to)
		n := min(holeA.from-i, holeB.from-j)
		w.equal(w.a.text[i : i+n])
		i, j = i+n, j+n
		if i == holeA.from && j == holeB.from && w.a.part(holeA) == w.b.part(holeB) {
			w.equal(w.a.part(holeA))
			i, j = holeA.to, holeB.to
			continue
		}
		if i == holeA.from {
			w.delete(w.a.part(holeA), false)
			i = holeA.to
		}
		if j == holeB.from {
			w.insert(w.b.part(holeB), false)
			j = holeB.to
		}
	}
}

// hole finds the first marks in a part of a word, an empty span at its end where there are none.
func (p *passage) hole(from, to int) span {
	i := sort.Search(len(p.holes), func(i int) bool { return p.holes[i].from >= from })
	if i < len(p.holes) && p.holes[i].from < to {
		return p.holes[i]
	}
	return span{to, to}
}

func (p *passage) part(s span) string { return p.text[s.from:s.to] }

// raw is the text of some tokens.
func (p *passage) raw(from, to int) string {
	if from >= to {
		return ""
	}
	return p.text[p.tokens[from].from:p.tokens[to-1].to]
}

// differs reports whether tokens that the other text lacks are a difference.
func (p *passage) differs(from, to int) bool {
	for _, t := range p.tokens[from:to] {
		if t.word() || t.code && strings.TrimSpace(p.text[t.from:t.to]) != "" {
			return true
		}
	}
	return false
}

func (w *opWriter) delete(text string, differs bool) {
	w.gone.WriteString(text)
	w.goneD = w.goneD || differs
}

func (w *opWriter) insert(text string, differs bool) {
	w.come.WriteString(text)
	w.comeD = w.comeD || differs
}

func (w *opWriter) equal(text string) {
	if text == "" {
		return
	}
	if w.gone.Len()+w.come.Len() > 0 {
		w.flush()
	}
	w.same.WriteString(text)
}

// flush writes the ops that have gathered.
func (w *opWriter) flush() {
	for _, op := range []Op{
		{Kind: Equal, Text: w.same.String()},
		{Kind: Delete, Text: w.gone.String(), differs: w.goneD},
		{Kind: Insert, Text: w.come.String(), differs: w.comeD},
	} {
		if op.Text != "" {
			w.ops = append(w.ops, op)
		}
	}
	w.same, w.gone, w.come = strings.Builder{}, strings.Builder{}, strings.Builder{}
	w.goneD, w.comeD = false, false
}
