package pane

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"charm.land/lipgloss/v2"

	"lineup/session"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// finder is a search within a pane: the query, and its places in the present layout. Without a
// query it is for the marks of other answers in a merge; see marks.go.
type finder struct {
	query string
	hits  []hit
	at    int // the hit that the view stands on, -1 before the first step

	seen []seen // of the conversation that hits belong to
}

// seen tells whether the lines of a turn have changed since they were searched.
type seen struct {
	turn            *View
	height, version int
	thought         int // bytes of reasoning
}

// hit is a place in a conversation: cells of one line, or of several where the text runs on.
type hit []cells

// before reports whether a position comes before another one.
func (p position) before(q position) bool {
	return p.turn < q.turn || p.turn == q.turn && p.line < q.line
}

// lookFor lays out the whole conversation and finds all places. It does so again only where the
// lines have changed.
func (f *finder) lookFor(p *Pane, l Look) {
	var now []seen
	for _, t := range p.turns {
		t.layout(l)
		now = append(now, seen{t, t.height(), t.answer.Version, len(t.reasoningText)})
	}
	if slices.Equal(f.seen, now) {
		return
	}
	f.seen, f.hits = now, f.hits[:0]
	query := fold(f.query)
	for i, t := range p.turns {
		from := len(f.hits)
		eachRunning(i, t.Rows(), func(r *running) {
			if f.query == "" {
				f.hits = appendMarks(f.hits, r, t)
			} else {
				f.hits = appendHits(f.hits, r, query)
			}
		})
		slices.SortStableFunc(f.hits[from:], func(a, b hit) int { // the columns of a table
			return cmp.Or(cmp.Compare(a[0].line, b[0].line), cmp.Compare(a[0].from, b[0].from))
		})
	}
	f.at = min(f.at, len(f.hits)-1)
}

// fold makes letters of both cases equal.
func fold(s string) []rune {
	return []rune(strings.Map(func(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }, s))
}

// appendHits finds a query in a text.
func appendHits(hits []hit, r *running, query []rune) []hit {
	folded := fold(string(r.text))
	if len(query) == 0 || len(folded) != len(r.text) {
		return hits
	}
	for i := 0; i+len(query) <= len(folded); {
		if !slices.Equal(folded[i:i+len(query)], query) {
			i++
			continue
		}
		if parts := r.parts(i, i+len(query)); len(parts) > 0 { // or it is but the blanks of a break
			hits = append(hits, parts)
		}
		i += len(query)
	}
	return hits
}

// step goes to the next hit from the first line in view, or to the one before it, around the end.
func (f *finder) step(p *Pane, by int, l Look) {
	f.lookFor(p, l)
	n := len(f.hits)
	if n == 0 {
		return
	}
	if f.at < 0 { // the first one in view or below it
		f.at = 0
		for i, h := range f.hits {
			if !h[0].before(p.first(l)) {
				f.at = i
				break
			}
		}
	} else {
		f.at = (f.at + by + n) % n
	}
	p.reveal(f.hits[f.at][0].position, l)
}

// reveal scrolls as far as needed to have a position in view, with some lines around it.
func (p *Pane) reveal(pos position, l Look) {
	top, h := p.first(l), p.bodyHeight()
	below := -top.line + pos.line
	for i := top.turn; i < pos.turn; i++ {
		below += p.turns[i].height()
	}
	p.dirty = true
	if !pos.before(top) && below < h {
		return
	}
	p.top, p.follow = pos, false
	p.Scroll(-h/3, l)
}

// mark lays the hits of a line over it.
func (f *finder) mark(line string, at position, th theme.Styles) string {
	var ranges []lipgloss.Range
	for i, h := range f.hits {
		for _, c := range h {
			if c.position != at {
				continue
			}
			style := th.Match
			if i == f.at {
				style = th.Hit
			}
			ranges = append(ranges, lipgloss.NewRange(c.from, c.to, style))
		}
	}
	slices.SortFunc(ranges, func(a, b lipgloss.Range) int { return cmp.Compare(a.Start, b.Start) })
	return text.Restyle(line, ranges)
}

// says tells how the search stands.
func (f *finder) says() string {
	switch {
	case f.query == "" && len(f.hits) > 0:
		return fmt.Sprintf("mark %d/%d", max(0, f.at)+1, len(f.hits))
	case f.query == "":
		return "no marks"
	case len(f.hits) == 0:
		return fmt.Sprintf("no %q", f.query)
	}
	return fmt.Sprintf("%q %d/%d", f.query, f.at+1, len(f.hits))
}

// Search looks for a text and goes to the first place that has it; "" ends the search. It reports
// whether there is one.
func (p *Pane) Search(query string, l Look) bool {
	p.dirty = true
	if p.find = nil; query == "" {
		return false
	}
	p.find = &finder{query: query, at: -1}
	p.find.step(p, 1, l)
	return len(p.find.hits) > 0
}

// SearchStep goes on by so many places; it reports false where nothing is looked for.
func (p *Pane) SearchStep(by int, l Look) bool {
	if p.find == nil {
		return false
	}
	p.find.step(p, by, l)
	return true
}

// KeepSearch gives what puts the search back as it is now.
func (p *Pane) KeepSearch() (restore func()) {
	old := p.find
	return func() { p.find, p.dirty = old, true }
}

// SearchAnswer looks for a text and goes to the first place of it in the answer to one turn. The
// turn's beginning is shown where the answer does not show the text as it is written; then it
// reports false.
func (p *Pane) SearchAnswer(turn *session.Turn, query string, l Look) bool {
	p.find, p.detail, p.dirty = &finder{query: query, at: -1}, false, true
	p.find.lookFor(p, l)
	for i, h := range p.find.hits {
		t := p.turns[h[0].turn]
		if t.Turn == turn && h[0].line >= len(t.prompt)+len(t.reasoning) {
			p.find.at = i
			p.reveal(h[0].position, l)
			if p.top.turn < h[0].turn { // keys are to mean the turn that was found
				p.moveTo(position{turn: h[0].turn}, l)
			}
			return true
		}
	}
	p.find = nil
	p.ToLine(turn, 0, l)
	return false
}
