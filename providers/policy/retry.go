package policy

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"lineup/providers"
)

// Retry says how often and how patiently the same model is asked again. The zero Retry asks once.
type Retry struct {
	Max     int           // further attempts after the first
	Base    time.Duration // wait ahead of the first of them; it doubles with each
	Cap     time.Duration // longest wait that lineup chooses itself; 0: no cap
	MaxWait time.Duration // longest wait that a server may ask for; 0: a minute
}

// defaultMaxWait is longer than any rate limit a minute, and about as long as somebody watches a
// pane.
const defaultMaxWait = time.Minute

// WithRetry asks m again where its error says that this may help (see Error.Retryable), never
// after the first token. It waits for the time the server asks for, else Base·2ⁿ up to Cap and at
// most a random quarter more. A server that asks for more than MaxWait ends the attempts. A request
// that only had to be put another way is asked again at once and does not count.
func WithRetry(m providers.Model, r Retry) providers.Model { return retrying{m, r} }

type retrying struct {
	model providers.Model
	r     Retry
}

func (m retrying) Stream(
	ctx context.Context, req providers.Request,
) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		var dropped []string
		for n := 0; ; {
			var failed *providers.Error
			token := false
			for ev, err := range m.model.Stream(ctx, req) {
				if err != nil {
					failed = providers.AsError(err)
					break
				}
				// each attempt leaves it out, the reply says so once
				if ev.Type == providers.EventDropped {
					if slices.Contains(dropped, ev.Text) {
						continue
					}
					dropped = append(dropped, ev.Text)
				}
				token = token || ev.Token()
				if !yield(ev, nil) {
					return
				}
			}
			if failed == nil {
				return
			}
			if failed.Adapted && !token {
				continue
			}
			wait, again := m.r.wait(n, failed)
			if !again || token {
				yield(providers.Event{At: time.Now()}, failed)
				return
			}
			n++
			if !yield(providers.Event{Type: providers.EventWait, At: time.Now(), Wait: wait}, nil) {
				return
			}
			if err := pause(ctx, wait); err != nil {
				yield(providers.Event{At: time.Now()}, err)
				return
			}
		}
	}
}

// wait gives the pause after the failed attempt n, counted from 0, and whether there is to be
// another one.
func (r Retry) wait(n int, failed *providers.Error) (time.Duration, bool) {
	most := r.MaxWait
	if most == 0 {
		most = defaultMaxWait
	}
	if !failed.Retryable() {
		return 0, false
	}
	if asked := failed.RetryAfter; asked > most {
		failed.Message = fmt.Sprintf("%s; the server asks to wait %s",
			strings.TrimRight(failed.Message, ". "), asked.Round(time.Second))
		failed.Hint = "wait that long, or use another model"
		return 0, false
	} else if asked > 0 && n < r.Max {
		return asked, true
	}
	return r.Pause(n), n < r.Max
}

// Pause is how long to wait after the failed attempt n, counted from 0, where the server asks for
// no time.
func (r Retry) Pause(n int) time.Duration {
	wait := r.Base << min(n, 30)
	if r.Cap > 0 && (wait > r.Cap || wait < r.Base) {
		wait = r.Cap
	}
	return wait + time.Duration(rand.Float64()*float64(wait)/4)
}
