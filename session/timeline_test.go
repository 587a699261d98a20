package session

import (
	"reflect"
	"testing"
	"time"

	"lineup/providers"
)

// The spans of saved replies, computed by hand from their records.
func TestTimeline(t *testing.T) {
	chunks := func(at ...int) (out []Chunk) { // negative ones are reasoning
		for _, v := range at {
			out = append(out, Chunk{At: time.Duration(max(v, -v)) * time.Millisecond, Len: 1, Reasoning: v < 0})
		}
		return out
	}
	for _, c := range []struct {
		name string
		r    Reply
		want Timeline
	}{
		{"a first request over TLS", Reply{Status: Done,
			Metrics:  Metrics{TTFT: ptr(300.0), VisibleTTFT: ptr(300.0), Duration: ptr(1000.0), FromEnter: ptr(1105.0)},
			Attempts: []Attempt{{Started: 0, Ended: 1102, Outcome: "done", Phases: &Phases{DNS: 20, Connect: 30, TLS: 50}}},
			Chunks:   chunks(300, 1000)},
			// lead 1105 − (100 + 1000) = 5
			Timeline{Spans: []Span{{SpanPrepare, 0, 5}, {SpanDNS, 5, 25}, {SpanTCP, 25, 55}, {SpanTLS, 55, 105}, {SpanWait, 105, 405}, {SpanStream, 405, 1105}},
				End: 1105}},
		{"behind another pane, loaded by Ollama, thinking in between", Reply{Status: Length,
			Metrics: Metrics{TTFT: ptr(800.0), VisibleTTFT: ptr(1200.0), Duration: ptr(2000.0), FromEnter: ptr(2510.0), Queue: 500, Load: ptr(600.0),
				Server: map[string]float64{"load_ms": 600}},
			Attempts: []Attempt{{Started: 0, Ended: 2003, Outcome: "length", Phases: &Phases{Reused: true}}},
			Chunks:   chunks(-800, -1000, 1200, 1300, -1500, 1700, 2000)},
			Timeline{Spans: []Span{{SpanPrepare, 0, 10}, {SpanQueue, 10, 510}, {SpanLoad, 510, 1110}, {SpanWait, 1110, 1310}, {SpanThink, 1310, 1710},
				{SpanStream, 1710, 2010}, {SpanThink, 2010, 2210}, {SpanStream, 2210, 2510}}, End: 2510}},
		{"llama.cpp turns requests away while it loads", Reply{Status: Done,
			Metrics:  Metrics{TTFT: ptr(100.0), VisibleTTFT: ptr(100.0), Duration: ptr(400.0), FromEnter: ptr(1900.0), Load: ptr(1500.0)},
			Attempts: []Attempt{{Started: 0, Ended: 1900, Outcome: "done", Phases: &Phases{Reused: true}}},
			Chunks:   chunks(100, 400)},
			Timeline{Spans: []Span{{SpanLoad, 0, 1500}, {SpanWait, 1500, 1600}, {SpanStream, 1600, 1900}}, End: 1900}},
		{"two failures, a pause and a wait in the queue", Reply{Status: Done,
			Metrics: Metrics{TTFT: ptr(50.0), VisibleTTFT: ptr(50.0), Duration: ptr(150.0), FromEnter: ptr(2650.0), Queue: 300},
			Attempts: []Attempt{{Started: 0, Ended: 100, Outcome: "rate_limit", Status: 429, Wait: 2000, Phases: &Phases{Connect: 40}},
				{Started: 2200, Ended: 2400, Outcome: "server", Phases: &Phases{Reused: true}}, // the fallback follows at once
				{Started: 2400, Ended: 2550, Outcome: "done", Phases: &Phases{Reused: true}}},
			Chunks: chunks(50, 150)},
			// lead 2650 − 2400 − 150 = 100; 100 of the 300 in the queue were between the attempts, and no more than the lead before them
			Timeline{Spans: []Span{{SpanQueue, 0, 100}, {SpanTCP, 100, 140}, {SpanWait, 140, 200}, {SpanPause, 200, 2200}, {SpanQueue, 2200, 2300},
				{SpanWait, 2300, 2500}, {SpanWait, 2500, 2550}, {SpanStream, 2550, 2650}}, Failures: []float64{200, 2500}, End: 2650}},
		{"no token came", Reply{Status: Failed,
			Metrics:  Metrics{FromEnter: ptr(5020.0)},
			Attempts: []Attempt{{Started: 0, Ended: 5000, Outcome: "timeout_headers", Phases: &Phases{Connect: 10}}}},
			Timeline{Spans: []Span{{SpanPrepare, 0, 20}, {SpanTCP, 20, 30}, {SpanWait, 30, 5020}}, Failures: []float64{5020}, End: 5020}},
		{"stopped in a pause", Reply{Status: Cancelled,
			Metrics:  Metrics{FromEnter: ptr(700.0)},
			Attempts: []Attempt{{Started: 0, Ended: 100, Outcome: "overloaded", Wait: 4000}}},
			Timeline{Spans: []Span{{SpanWait, 0, 100}, {SpanPause, 100, 700}}, Failures: []float64{100}, End: 700}},
		{"stopped in the queue", Reply{Status: Cancelled, Metrics: Metrics{FromEnter: ptr(700.0)}},
			Timeline{Spans: []Span{{SpanQueue, 0, 700}}, End: 700}},
		{"a record from elsewhere, without chunks", Reply{Status: Done,
			Metrics:  Metrics{TTFT: ptr(100.0), VisibleTTFT: ptr(300.0), Duration: ptr(400.0)},
			Attempts: []Attempt{{Started: 0, Ended: 400, Outcome: "done"}}},
			Timeline{Spans: []Span{{SpanWait, 0, 100}, {SpanThink, 100, 300}, {SpanStream, 300, 400}}, End: 400}},
		{"nothing is known", Reply{Status: Done}, Timeline{}},
	} {
		if got := c.r.Timeline(time.Time{}); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\n%+v, want\n%+v", c.name, got, c.want)
		}
	}
}

