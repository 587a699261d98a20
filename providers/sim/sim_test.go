package sim

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// quick is a model without any waiting.
func quick(name string) Model { return Model{Name: name} }

// serve runs a server on the loopback for the length of a test. Records arrive
// on the channel when their requests are over.
func serve(t testing.TB, cfg Config) (url string, over chan Record) {
	t.Helper()
	over = make(chan Record, 1000)
	cfg.Observe = func(r Record) {
		select {
		case over <- r:
		default: // a benchmark, which does not look
		}
	}
	running, err := New(cfg).Start("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := running.Close(); err != nil {
			t.Error(err)
		}
	})
	return running.URL, over
}

// paths of the chat requests by dialect.
func chatPath(dialect string) string {
	return map[string]string{
		"ollama": "/api/chat", "openai": "/v1/chat/completions", "anthropic": "/v1/messages",
		"responses": "/v1/responses",
	}[dialect]
}

var dialects = []string{"ollama", "openai", "anthropic", "responses"}

// ask is the body of a request with one user message; fields are merged in.
func ask(model, prompt string, stream bool, fields map[string]any) string {
	body := map[string]any{
		"model": model, "stream": stream, "max_tokens": 100000,
		"messages": []any{map[string]any{"role": "user", "content": prompt}},
	}
	for k, v := range fields {
		body[k] = v
	}
	body["input"], body["max_output_tokens"] = body["messages"], body["max_tokens"] // by their names in the Responses API
	data, _ := json.Marshal(body)
	return string(data)
}

func request(method, url, body string) *http.Request {
	r, err := http.NewRequestWithContext(context.Background(), method, url, strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Anthropic-Version", "2023-06-01")
	return r
}

// do sends a request and returns the answer with its whole body.
func do(t testing.TB, r *http.Request) (*http.Response, string) {
	t.Helper()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

// local asks a server without a network, which is all a shape needs.
func local(s *Server, method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Anthropic-Version", "2023-06-01")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// objects returns the JSON objects of a stream, one a line or one an event.
func objects(body string) []string {
	var found []string
	for line := range strings.Lines(body) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "data: ")
		if strings.HasPrefix(line, "{") {
			found = append(found, line)
		}
	}
	return found
}

// said returns the reasoning and the text of a complete body of any dialect,
// streamed or not.
func said(t testing.TB, body string) (reasoning, text string) {
	t.Helper()
	type message struct {
		Content   any    `json:"content"`
		Thinking  string `json:"thinking"`
		Reasoning string `json:"reasoning_content"`
	}
	for _, o := range objects(body) {
		if r, x, ok := saidByEvent(o); ok {
			reasoning, text = reasoning+r, text+x
			continue
		}
		var v struct {
			Message, Delta message // Ollama's and Anthropic's
			Choices        []struct{ Message, Delta message }
			Content        []struct{ Text, Thinking string } // Anthropic, not streamed
		}
		var textDelta struct{ Delta struct{ Text string } }
		if err := json.Unmarshal([]byte(o), &v); err != nil {
			t.Fatalf("%s: %v", o, err)
		}
		json.Unmarshal([]byte(o), &textDelta)
		all := []message{v.Message, v.Delta}
		for _, c := range v.Choices {
			all = append(all, c.Message, c.Delta)
		}
		for _, c := range v.Content {
			all = append(all, message{Content: c.Text, Thinking: c.Thinking})
		}
		for _, m := range all {
			reasoning += m.Thinking + m.Reasoning
			if s, ok := m.Content.(string); ok {
				text += s
			}
		}
		text += textDelta.Delta.Text
	}
	return reasoning, text
}

// saidByEvent reads an event of the Responses API, or its whole answer; ok says that it is one.
func saidByEvent(object string) (reasoning, text string, ok bool) {
	type part struct{ Text string }
	var v struct {
		Type, Object string
		Delta        any
		Output       []struct{ Summary, Content []part }
	}
	if json.Unmarshal([]byte(object), &v) != nil || v.Object != "response" && !strings.HasPrefix(v.Type, "response.") {
		return "", "", false
	}
	delta, _ := v.Delta.(string)
	switch v.Type {
	case "response.output_text.delta":
		text = delta
	case "response.reasoning_summary_text.delta":
		reasoning = delta
	}
	for _, item := range v.Output {
		for _, p := range item.Summary {
			reasoning += p.Text
		}
		for _, p := range item.Content {
			text += p.Text
		}
	}
	return reasoning, text, true
}

// shape is an object's fields in their order with the types of their values,
// such as {model:s done:b}. Of a list only the first element counts.
func shape(t testing.TB, object string) string {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(object))
	var value func() string
	value = func() string {
		token, err := d.Token()
		if err != nil {
			t.Fatalf("%s: %v", object, err)
		}
		switch token {
		case json.Delim('{'):
			var fields []string
			for d.More() {
				key, _ := d.Token()
				fields = append(fields, fmt.Sprint(key, ":", value()))
			}
			d.Token()
			return "{" + strings.Join(fields, " ") + "}"
		case json.Delim('['):
			first := ""
			for i := 0; d.More(); i++ {
				if v := value(); i == 0 {
					first = v
				}
			}
			d.Token()
			return "[" + first + "]"
		}
		return map[string]string{"string": "s", "float64": "n", "bool": "b", "<nil>": "null"}[fmt.Sprintf("%T", token)]
	}
	return value()
}

// tape is a ResponseWriter that notes when each write happened.
type tape struct {
	header http.Header
	status int
	start  time.Time
	at     []time.Duration
	writes []string
	slow   func(n int) // called in each write
}

func newTape() *tape { return &tape{header: make(http.Header), start: time.Now()} }

func (t *tape) Header() http.Header    { return t.header }
func (t *tape) WriteHeader(status int) { t.status = status }
func (t *tape) Flush()                 {}
func (t *tape) Write(p []byte) (int, error) {
	t.at = append(t.at, time.Since(t.start))
	t.writes = append(t.writes, string(bytes.Clone(p)))
	if t.slow != nil {
		t.slow(len(t.writes))
	}
	return len(p), nil
}

func (t *tape) body() string { return strings.Join(t.writes, "") }

// A model with one slot answers one request after the other.
func TestSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Config{Models: []Model{{Name: "m", TTFT: time.Second, Slots: 1, Tokens: 3}}})
		began := time.Now()
		var ends []time.Duration
		var mu sync.Mutex
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				r := httptest.NewRequest(http.MethodPost, "/v1/chat/completions", strings.NewReader(
					`{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}`))
				s.ServeHTTP(httptest.NewRecorder(), r)
				mu.Lock()
				defer mu.Unlock()
				ends = append(ends, time.Since(began).Round(time.Second))
			})
		}
		all.Wait()
		if want := []time.Duration{time.Second, 2 * time.Second, 3 * time.Second}; !slices.Equal(ends, want) {
			t.Errorf("the answers end after %v, want %v", ends, want)
		}
	})
}
