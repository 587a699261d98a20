package wire

import (
	"strings"
	"unicode/utf8"
)

// prose is what must be known of an answer so far to tell a tag in it from one around it. The
// answer itself is not kept.
type prose struct {
	length int
	last   [16]byte // its end
	ticks  int      // backticks in the present line
	run    int      // of them, those in a row at the end
	fenced bool     // a fence of code is open
	opened bool     // a tag that begins reasoning has come: an end tag after it belongs to that one
	begins bool     // the end may be the beginning of such a tag
}

// plain reports whether an ordinary piece can change nothing but the end.
func (p *prose) plain() bool { return p.ticks == 0 && !p.begins }

// note adds an ordinary piece.
func (p *prose) note(piece string) {
	p.length += len(piece)
	if n := len(piece); n < len(p.last) {
		copy(p.last[:], p.last[n:])
		copy(p.last[len(p.last)-n:], piece)
		return
	}
	copy(p.last[:], piece[len(piece)-len(p.last):])
}

// advance adds any piece.
func (p *prose) advance(piece string) {
	if piece == "" {
		return
	}
	text := p.end() + piece
	p.begins = false
	for _, t := range thinkTags() {
		if t.alone == notInProse {
			open := strings.TrimSuffix(t.open, ">")
			at, _ := indexTag(text, open)
			p.opened = p.opened || at >= 0
			p.begins = p.begins || tagPrefix(text, open) > 0
		}
	}
	for i := range len(piece) {
		switch piece[i] {
		case '`':
			p.ticks++
			if p.run++; p.run == 3 {
				p.fenced = !p.fenced
			}
			continue
		case '\n':
			p.ticks = 0
		}
		p.run = 0
	}
	p.note(piece)
}

// end is the end of the answer, as far as it is kept.
func (p *prose) end() string { return string(p.last[len(p.last)-min(p.length, len(p.last)):]) }

// ordinary reports whether a piece is nothing but whole characters, of which none may begin or hide
// a tag.
func ordinary(s string) bool {
	ascii := true
	for i := range len(s) {
		switch c := s[i]; {
		case special(c):
			return false
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	return ascii || utf8.ValidString(s)
}

// special reports whether a byte makes a piece of an answer worth a closer look: ◁ begins with
// 0xe2, U+FFFD with 0xef.
func special(c byte) bool { return c == '<' || c == '[' || c == '`' || c == 0xe2 || c == 0xef }
