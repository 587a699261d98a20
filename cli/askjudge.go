package cli

import (
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

// judgeFlags say who judges the answers of lineup ask.
type judgeFlags struct {
	judge    string
	self     bool
	allPairs bool
}

func (f *judgeFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.judge, "judge", "",
		"model reference, with settings as for -m, of who compares the answers in pairs")
	flags.BoolVar(&f.self, "self", false, "with --judge: the judge's own answers too, marked")
	flags.BoolVar(&f.allPairs, "all-pairs", false,
		"with --judge: every pair of more than four answers, not each with the middle one")
}

// open opens the judge, nil where nobody judges.
func (f *judgeFlags) open(reg *registry.Registry, asJSON bool) (*judging, error) {
	if f.judge == "" {
		if f.self || f.allPairs {
			return nil, usagef("--self and --all-pairs go with --judge")
		}
		return nil, nil
	}
	spec, err := openReader(reg, f.judge)
	if err != nil {
		return nil, usagef("--judge: %w", err)
	}
	return &judging{judgeFlags: *f, spec: spec, asJSON: asJSON,
		criteria: reg.Config().Compare.Criteria}, nil
}

// openReader opens a model that is to read answers. No other model may stand in for it: the record
// says who judged. What it says is text, whatever schema and tools the model has elsewhere.
func openReader(reg *registry.Registry, arg string) (registry.Spec, error) {
	pane, err := reg.Config().ParsePane(arg)
	if err != nil {
		return registry.Spec{}, err
	}
	if pane.Fallback == nil {
		pane.Fallback = []string{}
	}
	specs, err := openAll(reg, []config.Pane{pane})
	if err != nil {
		return registry.Spec{}, err
	}
	specs[0].Schema, specs[0].Tools = nil, nil
	return specs[0], nil
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
	asked := j.questions(q, t.Record, pairs)
	var inputs []float64
	for _, r := range asked.Replies {
		inputs = append(inputs, float64(r.Usage.Input))
	}
	if err := q.affords(t.Record, j.spec, inputs...); err != nil {
		fmt.Fprintf(q.g.err, "lineup: not judged: %v\n", err)
		return false, nil
	}
	tell := newTeller(q.g)
	tell.err = &onceEach{to: q.g.err}
	_ = turn.NewKeeper(nil, nil, nil).Follow(ctx, asked, tell.replies) // which has no errors
	list, ok := j.judgements(t.Record, pairs, asked.Replies)
	if j.asJSON {
		for _, made := range list {
			if err := printJSON(q.g.out, recordOf(made, t.Record.ID)); err != nil {
				return false, err
			}
		}
	} else if len(list) > 0 {
		if _, err := io.WriteString(q.g.out, j.table(t.Record, list)); err != nil {
			return false, err
		}
	}
	return j.keep(ctx, q, t.Record, list) && ok, nil
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
func (t *teller) replies(r *session.Reply, events []providers.Event) error {
	for _, ev := range events {
		t.event(r, ev)
		if ev.Type == providers.EventEnd && r.Status != session.Cancelled {
			t.end(r)
		}
	}
	return nil
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
	for slot, r := range t.Replies {
		switch {
		case r == nil || r.Merge:
		case !answered(r):
			fmt.Fprintf(q.g.err, "lineup: %s is not judged: its reply is %s\n", r.Model, r.Status)
		default:
			ref := j.spec.Info.Ref.String()
			list = append(list, compare.JudgedAnswer{Slot: slot,
				Own: r.Model == ref || r.ServedBy == ref})
		}
	}
	if store := q.keeper.Store(); store != nil && !j.allPairs {
		strengths := map[string]float64{}
		votes, _ := store.Votes(ctx, session.VoteFilter{}) // without any all are alike
		for _, x := range compare.Rate(castVotes(votes), compare.RatingOptions{}).Ratings {
			strengths[x.Contender.ID] = x.Theta
		}
		for i := range list {
			list[i].Strength = strengths[t.Reply(list[i].Slot).Candidate().ID]
		}
	}
	return list
}

// questions are a turn of its own: two questions for each pair, one after the other.
func (j *judging) questions(
	q *question, t *session.Turn, pairs []compare.JudgePair,
) *turn.Turn {
	now := time.Now()
	asked := turn.New(turn.NewSession("", "", nil, now), t.Prompt, now)
	for _, p := range pairs {
		a, b := t.Reply(p.A).VisibleText(), t.Reply(p.B).VisibleText()
		for _, order := range [][2]string{{a, b}, {b, a}} {
			text := compare.JudgeQuestion{Prompt: t.Prompt, First: order[0], Second: order[1],
				Criteria: j.criteria,
				Boundary: compare.NewBoundary(t.Prompt, a, b, j.criteria)}.Text()
			asked.Ask(len(asked.Replies), j.spec, []providers.Message{{Role: providers.User,
				Content: text, Attachments: t.Attachments}}, q.calibration, now)
		}
	}
	return asked
}

// judgements are what came of the questions. A pair with a failed question has none: ok is false.
func (j *judging) judgements(
	t *session.Turn, pairs []compare.JudgePair, replies []*session.Reply,
) (list []*session.Judgement, ok bool) {
	ok = true
	for i, p := range pairs {
		first, second := replies[2*i], replies[2*i+1]
		if failed(first) || failed(second) {
			ok = false
			continue
		}
		made := compare.NewJudgement(p, first.VisibleText(), second.VisibleText())
		made.Judge, made.Judged = j.spec.Info.Ref.String(), t.JudgedOf(p.A, p.B)
		made.Simulated = made.Simulated || j.spec.Info.Simulated
		made.PayFor(first, true)
		made.PayFor(second, false)
		list = append(list, &made)
	}
	return list, ok
}

// keep stores judgements with their turn, if that is stored.
func (j *judging) keep(
	ctx context.Context, q *question, t *session.Turn, list []*session.Judgement,
) bool {
	store := q.keeper.Store()
	if store == nil || t.ID == "" || len(list) == 0 {
		return true
	}
	if err := store.Judge(context.WithoutCancel(ctx), t.ID, list...); err != nil {
		fmt.Fprintln(q.g.err, "lineup: the judgements are not saved: "+
			providers.CleanLine(err.Error()))
		return false
	}
	for _, made := range list {
		t.SetJudgement(made)
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
	fmt.Fprintf(&b, "\n## Judged by %s\n\n", providers.CleanLine(j.spec.Info.Ref.String()))
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
	fmt.Fprintf(&b, "\n%s", english.Plural(len(list), "pair", ""))
	fmt.Fprintf(&b, " · %s", english.Plural(flips, "flip", ""))
	if cost := report.Cost(total, j.spec.Info.Local); cost != "" {
		b.WriteString(" · " + cost)
	}
	return b.String() + "\n"
}

// castVotes are votes of the store for package compare.
func castVotes(list []session.CastVote) []compare.Vote {
	votes := make([]compare.Vote, len(list))
	for i, v := range list {
		votes[i] = compare.Vote(v)
	}
	return votes
}

// affords refuses requests over the budget: with what was spent today, and on the turn so far. A
// request has so many tokens of input.
func (q *question) affords(t *session.Turn, spec registry.Spec, inputs ...float64) error {
	if q.budget == nil {
		return nil
	}
	spent, day := session.Spent{}, q.day
	for _, r := range t.All() {
		spent.Add(r)
		day.Add(r)
	}
	var next turn.Estimate
	for _, input := range inputs {
		next = next.Plus(turn.EstimateOf(q.calibration, spec.Info, input, 0))
	}
	if l, reached := next.Over(*q.budget, spent, day); reached {
		return overBudget(l, next)
	}
	return nil
}
