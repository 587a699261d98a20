package wire

import (
	"regexp"
	"strconv"
	"strings"
)

// proxyTalk cuts out what a proxy says of itself in the name of the model. llama-swap writes so
// while it loads a model, into the reasoning of the answer (mostlygeek/llama-swap#366): a rule,
// "llama-swap loading model: NAME", remarks and dots, "Done! (1.50s)", and a rule again. None of it
// is a token. The zero value is ready.
type proxyTalk struct {
	state talkState
	held  string
}

type talkState uint8

const (
	talkBegins talkState = iota // nothing has come yet, or what may be its beginning
	talking
	talkEnds // white space after it goes with it
	talkOver
)

const (
	talkRule  = "━"
	talkTitle = "llama-swap loading model"
	maxTalk   = 1 << 10
)

// talkDone is how the talk ends.
var talkDone = regexp.MustCompile(`Done! \((\d+(?:\.\d+)?)s\)\s*━+`)

// write takes the next piece and gives what of it the model said. loading says that the proxy is at
// work; seconds is, once, the time that it took.
func (p *proxyTalk) write(piece string) (rest string, loading bool, seconds float64) {
	if p.state == talkOver {
		return piece, false, 0
	}
	piece, p.held = p.held+piece, ""
	if p.state == talkBegins {
		start := strings.TrimLeft(piece, " \n")
		title := strings.TrimLeft(start, talkRule+" \n")
		switch {
		case start == "":
			return piece, false, 0
		case strings.HasPrefix(title, talkTitle):
			p.state = talking
		case strings.HasPrefix(talkTitle, title) &&
			(title != "" || strings.HasPrefix(start, talkRule)):
			p.held = piece
			return "", strings.HasPrefix(start, talkRule), 0
		default:
			p.state = talkOver
			return piece, false, 0
		}
	}
	if p.state == talking {
		end := talkDone.FindStringSubmatchIndex(piece)
		if end == nil {
			p.held = piece[max(0, len(piece)-maxTalk):] // enough to know its end by
			return "", true, 0
		}
		seconds, _ = strconv.ParseFloat(piece[end[2]:end[3]], 64)
		p.state, piece = talkEnds, piece[end[1]:]
	}
	if piece = strings.TrimLeft(piece, talkRule+" \r\n"); piece != "" {
		p.state = talkOver
	}
	return piece, seconds > 0, seconds
}

// close gives what is still held back, where it did not become such talk.
func (p *proxyTalk) close() string {
	held := p.held
	if p.held = ""; p.state == talking {
		return ""
	}
	return held
}
