package sim

import (
	"mime"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// capture is a recorded answer of a real server.
type capture struct {
	status int
	media  string
	body   string
}

func readCapture(t *testing.T, name string) capture {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	_, answer, _ := strings.Cut(string(data), "\n")
	head, body, ok := strings.Cut(answer, "\r\n\r\n")
	end := strings.LastIndex(body, "\n### http=")
	if !ok || end < 0 {
		t.Fatalf("%s is no capture", name)
	}
	c := capture{body: body[:end]}
	c.status, _ = strconv.Atoi(strings.Fields(head)[1])
	for line := range strings.SplitSeq(head, "\r\n") {
		if value, ok := strings.CutPrefix(line, "Content-Type: "); ok {
			c.media, _, _ = mime.ParseMediaType(value)
		}
	}
	return c
}

// twins answers to the names that the captures use.
func twins() *Server {
	thinker := Model{Name: "tiny-think", Think: 5, Tokens: 20}
	return New(Config{Models: []Model{{Name: "tiny", Tokens: 20}, thinker}})
}

// What the simulator refuses, and what it says of itself, must be word for word
// what the real server said.
func TestSameWordsAsTheRealServer(t *testing.T) {
	const hello = `"messages":[{"role":"user","content":"안녕! hello?"}]`
	for _, c := range []struct{ capture, method, path, body string }{
		{"root", "GET", "/", ""},
		{"version", "GET", "/api/version", ""},
		{"not-found", "GET", "/v1/nonsense", ""},
		{"chat-get", "GET", "/api/chat", ""},
		{"chat-unknown-model", "POST", "/api/chat", `{"model":"nope",` + hello + `}`},
		{"chat-bad-json", "POST", "/api/chat", `{"model":"tiny","messages":[`},
		{"chat-empty-body", "POST", "/api/chat", ""},
		{"chat-think-unsupported", "POST", "/api/chat", `{"model":"tiny","think":true,` + hello + `}`},
		{"chat-think-level", "POST", "/api/chat", `{"model":"tiny-think","think":"high",` + hello + `}`},
		{"chat-load", "POST", "/api/chat", `{"model":"tiny","messages":[]}`},
		{"chat-unload", "POST", "/api/chat", `{"model":"tiny","messages":[],"keep_alive":0}`},
		{"show-unknown", "POST", "/api/show", `{"model":"nope"}`},
		{"v1-chat-no-messages", "POST", "/v1/chat/completions", `{"model":"tiny"}`},
		{"v1-chat-bad-json", "POST", "/v1/chat/completions", `{"model":"tiny",`},
		{"messages-unknown-model", "POST", "/v1/messages", `{"model":"nope","max_tokens":20,` + hello + `}`},
		{"messages-bad-json", "POST", "/v1/messages", `{"model":`},
		{"messages-no-max-tokens", "POST", "/v1/messages", `{"model":"tiny",` + hello + `}`},
	} {
		t.Run(c.capture, func(t *testing.T) {
			want := readCapture(t, c.capture)
			got := local(twins(), c.method, c.path, c.body)
			if got.Code != want.status {
				t.Errorf("status %d, want %d", got.Code, want.status)
			}
			if media, _, _ := mime.ParseMediaType(got.Header().Get("Content-Type")); media != want.media {
				t.Errorf("content type %s, want %s", media, want.media)
			}
			if a, b := anonymous(got.Body.String()), anonymous(want.body); a != b {
				t.Errorf("body %q, want %q", a, b)
			}
		})
	}
}

// anonymous takes out of a body what differs from answer to answer.
func anonymous(body string) string {
	body = regexp.MustCompile(`"created_at":"[^"]*"|"req_[0-9a-f]{24}"`).ReplaceAllString(body, "…")
	return strings.TrimRight(body, "\n")
}

// Answers must have the fields of the real server's answers in their order.
func TestSameShapeAsTheRealServer(t *testing.T) {
	const hello = `"messages":[{"role":"user","content":"hello"}]`
	for _, c := range []struct{ capture, method, path, body string }{
		{"chat-stream-length", "POST", "/api/chat", `{"model":"tiny",` + hello + `,"options":{"num_predict":5}}`},
		{"chat-think-default", "POST", "/api/chat", `{"model":"tiny-think",` + hello + `,"options":{"num_predict":20}}`},
		{"chat-nostream", "POST", "/api/chat", `{"model":"tiny","stream":false,` + hello + `,"options":{"num_predict":20}}`},
		{"tags", "GET", "/api/tags", ""},
		{"v1-models", "GET", "/v1/models", ""},
	} {
		t.Run(c.capture, func(t *testing.T) {
			want := readCapture(t, c.capture)
			s := New(Config{Models: []Model{
				{Name: "tiny", TTFT: 1e6, TokensPerSecond: 1e4, Load: 1e6},
				{Name: "tiny-think", TTFT: 1e6, TokensPerSecond: 1e4, Think: 5},
			}})
			got := local(s, c.method, c.path, c.body, "Anthropic-Version", "")
			if media, _, _ := mime.ParseMediaType(got.Header().Get("Content-Type")); media != want.media {
				t.Errorf("content type %s, want %s", media, want.media)
			}
			a, b := shapes(t, got.Body.String()), shapes(t, want.body)
			if strings.Join(a, "\n") != strings.Join(b, "\n") {
				t.Errorf("shapes\n%s\nwant\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
			}
		})
	}
}

// shapes returns the shapes in a body, each once for a run of equal ones.
func shapes(t *testing.T, body string) (list []string) {
	for _, o := range objects(body) {
		if s := shape(t, o); len(list) == 0 || list[len(list)-1] != s {
			list = append(list, s)
		}
	}
	return list
}

func TestOllamaRunningModels(t *testing.T) {
	s := twins()
	if got := local(s, "GET", "/api/ps", "").Body.String(); got != `{"models":[]}` {
		t.Errorf("before a request: %s", got)
	}
	local(s, "POST", "/api/chat", `{"model":"tiny","messages":[]}`)
	got, want := local(s, "GET", "/api/ps", "").Body.String(), readCapture(t, "ps").body
	if shape(t, got) != shape(t, want) {
		t.Errorf("shape %s, want %s", shape(t, got), shape(t, want))
	}
	if !strings.Contains(got, `"name":"tiny:latest"`) {
		t.Errorf("tiny is not listed: %s", got)
	}
	local(s, "POST", "/api/chat", `{"model":"tiny","messages":[],"keep_alive":0}`)
	if got := local(s, "GET", "/api/ps", "").Body.String(); got != `{"models":[]}` {
		t.Errorf("after unloading: %s", got)
	}
}

func TestOllamaShow(t *testing.T) {
	got := local(twins(), "POST", "/api/show", `{"model":"tiny-think:latest"}`).Body.String()
	for _, part := range []string{`"capabilities":["completion","thinking","vision"]`, `"sim.context_length":131072`, `"modified_at":"2026-`} {
		if !strings.Contains(got, part) {
			t.Errorf("no %s in %s", part, got)
		}
	}
}

// The order of events and every frame's shape, as OpenAI documents them.
func TestOpenAIStream(t *testing.T) {
	s := New(Config{Models: []Model{{Name: "m", Think: 2, Tokens: 3}}})
	frame := func(delta, finish, usage string) string {
		return "{id:s object:s created:n model:s system_fingerprint:s choices:[{index:n delta:" + delta +
			" logprobs:null finish_reason:" + finish + "}]" + usage + "}"
	}
	const counted = "{prompt_tokens:n completion_tokens:n total_tokens:n prompt_tokens_details:{cached_tokens:n}" +
		" completion_tokens_details:{reasoning_tokens:n}}"
	for name, c := range map[string]struct {
		fields map[string]any
		want   []string
	}{
		"without usage": {nil, []string{
			frame("{role:s content:s}", "null", ""), frame("{reasoning_content:s}", "null", ""),
			frame("{content:s}", "null", ""), frame("{}", "s", ""),
		}},
		"with usage": {map[string]any{"stream_options": map[string]any{"include_usage": true}}, []string{
			frame("{role:s content:s}", "null", " usage:null"), frame("{reasoning_content:s}", "null", " usage:null"),
			frame("{content:s}", "null", " usage:null"), frame("{}", "s", " usage:null"),
			"{id:s object:s created:n model:s system_fingerprint:s choices:[] usage:" + counted + "}",
		}},
		"effort none": {map[string]any{"reasoning_effort": "none"}, []string{
			frame("{role:s content:s}", "null", ""), frame("{content:s}", "null", ""), frame("{}", "s", ""),
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := local(s, "POST", "/v1/chat/completions", ask("m", "hello", true, c.fields))
			body := w.Body.String()
			if got := shapes(t, body); strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("shapes\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
			if !strings.HasSuffix(body, "}\n\ndata: [DONE]\n\n") {
				t.Errorf("ends in %q", body[len(body)-40:])
			}
			if w.Header().Get("Content-Type") != "text/event-stream" || !strings.HasPrefix(w.Header().Get("X-Request-Id"), "req_") {
				t.Errorf("headers %v", w.Header())
			}
		})
	}
}

func TestOpenAIWhole(t *testing.T) {
	s := New(Config{Models: []Model{{Name: "m", Think: 2, Tokens: 30}}})
	w := local(s, "POST", "/v1/chat/completions", ask("m", "four words for you", false, map[string]any{"max_tokens": 12}))
	body := w.Body.String()
	for _, part := range []string{
		`"object":"chat.completion",`, `"message":{"role":"assistant","content":"`, `"reasoning_content":"`,
		`"finish_reason":"length"`, `"prompt_tokens":4,"completion_tokens":12,"total_tokens":16`, `"reasoning_tokens":2`,
	} {
		if !strings.Contains(body, part) {
			t.Errorf("no %s in %s", part, body)
		}
	}
}

// Anthropic's own shapes hold more than the copy of its dialect in Ollama; what
// that copy sends must be there, in the same order of events.
func TestAnthropicStream(t *testing.T) {
	s := New(Config{Models: []Model{{Name: "tiny-think", Think: 4, Tokens: 100}}})
	w := local(s, "POST", "/v1/messages", ask("tiny-think", "hello there", true, map[string]any{"max_tokens": 9}))
	got, want := w.Body.String(), readCapture(t, "messages-thinking").body
	if a, b := events(got, "ping", "signature_delta"), events(want); a != b {
		t.Errorf("events %s, want %s", a, b)
	}
	const usage = "usage:{input_tokens:n cache_creation_input_tokens:n cache_read_input_tokens:n output_tokens:n}"
	wantShapes := []string{
		"{type:s message:{id:s type:s role:s model:s content:[] stop_reason:null stop_sequence:null " + usage + "}}",
		"{type:s}",
		"{type:s index:n content_block:{type:s thinking:s signature:s}}",
		"{type:s index:n delta:{type:s thinking:s}}",
		"{type:s index:n delta:{type:s signature:s}}",
		"{type:s index:n}",
		"{type:s index:n content_block:{type:s text:s}}",
		"{type:s index:n delta:{type:s text:s}}",
		"{type:s index:n}",
		"{type:s delta:{stop_reason:s stop_sequence:null} usage:{output_tokens:n}}",
		"{type:s}",
	}
	if a := shapes(t, got); strings.Join(a, "\n") != strings.Join(wantShapes, "\n") {
		t.Errorf("shapes\n%s\nwant\n%s", strings.Join(a, "\n"), strings.Join(wantShapes, "\n"))
	}
	for _, part := range []string{`"input_tokens":2,`, `"stop_reason":"max_tokens"`, `"usage":{"output_tokens":9}`, `"index":1,"content_block":{"type":"text"`} {
		if !strings.Contains(got, part) {
			t.Errorf("no %s", part)
		}
	}
}

// events names the events of a stream, runs as one, without those that contain
// one of the given words.
func events(body string, without ...string) string {
	var names []string
	for event := range strings.SplitSeq(strings.TrimSpace(body), "\n\n") {
		name, _, _ := strings.Cut(strings.TrimPrefix(event, "event: "), "\n")
		skip := false
		for _, word := range without {
			skip = skip || strings.Contains(event, word) && !strings.Contains(event, "block_start")
		}
		if !skip && (len(names) == 0 || names[len(names)-1] != name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, " ")
}

func TestAnthropicWhole(t *testing.T) {
	s := New(Config{Models: []Model{{Name: "tiny", Tokens: 7}, {Name: "m", Think: 3, Tokens: 7}}})
	for model, want := range map[string]string{"tiny": "[{type:s text:s}]", "m": "[{type:s thinking:s signature:s}]"} {
		body := local(s, "POST", "/v1/messages", ask(model, "hello", false, nil)).Body.String()
		got := shape(t, body)
		if !strings.Contains(got, "role:s model:s content:"+want+" stop_reason:s stop_sequence:null usage:{input_tokens:n") {
			t.Errorf("%s: shape %s", model, got)
		}
	}
	body := local(s, "POST", "/v1/messages", ask("m", "hello", false, map[string]any{"thinking": map[string]any{"type": "disabled"}})).Body.String()
	if strings.Contains(body, "thinking") || !strings.Contains(body, `"output_tokens":7}`) {
		t.Errorf("disabled thinking: %s", body)
	}
}

func TestModelLists(t *testing.T) {
	s := New(Config{})
	openai := local(s, "GET", "/v1/models", "", "Anthropic-Version", "").Body.String()
	anthropic := local(s, "GET", "/v1/models", "").Body.String()
	one := local(s, "GET", "/v1/models/flash-sim", "").Body.String()
	for body, want := range map[string]string{
		openai:    "{object:s data:[{id:s object:s created:n owned_by:s}]}",
		anthropic: "{data:[{type:s id:s display_name:s created_at:s}] has_more:b first_id:s last_id:s}",
		one:       "{id:s object:s created:n owned_by:s}",
	} {
		if got := shape(t, body); got != want {
			t.Errorf("shape %s, want %s", got, want)
		}
	}
	for _, m := range DemoModels() {
		if !strings.Contains(openai, `"id":"`+m.Name+`"`) || !strings.Contains(anthropic, `"id":"`+m.Name+`"`) {
			t.Errorf("%s is not listed", m.Name)
		}
		if !strings.HasSuffix(m.Name, "-sim") {
			t.Errorf("%s may pass for a real model", m.Name)
		}
	}
	if w := local(s, "GET", "/v1/models/nope", ""); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), `"code":"model_not_found"`) {
		t.Errorf("unknown model: %d %s", w.Code, w.Body)
	}
}

func TestKeys(t *testing.T) {
	s := New(Config{Key: "right", Models: []Model{{Name: "m", Tokens: 1}}})
	body := ask("m", "hello", false, nil)
	for _, c := range []struct {
		path, header, value string
		status              int
		says                string
	}{
		{"/v1/chat/completions", "Authorization", "Bearer right", 200, ""},
		{"/v1/chat/completions", "Authorization", "Bearer wrong", 401, `"type":"invalid_request_error","param":null,"code":"invalid_api_key"}}`},
		{"/v1/chat/completions", "Authorization", "right", 401, `{"error":{"message":"You didn't provide an API key.`},
		{"/v1/chat/completions", "X-Api-Key", "right", 401, `{"error":{"message":"You didn't provide an API key.`},
		{"/v1/messages", "X-Api-Key", "right", 200, ""},
		{"/v1/messages", "X-Api-Key", "wrong", 401, `{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"},"request_id":"req_`},
		{"/v1/messages", "Authorization", "Bearer right", 401, `"message":"x-api-key header is required"`},
		{"/v1/messages", "Anthropic-Version", "", 401, ""},
		{"/api/chat", "Authorization", "Bearer wrong", 200, ""},
	} {
		w := local(s, "POST", c.path, body, c.header, c.value)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s with %s %q: %d %s", c.path, c.header, c.value, w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), "wrong") {
			t.Errorf("%s repeats the key: %s", c.path, w.Body)
		}
	}
	for _, path := range []string{"/v1/models", "/v1/models/m"} {
		if w := local(s, "GET", path, "", "Authorization", "Bearer wrong"); w.Code != http.StatusUnauthorized {
			t.Errorf("%s: %d with a wrong key", path, w.Code)
		}
	}
	if w := local(New(Config{}), "POST", "/v1/messages", body, "Anthropic-Version", ""); w.Code != http.StatusBadRequest {
		t.Errorf("no anthropic-version: %d", w.Code)
	}
}
