package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"lineup/compare"
	"lineup/providers"
	"lineup/session"
	"lineup/ui"
	"lineup/ui/report"
)

// ratingFlags are the flags of lineup ratings.
type ratingFlags struct {
	by, tag, since, from, template string
	byJudge                        string
	json, votes                    bool
	options                        compare.RatingOptions
}

func ratingsCommand(g *globals) *cobra.Command {
	var f ratingFlags
	c := &cobra.Command{
		Use:   "ratings",
		Short: "How good each contender is, from your votes",
		Long: "Computes from votes how often each contender wins against an average one, with a\n" +
			"95 % interval, and how often each beats each other. A rank is shared unless the\n" +
			"better one is better with 95 % probability; a contender needs " +
			strconv.Itoa(compare.MinVotes) + " votes for a\n" +
			"rank. Votes on answers of a fallback or of a simulation are left out. So are\n" +
			"those of blind sessions that have not been revealed.\n\n" +
			"A file has one vote a line: what --votes prints, or battles of FastChat and\n" +
			"LMArena (model_a, model_b, winner). A line that is no clear vote is named and\n" +
			"left out; the exit code is then 1.",
		Example: "  lineup ratings --by model --since 30d\n" +
			"  lineup ratings --votes > votes.jsonl\n" +
			"  jq -c '.[]' clean_battle.json | lineup ratings --from - --json",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.ratings(cmd.Context(), f)
		},
	}
	c.Flags().StringVar(&f.by, "by", "contender", "rate by contender, or by model")
	c.Flags().StringVar(&f.byJudge, "by-judge", "",
		"rate by the judgements of this model instead, and say how far to trust it")
	c.Flags().StringVar(&f.tag, "tag", "", "only votes in sessions with this tag")
	c.Flags().StringVar(&f.template, "template", "",
		"only votes on prompts made from this template of the config")
	c.Flags().StringVar(&f.since, "since", "",
		"only votes of the last 90m, 24h, 7d, 2w, or since a date such as 2026-11-20")
	c.Flags().StringVar(&f.from, "from", "",
		"read the votes from this file instead, - being standard input")
	c.Flags().BoolVar(&f.options.BlindOnly, "blind-only", false, "only votes that were cast blind")
	c.Flags().BoolVar(&f.options.WithFallback, "with-fallback", false,
		"count votes on answers of a fallback too")
	c.Flags().BoolVar(&f.options.WithSimulated, "with-simulated", false,
		"count votes on simulated answers too")
	c.Flags().BoolVar(&f.votes, "votes", false, "print the votes themselves, one JSON object each")
	c.Flags().BoolVar(&f.json, "json", false, "print JSON objects: ratings, pairs, a summary")
	return c
}

// ratings does what the flags say. Its error is errFailed where a line of the file is no vote.
func (g *globals) ratings(ctx context.Context, f ratingFlags) error {
	since, err := f.check(time.Now())
	if err != nil {
		return err
	}
	fits, err := g.promptTest(ctx, f.template)
	if err != nil {
		return err
	}
	if f.byJudge != "" {
		return g.judgeRatings(ctx, f, since, fits)
	}
	votes, bad, err := g.readVotes(ctx, f, since)
	if err != nil {
		return err
	}
	votes = slices.DeleteFunc(votes, func(v compare.Vote) bool {
		return !fits(v.Prompt) || f.votes && f.options.BlindOnly && !v.Blind
	})
	if f.votes {
		err = g.printVotes(votes)
	} else {
		err = g.printRated(ctx, votes, bad, f)
	}
	if err == nil && bad > 0 {
		return errFailed
	}
	return err
}

// check finds mistakes in the flags, and completes them.
func (f *ratingFlags) check(now time.Time) (since time.Time, err error) {
	if !slices.Contains([]string{"contender", "model"}, f.by) {
		return since, usagef("--by %s: votes are counted by contender or model",
			providers.CleanLine(f.by))
	}
	f.options.ByModel = f.by == "model"
	switch {
	case f.json && f.votes:
		return since, usagef("--json and --votes exclude each other; votes are JSON")
	case f.byJudge != "" && (f.votes || f.from != "" || f.options.BlindOnly):
		return since, usagef("--by-judge and %s exclude each other: a judge does not vote",
			map[bool]string{true: "--votes", false: "--from or --blind-only"}[f.votes])
	case f.tag != "" && f.from != "":
		return since, usagef("--tag and --from exclude each other: votes in a file have no tags")
	case f.since != "":
		return parseMoment("--since", f.since, now)
	}
	return since, nil
}

// promptTest gives a test whether a prompt was made from a template of the config, "" being any.
func (g *globals) promptTest(
	ctx context.Context, template string,
) (fits func(prompt string) bool, err error) {
	if template == "" {
		return func(string) bool { return true }, nil
	}
	cfg, err := g.configForStore(ctx)
	if err != nil {
		return nil, err
	}
	text, ok := cfg.Templates[template]
	if !ok {
		return nil, usagef("--template %s: the config has no such template", template)
	}
	return ui.FromTemplate(text), nil
}

// readVotes reads the votes of the store, or of the file. It names bad lines on standard error and
// counts them.
func (g *globals) readVotes(
	ctx context.Context, f ratingFlags, since time.Time,
) (votes []compare.Vote, bad int, err error) {
	if f.from == "" {
		return votes, 0, g.withStore(ctx, func(s *session.Store) error {
			list, err := s.Votes(ctx, session.VoteFilter{Since: since, Tag: f.tag})
			votes = compare.VotesFrom(list)
			return err
		})
	}
	name, in := "standard input", g.in
	if f.from != "-" {
		file := &lateFile{path: f.from}
		defer file.close()
		name, in = f.from, file
	}
	votes, lines, err := compare.ReadVotes(waiting(ctx, in))
	if err != nil {
		return nil, 0, err
	}
	for _, l := range lines {
		fmt.Fprintf(g.err, "lineup: %s:%d: %s; left out\n", providers.CleanLine(name), l.Line,
			providers.CleanLine(l.Reason))
	}
	// a vote without a time may be older
	return slices.DeleteFunc(votes, func(v compare.Vote) bool {
		return v.At.Before(since)
	}), len(lines), nil
}

func (g *globals) printVotes(votes []compare.Vote) error {
	for _, v := range votes {
		if err := printJSON(g.out, v); err != nil {
			return err
		}
	}
	return nil
}

// printRated prints the ratings that votes make, bad being how many lines were left out.
func (g *globals) printRated(
	ctx context.Context, votes []compare.Vote, bad int, f ratingFlags,
) error {
	r := compare.Rate(votes, f.options)
	r.Summary.BadLines = bad
	if f.json {
		return g.printRatings(r, nil, true)
	}
	cfg, err := g.configForStore(ctx)
	if err != nil {
		return err
	}
	topics := compare.Topics(votes, ui.TemplateTests(cfg.Templates), f.options)
	return g.printRatings(r, topics, false)
}

func (g *globals) printRatings(r compare.Ratings, topics []compare.Topic, asJSON bool) error {
	if asJSON {
		var errs []error
		for _, x := range r.Ratings {
			errs = append(errs, printJSON(g.out, x))
		}
		for _, x := range r.Pairs {
			errs = append(errs, printJSON(g.out, x))
		}
		return errors.Join(append(errs, printJSON(g.out, r.Summary))...)
	}
	if r.Summary.Votes == 0 {
		fmt.Fprintln(g.err, "lineup: there are no votes that fit")
		return nil
	}
	_, err := io.WriteString(g.colours(), report.Ratings(r, topics, g.width()))
	return err
}
