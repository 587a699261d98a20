package providers

import (
	"net/http"
	"strings"
)

// minEcho is the shortest beginning, in bytes, of which a server that is not known to echo is believed to.
const minEcho = 16

// unechoed wraps a consumer to cut off the beginning of an answer that the server was only to go on with, and that it
// says again: llama-server does, in the first piece of its answer (seen with llama.cpp b1-de3ff81 on /v1/chat/completions
// and /v1/messages). What is told apart is held back no longer than it may still be an echo.
func unechoed(req Request, h http.Header, yield func(Event, error) bool) func(Event, error) bool {
	n := len(req.Messages)
	if n == 0 || req.Messages[n-1].Role != Assistant {
		return yield
	}
	said := strings.TrimRight(Clean(req.Messages[n-1].Content), " \t\n")
	if said == "" || len(said) < minEcho && h.Get("Server") != "llama.cpp" {
		return yield
	}
	held, settled := Event{}, false
	return func(ev Event, err error) bool {
		switch {
		case settled:
		case err != nil || ev.Type == EventFinish:
			settled = true
			if held.Text != "" && !yield(held, nil) {
				return false
			}
		case ev.Type == EventText:
			held = Event{Type: EventText, At: ev.At, Text: held.Text + ev.Text, Bytes: held.Bytes + ev.Bytes}
			if rest, echo := strings.CutPrefix(held.Text, said); echo {
				held.Text = rest
			} else if strings.HasPrefix(said, held.Text) {
				return yield(Event{Type: EventAlive, At: ev.At}, nil)
			}
			ev, settled = held, true
			if ev.Text == "" {
				ev = Event{Type: EventAlive, At: ev.At}
			}
		}
		return yield(ev, err)
	}
}
