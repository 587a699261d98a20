package wire_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"lineup/providers"
	"lineup/providers/policy"
	"lineup/providers/wire"
	"lineup/session"
)

// TestConformance serves the bytes of every case over real HTTP and compares what a user would be shown. A case is
// one file, named NUMBER-what.DIALECT.txt; conformancefile_test.go tells its format.
func TestConformance(t *testing.T) {
	files, err := filepath.Glob("testdata/conformance/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	have := map[string]bool{} // "07 ollama"
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		c := readCase(t, file)
		have[name[:2]+" "+c.dialect] = true
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.run(t, false)
		})
		if c.cuttable() { // what is shown must not depend on where the network cuts
			t.Run(name+"/byte-by-byte", func(t *testing.T) {
				t.Parallel()
				c.run(t, true)
			})
		}
	}
	const last = 99
	for c := range have {
		if n, err := strconv.Atoi(c[:2]); err != nil || n > last {
			t.Errorf("case %q is past the last number, %d: raise it, and name its dialects in caseApplies", c, last)
		}
	}
	for _, kind := range wire.Kinds() {
		if !slices.Contains(caseApplies(2), kind) {
			t.Errorf("no case is demanded of %s: name it in caseApplies, and give it a file for each case", kind)
		}
	}
	for n := 1; n <= last; n++ {
		for _, dialect := range caseApplies(n) {
			if !have[fmt.Sprintf("%02d %s", n, dialect)] {
				t.Errorf("case %d has no file for %s", n, dialect)
			}
		}
	}
}

// caseApplies lists the dialects that a case is about: all of them, but for what only one protocol has.
func caseApplies(n int) []string {
	const chat, lines, messages, items = "openai", "ollama", "anthropic", "responses"
	switch n {
	case 1, 5, 6, 10, 13, 24: // event streams: data fields, blank lines, [DONE], event: error
		return []string{chat, messages, items}
	case 28, 29, 30, 79: // lines
		return []string{lines}
	case 22, 27, 31, 32, 34, 35, 36, 37, 49, 51, 61, 62, 66, 71, 72, 73, 75, 76: // choices, gateways' chunks and errors
		return []string{chat}
	case 63, 64, 65, 74: // blocks and typed events
		return []string{messages, items}
	case 40, 45: // encrypted reasoning, refusals: Ollama has neither
		return []string{chat, messages, items}
	case 41, 42: // what comes after the finish reason: the end of the Responses API holds the whole answer
		return []string{chat, lines, messages}
	case 57: // quota: a local server has none
		return []string{chat, messages, items}
	case 83, 84, 86, 89, 90, 93, 94, 95, 96, 85, 97: // each where its files are: other gateways, other words
		return faultDialects(n)
	case 59: // models to pull: natively, through /v1
		return []string{chat, lines}
	}
	return []string{chat, lines, messages, items}
}

// faultDialects lists the dialects of what was found in the field: some is of one protocol's gateways alone.
func faultDialects(n int) []string {
	const chat, lines, messages, items = "openai", "ollama", "anthropic", "responses"
	switch n {
	case 85, 96: // numbers of choices; what llama-swap says
		return []string{chat}
	case 90, 95: // words for the end that only gateways have; empty errors beside pieces
		return []string{chat, lines, messages}
	case 93: // named events
		return []string{chat, messages, items}
	}
	return []string{chat, lines, messages, items}
}

// run serves the case, asks, and compares.
func (c conformanceCase) run(t *testing.T, byteByByte bool) {
	s := serveRaw(t, func(conn *rawConn, _ *http.Request) { c.serve(conn, byteByByte) })
	model := s.provider(t, c.dialect, func(cfg *wire.Config) {
		if c.key != "" {
			withKey(c.key)(cfg)
		}
	}).Model(wire.ModelConfig{Info: info("m"), Deadlines: policy.Deadlines{FirstToken: c.firstToken},
		Retry: policy.Retry{Max: c.retry, Base: time.Millisecond, Cap: time.Millisecond}})
	req := providers.Request{Messages: []providers.Message{{Role: providers.User, Content: "hello"}},
		Tools: c.tools, Schema: c.schema}
	r := session.NewReply(0, info("m"), req, time.Now())
	run := providers.Start(t.Context(), []providers.Call{{Model: model, Request: req}})
	var events []providers.Event
	take := func() {
		for _, ev := range run.Take(0, nil) {
			r.Apply(ev)
			events = append(events, ev)
			if ev.At.IsZero() || ev.Type == 0 || (ev.Type == providers.EventText || ev.Type == providers.EventReasoning) && ev.Text == "" {
				t.Errorf("an event without time, type or text: %+v", ev)
			}
			if c.cancel && ev.Type == providers.EventText {
				run.Cancel(0)
			}
		}
	}
	for done := false; !done; {
		select {
		case <-run.Ready():
		case <-run.Done():
			done = true
		}
		take()
	}
	requests, _ := s.seen()
	c.compare(t, c.shown(t, r, events, len(requests)))
}

