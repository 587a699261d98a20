package cli

import (
	"context"
	"fmt"
	"sync"
	"time"

	"lineup/config"
	"lineup/providers"
	"lineup/session"
)

// spendingEvery is how often the store is told of money that was spent.
const spendingEvery = time.Second

// spending keeps money in the store that no session tells of, so that budgets of the day count it
// in other processes too. The store is opened with the first payment.
type spending struct {
	g    *globals
	cfg  config.Config
	what string
	say  func(format string, args ...any)

	mu    sync.Mutex
	owed  session.Spent
	timer *time.Timer // runs while something is owed; nil: nothing is

	writing sync.Mutex // held while the store is written
	store   *session.Store
	err     error
}

func (g *globals) newSpending(
	cfg config.Config, what string, say func(format string, args ...any),
) *spending {
	return &spending{g: g, cfg: cfg, what: what, say: say}
}

// spend keeps one sum, and tells if it cannot.
func (g *globals) spend(cfg config.Config, what string, sum session.Spent) {
	s := g.newSpending(cfg, what, func(format string, args ...any) {
		fmt.Fprintf(g.err, "lineup: "+format+"\n", args...)
	})
	s.add(sum)
	s.close()
}

// add notes a payment. It may be called by several goroutines.
func (s *spending) add(one session.Spent) {
	if one == (session.Spent{}) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.owed = s.owed.Plus(one)
	if s.timer == nil {
		s.timer = time.AfterFunc(spendingEvery, s.write)
	}
}

// write brings what is owed into the store. What it does not take stays owed.
func (s *spending) write() {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.mu.Lock()
	sum := s.owed
	s.owed, s.timer = session.Spent{}, nil
	s.mu.Unlock()
	if sum == (session.Spent{}) {
		return
	}
	ctx := context.Background()
	if s.store == nil {
		s.store, s.err = s.g.openStore(ctx, s.cfg)
	}
	if s.store != nil {
		s.err = s.store.Spend(ctx, s.what, sum)
	}
	if s.err != nil {
		s.mu.Lock()
		s.owed = s.owed.Plus(sum)
		s.mu.Unlock()
	}
}

// close writes the rest, and tells what could not be kept.
func (s *spending) close() {
	s.mu.Lock()
	if s.timer != nil {
		s.timer.Stop()
	}
	s.mu.Unlock()
	s.write()
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.err != nil {
		s.say("the budget of the day does not count what this has cost: %s",
			providers.CleanLine(s.err.Error()))
	}
	if s.store != nil {
		_ = s.store.Close()
	}
}
