package session

import (
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"lineup/providers"
)

// Apply folds one event into the reply. It is pure: the same events give the same reply, whoever
// applies them and whenever, because all times come from the events.
//
// Text and Reasoning are complete only after Snapshot or a final event; while events stream in
// they grow in buffers, so that a long answer costs no copy a token.
func (r *Reply) Apply(ev providers.Event) {
	l := &r.live
	switch ev.Type {
	case providers.EventQueued:
		l.phase, l.queued = PhaseQueued, ev.At
	case providers.EventAttemptStart:
		r.startAttempt(ev)
	case providers.EventConnected:
		l.phase, l.start = PhaseWaiting, ev.At
		if a := r.attempt(); a != nil && ev.Phases != nil {
			a.Phases = &Phases{DNS: ms(ev.Phases.DNS), Connect: ms(ev.Phases.Connect),
				TLS: ms(ev.Phases.TLS), Reused: ev.Phases.Reused}
		}
	case providers.EventSent:
		l.start = ev.At // what the connection took is told by the phases, not by TTFT
		if !l.loading.IsZero() {
			r.Metrics.Load = msp(ev.At.Sub(l.loading))
		}
	case providers.EventHeaders:
		l.own = l.own || ev.Own
		if a := r.attempt(); a != nil {
			a.Status = ev.Status
			if a.Phases != nil {
				a.Phases.Headers = ms(ev.At.Sub(l.start))
			}
		}
	case providers.EventAlive:
		if l.phase == PhaseWaiting || l.phase == PhaseConnecting {
			l.phase = PhaseAlive
		}
	case providers.EventLoading:
		l.phase = PhaseLoading
		// a server that turns requests away while it loads is asked again: the last request counts
		if l.loading.IsZero() {
			l.loading = l.start
		}
	case providers.EventText, providers.EventReasoning, providers.EventCall:
		r.addToken(ev)
	case providers.EventMoved:
		r.moveText()
	case providers.EventServed:
		if ev.Text != "" {
			r.ServedModel = ev.Text
		}
	case providers.EventUsage:
		l.usage = ev.Usage
		r.settleUsage()
	case providers.EventTimings:
		for k, v := range ev.Timings {
			r.Metrics.Server[k] = v
		}
		if v, ok := ev.Timings["load_ms"]; ok {
			r.Metrics.Load = &v
		}
	case providers.EventCost:
		usd := ev.USD
		l.gateway = &usd
		r.settleCost()
	case providers.EventSimulated:
		r.Simulated = true
	case providers.EventNote:
		r.Notes = append(r.Notes, ev.Text)
	case providers.EventParams:
		r.Params = *ev.Params
	case providers.EventDropped:
		r.DroppedParams = append(r.DroppedParams, ev.Text)
	case providers.EventFinish:
		r.FinishReason = ev.Text
	case providers.EventAttemptEnd:
		r.endAttempt(ev)
	case providers.EventWait:
		l.phase, l.retryAt = PhaseRetrying, ev.At.Add(ev.Wait)
		if a := r.attempt(); a != nil {
			a.Wait = ms(ev.Wait)
		}
	case providers.EventEnd:
		r.end(ev)
	}
}

// attempt is the present attempt, or nil before the first.
func (r *Reply) attempt() *Attempt {
	if len(r.Attempts) == 0 {
		return nil
	}
	return &r.Attempts[len(r.Attempts)-1]
}

func (r *Reply) startAttempt(ev providers.Event) {
	l := &r.live
	if l.first.IsZero() {
		l.first = ev.At
	}
	if !l.queued.IsZero() {
		r.Metrics.Queue += ms(ev.At.Sub(l.queued))
		l.queued = time.Time{}
	}
	l.phase, l.start, l.loading = PhaseConnecting, ev.At, time.Time{}
	if len(r.Attempts) > 0 {
		r.forgetAttempt()
	}
	if ev.Attempt != nil {
		l.serve(*ev.Attempt)
		l.own = ev.Attempt.Own
		r.ServedBy = l.info.Ref.String()
		r.Simulated, r.Params = l.info.Simulated, l.info.Params
		r.settleCost()
	}
	r.Attempts = append(r.Attempts, Attempt{Model: r.ServedBy, Started: ms(ev.At.Sub(l.first))})
}

// forgetAttempt drops what a failed attempt reported: the next one may be another model's. There is
// no text to drop, since nothing is tried again after the first token.
func (r *Reply) forgetAttempt() {
	r.live.usage, r.live.gateway = nil, nil
	r.ServedModel, r.FinishReason = "", ""
	r.Metrics.Server, r.Metrics.Load = map[string]float64{}, nil
	r.settleUsage()
}

