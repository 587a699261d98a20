package wire

import (
	"net/http"
	"strings"

	"lineup/providers"
)

// minEcho is the shortest beginning, in bytes, of which a server that is not known to echo is
// believed to.
const minEcho = 16

// unechoed wraps a consumer to cut off the beginning of an answer that the server was only to go on
// with, and that it says again: llama-server does, in the first piece of its answer (seen with
// llama.cpp b1-de3ff81 on /v1/chat/completions and /v1/messages). What is told apart is held back
// no longer than it may still be an echo. The white space at the end of the beginning comes again
// too, in an echo, or made again by a dialect that trims.
func unechoed(req providers.Request, trims bool, h http.Header, yield consumer) consumer {
	n := len(req.Messages)
	if n == 0 || req.Messages[n-1].Role != providers.Assistant {
		return yield
	}
	whole := req.Messages[n-1].Content
	said := strings.TrimRight(whole, " \t\n")
	space, again := whole[len(said):], ""
	if trims {
		again = space
	}
	held, settled := providers.Event{}, said == "" || len(said) < minEcho &&
		h.Get("Server") != "llama.cpp"
	return func(ev providers.Event, err error) bool {
		switch {
		case err != nil || ev.Type == providers.EventFinish:
			if !settled && held.Text != "" && !yield(held, nil) {
				return false
			}
			settled = true
		case ev.Type == providers.EventText:
			if !settled {
				held = providers.Event{Type: providers.EventText, At: ev.At, Text: held.Text +
					ev.Text, Bytes: held.Bytes + ev.Bytes}
				if rest, echo := strings.CutPrefix(held.Text, said); echo {
					held.Text, again = rest, space
				} else if strings.HasPrefix(said, held.Text) {
					return yield(providers.Event{Type: providers.EventAlive, At: ev.At}, nil)
				}
				ev, settled = held, true
			}
			ev.Text, again = cutSpace(ev.Text, again)
			if ev.Text == "" {
				ev = providers.Event{Type: providers.EventAlive, At: ev.At}
			}
		}
		return yield(ev, err)
	}
}

// cutSpace cuts known white space off the start of a text. It gives the part of the white space
// that may yet come.
func cutSpace(text, space string) (rest, left string) {
	n := 0
	for n < len(text) && n < len(space) && text[n] == space[n] {
		n++
	}
	if n < len(text) {
		space = ""
	}
	return text[n:], space[min(n, len(space)):]
}
