package ui

import (
	"context"
	"iter"
	"sync"
	"time"

	"lineup/providers"
)

// player is the clock of a replay: it goes from the moment at which a prompt was sent, faster or
// slower than the wall's, and can be held. All goroutines of a replay go by it.
type player struct {
	mu      sync.Mutex
	sent    time.Time     // when the prompt was sent, as recorded
	at      time.Duration // how far the turn had been played
	since   time.Time     // when that was, by the wall
	speed   float64
	held    bool
	changed chan struct{} // closed when the clock goes otherwise than before
}

func newPlayer(speed float64) *player {
	return &player{speed: speed, since: time.Now(), changed: make(chan struct{})}
}

// set changes the clock at its present moment.
func (p *player) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at, p.since = p.position(), time.Now()
	change()
	close(p.changed)
	p.changed = make(chan struct{})
}

// begin puts the clock to the beginning of a turn.
func (p *player) begin(sent time.Time) { p.set(func() { p.sent, p.at = sent, 0 }) }

// seek puts the clock to a moment of the turn.
func (p *player) seek(at time.Duration) { p.set(func() { p.at = at }) }

func (p *player) hold(yes bool) { p.set(func() { p.held = yes }) }

func (p *player) setSpeed(v float64) { p.set(func() { p.speed = v }) }

func (p *player) position() time.Duration {
	if p.held {
		return p.at
	}
	return p.at + time.Duration(float64(time.Since(p.since))*p.speed)
}

// now is the recorded time that is played.
func (p *player) now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sent.Add(p.position())
}

// state is the position in the turn, the speed, and the pause.
func (p *player) state() (at time.Duration, speed float64, held bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.position(), p.speed, p.held
}

// until waits for a recorded time. It reports whether that came before ctx ended.
func (p *player) until(ctx context.Context, t time.Time) bool {
	for {
		p.mu.Lock()
		left := t.Sub(p.sent) - p.position()
		held, changed, speed := p.held, p.changed, p.speed
		p.mu.Unlock()
		if left <= 0 && ctx.Err() == nil {
			return true
		}
		if held {
			left = time.Duration(speed * float64(time.Hour)) // looked at again before that
		}
		timer := time.NewTimer(time.Duration(float64(left)/speed) + 1)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-changed:
		}
		timer.Stop()
		if ctx.Err() != nil {
			return false
		}
	}
}

// recording is a model that repeats a saved reply at the pace of the player. Nothing is asked.
type recording struct {
	player *player
	events []providers.Event // of the reply, without its last one, which the fan-out makes
	err    *providers.Error
}

// Stream yields the recorded events at their recorded times.
func (m recording) Stream(
	ctx context.Context, _ providers.Request,
) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		at := time.Time{}
		for _, ev := range m.events {
			if at = ev.At; !m.player.until(ctx, ev.At) {
				err := &providers.Error{Kind: providers.Cancelled, Message: "cancelled"}
				yield(providers.Event{At: ev.At}, err)
				return
			}
			if !yield(ev, nil) {
				return
			}
		}
		if m.err != nil {
			yield(providers.Event{At: at}, m.err)
		}
	}
}
