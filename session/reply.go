package session

import (
	"strings"
	"time"

	"lineup/jsoncheck"
	"lineup/providers"
)

// Status says how a reply ended, or that it has not.
type Status string

// The statuses of a finished reply are a promise to scripts; waiting and streaming never leave the
// program but for the store.
const (
	Waiting     Status = "waiting" // no token yet
	Streaming   Status = "streaming"
	Done        Status = "done"
	Length      Status = "length"      // cut at max_tokens
	Truncated   Status = "truncated"   // the stream ended without its end mark
	Interrupted Status = "interrupted" // lost after the first token
	Filtered    Status = "filtered"
	Empty       Status = "empty"
	Failed      Status = "error"
	Cancelled   Status = "cancelled"
)

// Final reports whether the reply has ended.
func (s Status) Final() bool { return s != Waiting && s != Streaming }

// Answer reports whether the reply is an answer to rely on: done, or cut at the length that was
// asked for.
func (s Status) Answer() bool { return s == Done || s == Length }

// Reply is what one pane answered to one prompt. Its fields marshal to the record of `lineup ask
// --json`.
type Reply struct {
	Type string `json:"type"` // always "reply"
	Slot int    `json:"slot"` // the pane, counted from 0
	// which of the slot's answers to the prompt, counted from 0
	Take int `json:"take,omitempty"`
	// how many takes were to be asked for at once, if this is one of them; else 0
	Repeat int `json:"repeat,omitempty"`
	// the first take of a repeat, for which the model had to be loaded: no measure of the others
	Warmup bool   `json:"warmup,omitempty"`
	Model  string `json:"model"`
	// the model reference that answered; differs after a fallback
	ServedBy     string     `json:"served_by"`
	ServedModel  string     `json:"served_model"` // what the server said it was, or ""
	Status       Status     `json:"status"`
	Text         string     `json:"text"`
	Reasoning    string     `json:"reasoning"`
	FinishReason string     `json:"finish_reason"`
	Error        *ErrorInfo `json:"error"`
	Metrics      Metrics    `json:"metrics"`
	Usage        Usage      `json:"usage"`
	Cost         Cost       `json:"cost"`
	Attempts     []Attempt  `json:"attempts"`

	DroppedParams []string `json:"dropped_params,omitempty"` // parameters that the server refused
	Notes         []string `json:"notes,omitempty"`          // what the server did beside answering
	// whether Text is the JSON that was asked for; nil where none was, or there is no text
	JSON      *jsoncheck.Result `json:"json,omitempty"`
	ToolCalls []ToolCall        `json:"tool_calls,omitempty"` // of the tools that were declared
	// it merges the others of its turn: no contender in votes, and in no pane's conversation
	Merge bool `json:"merge,omitempty"`
	// of a merge: the slot of each answer that it was shown, A first; -1 for a letter that none had
	Merged []int `json:"merged,omitempty"`
	// the numbers are a simulation's, not a model's
	Simulated bool `json:"simulated,omitempty"`
	// the label of the pane or the model, where somebody gave it one
	Name string `json:"name,omitempty"`
	// what was asked: the model with its settings; nil where no model can be told
	Contender *providers.Contender `json:"contender,omitempty"`
	// the parameters that were sent to the model that served, without those that it refused
	Params providers.Params `json:"params,omitzero"`
	// a fork took it over: it counts where it was asked
	Copied bool `json:"copied,omitempty"`
	// lineup run asked it: its money counts in the sums that the run kept ([Store.Spend])
	Run bool `json:"run,omitempty"`

	// every piece with its arrival, for replay and inter-token times
	Chunks []Chunk           `json:"-"`
	System string            `json:"-"` // the system prompt that was sent
	Schema *jsoncheck.Schema `json:"-"` // that the answer was to fit; nil for text
	Tools  []jsoncheck.Tool  `json:"-"` // that were declared

	// What the store adds when it keeps the reply. A reply that has them already, because it was
	// read, keeps them.
	EndedAt time.Time `json:"-"` // zero while it runs
	Version string    `json:"-"` // of lineup, which measured

	live  live
	moved bool // text has become reasoning, so that a saved beginning no longer holds
}

// ErrorInfo is a providers.Error in a record.
type ErrorInfo struct {
	Kind         providers.Kind `json:"kind"`
	Status       int            `json:"status"` // HTTP status, 0 where no answer came
	Message      string         `json:"message"`
	Hint         string         `json:"hint"`
	RetryAfterMS *int64         `json:"retry_after_ms"`
}

