package wire

import "strings"

// channel is the text of one kind, answer or reasoning, as its pieces come. It joins characters that two pieces share,
// and finds out where a server sends all of the text so far with each piece (QwenLM/qwen-code#3896).
//
// A piece that is longer than the text so far and begins with all of it may be the text so far, or an honest repetition.
// It is held back until the next piece: where that one begins with the held piece in turn, the server repeats. At the
// end of the stream, the length of what was repeated decides.
type channel struct {
	halves halves
	said   []byte // the text so far; not kept beyond maxSaid, where no server repeats it any more
	pieces int
	over   bool // said is no longer kept

	repeats bool   // each piece is all of the text so far
	held    string // a piece that may be all of the text so far
	heldAt  frame
}

const (
	maxSaid    = 64 << 10
	sureRepeat = 5  // bytes of text that are not said twice by chance at the start of an answer
	sureWhole  = 24 // bytes of an answer that are not said twice by chance
)

// write takes the next piece. It gives one that was held back before, with its frame, and what is new in this one.
func (c *channel) write(piece string, f frame) (early string, at frame, now string) {
	if c.over || c.held == "" && !c.repeats && len(piece) < len(c.said) { // nearly always
		return "", at, c.keep(piece)
	}
	if c.held != "" {
		held := c.held
		at, c.held = c.heldAt, ""
		if len(piece) >= len(held) && strings.HasPrefix(piece, held) {
			c.repeats = true
			held = held[len(c.said):]
		}
		early = c.keep(held)
	}
	switch {
	case c.repeats:
		return early, at, c.keep(c.fresh(piece))
	case c.mayRepeat(piece):
		c.held, c.heldAt = piece, frame{at: f.at, bytes: f.bytes}
		return early, at, ""
	case c.pieces > 2 && len(piece) >= sureWhole && piece == string(c.said): // the whole answer once more at its end
		return early, at, ""
	}
	return early, at, c.keep(piece)
}

// goesOn reports whether an ordinary piece is new as it is: nothing is held back, and it is too short to repeat.
func (c *channel) goesOn(piece string) bool {
	return c.halves.held == "" && (c.over || c.held == "" && !c.repeats && len(piece) < len(c.said))
}

// fresh is what a piece adds to the text so far, where it begins with that.
func (c *channel) fresh(piece string) string {
	if rest, ok := strings.CutPrefix(piece, string(c.said)); ok {
		c.halves = halves{} // the character comes again, and whole
		return rest
	}
	return piece
}

// mayRepeat reports whether a piece looks like all of the text so far with something more. Where it goes on with the same
// words over and over, as a line of dots or a refrain does, it is taken for what it is.
func (c *channel) mayRepeat(piece string) bool {
	n := len(c.said)
	if n == 0 || len(piece) <= n || piece[:n] != string(c.said) {
		return false
	}
	for period := 1; period <= n; period++ {
		if piece[period:] == piece[:len(piece)-period] {
			return false
		}
	}
	return true
}

// keep joins a piece to the text so far, and gives what of it is whole.
func (c *channel) keep(piece string) string {
	if piece == "" {
		return ""
	}
	piece = c.halves.write(piece)
	c.note(piece)
	return piece
}

// note remembers a piece that is whole.
func (c *channel) note(piece string) {
	c.pieces++
	if c.over {
		return
	}
	c.said = append(c.said, piece...)
	if len(c.said) > maxSaid && !c.repeats {
		c.said, c.over = nil, true
	}
}

// close gives what is held back at the end of the stream.
func (c *channel) close() (rest string, at frame) {
	held := c.held
	if c.held = ""; len(strings.TrimSpace(string(c.said))) >= sureRepeat {
		held = strings.TrimPrefix(held, string(c.said))
	}
	return c.keep(held) + c.halves.close(), c.heldAt
}
