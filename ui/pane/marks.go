package pane

import (
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"lineup/session"
)

// A merge names the answers that it was shown by letters in brackets, such as [A] or [A, C]. Each
// letter is a mark, which can be chosen to go to the pane of its answer.

// StepMark goes to the next mark of a merge, or to the one before it. It reports whether there is
// one.
func (p *Pane) StepMark(by int, l Look) bool {
	if !p.Merges {
		return false
	}
	if p.refs == nil {
		p.refs = &finder{at: -1}
	}
	p.detail, p.dirty = false, true
	p.refs.step(p, by, l)
	if len(p.refs.hits) == 0 {
		p.refs = nil
	}
	return p.refs != nil
}

// Marked is the turn and the slot of the answer whose mark is chosen; ok is false where none is.
func (p *Pane) Marked() (t *session.Turn, slot int, ok bool) {
	if p.refs == nil || p.refs.at < 0 || p.refs.at >= len(p.refs.hits) {
		return nil, 0, false
	}
	at := p.refs.hits[p.refs.at][0]
	v := p.turns[at.turn]
	row := ansi.Strip(v.Rows()[at.line].Text)
	slot = v.slotOf(ansi.Cut(row, at.from, at.to))
	return v.Turn, slot, slot >= 0
}

// slotOf is the slot of the answer that a letter stands for in a merge, -1 where it is none.
func (t *View) slotOf(letter string) int {
	const letters = 'Z' - 'A' + 1
	if letter == "" || letter[0] < 'A' || letter[0] > 'Z' {
		return -1
	}
	place := int(letter[0] - 'A')
	if more := letter[1:]; more != "" { // A2 comes after Z
		n, err := strconv.Atoi(more)
		if err != nil || n < 2 {
			return -1
		}
		place += letters * (n - 1)
	}
	if place >= len(t.Reply.Merged) {
		return -1
	}
	return t.Reply.Merged[place]
}

// appendMarks finds the marks of other answers in a text of a merge.
func appendMarks(hits []hit, r *running, t *View) []hit {
	if len(r.pieces) == 0 || r.pieces[0].at.line < len(t.prompt)+len(t.reasoning) {
		return hits
	}
	for from := 0; from < len(r.text); from++ {
		if r.text[from] != '[' {
			continue
		}
		marks, end := marksIn(r.text, from+1)
		for _, m := range marks {
			if t.slotOf(string(r.text[m[0]:m[1]])) < 0 {
				continue
			}
			if parts := r.parts(m[0], m[1]); len(parts) == 1 {
				hits = append(hits, parts)
			}
		}
		from = max(from, end)
	}
	return hits
}

// marksIn reads letters after an opening bracket, with commas between them. There are none where
// something else stands in the brackets. end is the place of the closing one.
func marksIn(text []rune, at int) (marks [][2]int, end int) {
	begin := -1
	for ; at < len(text); at++ {
		c := text[at]
		switch {
		case c >= 'A' && c <= 'Z' && begin < 0, c >= '0' && c <= '9' && begin >= 0:
			if begin < 0 {
				begin = at
			}
			continue
		case c != ']' && !strings.ContainsRune(" ,/&+", c):
			return nil, 0
		}
		if begin >= 0 {
			marks, begin = append(marks, [2]int{begin, at}), -1
		}
		if c == ']' {
			return marks, at
		}
	}
	return nil, 0
}
