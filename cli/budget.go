package cli

import (
	"context"
	"fmt"
	"time"

	"lineup/config"
	"lineup/providers"
	"lineup/session"
	"lineup/turn"
)

// withinBudget refuses a question over the config's budget. It counts today's spending in all
// sessions and the estimated cost of the question. It returns the calibration of the models,
// which running answers are counted with.
func (q *question) withinBudget(
	ctx context.Context, cfg config.Config, over bool,
) (*session.Calibration, error) {
	cal, budget, store := session.NewCalibration(), session.Budget(cfg.Budget), q.keeper.Store()
	if store == nil && budget != (session.Budget{}) { // the day has its sum with --no-save, too
		opened, err := q.g.openStore(ctx, cfg)
		if err == nil {
			defer opened.Close()
			store = opened
		}
	}
	var day session.Spent
	if store != nil {
		if c, err := store.Calibration(ctx); err == nil { // without it the estimates are plain ones
			cal = c
		}
		var err error
		day, err = store.Spent(ctx, session.Midnight(time.Now()))
		if err != nil && budget.Day != nil {
			fmt.Fprintln(q.g.err,
				"lineup: today's spending is not known: "+providers.CleanLine(err.Error()))
		}
	}
	if over {
		return cal, nil
	}
	q.budget, q.before, q.day = &budget, q.earlier.spent(), day
	var next turn.Estimate
	for i, s := range q.specs {
		req := turn.Request(s, q.system, q.messages(i)...)
		if s.Provider != nil && s.Provider.Refuses(s.Info, req) != nil {
			continue // which is not sent
		}
		input := cal.EstimateInput(s.Info.Ref.String(), req)
		one := turn.EstimateOf(cal, s.Info, input, req.Images())
		next = next.Plus(one.Times(max(1, q.times)))
	}
	if l, reached := next.Over(budget, q.before, day); reached {
		return nil, overBudget(l, next)
	}
	return cal, nil
}

// overBudget refuses requests that would go beyond a limit.
func overBudget(l session.Limit, next turn.Estimate) error {
	return usagef("%s; --over-budget sends it all the same", overWords(l, next))
}

// overWords says which limit requests would go beyond.
func overWords(l session.Limit, next turn.Estimate) string {
	mark, unknown := "", ""
	if l.Spent.Estimated {
		mark = "~"
	}
	if l.Spent.Unknown > 0 {
		unknown = " + ?"
	}
	return fmt.Sprintf("over the budget: %s$%.4f%s of $%.4f %s, and this is about $%.4f", mark,
		l.Spent.USD, unknown, l.USD, l.Of, next.USD)
}
