package turn

import (
	"context"
	"slices"
	"time"

	"lineup/compare"
	"lineup/providers"
	"lineup/registry"
	"lineup/session"
)

// Judging asks a judge about the answers of a turn in pairs. Its questions are kept nowhere: its
// judgements are. A Judging is for one goroutine.
type Judging struct {
	Judge registry.Spec
	Pairs []compare.JudgePair

	judged    []session.Judged      // by pair, as the answers were when the Judging was made
	questions [][]providers.Message // two for each pair, with A and then with B shown first
	asked     *Turn                 // those that have begun, in their order
	cal       *session.Calibration
	stopped   bool // no further questions begin
}

// pairsAtOnce is how many pairs a judge is asked about at a time, in both orders. Of a judging that
// ends early most pairs are whole, and no gateway gets hundreds of requests at once.
const pairsAtOnce = 2

// NewJudging prepares questions about pairs of answers of a turn, which must be there. Empty
// criteria are the built-in ones; cal may be nil.
func NewJudging(
	t *session.Turn, judge registry.Spec, pairs []compare.JudgePair, criteria string,
	cal *session.Calibration, at time.Time,
) *Judging {
	j := &Judging{Judge: judge, Pairs: pairs, cal: cal,
		asked: New(NewSession("", "", nil, at), t.Prompt, at)}
	for _, p := range pairs {
		j.judged = append(j.judged, t.JudgedOf(p.A, p.B))
		a, b := t.Reply(p.A).VisibleText(), t.Reply(p.B).VisibleText()
		for _, order := range [][2]string{{a, b}, {b, a}} {
			question := compare.JudgeQuestion{Prompt: t.Prompt, First: order[0], Second: order[1],
				Criteria: criteria,
				Boundary: compare.NewBoundary(t.Prompt, a, b, criteria)}.Text()
			j.questions = append(j.questions, readAs(t, question))
		}
	}
	return j
}

// Start sends the first questions.
func (j *Judging) Start(ctx context.Context) {
	j.begin(j.asked.Record.CreatedAt)
	j.asked.Start(ctx)
}

// begin begins as many questions as may run at a time.
func (j *Judging) begin(at time.Time) {
	for !j.stopped && len(j.asked.Replies) < len(j.questions) && j.running() < pairsAtOnce {
		for range 2 {
			next := len(j.asked.Replies)
			j.asked.Ask(next, j.Judge, j.questions[next], j.cal, at)
		}
	}
}

// running is how many pairs have a question that has not ended.
func (j *Judging) running() (n int) {
	for i := 0; i < len(j.asked.Replies); i += 2 {
		a, b := j.asked.Replies[i], j.asked.Replies[i+1]
		if !a.Status.Final() || !b.Status.Final() {
			n++
		}
	}
	return n
}

// Ready delivers a value when Take has something to take.
func (j *Judging) Ready() <-chan struct{} { return j.asked.Ready() }

// Take folds in what the judge has said, and sends further questions. Show may be nil; see
// [Turn.Take].
func (j *Judging) Take(show func(*session.Reply, []providers.Event)) {
	var last time.Time
	j.asked.Take(func(r *session.Reply, events []providers.Event) {
		last = events[len(events)-1].At
		j.stopped = j.stopped || r.Status == session.Cancelled || hopeless(r)
		if show != nil {
			show(r, events)
		}
	})
	if j.begin(last); j.asked.Started() {
		j.asked.send(len(j.asked.Replies))
	}
}

// hopeless reports whether a question failed for a reason that all others share.
func hopeless(r *session.Reply) bool {
	return r.Error != nil && slices.Contains([]providers.Kind{providers.Auth, providers.Quota,
		providers.Permission, providers.NotFound, providers.Unreachable}, r.Error.Kind)
}

// Ended reports whether all questions have ended that will be asked.
func (j *Judging) Ended() bool { return j.asked.Started() && j.asked.Ended() }

// Stop stops what runs, and asks no further questions.
func (j *Judging) Stop() {
	j.stopped = true
	j.asked.CancelAll()
}

// End stops what runs and waits for its end, but no longer than within.
func (j *Judging) End(within time.Duration) {
	j.stopped = true
	j.asked.End(within)
}

// Answers are those of the judge to the questions that have begun, in their order.
func (j *Judging) Answers() []*session.Reply { return j.asked.Replies }

// Questions is how many there are.
func (j *Judging) Questions() int { return len(j.questions) }

// JudgedAnswers are the answers of a turn that a judge may be asked about. Strengths are those of
// the contenders, by their ids.
func JudgedAnswers(
	t *session.Turn, judge providers.Ref, strengths map[string]float64,
) (list []compare.JudgedAnswer) {
	for _, slot := range t.Answered() {
		r := t.Reply(slot)
		list = append(list, compare.JudgedAnswer{Slot: slot,
			Strength: strengths[r.Candidate().ID],
			Own:      r.Model == judge.String() || r.ServedBy == judge.String()})
	}
	return list
}

// Estimate is what the questions may cost.
func (j *Judging) Estimate() (e Estimate) {
	for _, messages := range j.questions {
		e = e.Plus(EstimateRequest(j.cal, j.Judge.Info, Request(j.Judge, "", messages...)))
	}
	return e
}

// Judgement is what came of a pair: nil unless both of its questions were answered. A choice in one
// order is none.
func (j *Judging) Judgement(pair int) *session.Judgement {
	if 2*pair+1 >= len(j.asked.Replies) {
		return nil
	}
	first, second := j.asked.Replies[2*pair], j.asked.Replies[2*pair+1]
	if !first.Status.Answer() || !second.Status.Answer() {
		return nil
	}
	made := compare.NewJudgement(j.Pairs[pair], first.VisibleText(), second.VisibleText())
	made.Judge, made.Judged = j.Judge.Info.Ref.String(), j.judged[pair]
	made.Simulated = made.Simulated || first.Simulated || second.Simulated
	made.PayFor(first, true)
	made.PayFor(second, false)
	return &made
}

// Judgements are those of all pairs that have one, in the order of the pairs.
func (j *Judging) Judgements() (list []*session.Judgement) {
	for i := range j.Pairs {
		if made := j.Judgement(i); made != nil {
			list = append(list, made)
		}
	}
	return list
}

// Unjudged is what pairs have cost that came to nothing: no judgement tells of their questions.
func (j *Judging) Unjudged() (sum session.Spent) {
	for i, r := range j.asked.Replies {
		if j.Judgement(i/2) == nil {
			sum.Add(r)
		}
	}
	return sum
}
