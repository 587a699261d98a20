package batch

import (
	"cmp"
	"time"

	"lineup/providers"
)

// Health is whether a provider answers at all. The zero value is one that does.
type Health struct {
	streak int              // failures in a row that say that it does not
	pause  time.Duration    // after the last of them
	until  time.Time        // nothing is asked before
	since  time.Time        // of the last pause
	probes int              // failures since it is known to be down
	first  time.Duration    // the first pause, 0 for the usual one
	why    *providers.Error // the last one
}

// Bounds of how a provider is asked that does not answer.
const (
	downAfter  = 3 // failures in a row
	firstPause = 500 * time.Millisecond
	longPause  = time.Minute
	// after so many it is given up, where nothing else is left to ask
	lastProbe = 5
)

// speaksOfProvider reports whether a failure says that the next request will fail too.
func speaksOfProvider(k providers.Kind) bool {
	switch k {
	case providers.Unreachable, providers.TimeoutConnect, providers.ConnectionLost,
		providers.ServerError, providers.TimeoutHeaders, providers.TimeoutFirstToken,
		providers.RateLimit, providers.Overloaded, providers.Quota, providers.Auth,
		providers.NotFound:
		return true
	}
	return false
}

// Note takes the end of a request into account that was begun at a moment.
func (h *Health) Note(begun, now time.Time, e *providers.Error) {
	if e == nil || !speaksOfProvider(e.Kind) {
		*h = Health{first: h.first}
		return
	}
	h.streak++
	h.why = e
	if h.streak < downAfter || begun.Before(h.since) { // begun while it was thought to be well
		return
	}
	h.pause = min(max(cmp.Or(h.first, firstPause), 2*h.pause), longPause)
	h.until, h.since = now.Add(h.pause), now
	h.probes++
}

// Down reports whether it does not answer, and is to be asked ever less often.
func (h *Health) Down() bool { return h.streak >= downAfter }

// downWords says why a provider is asked ever less often, "" where it answers.
func (h *Health) downWords() string {
	if !h.Down() {
		return ""
	}
	return h.why.Error()
}

func (h *Health) hopeless() bool { return h.probes > lastProbe }

// Rest is for how long nothing is to be asked.
func (h *Health) Rest(now time.Time) time.Duration { return max(0, h.until.Sub(now)) }
