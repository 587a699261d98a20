package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/dustin/go-humanize/english"
	"github.com/spf13/pflag"

	"lineup/compare"
	"lineup/config"
	"lineup/providers"
	"lineup/registry"
	"lineup/session"
	"lineup/turn"
	"lineup/ui/report"
	"lineup/ui/text"
)

// readerFlag names a model that reads the answers of others. Given without a value, as --judge=, it
// is the one of the line-up or of the config.
type readerFlag struct {
	ref   string
	given bool
}

func (f *readerFlag) String() string { return f.ref }
func (f *readerFlag) Type() string   { return "string" }

func (f *readerFlag) Set(ref string) error {
	f.ref, f.given = ref, true
	return nil
}

// open opens the model, ok is false where none is wanted. usual is the one of the config.
func (f *readerFlag) open(
	reg *registry.Registry, flag, usual string,
) (spec registry.Spec, ok bool, err error) {
	ref := cmp.Or(f.ref, usual)
	switch {
	case !f.given:
		return spec, false, nil
	case ref == "":
		return spec, false, usagef("--%s: name a model, or set %s in [compare] of the config", flag,
			flag)
	}
	if spec, err = reg.OpenReader(ref); err != nil {
		return spec, false, usagef("--%s: %w", flag, err)
	}
	return spec, true, nil
}

// judgeFlags say who judges the answers of lineup ask.
type judgeFlags struct {
	judge    readerFlag
	self     bool
	allPairs bool
}

func (f *judgeFlags) register(flags *pflag.FlagSet) {
	flags.Var(&f.judge, "judge",
		"model reference, with settings as for -m, of who compares the answers in pairs; "+
			"--judge= is the config's")
	flags.BoolVar(&f.self, "self", false, "with --judge: the judge's own answers too, marked")
	flags.BoolVar(&f.allPairs, "all-pairs", false,
		"with --judge: every pair of more than four answers, not each with the middle one")
}

// open opens the judge, nil where nobody judges. l is the line-up that is asked, if one is.
func (f *judgeFlags) open(
	reg *registry.Registry, l config.Lineup, asJSON bool,
) (*judging, error) {
	if !f.judge.given && (f.self || f.allPairs) {
		return nil, usagef("--self and --all-pairs go with --judge")
	}
	of := reg.Config().Compare
	spec, ok, err := f.judge.open(reg, "judge", cmp.Or(l.Judge, of.Judge))
	if !ok {
		return nil, err
	}
	return &judging{judgeFlags: *f, spec: spec, asJSON: asJSON, criteria: of.Criteria}, nil
}

// judging asks a judge about the answers of a turn.
type judging struct {
	judgeFlags
	spec     registry.Spec
	criteria string
	asJSON   bool
}

// judgementRecord is the line of a judgement in lineup ask --json.
type judgementRecord struct {
	Type     string            `json:"type"`
	Judge    string            `json:"judge"`
	Turn     *string           `json:"turn"` // null if it is not saved
	A        int               `json:"a"`
	B        int               `json:"b"`
	Winner   session.Verdict   `json:"winner"`
	Verdicts []session.Verdict `json:"verdicts"`
	Flipped  bool              `json:"flipped"`
	Self     bool              `json:"self"`
	Reason   string            `json:"reason"`
	Usage    session.Usage     `json:"usage"`
	Cost     session.Cost      `json:"cost"`
}

// run judges the pairs of a turn, prints the judgements and stores them. ok is false if the judge
// was not asked or failed, or if they could not be stored. The error is one of standard output.
func (j *judging) run(ctx context.Context, q *question, t *turn.Turn) (ok bool, err error) {
	answers := j.answers(ctx, q, t.Record)
	pairs := compare.JudgePairs(answers, j.allPairs, j.self)
	if len(pairs) == 0 {
		why := "two answers are needed"
		if own := func(a compare.JudgedAnswer) bool { return a.Own }; len(answers) > 1 && !j.self &&
			slices.ContainsFunc(answers, own) {
			why += " that are not the judge's own; --self takes those too"
		}
		fmt.Fprintln(q.g.err, "lineup: nothing to judge: "+why)
		return true, nil
	}
	asked := turn.NewJudging(t.Record, j.spec, pairs, j.criteria, q.calibration, time.Now())
	if err := q.affords(t.Record, asked.Estimate()); err != nil {
		fmt.Fprintf(q.g.err, "lineup: not judged: %v\n", err)
		return false, nil
	}
	tell := newTeller(q.g)
	tell.err = &onceEach{to: q.g.err}
	for asked.Start(ctx); !asked.Ended(); asked.Take(tell.replies) {
		<-asked.Ready()
	}
	q.spend(session.SpentOnJudging, asked.Unjudged())
	list := asked.Judgements()
	if j.asJSON {
		for _, made := range list {
			if err := printJSON(q.g.out, recordOf(made, t.Record.ID)); err != nil {
				return false, err
			}
		}
	} else if len(list) > 0 {
		heading := "## Judged by " + providers.CleanLine(j.spec.Info.Ref.String())
		if p, ok := q.show.(*textPrinter); ok && p.draws != nil {
			heading = drawnHeading(heading)
		}
		table := "\n" + heading + "\n\n" + j.table(t.Record, list)
		if _, err := io.WriteString(q.g.out, table); err != nil {
			return false, err
		}
	}
	kept := j.keep(ctx, q, t.Record, list)
	if n := len(pairs) - len(list); n > 0 {
		fmt.Fprintf(q.g.err, "lineup: %d of %s not judged: a question was stopped or failed\n", n,
			english.Plural(len(pairs), "pair", ""))
		return false, nil
	}
	return kept, nil
}