func (r *Reply) addToken(ev providers.Event) {
	l := &r.live
	if !ev.Token() {
		return
	}
	if l.start.IsZero() { // a model without the attempt policy, as in small tests
		l.start, l.first = l.from, l.from
	}
	if l.firstTok.IsZero() {
		l.firstTok = ev.At
		r.Metrics.TTFT = msp(ev.At.Sub(l.start))
	}
	r.Metrics.Duration, r.Metrics.FromEnter = msp(ev.At.Sub(l.start)), msp(ev.At.Sub(l.from))
	r.Status = Streaming
	reasoning, size := ev.Type == providers.EventReasoning, len(ev.Text)
	tokens := corrected(providers.EstimateByKind(ev.Text), l.ratios)
	l.estimate += tokens
	l.came.add(ev.At, l.lastTok, tokens)
	l.lastTok = ev.At
	if reasoning {
		l.phase = PhaseThinking
		l.thought += tokens
		l.reasoning.WriteString(ev.Text)
	} else {
		l.phase = PhaseStreaming
		if l.visible.IsZero() {
			l.visible = ev.At
			r.Metrics.VisibleTTFT = msp(ev.At.Sub(l.start))
		}
	}
	if ev.Type == providers.EventCall { // which has no place among the pieces of the text
		l.addCall(ev)
		r.settleUsage()
		return
	}
	if !reasoning {
		l.text.WriteString(ev.Text)
		size += len(l.begun)
		l.begun = ""
	}
	r.Chunks = append(r.Chunks, Chunk{At: ev.At.Sub(l.start).Truncate(time.Microsecond), Len: size,
		Reasoning: reasoning})
	r.settleUsage()
}

// moveText makes reasoning of all that this reply has answered so far. What a former reply said
// stays.
func (r *Reply) moveText() {
	l := &r.live
	said := strings.TrimPrefix(l.text.String(), l.said)
	if said == "" {
		return
	}
	l.reasoning.WriteString(said)
	l.text.Reset()
	l.text.WriteString(l.said)
	r.Chunks = slices.Clone(r.Chunks) // a batch that is being saved may share the pieces
	first := true
	for i := range r.Chunks {
		if c := &r.Chunks[i]; !c.Reasoning {
			if c.Reasoning = true; first {
				c.Len -= len(l.said)
			}
			first = false
		}
	}
	l.begun, l.visible, l.thought, l.phase = l.said, time.Time{}, l.estimate, PhaseThinking
	r.Metrics.VisibleTTFT, r.moved = nil, true
	r.settleUsage()
}

func (r *Reply) endAttempt(ev providers.Event) {
	a := r.attempt()
	if a == nil {
		return
	}
	a.Ended = ms(ev.At.Sub(r.live.first))
	if ev.Status != 0 {
		a.Status = ev.Status
	}
	switch {
	case ev.Err == nil && r.FinishReason == providers.FinishLength:
		a.Outcome = string(Length)
	case ev.Err == nil:
		a.Outcome = string(Done)
	default:
		a.Outcome = string(ev.Err.Kind)
	}
}

func (r *Reply) end(ev providers.Event) {
	r.Status = r.finalStatus(ev.Err)
	r.Params = r.Params.Without(r.DroppedParams...)
	if e := ev.Err; e != nil {
		r.Error = &ErrorInfo{Kind: e.Kind, Message: e.Message, Hint: e.Hint}
		if e.Status != http.StatusOK { // a 200 is no error status
			r.Error.Status = e.Status
		}
		if r.Error.Message == "" {
			r.Error.Message = e.Error()
		}
		if e.Finish != "" {
			r.FinishReason = e.Finish
		}
		if e.RetryAfter > 0 {
			wait := e.RetryAfter.Milliseconds()
			r.Error.RetryAfterMS = &wait
		}
	}
	if !ev.At.IsZero() {
		r.EndedAt = inMillis(ev.At)
		r.endWaits(ev.At)
	}
	r.live.phase = PhaseEnded
	r.Metrics.Gaps = r.Gaps()
	if r.live.firstTok.IsZero() && !ev.At.IsZero() {
		r.Metrics.FromEnter = msp(ev.At.Sub(r.live.from))
	}
	r.settleUsage()
	r.fill()
	r.check(ev.Checked)
}

// endWaits records how long it was waited in the queue, or for the next attempt, where somebody
// stopped the reply meanwhile.
func (r *Reply) endWaits(at time.Time) {
	l := &r.live
	a := r.attempt()
	switch left := l.retryAt.Sub(at); {
	case a == nil && !l.queued.IsZero():
		r.Metrics.Queue = ms(at.Sub(l.queued))
	case a != nil && l.phase == PhaseRetrying && left > 0:
		a.Wait = max(0, a.Wait-ms(left))
	}
}

func (r *Reply) finalStatus(e *providers.Error) Status {
	switch {
	case e == nil && r.FinishReason == providers.FinishLength:
		return Length
	case e == nil:
		return Done
	case e.Kind == providers.Cancelled:
		return Cancelled
	case e.Kind == providers.ContentFilter:
		return Filtered
	case e.Kind == providers.Empty:
		return Empty
	case e.Kind == providers.Truncated:
		return Truncated
	case !r.live.firstTok.IsZero():
		return Interrupted
	}
	return Failed
}

