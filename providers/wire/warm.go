package wire

import (
	"context"
	"net/http"
	"sync"
	"time"

	"lineup/providers"
)

// Warm opens a connection to the provider, so that the next request is not charged for looking the
// host up, TCP and TLS, and its Phases say reused. It sends a HEAD request to the base URL, without
// the key; what is answered does not matter. Over HTTP/1 each request of a race needs a connection
// of its own: call Warm once for each, at the same time. The error is an *Error.
func (p *Provider) Warm(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, p.where(), nil)
	if err != nil {
		return &providers.Error{Kind: providers.BadRequest,
			Message: providers.CleanLine(err.Error()), Hint: "check " + p.address(), Err: err}
	}
	req.Header.Set("User-Agent", userAgent)
	resp, err := p.client.Do(req)
	if err != nil {
		return p.transportError(ctx, err)
	}
	return resp.Body.Close()
}

// warmFor is how long a provider counts as warm; net/http keeps an idle connection for 90 s,
// servers often less.
const warmFor = 45 * time.Second

// WarmAll opens a connection for each entry of a race at the same time, one a pane, and waits at
// most limit for them. It leaves out nil, providers that were warmed a moment ago, and those on
// this machine or in the private network, to which connecting costs next to nothing. A failure is
// left to the request to report.
func WarmAll(ctx context.Context, limit time.Duration, panes []*Provider) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	due := map[*Provider]bool{}
	var wait sync.WaitGroup
	for _, p := range panes {
		if p == nil || p.cfg.Local {
			continue
		}
		if _, asked := due[p]; !asked {
			due[p] = p.warmed.due(time.Now())
		}
		if due[p] {
			wait.Go(func() { _ = p.Warm(ctx) })
		}
	}
	wait.Wait()
}

// warmed is when a provider was last warmed.
type warmed struct {
	mu sync.Mutex
	at time.Time
}

// due reports whether it is time to warm, and notes that it is done.
func (w *warmed) due(now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if now.Sub(w.at) < warmFor {
		return false
	}
	w.at = now
	return true
}
