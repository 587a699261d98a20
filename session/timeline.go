package session

import (
	"cmp"
	"time"
)

// Span is a stretch of a reply's time that was spent in one way. Times are milliseconds from when
// the user sent the prompt, so that the spans of all replies to it share one axis.
type Span struct {
	Kind     SpanKind
	From, To float64
}

// SpanKind is what time was spent on.
type SpanKind string

// The kinds of spans, in the order in which they come in an attempt.
const (
	SpanPrepare SpanKind = "prepare" // keeping the prompt, opening connections
	SpanQueue   SpanKind = "queue"   // behind other panes
	SpanDNS     SpanKind = "dns"
	SpanTCP     SpanKind = "tcp"
	SpanTLS     SpanKind = "tls"
	SpanLoad    SpanKind = "load" // the server loads the model
	SpanWait    SpanKind = "wait" // for the first token
	SpanThink   SpanKind = "think"
	SpanStream  SpanKind = "stream"
	SpanPause   SpanKind = "pause" // before the next attempt
)

// Timeline is where the time of a reply went.
type Timeline struct {
	Spans    []Span    // in order, without overlaps; what is between them is not known
	Failures []float64 // when an attempt failed, in milliseconds from the prompt
	End      float64   // when it ended, or now
}

// Spent is the time in spans of a kind.
func (t Timeline) Spent(kind SpanKind) (ms float64) {
	for _, s := range t.Spans {
		if s.Kind == kind {
			ms += s.To - s.From
		}
	}
	return ms
}

// Timeline divides the time of a reply into its phases. A running reply lasts until now. It is made
// from what the record holds: attempts with their phases, metrics and chunks. The record lacks the
// moment at which a request had gone out; the moment of its connection stands for it.
func (r *Reply) Timeline(now time.Time) Timeline {
	b := spanner{r: r, running: !r.Status.Final() && !r.live.from.IsZero()}
	if b.running {
		b.end = ms(now.Sub(r.live.from))
	} else if v := r.Metrics.FromEnter; v != nil {
		b.end = *v
	}
	b.lead = b.before()
	b.opening()
	for i := range r.Attempts {
		b.attempt(i)
	}
	if n := len(b.t.Spans); n > 0 && !b.running {
		b.end = b.t.Spans[n-1].To
	}
	b.t.End = b.end
	return b.t
}

// spanner makes a timeline.
type spanner struct {
	r       *Reply
	t       Timeline
	running bool
	// from the prompt to now, or to the last token as recorded; 0 where neither is known
	end float64
	// from the prompt to the start of the first attempt, from which the record counts
	lead float64
}

// add adds a span, which begins no sooner than the one before has ended; an empty one is left out.
func (b *spanner) add(kind SpanKind, from, to float64) {
	if n := len(b.t.Spans); n > 0 {
		from = max(from, b.t.Spans[n-1].To)
	}
	if to > from {
		b.t.Spans = append(b.t.Spans, Span{kind, from, to})
	}
}

// before is how long after the prompt the first attempt began.
func (b *spanner) before() float64 {
	r := b.r
	last := len(r.Attempts) - 1
	switch {
	case last < 0:
		return b.end
	case b.running:
		return ms(r.live.first.Sub(r.live.from))
	case b.end == 0: // an older record
		return r.Metrics.Queue
	// it ended in a pause, which older records call longer than it was
	case r.Attempts[last].Wait > 0:
		return max(r.Metrics.Queue, b.end-r.Attempts[last].Ended-r.Attempts[last].Wait)
	case r.Metrics.Duration != nil:
		return max(0, b.end-b.sent(last)-*r.Metrics.Duration)
	}
	return max(0, b.end-r.Attempts[last].Ended)
}

