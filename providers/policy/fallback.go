package policy

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"time"

	"lineup/providers"
)

// Link is one model of a fallback chain.
type Link struct {
	Model providers.Model
	Info  providers.Info // the name for remarks, and the context window
}

// WithFallback asks the models of a chain one after the other until one of them says something: the
// next one is asked where the error of the one before allows it (see Error.Fallback), never after
// the first token, and after an overflow only if its context window is larger, or not known. A
// model that has just failed elsewhere is skipped for the time it asked for, else five seconds,
// unless it is the last choice. After a 401 no model is asked with the same key again (see
// Accounted). Each model emits its own attempts, so that the record names the one that served.
func WithFallback(chain ...Link) providers.Model { return fallback{chain} }

type fallback struct{ chain []Link }

// Accounted is a model that knows whose key it is asked with. Models of one account have one key.
type Accounted interface {
	Account() string // "" for no key
}

// accountOf finds the account of a model, or of one that it wraps.
func accountOf(m providers.Model) string {
	for m != nil {
		if a, ok := m.(Accounted); ok {
			return a.Account()
		}
		w, ok := m.(providers.Wrapper)
		if !ok {
			break
		}
		m = w.Unwrap()
	}
	return ""
}

func (m fallback) Stream(
	ctx context.Context, req providers.Request,
) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		room := 0 // tokens that an overflow has shown to be needed
		i, notes := m.next(0, 0, "")
		for i < len(m.chain) {
			for _, note := range notes {
				if !yield(providers.Event{Type: providers.EventNote, At: time.Now(), Text: note},
					nil) {
					return
				}
			}
			failed := m.try(ctx, i, req, yield)
			if failed == nil {
				return
			}
			refused := ""
			switch {
			case failed.Kind == providers.ContextLength:
				room = max(room, m.chain[i].Info.Context+1, failed.Needs)
			case failed.Kind == providers.Auth && failed.Status == http.StatusUnauthorized:
				refused = accountOf(m.chain[i].Model)
			}
			i, notes = m.next(i+1, room, refused)
			if i == len(m.chain) || !failed.Fallback() || ctx.Err() != nil {
				yield(providers.Event{At: time.Now()}, failed)
				return
			}
		}
	}
}

// try asks one model. It returns an error from before the first token. Nil means the stream is
// over: the model has answered, the consumer has gone, or a later error was passed on.
func (m fallback) try(
	ctx context.Context, i int, req providers.Request, yield func(providers.Event, error) bool,
) *providers.Error {
	token := false
	for ev, err := range m.chain[i].Model.Stream(ctx, req) {
		if err != nil && !token {
			return providers.AsError(err)
		}
		token = token || ev.Token()
		if !yield(ev, err) {
			return nil
		}
	}
	return nil
}

// next finds the model to ask from a place of the chain on: the first one with room for so many
// tokens that is not cooling down, or, where all are, the first with room. A context that is not
// known may well be large enough. A refused account is not asked. The notes name those that were
// left out.
func (m fallback) next(from, room int, refused string) (i int, notes []string) {
	fit := len(m.chain)
	for i := from; i < len(m.chain); i++ {
		if known := m.chain[i].Info.Context; known > 0 && known < room {
			continue
		}
		if refused != "" && accountOf(m.chain[i].Model) == refused {
			notes = append(notes, fmt.Sprintf("%s left out: the key of %s was refused",
				m.chain[i].Info.Ref, refused))
			continue
		}
		fit = min(fit, i)
		left := coolingOf(m.chain[i].Model)
		if left == 0 {
			return i, notes
		}
		notes = append(notes,
			fmt.Sprintf("%s left out: it failed a moment ago and gets %s to recover",
				m.chain[i].Info.Ref, left.Round(100*time.Millisecond)))
	}
	return fit, nil
}