// onceEach writes what has not been written before. Twelve questions to a server that is away fail
// for one reason.
type onceEach struct {
	to   io.Writer
	said map[string]bool
}

func (w *onceEach) Write(line []byte) (int, error) {
	if w.said[string(line)] {
		return len(line), nil
	}
	if w.said == nil {
		w.said = map[string]bool{}
	}
	w.said[string(line)] = true
	return w.to.Write(line)
}

// replies tells of replies that nobody sees, as their events come.
func (t *teller) replies(r *session.Reply, events []providers.Event) {
	for _, ev := range events {
		t.event(r, ev)
		if ev.Type == providers.EventEnd && r.Status != session.Cancelled {
			t.end(r)
		}
	}
}

func recordOf(j *session.Judgement, turnID string) judgementRecord {
	rec := judgementRecord{Type: "judgement", Judge: j.Judge, A: j.A, B: j.B, Winner: j.Winner,
		Verdicts: j.Verdicts, Flipped: j.Flipped, Self: j.Self, Reason: j.Reason, Usage: j.Usage,
		Cost: j.Cost}
	if turnID != "" {
		rec.Turn = &turnID
	}
	return rec
}

// answers are what can be judged of a turn. It says which replies cannot.
func (j *judging) answers(
	ctx context.Context, q *question, t *session.Turn,
) (list []compare.JudgedAnswer) {
	sayUnread(q, t, "judged")
	strengths := map[string]float64{}
	if store := q.keeper.Store(); store != nil && !j.allPairs {
		votes, _ := store.Votes(ctx, session.VoteFilter{}) // without any all are alike
		strengths = compare.StrengthsIn(votes)
	}
	return turn.JudgedAnswers(t, j.spec.Info.Ref, strengths)
}

// sayUnread says which replies are no answers to be judged or merged.
func sayUnread(q *question, t *session.Turn, done string) {
	for _, r := range t.Replies {
		if r != nil && !r.Merge && !r.Answered() {
			fmt.Fprintf(q.g.err, "lineup: %s is not %s: its reply is %s\n", r.Model, done, r.Status)
		}
	}
}

// keep stores judgements with their turn, if that is stored.
func (j *judging) keep(
	ctx context.Context, q *question, t *session.Turn, list []*session.Judgement,
) bool {
	for _, made := range list { // its money counts, stored or not
		t.SetJudgement(made)
	}
	store := q.keeper.Store()
	if store == nil || t.ID == "" || len(list) == 0 {
		return true
	}
	if err := store.Judge(context.WithoutCancel(ctx), t.ID, list...); err != nil {
		fmt.Fprintln(q.g.err, "lineup: the judgements are not saved: "+
			providers.CleanLine(err.Error()))
		return false
	}
	return true
}

// table is judgements for people: a line for each pair, and what all of them cost.
func (j *judging) table(t *session.Turn, list []*session.Judgement) string {
	name := func(slot int) string {
		return fmt.Sprintf("%d %s", slot+1, text.OneLine(t.Reply(slot).Candidate().Label))
	}
	widthA, widthB := 0, 0
	for _, made := range list {
		widthA = max(widthA, ansi.StringWidth(name(made.A)))
		widthB = max(widthB, ansi.StringWidth(name(made.B)))
	}
	var b strings.Builder
	flips, usd, known := 0, 0.0, true
	for _, made := range list {
		says := map[session.Verdict]string{session.VerdictA: fmt.Sprintf("%d is better", made.A+1),
			session.VerdictB:   fmt.Sprintf("%d is better", made.B+1),
			session.VerdictTie: "tie", session.NoVerdict: "no verdict"}[made.Winner]
		if made.Flipped {
			says += ": the order decided"
			flips++
		}
		if made.Self {
			says += " (the judge's own answer is among them)"
		}
		b.WriteString(text.Pad(name(made.A), widthA) + "  " + text.Pad(name(made.B), widthB) +
			"  " + says + "\n")
		if made.Cost.USD == nil {
			known = false
		} else {
			usd += *made.Cost.USD
		}
	}
	total := session.Cost{Source: list[0].Cost.Source}
	if known {
		total.USD = &usd
	}
	sum := []string{english.Plural(len(list), "pair", ""), english.Plural(flips, "flip", "")}
	if cost := report.Cost(total, j.spec.Info.Local); cost != "" {
		sum = append(sum, cost)
	}
	return b.String() + "\n" + strings.Join(sum, " · ") + "\n"
}

// affords refuses requests over the budget: with what was spent today, and on the turn so far.
func (q *question) affords(t *session.Turn, next turn.Estimate) error {
	if q.budget == nil {
		return nil
	}
	paid := t.Spent()
	l, reached := next.Over(*q.budget, q.before.Plus(paid), q.day.Plus(paid))
	if reached {
		return overBudget(l, next)
	}
	return nil
}
