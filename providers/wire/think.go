package wire

import "strings"

// thinkSplitter parts reasoning that a server leaves inline, in tags, from the answer. A pair of
// tags counts at the very start of the answer, after white space at most: an answer that talks
// about "<think>" later keeps it. An end tag without a beginning counts too, where it does not
// stand in prose: chat templates put the beginning into the prompt. What was taken for the answer
// until then is reasoning (see moved). The tags may be split anywhere across pieces. Without an end
// tag all of it is reasoning. White space beside the tags goes with them.
type thinkSplitter struct {
	state thinkState
	held  string // the end of what was written, as long as it may be the beginning of a tag
	// the tag that ends the reasoning or, in an answer with tags of its own, the answer
	end string

	closed bool  // reasoning has come: a further end tag is prose
	said   prose // the answer so far, as long as an end tag may yet turn it into reasoning
}

type thinkState uint8

const (
	beforeThink thinkState = iota // nothing but white space so far
	thinkBegins                   // after the tag, white space is skipped
	thinking
	thinkEnds    // after the end tag, white space is skipped
	answerBegins // after a tag of the answer itself, the same
	answering
)

const (
	thinkSpace = " \t\r\n"
	maxLeading = 64 // white space ahead of the tag, in bytes; more is an answer of its own
)

// split is what a piece settles: reasoning, then answer. moved says that all of the answer so far
// was reasoning.
type split struct {
	moved             bool
	reasoning, answer string
}

// write takes the next piece of the stream and gives what it settles, with what was held back
// before.
func (s *thinkSplitter) write(piece string) (out split) {
	if s.goesOn() && ordinary(piece) {
		s.note(piece)
		return split{answer: piece}
	}
	piece, s.held = s.held+piece, ""
	for {
		switch s.state {
		case beforeThink, thinkEnds:
			if piece = s.begin(piece); s.held != "" || s.state == beforeThink ||
				s.state == thinkEnds && piece == "" {
				return out
			}
		case thinkBegins:
			if piece = strings.TrimLeft(piece, thinkSpace); piece == "" {
				return out
			}
			s.state = thinking
		case thinking:
			at, n := indexTag(piece, s.end)
			if at < 0 {
				keep := len(piece) - tagPrefix(piece, s.end)
				s.held = piece[keep:]
				out.reasoning += piece[:keep]
				return out
			}
			s.state, s.closed = thinkEnds, true
			out.reasoning += piece[:at]
			piece = piece[at+n:]
		case answerBegins:
			if piece = strings.TrimLeft(piece, thinkSpace); piece == "" {
				return out
			}
			s.state = answering
		case answering:
			return s.answer(piece, out)
		}
	}
}

// begin looks for a tag at the start, before or between reasoning, and holds back what may become
// one. It gives what is left of the piece and moves to the next state.
func (s *thinkSplitter) begin(piece string) string {
	start := strings.TrimLeft(piece, thinkSpace)
	leading := len(piece) - len(start)
	if s.state == beforeThink && leading > maxLeading {
		s.state = answering
		return piece
	}
	if s.state == thinkEnds {
		piece = start
	}
	if start == "" {
		if s.state == beforeThink {
			s.held = piece
		}
		return ""
	}
	if rest, state, found := s.harmony(start); found {
		if s.held != "" {
			s.held = piece
			return ""
		}
		s.state = state
		return rest
	}
	possible := false
	for _, t := range thinkTags() {
		switch n, whole := openTag(start, t); {
		case n > 0:
			s.state, s.end = thinkBegins, t.end
			return start[n:]
		case !whole:
			possible = true
		}
		if t.alone != never && hasTag(start, t.end) { // of reasoning that came before, or of none
			s.closed = true
			s.state = thinkEnds
			return s.begin(start[len(t.end):])
		}
		possible = possible || hasTag(t.open, start) || t.alone != never && hasTag(t.end, start)
	}
	for _, t := range answerTags() {
		if hasTag(start, t.open) {
			s.state, s.end, s.closed = answerBegins, t.end, true
			return start[len(t.open):]
		}
		possible = possible || hasTag(t.open, start)
	}
	if possible {
		s.held = piece
		return ""
	}
	s.state, s.end = answering, ""
	return piece
}

// harmony reads the head of a message in gpt-oss' format, or holds back what may become one.
func (s *thinkSplitter) harmony(start string) (rest string, next thinkState, found bool) {
	n := len(bareHead)
	switch {
	case strings.HasPrefix(bareHead, start):
		s.held = start
		return "", s.state, true
	// no sentence begins so
	case strings.HasPrefix(start, bareHead) && start[n] >= 'A' && start[n] <= 'Z':
		s.end = bareEnd
		return start[n:], thinkBegins, true
	}
	head := strings.TrimPrefix(start, harmonyStart)
	if strings.HasPrefix(harmonyStart+harmonyChannel, start) ||
		strings.HasPrefix(harmonyChannel, head) {
		s.held = start
		return "", s.state, true
	}
	if !strings.HasPrefix(head, harmonyChannel) {
		return "", s.state, false
	}
	name, rest, whole := strings.Cut(head[len(harmonyChannel):], harmonyMessage)
	switch {
	case len(name) > maxHarmony:
		return "", s.state, false
	case !whole:
		s.held = start
		return "", s.state, true
	case strings.HasPrefix(strings.TrimSpace(name), harmonyFinal):
		s.end, s.closed = harmonyReturn, true
		return rest, answerBegins, true
	}
	s.end = harmonyEnd
	return rest, thinkBegins, true
}

