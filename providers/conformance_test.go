package providers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lineup/providers"
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
	for n := 1; n <= 80; n++ {
		for _, dialect := range caseApplies(n) {
			if !have[fmt.Sprintf("%02d %s", n, dialect)] {
				t.Errorf("case %d has no file for %s", n, dialect)
			}
		}
	}
}

// caseApplies lists the dialects that a case is about: all of them, but for what only one protocol has.
func caseApplies(n int) []string {
	const chat, lines, messages = "openai", "ollama", "anthropic"
	switch n {
	case 1, 5, 6, 10, 13, 24: // event streams: data fields, blank lines, [DONE], event: error
		return []string{chat, messages}
	case 28, 29, 30, 79: // lines
		return []string{lines}
	case 22, 27, 31, 32, 34, 35, 36, 37, 49, 51, 61, 62, 66, 71, 72, 73, 75, 76: // choices, gateways' chunks and errors
		return []string{chat}
	case 63, 64, 65, 74: // blocks and typed events
		return []string{messages}
	case 40, 45: // encrypted reasoning, refusals: Ollama has neither
		return []string{chat, messages}
	case 57: // quota: a local server has none
		return []string{chat, messages}
	case 59: // models to pull: natively, through /v1
		return []string{chat, lines}
	}
	return []string{chat, lines, messages}
}

// run serves the case, asks, and compares.
func (c conformanceCase) run(t *testing.T, byteByByte bool) {
	s := serveRaw(t, func(conn *rawConn, _ *http.Request) { c.serve(conn, byteByByte) })
	model := s.provider(t, c.dialect, func(cfg *providers.Config) {
		if c.key != "" {
			withKey(c.key)(cfg)
		}
	}).Model(providers.ModelConfig{Info: info("m"), Deadlines: providers.Deadlines{FirstToken: c.firstToken},
		Retry: providers.Retry{Max: c.retry, Base: time.Millisecond, Cap: time.Millisecond}})
	req := providers.Request{Messages: []providers.Message{{Role: providers.User, Content: "hello"}}}
	r := session.NewReply(0, info("m"), req, time.Now())
	run := providers.Start(t.Context(), []providers.Call{{Model: model, Request: req}})
	var events []providers.Event
	take := func() {
		for _, ev := range run.Take(0, nil) {
			r.Apply(ev)
			events = append(events, ev)
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
	var seen []any
	var waited time.Duration
	for _, ev := range events {
		switch ev.Type {
		case providers.EventAlive:
			seen = append(seen, "alive")
		case providers.EventLoading:
			seen = append(seen, "loading")
		case providers.EventWait:
			waited += ev.Wait
		}
	}
	got["events"] = seen
	got["waited_s"] = waited.Round(time.Second).Seconds()
	if r.Metrics.TTFT != nil {
		got["late_first_token"] = *r.Metrics.TTFT >= 30
	}
	return got
}

// compare checks what the case wants: every field that it names. Messages, hints and notes have to contain what is
// wanted, events to be among those seen; anything else has to be equal.
func (c conformanceCase) compare(t *testing.T, got map[string]any) {
	t.Helper()
	for _, name := range []string{"text", "reasoning"} { // never left to chance
		if c.want[name] == nil && got[name] != nil && got[name] != "" {
			t.Errorf("%s: %v, want none", name, shorten(got[name]))
		}
		if got[name] == nil {
			got[name] = ""
		}
	}
	if c.want["error"] == nil && got["error"] != nil {
		t.Errorf("error %v, want none", got["error"])
	}
	for name, want := range c.want {
		c.compareField(t, name, got[name], want)
	}
}

func (c conformanceCase) compareField(t *testing.T, name string, got, want any) {
	t.Helper()
	switch w := want.(type) {
	case map[string]any:
		g, _ := got.(map[string]any)
		for k, v := range w {
			c.compareField(t, name+"."+k, g[k], v)
		}
		return
	case []any:
		g, _ := got.([]any)
		for _, v := range w {
			if !slices.ContainsFunc(g, func(have any) bool { return contains(have, v) }) {
				t.Errorf("%s: %v, want %v among them", name, shorten(got), v)
			}
		}
		if len(w) == 0 && len(g) > 0 {
			t.Errorf("%s: %v, want none", name, got)
		}
		return
	}
	ok := got == want
	if name == "error.message" || name == "error.hint" {
		ok = contains(got, want)
	}
	if !ok {
		t.Errorf("%s: %v, want %v", name, shorten(got), shorten(want))
	}
}

func contains(have, want any) bool {
	h, ok1 := have.(string)
	w, ok2 := want.(string)
	return ok1 && ok2 && strings.Contains(h, w)
}

// shorten keeps a failure message readable.
func shorten(v any) string {
	s := fmt.Sprintf("%q", v)
	if len(s) > 300 {
		return fmt.Sprintf("%s… (%d bytes)", s[:300], len(s))
	}
	return s
}