// A reply under way has its clock from the screen; when it is saved and read back, its spans are nearly the same.
func TestTimelineOfALiveReply(t *testing.T) {
	from := time.Unix(1000, 0)
	at := func(n int) time.Time { return from.Add(time.Duration(n) * time.Millisecond) }
	info := providers.Info{Ref: providers.Ref{Provider: "p", Model: "m"}}
	r := NewReply(0, info, providers.Request{}, from)
	want := func(now int, spans ...Span) {
		t.Helper()
		if got := r.Timeline(at(now)); !reflect.DeepEqual(got.Spans, spans) || got.End != float64(now) {
			t.Errorf("after %d ms: %+v, want %+v", now, got, spans)
		}
	}
	want(5, Span{SpanPrepare, 0, 5})
	r.Apply(providers.Event{Type: providers.EventQueued, At: at(10)})
	want(100, Span{SpanPrepare, 0, 10}, Span{SpanQueue, 10, 100})
	r.Apply(providers.Event{Type: providers.EventAttemptStart, At: at(200), Attempt: &info})
	want(220, Span{SpanPrepare, 0, 10}, Span{SpanQueue, 10, 200}, Span{SpanTCP, 200, 220})
	r.Apply(providers.Event{Type: providers.EventConnected, At: at(240), Phases: &providers.Phases{Connect: 40 * time.Millisecond}})
	r.Apply(providers.Event{Type: providers.EventSent, At: at(240)})
	before := []Span{{SpanPrepare, 0, 10}, {SpanQueue, 10, 200}, {SpanTCP, 200, 240}}
	want(300, append(before, Span{SpanWait, 240, 300})...)
	r.Apply(providers.Event{Type: providers.EventReasoning, At: at(400), Text: "hm"})
	want(450, append(before, Span{SpanWait, 240, 400}, Span{SpanThink, 400, 450})...)
	r.Apply(providers.Event{Type: providers.EventText, At: at(500), Text: "so"})
	before = append(before, Span{SpanWait, 240, 400}, Span{SpanThink, 400, 500})
	want(600, append(before, Span{SpanStream, 500, 600})...)
	r.Apply(providers.Event{Type: providers.EventText, At: at(800), Text: " it is"})
	r.Apply(providers.Event{Type: providers.EventAttemptEnd, At: at(810)})
	r.Apply(providers.Event{Type: providers.EventEnd, At: at(810)})
	saved := *r
	saved.live = live{}
	for name, r := range map[string]*Reply{"live": r, "saved": &saved} {
		if got := r.Timeline(at(5000)); !reflect.DeepEqual(got.Spans, append(before, Span{SpanStream, 500, 800})) || got.End != 800 {
			t.Errorf("%s, when it has ended: %+v", name, got)
		}
	}
}
