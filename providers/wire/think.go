package wire

import "strings"

// thinkSplitter parts reasoning that a server leaves inline, as <think>…</think>, from the answer. Only a tag at the
// very start of the answer, behind white space at most, counts: an answer that talks about "<think>" later keeps it.
// The tags may be split anywhere across pieces. Without an end tag all of it is reasoning. White space beside the
// tags goes with them.
type thinkSplitter struct {
	state thinkState
	held  string // the end of what was written, as long as it may be the beginning of a tag
}

type thinkState uint8

const (
	beforeThink thinkState = iota // nothing but white space so far
	thinkBegins                   // behind the tag, white space is skipped
	thinking
	thinkEnds // behind the end tag, white space is skipped
	answering
)

const (
	thinkTag    = "<think>"
	thinkEndTag = "</think>"
	thinkSpace  = " \t\r\n"
	maxLeading  = 64 // white space ahead of the tag, in bytes; more is an answer of its own
)

// write takes the next piece of the stream and gives what it settles: first text that was held back before, as
// reasoning or as answer, then the rest of the same.
func (s *thinkSplitter) write(piece string) (reasoning, answer string) {
	if s.state == answering {
		return "", piece
	}
	piece, s.held = s.held+piece, ""
	if s.state == beforeThink {
		if piece = s.begin(piece); s.state == answering {
			return "", piece
		}
	}
	if s.state == thinkBegins {
		if piece = strings.TrimLeft(piece, thinkSpace); piece != "" {
			s.state = thinking
		}
	}
	if s.state == thinking {
		end := strings.Index(piece, thinkEndTag)
		if end < 0 {
			keep := len(piece) - tagPrefix(piece, thinkEndTag)
			s.held = piece[keep:]
			return piece[:keep], ""
		}
		s.state = thinkEnds
		reasoning, piece = piece[:end], piece[end+len(thinkEndTag):]
	}
	if s.state == thinkEnds {
		if piece = strings.TrimLeft(piece, thinkSpace); piece != "" {
			s.state = answering
			return reasoning, piece
		}
	}
	return reasoning, ""
}

// begin looks for the tag at the start, and holds back what may become one.
func (s *thinkSplitter) begin(piece string) string {
	start := strings.TrimLeft(piece, thinkSpace)
	switch rest, ok := strings.CutPrefix(start, thinkTag); {
	case len(piece)-len(start) > maxLeading:
	case ok:
		s.state = thinkBegins
		return rest
	case strings.HasPrefix(thinkTag, start):
		s.held = piece
		return ""
	}
	s.state = answering
	return piece
}

// close gives what is still held back at the end of the stream.
func (s *thinkSplitter) close() (reasoning, answer string) {
	held := s.held
	s.held = ""
	if s.state == beforeThink {
		return "", held
	}
	return held, ""
}

// tagPrefix is the length of the longest end of s that a tag begins with.
func tagPrefix(s, tag string) int {
	for n := min(len(s), len(tag)-1); n > 0; n-- {
		if strings.HasSuffix(s, tag[:n]) {
			return n
		}
	}
	return 0
}
