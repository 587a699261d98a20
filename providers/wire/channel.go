package wire

import "strings"

// channel is the text of one kind, answer or reasoning, as its pieces come. It joins characters
// that two pieces share, and finds out where a server sends all of the text so far with each piece
// (QwenLM/qwen-code#3896).
//
// A piece that is longer than the text so far and begins with it may be the text so far, or an
// honest repetition. It is held back until the next piece: where that one begins with the held
// piece in turn, the server repeats. At the end of the stream, the length of what was repeated
// decides.
type channel struct {
	halves halves
	// the beginning of the text so far; a long piece with this beginning repeats all of it
	head   []byte
	length int // of the text so far
	pieces int

	repeats bool   // each piece is all of the text so far
	held    string // a piece that may be all of the text so far
	heldAt  frame
}

const (
	maxHead    = 1 << 10
	sureRepeat = 5  // bytes of text that are not said twice by chance at the start of an answer
	sureWhole  = 24 // bytes of an answer that are not said twice by chance
)

// write takes the next piece. It gives one that was held back before, with its frame, and what is
// new in this one.
func (c *channel) write(piece string, f frame) (early string, at frame, now string) {
	if c.held == "" && !c.repeats && len(piece) < c.length { // nearly always
		return "", at, c.keep(piece)
	}
	if c.held != "" {
		held := c.held
		at, c.held = c.heldAt, ""
		if strings.HasPrefix(piece, held) {
			c.repeats = true
			held = held[c.length:]
		}
		early = c.keep(held)
	}
	switch {
	case c.repeats && c.begins(piece):
		c.halves = halves{} // the character comes again, and whole
		return early, at, c.keep(piece[c.length:])
	case c.repeats:
	case c.mayRepeat(piece):
		c.held, c.heldAt = piece, frame{at: f.at, bytes: f.bytes}
		return early, at, ""
	// the whole answer once more
	case c.pieces > 2 && len(piece) >= sureWhole && len(piece) == c.length && c.begins(piece):
		return early, at, ""
	}
	return early, at, c.keep(piece)
}

// rest is what a piece that holds the whole text has more than the text so far: nothing, as a rule.
// ok is false where it is another text.
func (c *channel) rest(piece string) (rest string, ok bool) {
	if c.held != "" || !c.begins(piece) {
		return "", false
	}
	return piece[c.length:], true
}

// goesOn reports whether an ordinary piece is new as it is: nothing is held back, and it is too
// short to repeat.
func (c *channel) goesOn(piece string) bool {
	return c.halves.held == "" && c.held == "" && !c.repeats && len(piece) < c.length
}

// begins reports whether a piece begins with the text so far.
func (c *channel) begins(piece string) bool {
	return len(piece) >= c.length && piece[:len(c.head)] == string(c.head)
}

// mayRepeat reports whether a piece looks like all of the text so far with something more. A piece
// that only repeats the same words, such as a line of dots or a refrain, does not.
func (c *channel) mayRepeat(piece string) bool {
	if c.length == 0 || len(piece) == c.length || !c.begins(piece) {
		return false
	}
	for period := 1; period <= c.length; period++ {
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
	c.length += len(piece)
	if room := maxHead - len(c.head); room > 0 {
		c.head = append(c.head, piece[:min(room, len(piece))]...)
	}
}

// close gives what is held back at the end of the stream.
func (c *channel) close() (rest string, at frame) {
	held := c.held
	if c.held = ""; held != "" && c.length >= sureRepeat &&
		len(strings.TrimSpace(string(c.head))) >= sureRepeat {
		held = held[c.length:]
	}
	return c.keep(held) + c.halves.close(), c.heldAt
}
