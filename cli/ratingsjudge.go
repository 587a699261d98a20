package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"lineup/compare"
	"lineup/providers"
	"lineup/session"
	"lineup/ui/report"
)

// trustRecord is the line of ratings --by-judge --json that says how far to trust the judge.
type trustRecord struct {
	Type  string `json:"type"` // always "trust"
	Judge string `json:"judge"`
	compare.Trust
}

// judgeRatings rates contenders by what a judge found, and says how far to trust it.
func (g *globals) judgeRatings(
	ctx context.Context, f ratingFlags, since time.Time, fits func(prompt string) bool,
) error {
	var list []session.MadeJudgement
	var own []session.CastVote
	err := g.withStore(ctx, func(s *session.Store) (err error) {
		filter := session.VoteFilter{Since: since, Tag: f.tag}
		if list, err = s.Judgements(ctx, f.byJudge, filter); err == nil {
			own, err = s.Votes(ctx, session.VoteFilter{})
		}
		return err
	})
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(m session.MadeJudgement) bool { return !fits(m.Prompt) })
	if len(list) == 0 && !f.json {
		fmt.Fprintf(g.err, "lineup: %s has judged nothing that fits\n",
			providers.CleanLine(f.byJudge))
		return nil
	}
	ratings := compare.Rate(compare.VotesOf(list), f.options)
	trust := compare.TrustIn(compare.PairsWith(list, own))
	if f.json {
		if err := g.printRatings(ratings, nil, true); err != nil {
			return err
		}
		return printJSON(g.out, trustRecord{"trust", f.byJudge, trust})
	}
	page := report.JudgedRatings(ratings, g.width()) + "\n"
	for _, line := range report.Trust(f.byJudge, trust) {
		page += g.folded(" "+line, 1) + "\n"
	}
	_, err = io.WriteString(g.colours(), page)
	return err
}