// Metrics are times in milliseconds on lineup's own clock, from t0, when the request that was
// answered went out; nil is unknown. Server holds the server's own measurements beside ours.
// TokensPerSecond is not deceived by buffers on the way.
type Metrics struct {
	TTFT *float64 `json:"ttft_ms"`
	// to the first token that is no reasoning
	VisibleTTFT     *float64 `json:"visible_ttft_ms"`
	Duration        *float64 `json:"duration_ms"` // to the last token
	TokensPerSecond *float64 `json:"tokens_per_second"`
	// loading the model, where the server tells: within TTFT (Ollama) or before t0 (a server that
	// is asked again)
	Load *float64 `json:"load_ms"`
	// waiting behind other panes, outside the attempts
	Queue float64 `json:"queue_ms"`
	// between the chunks, which are no tokens; of an answer that has ended
	Gaps *Gaps `json:"chunk_gaps"`
	// from when the user sent the prompt, through queue and failed attempts, to the last token, or
	// to the end where none came
	FromEnter *float64           `json:"from_enter_ms"`
	Server    map[string]float64 `json:"server"`
}

// Usage counts tokens; see providers.Usage for what contains what.
type Usage struct {
	Input      int `json:"input"`
	Output     int `json:"output"`
	Reasoning  int `json:"reasoning"`
	CacheRead  int `json:"cache_read"`
	CacheWrite int `json:"cache_write"`
	// the part of CacheWrite that was stored for an hour
	Write1h int    `json:"cache_write_1h,omitempty"`
	Source  string `json:"source"` // Reported or Estimated
}

// Sources of a usage.
const (
	Reported  = "reported"
	Estimated = "estimated"
)

// Cost is what a reply cost. USD is nil where it is not known.
type Cost struct {
	USD *float64 `json:"usd"`
	// a providers.CostSource, with "~" before it where the usage is an estimate
	Source string `json:"source"`
	// the machine is one's own: an unknown cost is nothing to pay
	Own bool `json:"-"`

	// Price is the basis of the cost, for checks after a change of prices; nil if the gateway
	// reported the cost, or it is unknown.
	Price *providers.Quote `json:"price,omitempty"`
}

// Attempt is one try over the network. Times are milliseconds from the start of the first attempt.
type Attempt struct {
	Model   string  `json:"model"`
	Started float64 `json:"started_ms"`
	Ended   float64 `json:"ended_ms"`
	Outcome string  `json:"outcome"` // "done", a status, or an error kind; "" while it runs
	Status  int     `json:"status"`  // HTTP status, 0 where no answer came
	Wait    float64 `json:"wait_ms"` // pause after this attempt, before the next one

	Phases *Phases `json:"phases,omitempty"`
}

// Phases are how an attempt got its connection and its headers, in milliseconds.
type Phases struct {
	DNS     float64 `json:"dns_ms"`
	Connect float64 `json:"connect_ms"`
	TLS     float64 `json:"tls_ms"`
	Headers float64 `json:"headers_ms"` // from the request to the response headers
	Reused  bool    `json:"reused"`     // an open connection was used again
}

// Chunk is one piece of output as it came.
type Chunk struct {
	At        time.Duration // after t0
	Len       int           // bytes of text
	Reasoning bool
}

// live is what Apply needs to know while events come in; a stored reply has none of it.
type live struct {
	phase       Phase
	from        time.Time // when the slot began to wait: Enter
	queued      time.Time // when the present wait behind other panes began
	first       time.Time // start of the first attempt
	start       time.Time // t0 of the present attempt: when its request went out
	loading     time.Time // when the first request went out that a loading server turned away
	firstTok    time.Time
	visible     time.Time
	lastTok     time.Time
	came        arrivals
	retryAt     time.Time
	text        strings.Builder
	reasoning   strings.Builder
	calls       []*liveCall
	begun       string // what a former reply said, until a piece has come after it; see GoOn
	said        string // the same, for good
	goesOn      bool
	estimate    float64 // tokens of output so far
	thought     float64 // the part of them that is reasoning
	input       float64 // tokens of the request
	images      int     // of the request
	usage       *providers.Usage
	gateway     *float64 // USD as the gateway reported
	own         bool     // the server of the attempt is one's own
	info        providers.Info
	quote       *providers.Quote             // of info; never changed
	calibration *Calibration                 // may be nil
	ratios      [providers.TextKinds]float64 // of info
	halt        *halt                        // nil unless somebody stopped a hidden reply
}

// serve notes which model answers.
func (l *live) serve(info providers.Info) {
	quote := info.Price
	l.info, l.quote, l.ratios = info, &quote, l.calibration.Ratios(info.Ref.String())
}

// Phase is what a live reply is doing, finer than its status.
type Phase string

// The phases of a live reply, roughly in order.
const (
	PhaseQueued     Phase = "queued"
	PhaseConnecting Phase = "connecting"
	PhaseWaiting    Phase = "waiting" // the request is out
	PhaseAlive      Phase = "alive"   // the server sends signs of life but no token
	PhaseLoading    Phase = "loading"
	PhaseThinking   Phase = "thinking"
	PhaseStreaming  Phase = "streaming"
	PhaseRetrying   Phase = "retrying"
	PhaseEnded      Phase = "ended"
)

