package session

import (
	"time"

	"lineup/providers"
)

// Events gives the events of an ended reply, at their recorded times after the prompt. Applied to a
// new reply of that moment they make the same text, times and attempts; of tokens and costs they
// know what was reported. Without a recorded timing, as in an imported session, the text comes as a
// whole.
func (r *Reply) Events(sent time.Time) []providers.Event {
	s := script{r: r, sent: sent, last: sent}
	first, t0 := r.recorded()
	if r.Metrics.Queue > 0 {
		s.add(first-span(r.Metrics.Queue), providers.Event{Type: providers.EventQueued})
	}
	for i, a := range r.Attempts {
		answered := i == len(r.Attempts)-1
		s.start(first, a, answered)
		if answered {
			s.answer(t0)
		}
		s.end(first, a, answered)
	}
	if len(r.Attempts) == 0 {
		info := s.info(r.ServedBy, true)
		s.add(0, providers.Event{Type: providers.EventAttemptStart, Attempt: &info})
		s.answer(0)
		s.add(spanOf(r.Metrics.Duration),
			providers.Event{Type: providers.EventAttemptEnd, Err: r.failure()})
	}
	end := providers.Event{Type: providers.EventEnd, Err: r.failure()}
	if r.JSON != nil {
		end.Checked = &providers.Checked{Text: r.Text, Result: *r.JSON}
	}
	s.add(0, end)
	return s.events
}

// script collects the events of a reply in the order of their times.
type script struct {
	r      *Reply
	sent   time.Time
	last   time.Time
	events []providers.Event
}

// add appends an event at a time after the prompt, and never before the one that precedes it.
func (s *script) add(after time.Duration, ev providers.Event) {
	ev.At = s.sent.Add(after)
	if ev.At.Before(s.last) {
		ev.At = s.last
	}
	s.last = ev.At
	s.events = append(s.events, ev)
}

func span(ms float64) time.Duration {
	return time.Duration(ms * float64(time.Millisecond)).Round(time.Microsecond)
}

func spanOf(ms *float64) time.Duration {
	if ms == nil {
		return 0
	}
	return span(*ms)
}

// setup is what came between the start of an attempt and its request.
func (a Attempt) setup() time.Duration {
	p := a.Phases
	if p == nil || p.Reused {
		return 0
	}
	return span(p.DNS) + span(p.Connect) + span(p.TLS)
}

// recorded finds when the first attempt began and when the request of the last one went out, both
// after the prompt.
func (r *Reply) recorded() (first, t0 time.Duration) {
	first = span(r.Metrics.Queue)
	if len(r.Attempts) == 0 {
		return first, first
	}
	a := r.Attempts[len(r.Attempts)-1]
	wait := a.setup()
	// a server that turned requests away while it loaded
	if _, within := r.Metrics.Server["load_ms"]; !within {
		wait += spanOf(r.Metrics.Load)
	}
	t0 = span(a.Started) + wait
	if took := span(a.Ended) - spanOf(r.Metrics.Duration); r.Metrics.Duration != nil && took < t0 {
		t0 = max(span(a.Started), took)
	}
	if r.Metrics.FromEnter != nil && r.Metrics.Duration != nil {
		first = max(first, span(*r.Metrics.FromEnter)-span(*r.Metrics.Duration)-t0)
	}
	return first, first + t0
}

// info is the model of an attempt.
func (s *script) info(model string, answered bool) providers.Info {
	ref, err := providers.ParseRef(model)
	if err != nil {
		ref = providers.Ref{Model: model}
	}
	info := providers.Info{Ref: ref, Name: ref.Model, Simulated: s.r.Simulated, Params: s.r.Params}
	if s.r.Contender != nil {
		info.Contender = *s.r.Contender
	}
	if answered && s.r.Cost.Price != nil {
		info.Price = *s.r.Cost.Price
	}
	return info
}

func (s *script) start(first time.Duration, a Attempt, answered bool) {
	info := s.info(a.Model, answered)
	s.add(first+span(a.Started), providers.Event{Type: providers.EventAttemptStart, Attempt: &info})
	if p := a.Phases; p != nil {
		s.add(first+span(a.Started)+a.setup(), providers.Event{Type: providers.EventConnected,
			Phases: &providers.Phases{DNS: span(p.DNS), Connect: span(p.Connect), TLS: span(p.TLS),
				Reused: p.Reused}})
	}
}

