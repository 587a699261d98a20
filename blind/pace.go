package blind

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"lineup/compare"
	"lineup/session"
)

// All is a limit that limits nothing.
const All = -1

// Limit is how much of a reply may be shown, in characters of its answer and of its reasoning: no
// more than the slowest reply of its turn has that still runs. Of a pane that is asked several
// times, the same take counts; a pane that has not come so far has nothing of it. A reply
// that somebody stopped shows what it showed then, and holds nobody up.
func (v *Veil) Limit(t *session.Turn, r *session.Reply) (answer, thought int) {
	answer, thought = All, All
	if v == nil {
		return answer, thought
	}
	if shown, thoughts, halted := r.Halted(); halted {
		return shown, thoughts
	}
	if v.live {
		return answer, thought
	}
	least := func(limit *int, n int) {
		if *limit == All || n < *limit {
			*limit = n
		}
	}
	for _, other := range t.Replies {
		if other == nil {
			continue
		}
		switch _, _, halted := other.Halted(); {
		case other.Merge, other.Status.Final(), halted:
		case other == r, other.Take == r.Take:
			least(&answer, utf8.RuneCountInString(other.VisibleText()))
			least(&thought, utf8.RuneCountInString(other.ReasoningText()))
		case other.Take < r.Take:
			least(&answer, 0)
			least(&thought, 0)
		}
	}
	return answer, thought
}

// Text is a text of a model that arrives in pieces: names are masked in it, and no more of it is
// given out than is allowed.
type Text struct {
	mask   *compare.MaskStream
	held   string // masked, and not given out yet
	given  int    // characters
	closed bool
}

// Stream begins a text.
func (v *Veil) Stream() *Text { return &Text{mask: v.mask.Stream()} }

// Write takes a piece.
func (t *Text) Write(piece string) { t.held += t.mask.Write(piece) }

// Close says that nothing follows.
func (t *Text) Close() {
	if !t.closed {
		t.closed, t.held = true, t.held+t.mask.Close()
	}
}

// UpTo gives out the next part of the text. Together the parts have at most limit characters, or
// All of them. A part that was given out stays.
func (t *Text) UpTo(limit int) string {
	out := t.held
	if limit != All {
		out = firstRunes(t.held, limit-t.given)
	}
	t.held = t.held[len(out):]
	t.given += utf8.RuneCountInString(out)
	return out
}

// Whole reports whether all of the text was given out.
func (t *Text) Whole() bool { return t.closed && t.held == "" }

// firstRunes is the beginning of a text, of at most n characters.
func firstRunes(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}

// Text masks the names of models in a text that a model wrote. Letters that are written in parts,
// as Korean ones may be, are put together for it.
func (v *Veil) Text(s string) string {
	if v == nil {
		return s
	}
	masked, _ := v.mask.Text(norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD")))
	return masked
}
