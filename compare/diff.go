package compare

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// The kinds of [Op].
const (
	Equal  = "equal"
	Delete = "delete"
	Insert = "insert"
)

// Op is a piece of one text or of both.
type Op struct {
	Kind string `json:"op"`
	Text string `json:"text"`

	// differs says that a deleted or inserted piece is a difference: it has a word, or it changes
	// what code says. Other such pieces are white space, punctuation and Markdown marks.
	differs bool
}

// Comparison is what two texts have in common, and what they do not.
type Comparison struct {
	// Ops in order. The equal and deleted ones put together are the first text byte for byte, the
	// equal and inserted ones the second.
	Ops []Op
	// Similarity is twice the words in common over the words of both, 0 to 1. It is 1 where neither
	// has a word, and the same in both directions.
	Similarity float64
}

// InWords says how similar the texts are: 100 % where all words are the same, 0 % where none is.
func (c Comparison) InWords() string {
	percent := int(math.Round(100 * c.Similarity))
	if c.Similarity > 0 && c.Similarity < 1 {
		percent = max(1, min(99, percent))
	}
	return strconv.Itoa(percent) + " % of the words are the same"
}

// Diff compares two texts word by word. Words are those of UAX 29 that have a letter or a digit: a
// Korean word is one, and each Chinese character. Fenced code is compared line by line first, then
// the words of the lines that differ.
//
// White space, punctuation and Markdown marks stand in the ops but never count; the numbers of list
// items are such marks. So `**결론**은` and `결론은` have a similarity of 1.
func Diff(a, b string) Comparison {
	if b < a { // the same pair of texts always gets the same alignment
		c := Diff(b, a)
		return c.turned()
	}
	pa, pb := parse(a), parse(b)
	pairs := matchWords(pa, pb)
	c := Comparison{Ops: opsOf(pa, pb, pairs), Similarity: 1}
	if n := pa.count() + pb.count(); n > 0 {
		c.Similarity = 2 * float64(len(pairs)) / float64(n)
	}
	return c
}

// count tells how many words there are.
func (p *passage) count() int {
	n := 0
	for _, t := range p.tokens {
		if t.word() {
			n++
		}
	}
	return n
}

// turned is the comparison in the other direction; what is deleted comes first there too.
func (c Comparison) turned() Comparison {
	for i := range c.Ops {
		switch op := &c.Ops[i]; op.Kind {
		case Delete:
			op.Kind = Insert
		case Insert:
			op.Kind = Delete
			if i > 0 && c.Ops[i-1].Kind == Insert {
				c.Ops[i-1], c.Ops[i] = c.Ops[i], c.Ops[i-1]
			}
		}
	}
	return c
}

// unit is what is compared first: a word of prose, or a line of code with its white space left out.
type unit struct {
	from, to int   // tokens
	key      int32 // the same for the same content
	code     bool
}

// numbering gives the same number to the same text.
type numbering map[string]int32

func (n numbering) of(s string) int32 {
	id, ok := n[s]
	if !ok {
		id = int32(len(n))
		n[s] = id
	}
	return id
}

// matchWords finds the words that two passages have in common, by token.
func matchWords(a, b *passage) []match {
	n := numbering{}
	ua, ub := a.units(n), b.units(n)
	out := make([]match, 0, min(len(ua), len(ub)))
	at := match{} // the tokens after the last match
	for _, m := range common(keys(ua), keys(ub)) {
		x, y := ua[m.a], ub[m.b]
		out = append(out, codeWords(a, b, problem{at.a, x.from, at.b, y.from}, n)...)
		wx, wy := a.wordsOf(x.from, x.to), b.wordsOf(y.from, y.to)
		for i := range wx {
			out = append(out, match{wx[i], wy[i]})
		}
		at = match{x.to, y.to}
	}
	end := problem{at.a, len(a.tokens), at.b, len(b.tokens)}
	return append(out, codeWords(a, b, end, n)...)
}

// codeWords matches words between two matches where there is code: no line of it is the same.
func codeWords(a, b *passage, p problem, n numbering) []match {
	if !a.code(p.a0, p.a1) && !b.code(p.b0, p.b1) {
		return nil
	}
	wa, wb := a.wordsOf(p.a0, p.a1), b.wordsOf(p.b0, p.b1)
	found := common(a.numbers(wa, n), b.numbers(wb, n))
	for i, m := range found {
		found[i] = match{wa[m.a], wb[m.b]}
	}
	return found
}

func (p *passage) code(from, to int) bool {
	return slices.ContainsFunc(p.tokens[from:to], func(t token) bool { return t.code })
}

// wordsOf gives the words among some tokens.
func (p *passage) wordsOf(from, to int) []int {
	var out []int
	for i := from; i < to; i++ {
		if p.tokens[i].word() {
			out = append(out, i)
		}
	}
	return out
}

func (p *passage) numbers(tokens []int, n numbering) []int32 {
	out := make([]int32, len(tokens))
	for i, t := range tokens {
		out[i] = n.of(p.tokens[t].key)
	}
	return out
}

func keys(units []unit) []int32 {
	out := make([]int32, len(units))
	for i, u := range units {
		out[i] = u.key
	}
	return out
}

// units cuts a passage into its words, and its code into lines.
func (p *passage) units(n numbering) []unit {
	out := make([]unit, 0, len(p.tokens))
	var line strings.Builder
	begin := -1 // of the line of code
	end := func(to int) {
		if begin >= 0 && line.Len() > 0 {
			out = append(out, unit{begin, to, n.of("\n" + line.String()), true})
		}
		begin = -1
		line.Reset()
	}
	for i, t := range p.tokens {
		s := p.text[t.from:t.to]
		switch {
		case !t.code:
			end(i)
			if t.word() {
				out = append(out, unit{i, i + 1, n.of(t.key), false})
			}
		case strings.ContainsAny(s, "\r\n"):
			end(i)
		case strings.TrimSpace(s) != "":
			if begin < 0 {
				begin = i
			}
			line.WriteString(strconv.Itoa(len(s)) + ":" + s)
		}
	}
	end(len(p.tokens))
	return out
}