// answer is what came on the request that went out at t0.
func (s *script) answer(t0 time.Duration) {
	r := s.r
	if n := len(r.Attempts); n == 0 || r.Attempts[n-1].Phases == nil {
		s.add(t0, providers.Event{Type: providers.EventConnected}) // it must have been
	}
	s.add(t0, providers.Event{Type: providers.EventSent})
	if n := len(r.Attempts); n > 0 && r.Attempts[n-1].Status != 0 {
		headers := t0
		if p := r.Attempts[n-1].Phases; p != nil {
			headers += span(p.Headers)
		}
		s.add(headers, providers.Event{Type: providers.EventHeaders,
			Status: r.Attempts[n-1].Status})
	}
	if r.ServedModel != "" {
		s.add(t0, providers.Event{Type: providers.EventServed, Text: r.ServedModel})
	}
	s.tokens(t0)
	if r.Usage.Source == Reported {
		s.add(0, providers.Event{Type: providers.EventUsage,
			Usage: &providers.Usage{Input: r.Usage.Input, Output: r.Usage.Output,
				Reasoning: r.Usage.Reasoning, CacheRead: r.Usage.CacheRead,
				CacheWrite: r.Usage.CacheWrite, CacheWrite1h: r.Usage.Write1h}})
	}
	if len(r.Metrics.Server) > 0 {
		s.add(0, providers.Event{Type: providers.EventTimings, Timings: r.Metrics.Server})
	}
	if r.Cost.USD != nil && r.Cost.Source == string(providers.CostGateway) {
		s.add(0, providers.Event{Type: providers.EventCost, USD: *r.Cost.USD})
	}
	for _, n := range r.Notes {
		s.add(0, providers.Event{Type: providers.EventNote, Text: n})
	}
	for _, p := range r.DroppedParams {
		s.add(0, providers.Event{Type: providers.EventDropped, Text: p})
	}
	if r.FinishReason != "" {
		s.add(0, providers.Event{Type: providers.EventFinish, Text: r.FinishReason})
	}
}

// tokens cuts the texts into the pieces as they came. What the timings do not tell of comes with
// the last one.
func (s *script) tokens(t0 time.Duration) {
	thought, text := s.r.Reasoning, s.r.Text
	for _, c := range s.r.Chunks {
		if c.Reasoning {
			thought = s.piece(t0+c.At, providers.EventReasoning, thought, c.Len)
		} else {
			text = s.piece(t0+c.At, providers.EventText, text, c.Len)
		}
	}
	end := t0 + spanOf(s.r.Metrics.Duration)
	s.piece(end, providers.EventReasoning, thought, len(thought))
	s.piece(end, providers.EventText, text, len(text))
	for i, c := range s.r.ToolCalls {
		s.add(end, providers.Event{Type: providers.EventCall, Text: c.Arguments,
			Bytes: len(c.Arguments), Call: &providers.ToolCall{Index: i, ID: c.ID, Name: c.Name}})
	}
}

// piece takes n bytes off a text, and gives the rest. It never cuts a character.
func (s *script) piece(at time.Duration, kind providers.EventType, text string, n int) string {
	n = min(n, len(text))
	for n < len(text) && text[n]&0xc0 == 0x80 {
		n++
	}
	if n > 0 {
		s.add(at, providers.Event{Type: kind, Text: text[:n], Bytes: n})
	}
	return text[n:]
}

func (s *script) end(first time.Duration, a Attempt, answered bool) {
	ev := providers.Event{Type: providers.EventAttemptEnd, Status: a.Status}
	switch {
	case answered:
		ev.Err = s.r.failure()
	case a.Outcome != string(Done) && a.Outcome != string(Length):
		ev.Err = &providers.Error{Kind: providers.Kind(a.Outcome), Status: a.Status}
	}
	s.add(first+span(a.Ended), ev)
	if !answered && a.Wait > 0 {
		s.add(first+span(a.Ended), providers.Event{Type: providers.EventWait, Wait: span(a.Wait)})
	}
}

// failure is the error that a reply ended with, nil for an answer.
func (r *Reply) failure() *providers.Error {
	e := r.Error
	if e == nil {
		return nil
	}
	err := &providers.Error{Kind: e.Kind, Model: r.ServedBy, Status: e.Status, Message: e.Message,
		Hint: e.Hint}
	if e.RetryAfterMS != nil {
		err.RetryAfter = time.Duration(*e.RetryAfterMS) * time.Millisecond
	}
	return err
}
