package batch

import (
	"context"
	"errors"
	"time"

	"lineup/batch/check"
	"lineup/batch/suite"
	"lineup/providers"
	"lineup/providers/policy"
	"lineup/registry"
	"lineup/session"
	"lineup/turn"
)

// end is how a job has ended.
type end struct {
	told      bool             // its reply has ended before
	failure   *providers.Error // of the reply; nil for an answer
	failed    bool             // there is a line, and its reply is no answer
	again     bool             // a busy server has refused it; there is no line
	cancelled bool             // there is no line
	err       error            // of the file
}

// mostTries is how often a line is asked that a busy server refuses. Each of them is several
// requests, with the waits that the config and the server ask for.
const mostTries = 5

// work does jobs until there are no more.
func (r *Run) work(ctx context.Context) {
	for j := range r.jobs {
		ev := event{job: j}
		ev.end = r.do(ctx, j)
		r.events <- ev
	}
}

// do asks for a line, checks it and writes it.
func (r *Run) do(ctx context.Context, j *job) (e end) {
	defer providers.Catch("a run", func(p *providers.Panic) { e.err = p })
	if j.asked == nil {
		q, err := r.plan.question(j.at)
		if err != nil {
			return end{err: err}
		}
		j.asked = &q
	}
	spec, warm := r.plan.Specs[j.at.spec], r.warm[j.at.spec].Load()
	reply := r.ask(ctx, j.at.spec, spec, *j.asked, func(tokens int) {
		j.lane.tokens.Add(int64(tokens))
	})
	r.noteWarmup(j.at.spec, reply, warm)
	reply.Take = j.at.take
	if r.plan.Repeat > 1 {
		reply.Repeat = r.plan.Repeat
	}
	e.failure, e.failed = FailureOf(reply), !reply.Status.Answer()
	switch {
	case reply.Status == session.Cancelled:
		e.cancelled = true
		return e
	case refused(e.failure) && j.tries+1 < mostTries:
		e.again = true
		return e
	case e.failed && r.results.marks[r.plan.index(j.at)] != 0: // the old line stays
		return e
	}
	c := &r.plan.Suite.Cases[j.at.cas]
	if len(c.Checks) > 0 {
		e.told = true
		r.events <- event{job: j, asked: true}
	}
	e.err = r.write(ctx, j, reply)
	return e
}

// noteWarmup marks a reply that a local server had to load its model for, before the first answer
// of the contender in this run: its times are no measure. Several requests may wait for one load.
// warm tells what was so when the reply was asked for.
func (r *Run) noteWarmup(contender int, reply *session.Reply, warm bool) {
	reply.Warmup = reply.Loaded() && !warm && r.plan.Specs[contender].Info.Local
	if reply.Status.Answer() {
		r.warm[contender].Store(true)
	}
}

// write checks a reply and adds its line to the file.
func (r *Run) write(ctx context.Context, j *job, reply *session.Reply) error {
	c := &r.plan.Suite.Cases[j.at.cas]
	l := &Line{Reply: reply, ID: c.ID, PromptID: r.plan.Suite.Prompts[j.at.prompt].ID,
		Prompt: j.asked.prompt, System: j.asked.request.System, Vars: varsOf(c),
		Take: j.at.take, Request: requestID(j.asked.request)}
	if !reply.EndedAt.IsZero() {
		l.Ended = reply.EndedAt.UTC().Format(stampLayout)
	}
	line, v, err := r.judge(ctx, l, c, r.askJudge)
	if err != nil {
		return err
	}
	return r.results.add(j.at, line, markOf(reply.Status, v.Pass, c))
}

// varsOf are the variables of a case as its line has them: an object in any case.
func varsOf(c *suite.Case) map[string]any {
	if vars := c.Vars.Map(); vars != nil {
		return vars
	}
	return map[string]any{}
}

// stampLayout is RFC 3339 with milliseconds.
const stampLayout = "2006-01-02T15:04:05.000Z07:00"

// judge makes the checks of a line, and the text of the line.
func (r *Run) judge(
	ctx context.Context, l *Line, c *suite.Case, ask asking,
) (line []byte, v verdict, err error) {
	record, err := l.record()
	if err != nil {
		return nil, v, err
	}
	v.Checking = checking(c)
	subject := check.Subject{Reply: l.Reply, Line: record, Vars: l.Vars}
	for _, one := range c.Checks {
		v.Checks = append(v.Checks, one.Run(ctx, subject, check.Env{Ask: ask}))
	}
	v.Pass = c.Verdict(v.Checks)
	if ctx.Err() != nil { // a check may have been stopped: the next run makes them
		v = verdict{}
	}
	line, err = v.close(record)
	return line, v, err
}

// asking asks a model that a check names.
type asking func(ctx context.Context, model, prompt string) (string, error)

// askJudge asks a model about an answer.
func (r *Run) askJudge(ctx context.Context, model, prompt string) (string, error) {
	spec, ok := r.o.Judges[model]
	if !ok {
		return "", errors.New(model + " is not open")
	}
	req := turn.Request(spec, "", userSays(prompt)...)
	reply := r.ask(ctx, 0, spec, question{request: req}, nil)
	if e := FailureOf(reply); e != nil {
		return "", e
	}
	return reply.Text, nil
}

func userSays(prompt string) []providers.Message {
	return []providers.Message{{Role: providers.User, Content: prompt}}
}

// ask asks a model. progress, unless it is nil, is told of tokens as they come.
func (r *Run) ask(
	ctx context.Context, slot int, spec registry.Spec, q question, progress func(tokens int),
) *session.Reply {
	reply := Ask(ctx, r.o.Calibration, slot, spec, q.request, progress)
	r.purse.pay(reply)
	return reply
}

// Ask asks a model, and gives the reply when it has ended. progress, unless it is nil, is told of
// tokens as they come. The calibration learns from answers that have a price.
func Ask(
	ctx context.Context, cal *session.Calibration, slot int, spec registry.Spec,
	req providers.Request, progress func(tokens int),
) *session.Reply {
	reply := cal.NewReply(slot, spec.Info, req, time.Now())
	tokens := 0
	providers.Ask(ctx, providers.Call{Model: spec.Model, Request: req},
		func(ev providers.Event) {
			reply.Apply(ev)
			if now := reply.Usage.Output; progress != nil && now != tokens {
				progress(now - tokens)
				tokens = now
			}
		})
	if spec.Info.Price.Known() {
		cal.Learn(reply)
	}
	return reply
}

// FailureOf is why a reply is no answer, nil if it is one.
func FailureOf(r *session.Reply) *providers.Error {
	if r.Status.Answer() || r.Error == nil {
		return nil
	}
	e := &providers.Error{Kind: r.Error.Kind, Status: r.Error.Status, Message: r.Error.Message,
		Hint: r.Error.Hint}
	if ms := r.Error.RetryAfterMS; ms != nil {
		e.RetryAfter = time.Duration(*ms) * time.Millisecond
	}
	return e
}

// refused reports whether a server had too much to do, and will have less soon.
func refused(e *providers.Error) bool {
	return e != nil && policy.Busy(e.Status) && e.Kind != providers.Quota &&
		e.RetryAfter <= policy.LongestRest
}
