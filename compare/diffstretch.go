package compare

import (
	"strings"

	"github.com/clipperhouse/uax29/v2/words"
)

// Stretch is a part of two texts in which they are alike, or in which they differ.
type Stretch struct {
	A, B    string
	Differs bool // else A and B differ in white space, punctuation and marks at most
}

// Stretches gives a comparison for reading: common parts and differences take turns. The
// A's put together are the first text, the B's the second. One or two common words amid a longer
// change belong to the change.
func (c Comparison) Stretches() []Stretch {
	var runs []run
	for _, r := range c.runs() {
		runs = append(runs, r)
		for n := len(runs); n >= 3 && c.amid(runs[n-3:]); n = len(runs) {
			words := runs[n-3].words + runs[n-2].words + runs[n-1].words
			runs[n-3] = run{runs[n-3].from, r.to, words, true}
			runs = runs[:n-2]
		}
	}
	out := make([]Stretch, len(runs))
	for i, r := range runs {
		out[i] = Stretch{A: c.text(r, Insert), B: c.text(r, Delete), Differs: r.differs}
	}
	return out
}

// run is a row of ops that are alike, or that differ.
type run struct {
	from, to int
	words    int // of the longer side
	differs  bool
}

// text is one side of some ops: all but one kind.
func (c Comparison) text(r run, without string) string {
	var b strings.Builder
	for _, op := range c.Ops[r.from:r.to] {
		if op.Kind != without {
			b.WriteString(op.Text)
		}
	}
	return b.String()
}

// amid reports whether the middle one of three runs is lost between changes.
func (c Comparison) amid(three []run) bool {
	before, same, after := three[0], three[1], three[2]
	return after.differs && same.words <= 2 && before.words >= same.words &&
		after.words >= same.words && before.words+after.words >= 4*same.words &&
		!strings.Contains(c.text(same, Insert), "\n")
}

// runs joins ops; marks that differ belong to what is alike.
func (c Comparison) runs() []run {
	var out []run
	for i, op := range c.Ops {
		differs := op.differs
		if op.Kind == Delete && i+1 < len(c.Ops) && c.Ops[i+1].Kind == Insert {
			differs = differs || c.Ops[i+1].differs
		}
		if op.Kind == Insert && i > 0 && c.Ops[i-1].Kind == Delete {
			differs = differs || c.Ops[i-1].differs
		}
		if last := len(out) - 1; last >= 0 && out[last].differs == differs {
			out[last].to = i + 1
			continue
		}
		out = append(out, run{from: i, to: i + 1, differs: differs})
	}
	for i, r := range out {
		out[i].words = max(countWords(c.text(r, Insert)), countWords(c.text(r, Delete)))
	}
	return out
}

func countWords(text string) int {
	n := 0
	for it := words.FromString(text); it.Next(); {
		if isWord(it.Value()) {
			n++
		}
	}
	return n
}