// fill copies the buffers into the fields.
func (r *Reply) fill() {
	r.Text = r.live.text.String()
	r.Reasoning = r.live.reasoning.String()
	if len(r.live.calls) > 0 {
		r.ToolCalls = r.live.toolCalls()
	}
}

// settleUsage makes the usage out of what is known: the server's counts, or the estimate.
func (r *Reply) settleUsage() {
	l := &r.live
	if u := l.usage; u != nil {
		r.Usage = Usage{Input: u.Input, Output: u.Output, Reasoning: u.Reasoning,
			CacheRead: u.CacheRead, CacheWrite: u.CacheWrite,
			Write1h: u.CacheWrite1h, Source: Reported}
		if lags := !r.countIsFinal() && u.Output < round(l.estimate)/2; lags || u.Output == 0 &&
			round(l.estimate) > 0 {
			r.Usage.Output, r.Usage.Source = round(l.estimate), Estimated
		}
	} else {
		r.Usage = Usage{Input: round(l.input), Output: round(l.estimate),
			Reasoning: round(l.thought), Source: Estimated}
	}
	r.settleSpeed()
	// no prompt is empty: llama-server leaves message_start out when it is fast
	if r.Usage.Input == 0 && round(l.input) > 0 {
		r.Usage.Input, r.Usage.Source = round(l.input), Estimated
	}
	r.settleCost()
}

// countIsFinal reports whether the server's usage counts the whole reply. Anthropic's first count,
// for example, is of one token, and stays the only one where the stream is cut.
func (r *Reply) countIsFinal() bool {
	switch r.Status {
	case Interrupted, Truncated, Cancelled:
		return false
	}
	return r.Status.Final()
}

// settleCost prices the usage: the gateway's own figure first, then the quote of the model that
// served.
func (r *Reply) settleCost() {
	l := &r.live
	if l.gateway != nil {
		usd := *l.gateway
		r.Cost = Cost{USD: &usd, Source: string(providers.CostGateway)}
		return
	}
	// nobody knows whether a failed request is billed
	if r.Status.Final() && l.usage == nil && l.firstTok.IsZero() {
		r.Cost = Cost{Source: string(providers.CostUnknown), Own: l.own}
		return
	}
	u := providers.Usage{Input: r.Usage.Input, Output: r.Usage.Output, Reasoning: r.Usage.Reasoning,
		CacheRead: r.Usage.CacheRead, CacheWrite: r.Usage.CacheWrite, CacheWrite1h: r.Usage.Write1h}
	if l.quote != nil && l.quote.Source == providers.CostConfig {
		u.Images = l.images
	}
	var busy time.Duration
	if !l.lastTok.IsZero() {
		busy = l.lastTok.Sub(l.start)
	}
	var usd float64
	ok := l.quote != nil
	if ok {
		usd, ok = l.quote.Cost(u, busy)
	}
	if !ok {
		r.Cost = Cost{Source: string(providers.CostUnknown), Own: l.own}
		return
	}
	source := string(l.quote.Source)
	if r.Usage.Source == Estimated || l.quote.Maker != "" {
		source = "~" + source
	}
	r.Cost = Cost{USD: &usd, Source: source, Price: l.quote}
}

// Snapshot is a copy that holds everything received so far and shares nothing that a later Apply
// changes.
func (r *Reply) Snapshot() *Reply {
	c := *r
	c.live = live{}
	if r.live.text.Len()+r.live.reasoning.Len() > 0 {
		c.Text, c.Reasoning = r.live.text.String(), r.live.reasoning.String()
	}
	c.ToolCalls = r.Calls()
	c.Attempts = append([]Attempt{}, r.Attempts...)
	for i := range c.Attempts {
		if p := c.Attempts[i].Phases; p != nil { // Apply fills in its headers later
			phases := *p
			c.Attempts[i].Phases = &phases
		}
	}
	c.DroppedParams, c.Notes = slices.Clone(r.DroppedParams), slices.Clone(r.Notes)
	c.Chunks = r.Chunks[:len(r.Chunks):len(r.Chunks)] // only ever appended to
	c.Metrics.Server = make(map[string]float64, len(r.Metrics.Server))
	maps.Copy(c.Metrics.Server, r.Metrics.Server)
	return &c
}

// VisibleText is the answer so far.
func (r *Reply) VisibleText() string {
	if r.Status.Final() || r.live.text.Len() == 0 { // a snapshot has the field alone
		return r.Text
	}
	return r.live.text.String()
}

// ReasoningText is the reasoning so far.
func (r *Reply) ReasoningText() string {
	if r.Status.Final() || r.live.reasoning.Len() == 0 {
		return r.Reasoning
	}
	return r.live.reasoning.String()
}

// ms gives milliseconds with microsecond resolution, which is finer than any network and short to
// read.
func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func msp(d time.Duration) *float64 {
	v := ms(d)
	return &v
}

func round(tokens float64) int { return int(math.Round(tokens)) }
