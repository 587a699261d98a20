// Package blindtest makes two blind sessions for tests that look for leaks. Their prompts and the
// words of their answers are the same. Everything that betrays a model differs: references, labels,
// settings, times, tokens, costs, errors, attempts, notes. A person must see the same of both.
package blindtest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"lineup/jsoncheck"
	"lineup/providers"
	"lineup/session"
)

// Panes is how many panes the sessions have.
const Panes = 5

// Variants is how many sessions there are.
const Variants = 2

// Cast is who answers in one of the sessions.
type Cast struct {
	variant int
	words   []string // that stand nowhere but in what is hidden
}

// CastOf is the cast of a session.
func CastOf(variant int) Cast {
	return Cast{variant, [][]string{
		{"quibbleton", "zorgprov", "Glimmerfax", "Drizzlebop", "snorfington", "fallbeck",
			"wobblecore", "plimsoll"},
		{"xyloquest", "nebuprov", "Thornwick", "Bramblefig", "gristlewood", "standinck",
			"murmurant", "cataphract"},
	}[variant]}
}

// Secret finds a name in a text that must not be seen, "" for none.
func (c Cast) Secret(text string) string {
	lower := strings.ToLower(text)
	for _, w := range c.words {
		if strings.Contains(lower, strings.ToLower(w)) {
			return w
		}
	}
	return ""
}

// Ref is the model of a pane. Two panes have the same one.
func (c Cast) Ref(slot int) string {
	one := c.words[1] + "/" + c.words[0] + "-9b"
	return []string{one, c.words[1] + "/" + c.words[4] + "-pro", "local/" + c.words[6] + ":7b", one,
		"local/" + c.words[7]}[slot]
}

// Contender is what a pane asks.
func (c Cast) Contender(slot int) providers.Contender {
	t := float64(slot) / 10
	system := "You are " + c.words[3] + "."
	out := providers.Contender{Ref: providers.RefOf(c.Ref(slot))}
	out.Settings.Temperature = &t
	switch slot {
	case 0:
		out.Name, out.Settings.System = c.words[2], &system
	case 4:
		out.Settings.Options = map[string]any{"note": c.words[3]}
	}
	return out
}

// Contenders are those of all panes.
func (c Cast) Contenders() []providers.Contender {
	var out []providers.Contender
	for slot := range Panes {
		out = append(out, c.Contender(slot))
	}
	return out
}

// Answer is what a pane says: it names itself, also in odd forms. The text is the same for all
// panes but for that.
func (c Cast) Answer(slot, turn int) string {
	own := c.words[[]int{0, 4, 6, 0, 7}[slot]]
	marked := c.words[2][:2] + "**" + c.words[2][2:4] + "**" + c.words[2][4:]
	return fmt.Sprintf("Alpha %d.%d: I am %s, also called %s. A second line of 42 ms. %s, %s\n\n"+
		"```go\n// by %s, &#%d;%s\nfunc One%d() {}\n```\n", slot, turn, strings.ToUpper(own),
		c.words[2], marked, strings.Join(strings.Split(own, ""), " "),
		c.words[2], own[0], own[1:], slot)
}

// Session is a blind session of three turns that has not been revealed, without ids.
func (c Cast) Session() *session.Session {
	at := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	s := &session.Session{Title: "Which is better?", Panes: c.Contenders(), Blind: true,
		CreatedAt: at, UpdatedAt: at, System: "Be brief.", Tags: []string{"demo"}}
	for turn := range 3 {
		t := &session.Turn{Prompt: fmt.Sprintf("Alpha question %d", turn+1),
			CreatedAt: at.Add(time.Duration(turn) * time.Minute)}
		for slot := range Panes {
			t.Replies = append(t.Replies, c.reply(slot, turn, t.CreatedAt))
		}
		s.Turns = append(s.Turns, t)
	}
	c.fail(s.Turns[2].Replies[1], "")
	c.fail(s.Turns[1].Replies[2], "Alpha broke off")
	other := c.reply(0, 1, at)
	s.Turns[1].Replies[0].Take = 1
	s.Turns[1].Alternatives = []*session.Reply{other}
	for _, r := range []*session.Reply{other, s.Turns[1].Replies[0]} {
		r.Repeat = 2
	}
	s.Turns[0].Votes = []*session.Vote{s.Turns[0].VoteFor(1)}
	s.Turns[0].Votes[0].At, s.Turns[0].Votes[0].Blind = at, true
	s.Turns[0].Judgements = []*session.Judgement{c.judgement(s.Turns[0], at)}
	slot := 2
	s.Turns[0].Promoted = &slot
	c.json(s.Turns[2].Replies[3])
	s.Turns[2].Replies[4].ToolCalls = []session.ToolCall{{ID: c.words[4], Name: "weather",
		Arguments: `{"asks":"` + c.words[2] + `"}`}}
	return s
}

