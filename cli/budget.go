package cli

import (
	"context"
	"fmt"
	"time"

	"lineup/config"
	"lineup/providers"
	"lineup/session"
)

// withinBudget refuses a question that goes over the budget of the config, with what was spent today in all sessions and
// what this one may cost. It returns what the models usually do, by which a running answer is counted.
func (q *question) withinBudget(ctx context.Context, cfg config.Config, over bool) (*session.Calibration, error) {
	habits, budget, store := session.NewCalibration(), session.Budget(cfg.Budget), q.store
	if store == nil && budget != (session.Budget{}) { // the day's sum is there although this answer is not kept
		opened, err := q.g.openStore(ctx, cfg)
		if err == nil {
			defer opened.Close()
			store = opened
		}
	}
	var day session.Spent
	if store != nil {
		// Without them the answer is as good: the estimates are plain ones.
		if h, err := store.Calibration(ctx); err == nil {
			habits = h
		}
		var err error
		if day, err = store.Spent(ctx, session.Midnight(time.Now())); err != nil && budget.Day != nil {
			fmt.Fprintln(q.g.err, "lineup: what was spent today is not known: "+providers.CleanLine(err.Error()))
		}
	}
	if over {
		return habits, nil
	}
	next := 0.0
	for _, s := range q.specs {
		if s.Info.Simulated {
			continue
		}
		system := s.System
		if system == "" {
			system = q.system
		}
		req := providers.Request{System: system, Messages: []providers.Message{{Role: providers.User, Content: q.prompt}}}
		usd, _ := habits.Guess(s.Info, habits.EstimateInput(s.Info.Ref.String(), req))
		next += usd
	}
	for _, l := range budget.Limits(session.Spent{}, day, next) {
		if l.Reached && (next > 0 || l.Spent.USD >= l.USD) {
			mark, unknown := "", ""
			if l.Spent.Estimated {
				mark = "~"
			}
			if l.Spent.Unknown > 0 {
				unknown = " + ?"
			}
			return nil, usagef("over the budget: %s$%.4f%s of $%.4f %s, and this is about $%.4f; --over-budget sends it all the same",
				mark, l.Spent.USD, unknown, l.USD, l.Of, next)
		}
	}
	return habits, nil
}
