package queue

import (
	"context"
	"errors"
	"sync"
	"time"

	"lineup/batch"
	"lineup/providers"
	"lineup/providers/policy"
)

// gate lets a worker ask a provider that does not answer ever less often, one line at a time.
type gate struct {
	mu      sync.Mutex
	health  batch.Health
	probing bool
}

var errShut = errors.New("the provider rests for longer than a job waits")

// enter waits until the provider may be asked. It fails where the worker stops, the job is
// cancelled, or the wait is long. leave takes how it went; a request that was cancelled says
// nothing of the provider.
func (g *gate) enter(ctx context.Context, stop <-chan struct{}, queue *policy.Queue) (
	leave func(*providers.Error), err error) {
	most := time.NewTimer(longestRest)
	defer most.Stop()
	for {
		wait := queue.Rest()
		if wait <= 0 { // only who asks at once may take the turn of a probe
			wait = g.try()
		}
		if wait <= 0 {
			break
		}
		turn := time.NewTimer(wait)
		select {
		case <-turn.C:
		case <-most.C:
			err = errShut
		case <-stop:
			err = errShut
		case <-ctx.Done():
			err = ctx.Err()
		}
		turn.Stop()
		if err != nil {
			return nil, err
		}
	}
	begun := time.Now()
	return func(e *providers.Error) {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.probing = false
		if e == nil || e.Kind != providers.Cancelled {
			g.health.Note(begun, time.Now(), e)
		}
	}, nil
}

// probeEvery is how often the others look for the end of a probe.
const probeEvery = 100 * time.Millisecond

// try is for how long nobody may ask, 0 for whoever may ask now.
func (g *gate) try() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.health.Down() {
		return 0
	}
	if rest := g.health.Rest(time.Now()); rest > 0 {
		return rest
	}
	if g.probing {
		return probeEvery
	}
	g.probing = true
	return 0
}