// NewReply makes the reply of a slot that is about to be asked. at is when the user sent the
// prompt.
func NewReply(slot int, info providers.Info, req providers.Request, at time.Time) *Reply {
	r := &Reply{Type: "reply", Slot: slot, Model: info.Ref.String(), ServedBy: info.Ref.String(),
		Status:    Waiting,
		Simulated: info.Simulated, Attempts: []Attempt{}, Usage: Usage{Source: Estimated},
		System: req.System, Params: info.Params, Name: info.Contender.Name, Schema: req.Schema,
		Tools: req.Tools}
	c := info.Contender
	if c.Ref == (providers.Ref{}) { // a model that no registry opened
		c.Ref, c.Settings.Params = info.Ref, info.Params
	}
	r.Contender = &c
	r.Metrics.Server = map[string]float64{}
	r.live = live{phase: PhaseConnecting, from: at, images: req.Images(),
		input: estimateRequest(req, info.Ref.String(), even())}
	r.live.serve(info)
	r.Usage.Input = round(r.live.input)
	r.settleCost()
	return r
}

// GoOn makes a new reply begin with the text of an earlier one that was cut off. The model
// continues it. Counts and times are those of what comes; in Chunks the beginning belongs to the
// first piece.
func (r *Reply) GoOn(said string) {
	r.live.begun, r.live.said, r.live.goesOn = said, said, true
	r.live.text.WriteString(said)
	r.Text = said
}

// messageTokens is what chat templates put around each message, about four tokens in Llama 3 and in
// OpenAI's.
const messageTokens = 4

func estimateRequest(req providers.Request, model string,
	ratios [providers.TextKinds]float64) float64 {
	n := float64(messageTokens)
	if req.System != "" {
		n += messageTokens + corrected(providers.EstimateByKind(req.System), ratios)
	}
	for i := range req.Messages {
		m := &req.Messages[i]
		n += messageTokens + corrected(providers.EstimateByKind(m.Text()), ratios)
		for j := range m.Attachments {
			n += providers.FileTokens(model, &m.Attachments[j])
		}
		for _, c := range m.Calls {
			n += corrected(providers.EstimateByKind(c.Name+c.Arguments), ratios)
		}
	}
	for _, t := range req.Tools { // servers write them into the prompt
		n += corrected(providers.EstimateByKind(string(t.Declared())), ratios)
	}
	return n
}

// Phase tells what a live reply is doing.
func (r *Reply) Phase() Phase {
	if r.Status.Final() || r.live.phase == "" {
		return PhaseEnded
	}
	return r.live.phase
}

// RetryAt is when the next attempt starts, in PhaseRetrying.
func (r *Reply) RetryAt() time.Time { return r.live.retryAt }

// Before is how long earlier attempts took, with the waits between them, in milliseconds. TTFT and
// Duration are those of the last attempt: whoever compares models by time adds this, or a model
// that failed first looks fast.
func (r *Reply) Before() float64 {
	if n := len(r.Attempts); n > 1 {
		return r.Attempts[n-1].Started
	}
	return 0
}

// loadShown is the least time of loading that tells anything, in milliseconds. Ollama reports 20 to
// 60 ms for a model that is in memory.
const loadShown = 100

// Loaded reports whether the server told that it loaded the model for this reply.
func (r *Reply) Loaded() bool { return r.Metrics.Load != nil && *r.Metrics.Load >= loadShown }

// Waited is the time to the first token and to the last one, in milliseconds, as somebody waited
// for them: from the first attempt. They are nil if no token came.
func (r *Reply) Waited() (first, last *float64) {
	sum := func(ms *float64) *float64 {
		if ms == nil {
			return nil
		}
		v := r.Before() + *ms
		return &v
	}
	return sum(r.Metrics.TTFT), sum(r.Metrics.Duration)
}

// Elapsed is the age of a reply: from t0 to the last token, or to now while it runs; in a queue,
// from the prompt to now.
func (r *Reply) Elapsed(now time.Time) time.Duration {
	switch {
	case r.Status.Final() && r.Metrics.Duration != nil:
		return time.Duration(*r.Metrics.Duration * float64(time.Millisecond))
	case r.Status.Final():
		return 0
	case r.live.start.IsZero():
		return now.Sub(r.live.from)
	case r.Status == Waiting && !r.live.loading.IsZero():
		return now.Sub(r.live.loading)
	}
	return now.Sub(r.live.start)
}

// SinceToken is how long ago the last token came, 0 before the first one.
func (r *Reply) SinceToken(now time.Time) time.Duration {
	if r.live.lastTok.IsZero() {
		return 0
	}
	return now.Sub(r.live.lastTok)
}
