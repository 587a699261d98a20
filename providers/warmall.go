package providers

import (
	"context"
	"sync"
	"time"
)

// warmFor is how long a provider counts as warm; net/http keeps an idle connection for 90 s, servers often less.
const warmFor = 45 * time.Second

// WarmAll opens a connection for each entry of a race at the same time, one a pane, and waits at most limit for them.
// Providers on this machine or in the private network, where connecting costs nothing worth mentioning, are left out,
// as are nil and those that were warmed a moment ago. A failure is left to the request to report.
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