// reply is an answer with all that tells who gave it.
func (c Cast) reply(slot, turn int, at time.Time) *session.Reply {
	n := c.pause(slot, turn)
	number := float64((77+11*c.variant)*100 + 77 + 11*c.variant)
	took := 2*n + 500
	who := c.Contender(slot)
	r := &session.Reply{Type: "reply", Slot: slot, Model: c.Ref(slot), ServedBy: c.Ref(slot),
		ServedModel: c.words[6] + "-int", Status: session.Done, Text: c.Answer(slot, turn),
		Reasoning: "Let me, " + c.words[2] + ", think.", FinishReason: "stop", Name: who.Name,
		Contender: &who, Params: who.Settings.Params, Version: "1." + c.words[5],
		DroppedParams: []string{"top_" + c.words[4]}, Notes: []string{"asked " + c.words[5]},
		System: "Be brief.", EndedAt: at.Add(time.Duration(n) * time.Millisecond),
		Simulated: slot == c.variant}
	if who.Settings.System != nil {
		r.System = *who.Settings.System
	}
	r.Metrics = session.Metrics{TTFT: &n, VisibleTTFT: &n, Duration: &took,
		TokensPerSecond: &number, Load: &n, Queue: n, FromEnter: &took,
		Server: map[string]float64{c.words[5]: n},
		Gaps:   &session.Gaps{N: 2, P50: n, P95: n, Max: number}}
	r.Usage = session.Usage{Input: int(number), Output: int(number), Reasoning: 11 + c.variant,
		CacheRead: 5 + c.variant, Source: session.Reported}
	usd := number / 1000
	r.Cost = session.Cost{USD: &usd, Source: "config"}
	r.Attempts = []session.Attempt{
		{Model: "local/" + c.words[5], Ended: n, Outcome: "overloaded", Status: 529, Wait: n},
		{Model: r.Model, Started: 2 * n, Ended: 2*n + took, Outcome: "done", Status: 200}}
	if c.variant == 1 {
		r.Attempts = r.Attempts[1:]
	}
	if slot == 2 { // a fallback
		r.ServedBy = "local/" + c.words[5]
	}
	if slot == 4 && c.variant == 1 {
		r.Status, r.FinishReason = session.Length, "length"
	}
	half := strings.Index(r.Text, " I am ") // the same in both
	first := time.Duration(n) * time.Millisecond
	r.Chunks = []session.Chunk{{At: first, Len: len(r.Reasoning), Reasoning: true},
		{At: first + time.Second, Len: half}, {At: 2 * first, Len: len(r.Text) - half}}
	return r
}

// pause is how long a pane lets wait, in milliseconds. The first and the last one change places
// between the sessions: whoever answers in them, in step they are as slow.
func (c Cast) pause(slot, turn int) float64 {
	if c.variant == 1 && (slot == 0 || slot == Panes-1) {
		slot = Panes - 1 - slot
	}
	return float64(1000*(1+slot) + 7*turn)
}

// fail makes a reply one that failed, in each session in another way.
func (c Cast) fail(r *session.Reply, text string) {
	r.Text, r.Reasoning, r.Chunks, r.FinishReason = text, "", nil, ""
	e := &session.ErrorInfo{Kind: providers.Overloaded, Status: 529,
		Message: c.words[4] + " is busy", Hint: "ask " + c.words[5]}
	r.Status = session.Failed
	if c.variant == 1 {
		e.Kind, e.Status, r.Status = providers.Auth, 401, session.Empty
	}
	if text != "" {
		r.Status = []session.Status{session.Truncated, session.Interrupted}[c.variant]
	}
	r.Error = e
}

// json makes a reply one that is not the JSON that was asked for.
func (c Cast) json(r *session.Reply) {
	r.Schema = Schema(`{"type":"object"}`)
	r.Text, r.Chunks = `{"by":"`+c.words[2]+`"}`, nil
	wrong := jsoncheck.Problem{Path: "/by", Message: "not " + c.words[2]}
	r.JSON = &jsoncheck.Result{Errors: []jsoncheck.Problem{wrong}}
}

func (c Cast) judgement(t *session.Turn, at time.Time) *session.Judgement {
	usd := 1.5 + float64(c.variant)
	pair := []session.Candidate{t.Replies[0].Candidate(), t.Replies[4].Candidate()}
	return &session.Judgement{Judge: c.Ref(4), A: 0, B: 4, Winner: session.VerdictA,
		Verdicts: []session.Verdict{"a", "a"}, Self: c.variant == 1, Reason: "A is " + c.words[2],
		At: at, Usage: session.Usage{Input: 10 + c.variant, Source: session.Reported},
		Cost:   session.Cost{USD: &usd, Source: "config"},
		Judged: session.Judged{Contenders: pair, Lengths: []int{5, 5}, Fallback: c.variant == 1}}
}

// Shown makes a text that was shown comparable: without the ids of sessions and turns and without
// the times of records, which differ from run to run.
func Shown(text string) string {
	if !strings.Contains(text, "2026") && !strings.Contains(text, "01") {
		return text
	}
	ids := regexp.MustCompile(`\b\d{8}-\d{6}-[a-z0-9]{5}\b|\b01[0-9a-z]{24}\b|` +
		`\brestore [a-z0-9]{5}\b|"(created|updated|deleted)_at":"[^"]*"`)
	return ids.ReplaceAllString(text, "ID")
}

// Schema is a JSON Schema.
func Schema(source string) *jsoncheck.Schema {
	schema, err := jsoncheck.Parse("shape.json", []byte(source))
	if err != nil {
		panic(err)
	}
	return schema
}

// JSON is a value as JSON, for a search in it.
func JSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}