// shown is everything that a case may want something of, as JSON has it.
func (c conformanceCase) shown(t *testing.T, r *session.Reply, events []providers.Event, requests int) map[string]any {
	t.Helper()
	rec := recordOf(r)
	data, err := json.Marshal(rec)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	got["requests"] = float64(requests)
	got["cost"] = r.Cost.Source
	if r.Cost.USD != nil {
		got["cost_usd"] = *r.Cost.USD
	}
	seen := []any{}
	var waited time.Duration
	for _, ev := range events {
		name := map[providers.EventType]string{providers.EventAlive: "alive", providers.EventLoading: "loading",
			providers.EventWait: "wait", providers.EventReasoning: "reasoning", providers.EventText: "text"}[ev.Type]
		if name != "" && (len(seen) == 0 || seen[len(seen)-1] != name) {
			seen = append(seen, name)
		}
		waited += ev.Wait
	}
	got["events"] = seen
	got["waited_ms"] = float64(waited.Milliseconds())
	if r.Metrics.TTFT != nil {
		got["late_first_token"] = *r.Metrics.TTFT >= 30
	}
	return got
}

// usual is what a case wants where it says nothing of a field.
func (c conformanceCase) usual() map[string]any {
	outcome := c.want["status"]
	if e, ok := c.want["error"].(map[string]any); ok {
		outcome = e["kind"]
	}
	finish := map[any]any{"done": "stop", "length": "length"}[c.want["status"]]
	status := strings.Fields(c.answers[0].head)[1]
	return map[string]any{"text": "", "reasoning": nil, "finish_reason": finish, "error": nil, "notes": nil, "dropped_params": nil, "tool_calls": nil, "json": nil,
		"requests": 1.0, "attempts": []any{fmt.Sprint(outcome, " ", status)}, "waited_ms": 0.0}
}

// compare checks what the case wants, and that nothing else is shown. An "…" in what is wanted stands for any text.
func (c conformanceCase) compare(t *testing.T, got map[string]any) {
	t.Helper()
	want := c.usual()
	maps.Copy(want, c.want)
	for name, w := range want {
		compareField(t, name, got[name], w)
	}
}

func compareField(t *testing.T, name string, got, want any) {
	t.Helper()
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			t.Errorf("%s: %v, want %v", name, shorten(got), shorten(want))
		}
		for k, v := range g {
			if _, ok := w[k]; !ok && v != nil && v != 0.0 && k != "hint" { // such as cached tokens that nobody spoke of
				t.Errorf("%s.%s: %v, want none", name, k, shorten(v))
			}
		}
		for k, v := range w {
			compareField(t, name+"."+k, g[k], v)
		}
		return
	case []any:
		g, _ := got.([]any)
		if len(g) != len(w) {
			t.Errorf("%s: %v, want %v", name, shorten(got), shorten(want))
			return
		}
		for i := range w {
			compareField(t, fmt.Sprintf("%s %d", name, i+1), g[i], w[i])
		}
		return
	case string:
		if g, ok := got.(string); ok && fits(g, w) || w == "…" && got != nil {
			return
		}
	}
	if got != want {
		t.Errorf("%s: %v, want %v", name, shorten(got), shorten(want))
	}
}

// fits reports whether a text is what a pattern says, in which each "…" stands for any text.
func fits(s, pattern string) bool {
	parts := strings.Split(pattern, "…")
	if len(parts) == 1 {
		return s == pattern
	}
	first, last := parts[0], parts[len(parts)-1]
	if !strings.HasPrefix(s, first) {
		return false
	}
	s = s[len(first):]
	for _, part := range parts[1 : len(parts)-1] {
		_, rest, ok := strings.Cut(s, part)
		if !ok {
			return false
		}
		s = rest
	}
	return strings.HasSuffix(s, last)
}

// shorten keeps a failure message readable.
func shorten(v any) string {
	s := fmt.Sprintf("%q", v)
	if len(s) > 300 {
		return fmt.Sprintf("%s… (%d bytes)", s[:300], len(s))
	}
	return s
}