// answer takes a piece of the answer. It holds back the beginning of a possible end tag.
func (s *thinkSplitter) answer(piece string, out split) split {
	if s.closed {
		out.answer = s.closing(piece)
		return out
	}
	for from := 0; ; {
		at, tag := firstEndTag(piece[from:])
		if at < 0 {
			break
		}
		at += from
		after := piece[at+len(tag.end):]
		if after == "" { // what follows decides
			s.hold(&out, piece, len(piece)-at)
			return out
		}
		if s.ends(piece[:at], tag, after) {
			return s.move(piece, at, tag, out)
		}
		from = at + len(tag.end)
	}
	keep := 0
	for _, t := range thinkTags() {
		if t.alone != never {
			keep = max(keep, tagPrefix(piece, t.end))
		}
	}
	s.hold(&out, piece, keep)
	return out
}

// hold gives a piece but for its last n bytes, which it keeps.
func (s *thinkSplitter) hold(out *split, piece string, n int) {
	out.answer = piece[:len(piece)-n]
	s.held = piece[len(piece)-n:]
	s.said.advance(out.answer)
}

// move ends reasoning that nothing has begun. The tag stands in the piece.
func (s *thinkSplitter) move(piece string, at int, tag thinkTag, out split) split {
	out.moved = s.said.length > 0
	out.reasoning += piece[:at]
	s.state, s.closed, s.end = thinkEnds, true, ""
	next := s.write(piece[at+len(tag.end):])
	out.answer = next.answer
	out.reasoning += next.reasoning
	return out
}

// closing gives a piece of an answer without its end tag. Only some families mark the answer too.
func (s *thinkSplitter) closing(piece string) string {
	if s.end == "" || s.state != answering {
		return piece
	}
	ends := []string{s.end}
	if s.end == harmonyReturn {
		ends = append(ends, harmonyEnd)
	}
	keep := 0
	for _, end := range ends {
		if before, ok := strings.CutSuffix(strings.TrimRight(piece, thinkSpace), end); ok {
			s.held = piece[len(before):]
			return before
		}
		keep = max(keep, tagPrefix(piece, end))
	}
	s.held = piece[len(piece)-keep:]
	return piece[:len(piece)-keep]
}

// close gives what is still held back at the end of the stream.
func (s *thinkSplitter) close() (out split) {
	held := s.held
	s.held = ""
	switch s.state {
	case thinking, thinkBegins:
		return split{reasoning: held}
	case answering:
		if s.closed {
			if end := strings.TrimRight(held, thinkSpace); s.end != "" &&
				(end == s.end || s.end == harmonyReturn && end == harmonyEnd) {
				return split{}
			}
			return split{answer: held}
		}
		if at, tag := firstEndTag(held); at == 0 && held == tag.end && s.ends("", tag, "\n") {
			return split{moved: s.said.length > 0}
		}
	}
	return split{answer: held}
}

// goesOn reports whether an ordinary piece is a piece of the answer as it is.
func (s *thinkSplitter) goesOn() bool {
	return s.state == answering && s.held == "" &&
		(s.closed && s.end == "" || !s.closed && s.said.plain())
}

// note remembers an ordinary piece of the answer.
func (s *thinkSplitter) note(piece string) {
	if !s.closed {
		s.said.note(piece)
	}
}

// ends reports whether an end tag without a beginning ends reasoning, by what stands around it.
// before is what of the answer is not in said yet.
func (s *thinkSplitter) ends(before string, tag thinkTag, after string) bool {
	if tag.alone == always {
		return true
	}
	said := s.said
	said.advance(before)
	if said.opened || said.fenced || said.ticks%2 == 1 {
		return false
	}
	before = said.end()
	last, next := byte('\n'), after[0]
	if before != "" {
		last = before[len(before)-1]
	}
	switch {
	case last == '"' || last == '\'' || last == '*' || last == '_':
		return next != last
	case strings.HasSuffix(before, "“") || strings.HasSuffix(before, "‘") ||
		strings.HasSuffix(before, "«") ||
		strings.HasSuffix(before, "„"):
		return false
	case strings.IndexByte("([{<=|/", last) >= 0:
		return false
	case last != ' ' && last != '\t':
		return true
	case next == '\n' || next == '\r':
		return true
	}
	sentence := strings.TrimRight(before, " \t")
	return sentence != "" && strings.IndexByte(".!?:;)\n", sentence[len(sentence)-1]) >= 0
}
