package session

import (
	"slices"
	"strings"
	"testing"
	"time"

	"lineup/providers"
)

// TestRecord holds the JSON form to the letter: scripts rely on it.
func TestRecord(t *testing.T) {
	i := info("local/llama3.1:8b", priced())
	r := apply(newReply(i), start(0, i),
		providers.Event{Type: providers.EventHeaders, At: at(100), Status: 200},
		providers.Event{Type: providers.EventServed, Text: "llama3.1:8b"},
		text(312.4, "A token"), text(2103.9, " is a piece."),
		usage(providers.Usage{Input: 12, Output: 391}), finish(2103.9, "stop"))
	apply(r, end(2103.9, nil)...)
	r.Metrics.TokensPerSecond = nil // its digits are checked elsewhere
	want := `{"type":"reply","slot":0,"model":"local/llama3.1:8b","served_by":"local/llama3.1:8b",` +
		`"served_model":"llama3.1:8b","status":"done","text":"A token is a piece.","reasoning":"","finish_reason":"stop",` +
		`"error":null,` +
		`"metrics":{"ttft_ms":312.4,"visible_ttft_ms":312.4,"duration_ms":2103.9,"tokens_per_second":null,"load_ms":null,"queue_ms":0,"chunk_gaps":{"n":1,"p50_ms":1791.5,"p95_ms":1791.5,"max_ms":1791.5},"from_enter_ms":2103.9,"server":{}},` +
		`"usage":{"input":12,"output":391,"reasoning":0,"cache_read":0,"cache_write":0,"source":"reported"},` +
		`"cost":{"usd":0.003922,"source":"config","price":{"source":"config","rates":{"input":1,"output":10}}},` +
		`"attempts":[{"model":"local/llama3.1:8b","started_ms":0,"ended_ms":2103.9,"outcome":"done","status":200,"wait_ms":0}],` +
		`"contender":{"id":"092fb2aa63df","model":"local/llama3.1:8b","label":"local/llama3.1:8b","settings":{}}}`
	if got := marshal(t, r); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestRecordOfFailure has the other half of the form: an error, and nothing that is not known.
func TestRecordOfFailure(t *testing.T) {
	i := info("gate/m", priced())
	r := apply(newReply(i), start(0, i))
	apply(r, end(80, &providers.Error{Kind: providers.RateLimit, Status: 429, Message: "slow down", Hint: "wait", RetryAfter: 90 * time.Second})...)
	want := `{"type":"reply","slot":0,"model":"gate/m","served_by":"gate/m","served_model":"","status":"error","text":"","reasoning":"",` +
		`"finish_reason":"","error":{"kind":"rate_limit","status":429,"message":"slow down","hint":"wait","retry_after_ms":90000},` +
		`"metrics":{"ttft_ms":null,"visible_ttft_ms":null,"duration_ms":null,"tokens_per_second":null,"load_ms":null,"queue_ms":0,"chunk_gaps":null,"from_enter_ms":80,"server":{}},` +
		`"usage":{"input":18,"output":0,"reasoning":0,"cache_read":0,"cache_write":0,"source":"estimated"},` +
		`"cost":{"usd":null,"source":"unknown"},` +
		`"attempts":[{"model":"gate/m","started_ms":0,"ended_ms":80,"outcome":"rate_limit","status":429,"wait_ms":0}],` +
		`"contender":{"id":"55a13215129d","model":"gate/m","label":"gate/m","settings":{}}}`
	if got := marshal(t, r); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestLoadingIsNoPartOfTTFT: llama.cpp turns requests away while it loads; the one that it takes is the one that is timed.
func TestLoadingIsNoPartOfTTFT(t *testing.T) {
	i := info("p/m", priced())
	sent := func(ms float64) providers.Event { return providers.Event{Type: providers.EventSent, At: at(ms)} }
	loading := providers.Event{Type: providers.EventLoading}
	r := apply(newReply(i), start(0, i), sent(10), loading, sent(510), loading)
	if e := r.Elapsed(at(700)); e != 690*time.Millisecond {
		t.Errorf("elapsed %s while loading", e)
	}
	apply(r, sent(1010), text(1110, "a"), text(2010, "b"))
	near(t, "load", r.Metrics.Load, 1000)
	near(t, "TTFT", r.Metrics.TTFT, 100)
	near(t, "duration", r.Metrics.Duration, 1000)
}

func TestTimesCountFromTheAttempt(t *testing.T) {
	i := info("p/m", priced())
	r := apply(newReply(i), providers.Event{Type: providers.EventQueued, At: at(1)}, start(2000, i),
		thought(2300, "hm"), thought(2700, "so"), text(3000, "Yes"), text(4000, "."))
	near(t, "TTFT", r.Metrics.TTFT, 300)
	near(t, "visible TTFT", r.Metrics.VisibleTTFT, 1000)
	near(t, "duration", r.Metrics.Duration, 2000)
	near(t, "queue", &r.Metrics.Queue, 1999)
	if r.Status != Streaming || r.Phase() != PhaseStreaming {
		t.Errorf("status %s, phase %s", r.Status, r.Phase())
	}
	if r.VisibleText() != "Yes." || r.ReasoningText() != "hmso" {
		t.Errorf("text %q, reasoning %q", r.VisibleText(), r.ReasoningText())
	}
	if got := r.Elapsed(at(9000)); got != 7*time.Second {
		t.Errorf("elapsed %v", got)
	}
	if got := r.SinceToken(at(4500)); got != 500*time.Millisecond {
		t.Errorf("since token %v", got)
	}
	want := []Chunk{{300 * time.Millisecond, 2, true}, {700 * time.Millisecond, 2, true}, {time.Second, 3, false}, {2 * time.Second, 1, false}}
	for n := range want {
		if r.Chunks[n] != want[n] {
			t.Errorf("chunk %d is %v, want %v", n, r.Chunks[n], want[n])
		}
	}
	apply(r, append([]providers.Event{finish(4000, "stop")}, end(9000, nil)...)...)
	near(t, "duration behind the end", r.Metrics.Duration, 2000)
	if r.Elapsed(at(99999)) != 2*time.Second {
		t.Error("the clock of a finished reply goes on")
	}
}

func TestTokensPerSecond(t *testing.T) {
	i := info("p/m", providers.Quote{})
	for name, c := range map[string]struct {
		tokens []providers.Event
		output int
		want   float64 // 0: unknown
	}{
		"tail":       {[]providers.Event{text(1000, "a"), text(3000, "b")}, 101, 100 / 2.0},
		"tail 250":   {[]providers.Event{text(750, "a"), text(1000, "b")}, 11, 10 / .25},
		"short tail": {[]providers.Event{text(751, "a"), text(1000, "b")}, 11, 11 / 1.0},
		"one piece":  {[]providers.Event{text(500, "all at once")}, 30, 30 / .5},
		"one token":  {[]providers.Event{text(500, "a"), text(1000, "b")}, 1, 1 / 1.0},
		"no count":   {[]providers.Event{text(500, "a"), text(1000, "b")}, 0, 0},
		"no token":   {nil, 10, 0},
		"at t0":      {[]providers.Event{text(0, "a")}, 5, 0},
	} {
		r := apply(apply(newReply(i), start(0, i)), c.tokens...)
		apply(r, usage(providers.Usage{Output: c.output}), finish(3000, "stop"))
		apply(r, end(3000, nil)...)
		if c.want != 0 {
			near(t, name, r.Metrics.TokensPerSecond, c.want)
		} else if r.Metrics.TokensPerSecond != nil {
			t.Errorf("%s: %v tok/s out of nothing", name, *r.Metrics.TokensPerSecond)
		}
	}
}

func TestStatuses(t *testing.T) {
	fault := func(k providers.Kind) *providers.Error { return &providers.Error{Kind: k, Status: 200} }
	for name, c := range map[string]struct {
		token  bool
		reason string
		err    *providers.Error
		want   Status
	}{
		"done":                 {true, "stop", nil, Done},
		"length":               {true, providers.FinishLength, nil, Length},
		"truncated":            {true, "", fault(providers.Truncated), Truncated},
		"empty":                {false, "stop", fault(providers.Empty), Empty},
		"filtered":             {true, "content_filter", fault(providers.ContentFilter), Filtered},
		"cancelled early":      {false, "", fault(providers.Cancelled), Cancelled},
		"cancelled late":       {true, "", fault(providers.Cancelled), Cancelled},
		"lost before":          {false, "", fault(providers.ConnectionLost), Failed},
		"lost behind":          {true, "", fault(providers.ConnectionLost), Interrupted},
		"idle":                 {true, "", fault(providers.TimeoutIdle), Interrupted},
		"first token too late": {false, "", fault(providers.TimeoutFirstToken), Failed},
		"error inside stream":  {true, "", fault(providers.Overloaded), Interrupted},
	} {
		i := info("p/m", providers.Quote{})
		r := apply(newReply(i), start(0, i))
		if c.token {
			r.Apply(text(10, "text"))
		}
		if c.reason != "" {
			r.Apply(finish(20, c.reason))
		}
		apply(r, end(20, c.err)...)
		if r.Status != c.want {
			t.Errorf("%s: %s, want %s", name, r.Status, c.want)
		}
		if !r.Status.Final() || r.Phase() != PhaseEnded {
			t.Errorf("%s has not ended", name)
		}
		outcome := string(c.want)
		if c.err != nil {
			outcome = string(c.err.Kind)
			if r.Error == nil || r.Error.Kind != c.err.Kind || r.Error.Status != 0 || r.Error.Message == "" {
				t.Errorf("%s: error %+v", name, r.Error)
			}
		} else if r.Error != nil {
			t.Errorf("%s: error %+v", name, r.Error)
		}
		if got := r.Attempts[0].Outcome; got != outcome {
			t.Errorf("%s: outcome %q, want %q", name, got, outcome)
		}
		if (r.Text == "text") != c.token {
			t.Errorf("%s: text %q", name, r.Text)
		}
		if r.Status.Answer() != (c.err == nil) {
			t.Errorf("%s: answer %v", name, r.Status.Answer())
		}
	}
}

func TestAttempts(t *testing.T) {
	first, second := info("a/m", priced()), info("b/m", providers.Quote{Price: providers.Price{Output: 1000}, Source: providers.CostListed})
	second.Simulated = true
	busy := &providers.Error{Kind: providers.RateLimit, Status: 429}
	r := apply(newReply(first), providers.Event{Type: providers.EventQueued, At: at(20)},
		start(100, first), providers.Event{Type: providers.EventConnected, At: at(150), Phases: &providers.Phases{DNS: time.Millisecond, Connect: 2 * time.Millisecond}},
		providers.Event{Type: providers.EventSent, At: at(160)}, providers.Event{Type: providers.EventHeaders, At: at(190), Status: 429},
		providers.Event{Type: providers.EventAttemptEnd, At: at(200), Err: busy, Status: 429},
		providers.Event{Type: providers.EventWait, At: at(200), Wait: 3 * time.Second})
	if r.Phase() != PhaseRetrying || !r.RetryAt().Equal(at(3200)) {
		t.Errorf("phase %s, next try %v", r.Phase(), r.RetryAt())
	}
	apply(r, providers.Event{Type: providers.EventQueued, At: at(3180)}, start(3200, second), text(3700, "Hello"), text(4200, "!"), usage(providers.Usage{Input: 1, Output: 1000}), finish(4200, "stop"))
	apply(r, end(4200, nil)...)
	want := `[{"model":"a/m","started_ms":0,"ended_ms":100,"outcome":"rate_limit","status":429,"wait_ms":3000,` +
		`"phases":{"dns_ms":1,"connect_ms":2,"tls_ms":0,"headers_ms":30,"reused":false}},` +
		`{"model":"b/m","started_ms":3100,"ended_ms":4100,"outcome":"done","status":200,"wait_ms":0}]`
	if got := marshal(t, r.Attempts); got != want {
		t.Errorf("attempts\n%s\nwant\n%s", got, want)
	}
	near(t, "TTFT", r.Metrics.TTFT, 500)
	near(t, "duration", r.Metrics.Duration, 1000)
	near(t, "queue", &r.Metrics.Queue, 100)
	near(t, "cost at the price of who served", r.Cost.USD, 1)
	if r.Model != "a/m" || r.ServedBy != "b/m" || !r.Simulated || r.Cost.Source != "listed" {
		t.Errorf("model %s, served by %s, simulated %v, cost %s", r.Model, r.ServedBy, r.Simulated, r.Cost.Source)
	}
}

// A wait that somebody cut short was recorded in full, and one in the queue not at all.
func TestStoppedWhileItWaits(t *testing.T) {
	i := info("p/m", priced())
	stop := providers.Event{Type: providers.EventEnd, At: at(1500), Err: &providers.Error{Kind: providers.Cancelled, Message: "cancelled"}}
	queued := providers.Event{Type: providers.EventQueued, At: at(20)}
	r := apply(newReply(i), queued, stop)
	near(t, "queue", &r.Metrics.Queue, 1480)
	wantSpans(t, r, Span{SpanPrepare, 0, 20}, Span{SpanQueue, 20, 1500})

	busy := &providers.Error{Kind: providers.RateLimit, Status: 429}
	r = apply(newReply(i), queued, start(100, i), providers.Event{Type: providers.EventAttemptEnd, At: at(200), Err: busy},
		providers.Event{Type: providers.EventWait, At: at(200), Wait: 3 * time.Second}, stop)
	near(t, "wait", &r.Attempts[0].Wait, 1300)
	near(t, "queue", &r.Metrics.Queue, 80)
	wantSpans(t, r, Span{SpanPrepare, 0, 20}, Span{SpanQueue, 20, 100}, Span{SpanWait, 100, 200}, Span{SpanPause, 200, 1500})
}

func wantSpans(t *testing.T, r *Reply, want ...Span) {
	t.Helper()
	if got := r.Timeline(at(0)).Spans; !slices.Equal(got, want) {
		t.Errorf("spans %v, want %v", got, want)
	}
}

// TestFailedAttemptLeavesNothing is about a fallback behind an attempt that reported numbers and then failed.
func TestFailedAttemptLeavesNothing(t *testing.T) {
	first, second := info("a/m", priced()), info("b/m", priced())
	r := apply(newReply(first), start(0, first),
		providers.Event{Type: providers.EventServed, Text: "m-2025"},
		providers.Event{Type: providers.EventCost, USD: 5},
		providers.Event{Type: providers.EventTimings, Timings: providers.Timings{"load_ms": 7}},
		usage(providers.Usage{Input: 1000, Output: 900}), finish(10, "stop"),
		providers.Event{Type: providers.EventAttemptEnd, At: at(10), Err: &providers.Error{Kind: providers.Empty}},
		start(20, second), text(30, "Hi"), finish(30, "stop"))
	apply(r, end(30, nil)...)
	if r.ServedModel != "" || r.Metrics.Load != nil || len(r.Metrics.Server) != 0 {
		t.Errorf("served model %q, load %v, server %v", r.ServedModel, r.Metrics.Load, r.Metrics.Server)
	}
	if r.Usage.Source != Estimated || r.Usage.Input > 100 || r.Cost.Source != "~config" {
		t.Errorf("usage %+v, cost %+v", r.Usage, r.Cost)
	}
}

func TestUsage(t *testing.T) {
	i := info("p/m", priced())
	long := strings.Repeat("word ", 100)
	running := usage(providers.Usage{Input: 12, Output: 1})
	lost := &providers.Error{Kind: providers.ConnectionLost, Status: 200}
	for name, c := range map[string]struct {
		events []providers.Event
		source string
		output int // -1: the estimate of the text
	}{
		"estimated":               {append([]providers.Event{text(10, long), finish(20, "stop")}, end(20, nil)...), Estimated, -1},
		"reported":                {append([]providers.Event{text(10, long), running, usage(providers.Usage{Input: 12, Output: 77}), finish(20, "stop")}, end(20, nil)...), Reported, 77},
		"reported, small":         {append([]providers.Event{text(10, long), running, finish(20, "stop")}, end(20, nil)...), Reported, 1},
		"running count lags":      {[]providers.Event{running, text(10, long)}, Estimated, -1},
		"running count is there":  {[]providers.Event{text(10, long), usage(providers.Usage{Input: 12, Output: 101})}, Reported, 101},
		"cut at the first count":  {append([]providers.Event{running, text(10, long)}, end(20, lost)...), Estimated, -1},
		"cut behind a good count": {append([]providers.Event{text(10, long), usage(providers.Usage{Input: 12, Output: 99})}, end(20, lost)...), Reported, 99},
	} {
		r := apply(apply(newReply(i), start(0, i)), c.events...)
		want := c.output
		if want < 0 {
			want = round(providers.EstimateTokens(long))
		}
		if r.Usage.Source != c.source || r.Usage.Output != want {
			t.Errorf("%s: %+v, want %s %d", name, r.Usage, c.source, want)
		}
	}
}

// llama-server leaves message_start out when it is fast, and with it the count of the prompt: 0 tokens were reported.
func TestNobodyReportsZeroTokens(t *testing.T) {
	i := info("p/m", priced())
	for name, c := range map[string]struct {
		said          providers.Usage
		input, output bool // estimated
	}{
		"prompt not counted": {providers.Usage{Output: 7}, true, false},
		"answer not counted": {providers.Usage{Input: 12}, false, true},
		"neither":            {providers.Usage{}, true, true},
	} {
		r := apply(newReply(i), start(0, i), text(10, "Hello there"), usage(c.said), finish(20, "stop"))
		asked := r.live.input
		apply(r, end(20, nil)...)
		want := Usage{Input: c.said.Input, Output: c.said.Output, Source: Estimated}
		if c.input {
			want.Input = round(asked)
		}
		if c.output {
			want.Output = round(providers.EstimateTokens("Hello there"))
		}
		if r.Usage != want || want.Input == 0 || want.Output == 0 || r.Cost.Source != "~config" {
			t.Errorf("%s: %+v, cost %s; want %+v", name, r.Usage, r.Cost.Source, want)
		}
	}
}

func TestEstimateSplitsReasoning(t *testing.T) {
	i := info("p/m", priced())
	r := apply(newReply(i), start(0, i), thought(10, strings.Repeat("생각 ", 50)), text(20, "답"), finish(20, "stop"))
	apply(r, end(20, nil)...)
	if r.Usage.Reasoning < 50 || r.Usage.Output <= r.Usage.Reasoning {
		t.Errorf("usage %+v", r.Usage)
	}
}

func TestCost(t *testing.T) {
	reported := usage(providers.Usage{Input: 1000, Output: 100})
	gateway := providers.Event{Type: providers.EventCost, USD: 0.25}
	machine := providers.Quote{Source: providers.CostLocal, Machine: &providers.Machine{MonthlyUSD: 2629.746}} // USD 0.001 a second
	for name, c := range map[string]struct {
		quote  providers.Quote
		events []providers.Event
		source string
		usd    float64 // -1: unknown
	}{
		"config":                   {priced(), []providers.Event{reported}, "config", .002},
		"catalogue, estimated":     {providers.Quote{Price: providers.Price{Request: .5}, Source: providers.CostCatalog}, nil, "~catalog", .5},
		"gateway":                  {priced(), []providers.Event{gateway, reported}, "gateway", .25},
		"gateway, estimated":       {priced(), []providers.Event{gateway}, "gateway", .25},
		"unknown":                  {providers.Quote{}, []providers.Event{reported}, "unknown", -1},
		"unknown, estimated":       {providers.Quote{}, nil, "unknown", -1},
		"machine, 2 seconds":       {machine, []providers.Event{reported}, "local", .002},
		"free of charge, and so 0": {providers.Quote{Source: providers.CostListed}, []providers.Event{reported}, "listed", 0},
	} {
		i := info("p/m", c.quote)
		r := apply(apply(newReply(i), start(500, i), text(1500, "a"), text(2500, "b")), c.events...)
		apply(r, append([]providers.Event{finish(2500, "stop")}, end(2500, nil)...)...)
		if r.Cost.Source != c.source {
			t.Errorf("%s: source %q, want %q", name, r.Cost.Source, c.source)
		}
		if c.usd >= 0 {
			near(t, name, r.Cost.USD, c.usd)
		} else if r.Cost.USD != nil {
			t.Errorf("%s: USD %v", name, *r.Cost.USD)
		}
	}
}

func TestServerNumbers(t *testing.T) {
	i := info("p/m", priced())
	r := apply(newReply(i), start(0, i), providers.Event{Type: providers.EventLoading})
	if r.Phase() != PhaseLoading {
		t.Errorf("phase %s", r.Phase())
	}
	apply(r, providers.Event{Type: providers.EventTimings, Timings: providers.Timings{"load_ms": 812.5, "total_ms": 1}},
		providers.Event{Type: providers.EventTimings, Timings: providers.Timings{"total_ms": 2000}},
		providers.Event{Type: providers.EventNote, Text: "answered in one piece"}, providers.Event{Type: providers.EventDropped, Text: "temperature"})
	near(t, "load", r.Metrics.Load, 812.5)
	if r.Metrics.Server["total_ms"] != 2000 || r.Metrics.Server["load_ms"] != 812.5 {
		t.Errorf("server %v", r.Metrics.Server)
	}
	if got := marshal(t, r); !strings.Contains(got, `"dropped_params":["temperature"],"notes":["answered in one piece"]`) {
		t.Errorf("record %s", got)
	}
}

// TestSnapshotIsApart takes a copy at a bad moment and goes on with the original.
func TestSnapshotIsApart(t *testing.T) {
	i := info("p/m", priced())
	r := apply(newReply(i), start(0, i), providers.Event{Type: providers.EventConnected, At: at(5), Phases: &providers.Phases{}}, text(10, "one "))
	snap := r.Snapshot()
	before := marshal(t, snap)
	if snap.Text != "one " || snap.VisibleText() != "one " || snap.System != "Be brief." {
		t.Errorf("snapshot has %q, %q, system %q", snap.Text, snap.VisibleText(), snap.System)
	}
	apply(r, providers.Event{Type: providers.EventHeaders, At: at(20), Status: 200}, text(30, "two"),
		providers.Event{Type: providers.EventTimings, Timings: providers.Timings{"load_ms": 1}}, providers.Event{Type: providers.EventNote, Text: "note"})
	apply(r, end(40, &providers.Error{Kind: providers.ConnectionLost})...)
	if after := marshal(t, snap); after != before || len(snap.Chunks) != 1 {
		t.Errorf("the snapshot changed from\n%s\nto\n%s", before, after)
	}
}

func TestApplyWithoutAttempts(t *testing.T) {
	r := apply(newReply(info("p/m", providers.Quote{})), text(100, "a"), text(200, ""), finish(200, "stop"), providers.Event{Type: providers.EventEnd, At: at(200)})
	near(t, "TTFT", r.Metrics.TTFT, 100)
	if r.Status != Done || len(r.Chunks) != 1 || !strings.Contains(marshal(t, r), `"attempts":[]`) {
		t.Errorf("%s with %d chunks: %s", r.Status, len(r.Chunks), marshal(t, r))
	}
}

// An end tag without a beginning tells that all text so far was reasoning.
func TestTextThatWasReasoningIsMoved(t *testing.T) {
	moved := func(ms float64) providers.Event { return providers.Event{Type: providers.EventMoved, At: at(ms)} }
	i := info("p/m", priced())
	r := apply(newReply(i), start(0, i), text(100, "The user wants"), text(200, " a greeting."))
	saver := NewSaver("t")
	first := saver.Batch([]*Reply{r})
	saver.Saved(first)
	apply(r, moved(300), text(300, "Hello, and far more of it than there was reasoning"))
	if r.VisibleText() != "Hello, and far more of it than there was reasoning" || r.ReasoningText() != "The user wants a greeting." ||
		*r.Metrics.TTFT != 100 || *r.Metrics.VisibleTTFT != 300 {
		t.Errorf("%q, %q, %+v", r.VisibleText(), r.ReasoningText(), r.Metrics)
	}
	for n, c := range r.Chunks {
		if c.Reasoning != (n < 2) {
			t.Errorf("piece %d: %+v", n, c)
		}
	}
	if first[0].Chunks[0].Reasoning {
		t.Error("a batch that was given out changes")
	}
	again := saver.Batch([]*Reply{r})
	if len(again) != 1 || again[0].Start != 0 || again[0].Text != r.VisibleText() || again[0].Reasoning != r.ReasoningText() {
		t.Errorf("saved after the move: %+v", again)
	}
	saver.Saved(again)
	apply(r, text(400, "!"))
	if b := saver.Batch([]*Reply{r}); len(b) != 1 || b[0].Start != 3 || b[0].Text != "!" {
		t.Errorf("saved after that: %+v", b)
	}

	more := newReply(i)
	more.GoOn("Said before. ")
	apply(more, start(0, i), text(100, "hm"), moved(200), text(200, "Hello"))
	apply(more, append([]providers.Event{finish(200, "stop")}, end(210, nil)...)...)
	if more.Text != "Said before. Hello" || more.Reasoning != "hm" || more.Chunks[0].Len != 2 || more.Chunks[1].Len != len(more.Text) {
		t.Errorf("going on: %q, %q, %+v", more.Text, more.Reasoning, more.Chunks)
	}
}

func TestTheServersWordForTheEndIsKeptForEveryStatus(t *testing.T) {
	i := info("p/m", priced())
	r := apply(newReply(i), append([]providers.Event{start(0, i)}, end(5, &providers.Error{Kind: providers.Empty, Finish: "tool_calls"})...)...)
	if r.Status != Empty || r.FinishReason != "tool_calls" {
		t.Errorf("%s, %q", r.Status, r.FinishReason)
	}
}

// What a terminal would obey, or nobody would see, is kept as the model wrote it.
func TestTheStoreKeepsAnyText(t *testing.T) {
	torture := "nul\x00 esc\x1b[2J bell\x07 c1\u009b del\x7f cr\r\n\ttab  two\u2028three\u2029four \u061c\u200e\u202e\u2066 " +
		"👨\u200d👩\u200d👧 न\u200d \u200b\ufeff\ue000 $x_1$ \\(y\\) \ufffd end \n\n"
	s, _ := newStore(t)
	sess := create(t, s, torture)
	say(t, s, sess.ID, torture, torture)
	if got := load1(t, s, sess.ID).Turns[0]; got.Prompt != torture || got.Replies[0].Text != torture {
		t.Errorf("%q\nbecame %q\nand %q", torture, got.Prompt, got.Replies[0].Text)
	}
}