// opening is what came before the first attempt.
func (b *spanner) opening() {
	queue := b.r.Metrics.Queue
	if b.running && !b.r.live.queued.IsZero() && len(b.r.Attempts) == 0 {
		queue = b.end - ms(b.r.live.queued.Sub(b.r.live.from))
	}
	for i := 1; i < len(b.r.Attempts); i++ { // later waits in the queue are not a part of it
		a := b.r.Attempts[i-1]
		queue -= max(0, b.r.Attempts[i].Started-a.Ended-a.Wait)
	}
	queue = min(max(0, queue), b.lead)
	// it was stopped in the queue, as older records do not tell
	if len(b.r.Attempts) == 0 && !b.running && queue == 0 {
		queue = b.lead
	}
	b.add(SpanPrepare, 0, b.lead-queue)
	b.add(SpanQueue, b.lead-queue, b.lead)
}

// sent is when the request of an attempt went out, from the start of the first one.
func (b *spanner) sent(i int) float64 {
	a := b.r.Attempts[i]
	at := a.Started
	if p := a.Phases; p != nil {
		at += p.DNS + p.Connect + p.TLS
	}
	if i == len(b.r.Attempts)-1 && b.r.Metrics.Load != nil && !b.loadsWithin() {
		at += *b.r.Metrics.Load
	}
	if d := b.r.Metrics.Duration; d != nil && a.Ended > 0 {
		at = max(a.Started, min(at, a.Ended-*d))
	}
	return at
}

// loadsWithin reports whether loading is a part of the time to the first token. It is, if the
// server measures it. It is not, if a loading server turns requests away.
func (b *spanner) loadsWithin() bool {
	_, told := b.r.Metrics.Server["load_ms"]
	return told
}

// attempt adds the spans of one attempt, and of the pause after it.
func (b *spanner) attempt(i int) {
	r, a := b.r, b.r.Attempts[i]
	last := i == len(r.Attempts)-1
	end := b.lead + a.Ended
	if a.Ended == 0 { // it is under way, or was when the program died
		end = max(b.end, b.lead+a.Started)
	}
	at := b.lead + a.Started
	if p := a.Phases; p != nil {
		for _, s := range []Span{{SpanDNS, 0, p.DNS}, {SpanTCP, 0, p.Connect},
			{SpanTLS, 0, p.TLS}} {
			b.add(s.Kind, at, min(end, at+s.To))
			at += s.To
		}
	} else if b.running && last && r.live.phase == PhaseConnecting {
		b.add(SpanTCP, at, end)
	}
	switch {
	case last && r.Metrics.TTFT != nil:
		b.answer(b.lead+b.sent(i), at)
	case last && b.running && r.live.phase == PhaseLoading:
		b.add(SpanLoad, at, end)
	default:
		b.add(SpanWait, at, end)
	}
	if a.Outcome != "" && !Status(a.Outcome).Answer() {
		b.t.Failures = append(b.t.Failures, end)
	}
	if a.Wait == 0 {
		return
	}
	pause := end + a.Wait
	if last && b.end > 0 { // the pause is under way, or was cut short
		pause = min(pause, b.end)
	}
	b.add(SpanPause, end, pause)
	if !last {
		b.add(SpanQueue, pause, b.lead+r.Attempts[i+1].Started)
	}
}

// answer adds the spans from when the connection was there to the last token. t0 is when the
// request went out.
func (b *spanner) answer(t0, connected float64) {
	m := b.r.Metrics
	first := t0 + *m.TTFT
	switch {
	case m.Load == nil:
	case b.loadsWithin():
		b.add(SpanLoad, t0, min(first, t0+*m.Load))
	default:
		b.add(SpanLoad, connected, t0)
	}
	b.add(SpanWait, t0, first)
	kind, from := SpanStream, first
	if len(b.r.Chunks) == 0 { // an imported reply
		if v := m.VisibleTTFT; v != nil && *v > *m.TTFT {
			b.add(SpanThink, first, t0+*v)
		}
	}
	for i, c := range b.r.Chunks {
		next := SpanStream
		if c.Reasoning {
			next = SpanThink
		}
		if at := t0 + ms(c.At); i == 0 {
			kind = next
		} else if next != kind {
			b.add(kind, from, at)
			kind, from = next, at
		}
	}
	end := t0 + *cmp.Or(m.Duration, m.TTFT)
	if b.running {
		end = b.end
	}
	b.add(kind, from, end)
}
