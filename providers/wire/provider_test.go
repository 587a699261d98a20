package wire_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lineup/providers"
	"lineup/providers/policy"
	"lineup/providers/wire"
	"lineup/session"
)

// withKey is a config whose key is known to the test.
func withKey(key string) func(*wire.Config) {
	return func(c *wire.Config) { c.Key = wire.EnvKey("TEST_KEY", func(string) string { return key }) }
}

func TestARefusedParameterIsLeftOutOnceAndForAll(t *testing.T) {
	s := serveRaw(t, func(c *rawConn, _ *http.Request) {
		if c.n == 0 {
			c.reply(400, `{"error":{"message":"Unsupported value: 'temperature' does not support 0.7","param":"temperature","code":"unsupported_value"}}`)
			return
		}
		c.begin()
		c.chunk(answer)
		c.chunk("")
	})
	warm := 0.7
	m := s.provider(t, "openai", nil).Model(wire.ModelConfig{Info: info("m"), Params: providers.Params{Temperature: &warm}})
	for i, attempts := range []int{2, 1} { // the second question knows already
		r, _ := ask(t, m)
		if r.Status != session.Done || len(r.Attempts) != attempts || !slices.Equal(r.DroppedParams, []string{"temperature"}) {
			t.Errorf("question %d: %s, %d attempts, dropped %v, %+v", i, r.Status, len(r.Attempts), r.DroppedParams, r.Error)
		}
	}
	_, bodies := s.seen()
	for i, want := range []bool{true, false, false} {
		if got := strings.Contains(string(bodies[i]), "temperature"); got != want {
			t.Errorf("request %d sends temperature: %v", i, got)
		}
	}
}

func TestTheLimitGoesByTheNameThatTheServerTakes(t *testing.T) {
	s := serveRaw(t, func(c *rawConn, _ *http.Request) {
		if c.n == 0 {
			c.reply(400, `{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","param":"max_tokens"}}`)
			return
		}
		c.begin()
		c.chunk(answer)
		c.chunk("")
	})
	limit := 100
	m := s.provider(t, "openai", nil).Model(wire.ModelConfig{Info: info("m"), Params: providers.Params{MaxTokens: &limit}})
	for range 2 {
		if r, _ := ask(t, m); r.Status != session.Done || len(r.DroppedParams) != 0 {
			t.Errorf("%s, dropped %v", r.Status, r.DroppedParams)
		}
	}
	_, bodies := s.seen()
	if len(bodies) != 3 || !strings.Contains(string(bodies[1]), `"max_completion_tokens":100`) || !strings.Contains(string(bodies[2]), `"max_completion_tokens":100`) {
		t.Errorf("requests %s", bodies)
	}
}

func TestAModelThatRefusesABudgetThinksAdaptively(t *testing.T) {
	s := serveRaw(t, func(c *rawConn, _ *http.Request) {
		if c.n == 0 {
			c.reply(400, `{"type":"error","error":{"type":"invalid_request_error","message":"\"thinking.type.enabled\" is not supported for this model. Use \"thinking.type.adaptive\" and \"output_config.effort\" to control thinking behavior."}}`)
			return
		}
		c.reply(200, `{"type":"message","model":"m","content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn"}`)
	})
	m := s.provider(t, "anthropic", nil).Model(wire.ModelConfig{Info: info("m"), Params: providers.Params{ReasoningEffort: "high"}})
	for range 2 {
		if r, _ := ask(t, m); r.Status != session.Done || len(r.DroppedParams) != 0 {
			t.Errorf("%s, dropped %v, %+v", r.Status, r.DroppedParams, r.Error)
		}
	}
	_, bodies := s.seen()
	if len(bodies) != 3 {
		t.Fatalf("%d requests, want 3: the refusal is remembered", len(bodies))
	}
	for i, want := range []string{`"thinking":{"budget_tokens":16384,"type":"enabled"}`, `"output_config":{"effort":"high"}`, `"thinking":{"display":"summarized","type":"adaptive"}`} {
		if !strings.Contains(string(bodies[i]), want) {
			t.Errorf("request %d is %s, want %s in it", i, bodies[i], want)
		}
	}
}

func TestTheHeadersOfAModelGoOverThoseOfItsProvider(t *testing.T) {
	s := serveRaw(t, func(c *rawConn, _ *http.Request) { c.reply(200, answer) })
	p := s.provider(t, "openai", func(c *wire.Config) { c.Headers = map[string]string{"X-A": "1", "X-B": "1"} })
	if r, _ := ask(t, p.Model(wire.ModelConfig{Info: info("m"), Headers: map[string]string{"X-B": "2"}})); r.Status != session.Done || p.Name() != "test" {
		t.Errorf("%s of %s, %+v", r.Status, p.Name(), r.Error)
	}
	requests, _ := s.seen()
	if h := requests[0].Header; h.Get("X-A") != "1" || h.Get("X-B") != "2" || h.Get("User-Agent") != "lineup" || h.Get("Content-Type") != "application/json" {
		t.Errorf("headers %v", h)
	}
}

func TestABodyThatIsNoJSONIsNotSent(t *testing.T) {
	s := serveRaw(t, func(c *rawConn, _ *http.Request) { t.Error("a request") })
	m := s.provider(t, "openai", nil).Model(wire.ModelConfig{Info: info("m"), Body: map[string]any{"x": math.Inf(1)}}) // TOML has it
	r, _ := ask(t, m)
	if r.Error == nil || r.Error.Kind != providers.BadRequest || !strings.Contains(r.Error.Message, "+Inf") {
		t.Errorf("%+v", r.Error)
	}
}

func TestOneAtATime(t *testing.T) {
	queued := make(chan struct{})
	s := serveRaw(t, func(c *rawConn, _ *http.Request) {
		<-queued
		c.reply(200, answer)
	})
	m := s.provider(t, "openai", func(c *wire.Config) { c.MaxConcurrent = 1 }).Model(wire.ModelConfig{Info: info("m")})
	var wait sync.WaitGroup
	for range 2 {
		wait.Go(func() {
			for ev, err := range m.Stream(t.Context(), providers.Request{}) {
				if err != nil {
					t.Error(err)
				}
				if ev.Type == providers.EventQueued {
					close(queued)
				}
			}
		})
	}
	wait.Wait()
}

func TestConfigsThatNameNoProvider(t *testing.T) {
	for _, c := range []struct{ kind, base, want string }{
		{"openai", "ftp://x", "not an http or https URL"}, {"openai", "x.example/v1", "not an http or https URL"}, {"openai", "http://", "not an http or https URL"},
		{"openai", ":", "not an http or https URL"}, {"gemini", "http://x", "there are openai, ollama, anthropic, responses"},
	} {
		if _, err := wire.New(wire.Config{Name: "p", Kind: c.kind, BaseURL: c.base}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s at %s: %v, want %q", c.kind, c.base, err, c.want)
		}
	}
}

func TestModelReferences(t *testing.T) {
	for s, want := range map[string]providers.Ref{"a/b": {Provider: "a", Model: "b"}, "a/b/c:1": {Provider: "a", Model: "b/c:1"}, "a": {}, "/a": {}, "a/": {}, "": {}} {
		got, err := providers.ParseRef(s)
		if got != want || (err == nil) != (want.Model != "") || err == nil && got.String() != s {
			t.Errorf("%q: %+v, %v", s, got, err)
		}
	}
}

func TestACancelWhileAnErrorIsReadIsACancel(t *testing.T) {
	s := serveRaw(t, func(c *rawConn, _ *http.Request) {
		io.WriteString(c, "HTTP/1.1 500 No\r\nContent-Length: 99\r\n\r\n{")
		c.hold()
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	for ev, err := range s.model(t, "openai").Stream(ctx, providers.Request{}) {
		if last = err; ev.Type == providers.EventHeaders {
			cancel()
		}
	}
	var e *providers.Error
	if !errors.As(last, &e) || e.Kind != providers.Cancelled {
		t.Errorf("%v, want cancelled", last)
	}
}

func TestAParameterRefusedInsideAStreamIsLeftOutToo(t *testing.T) {
	s := serveRaw(t, func(c *rawConn, _ *http.Request) {
		c.begin()
		if c.n == 0 {
			c.chunk(`data: {"error":{"message":"Unsupported parameter: 'top_k'","code":400,"param":"top_k"}}` + "\n\n")
		} else {
			c.chunk(answer)
		}
		c.chunk("")
	})
	k := 40
	m := s.provider(t, "openai", nil).Model(wire.ModelConfig{Info: info("m"), Params: providers.Params{TopK: &k}})
	if r, _ := ask(t, m); r.Status != session.Done || !slices.Equal(r.DroppedParams, []string{"top_k"}) {
		t.Errorf("%s, dropped %v, %+v", r.Status, r.DroppedParams, r.Error)
	}
}

// A server that is to go on with an answer may say its beginning again, as llama-server does; the answer must not
// have it twice.
func TestAnEchoedBeginningIsCutOff(t *testing.T) {
	const long = "The quick brown fox jumps"
	for _, c := range []struct {
		name, said, server string
		pieces             []string
		want               string
	}{
		{"with the first piece", long, "", []string{long + " over", " it"}, " over it"},
		{"in pieces", long, "", []string{"The quick ", "brown fox", " jumps", " over"}, " over"},
		{"white space at its end", long + " \n", "", []string{long, " over"}, "over"},
		{"white space at its end, echoed", long + "\n", "", []string{long + `\n`, `\n- it`}, "\n- it"},
		{"white space at its end, in pieces", long + "\n\n", "", []string{long, `\n`, `\nover`}, "over"},
		{"white space at its end, no echo", long + "\n", "", []string{`\n- it`}, "\n- it"},
		{"white space at its end, some of it again", long + "\n\n", "", []string{long, `\nover`, `\nmore`}, "over\nmore"},
		{"nothing behind it", long, "", []string{long}, ""},
		{"no echo", long, "", []string{" over", " it"}, " over it"},
		{"another beginning", long, "", []string{"The quick ", "red one"}, "The quick red one"},
		{"cut in the middle of what may be one", long, "", []string{"The quick"}, "The quick"},
		{"a short one of anybody", "ha", "", []string{"ha", "ha"}, "haha"},
		{"a short one of llama-server", "ha", "llama.cpp", []string{"ha", "ha"}, "ha"},
	} {
		s := serveRaw(t, func(conn *rawConn, _ *http.Request) {
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nServer: "+c.server+"\r\nTransfer-Encoding: chunked\r\n\r\n")
			for _, piece := range c.pieces {
				conn.chunk(`data: {"choices":[{"delta":{"content":"` + piece + `"}}]}` + "\n\n")
			}
			conn.chunk(`data: {"choices":[{"delta":{},"finish_reason":"stop"}]}` + "\n\n")
			conn.chunk("")
		})
		req := providers.Request{Messages: []providers.Message{{Role: providers.User, Content: "hi"}, {Role: providers.Assistant, Content: c.said}}}
		var text strings.Builder
		for ev, err := range s.model(t, "openai").Stream(t.Context(), req) {
			if err != nil {
				t.Fatal(err)
			}
			if ev.Type == providers.EventText {
				if ev.Text == "" {
					t.Errorf("%s: a text of nothing", c.name)
				}
				text.WriteString(ev.Text)
			}
		}
		if text.String() != c.want {
			t.Errorf("%s: %q, want %q", c.name, text.String(), c.want)
		}
		if _, bodies := s.seen(); !strings.Contains(string(bodies[0]), `"continue_final_message":true`) {
			t.Errorf("%s: %s does not ask to go on", c.name, bodies[0])
		}
	}
}

// What the user said is nothing that the answer goes on with.
func TestAnAnswerMayRepeatTheQuestion(t *testing.T) {
	const question = "What does the quick brown fox do?"
	s := serveRaw(t, func(c *rawConn, _ *http.Request) {
		c.reply(200, `data: {"choices":[{"delta":{"content":"`+question+` It jumps."},"finish_reason":"stop"}]}`+"\n\n")
	})
	text := ""
	req := providers.Request{Messages: []providers.Message{{Role: providers.User, Content: question}}}
	for ev, err := range s.model(t, "openai").Stream(t.Context(), req) {
		if err != nil {
			t.Fatal(err)
		}
		if ev.Type == providers.EventText {
			text += ev.Text
		}
	}
	if _, bodies := s.seen(); text != question+" It jumps." || strings.Contains(string(bodies[0]), "continue_final_message") {
		t.Errorf("%q, asked with %s", text, bodies[0])
	}
}

// Anthropic's protocol takes no white space at the end of a beginning; a model that makes it anew must not double it.
func TestTrimmedWhiteSpaceComesOnce(t *testing.T) {
	s := serveRaw(t, func(conn *rawConn, _ *http.Request) {
		io.WriteString(conn, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
		for _, piece := range []string{`\n`, `\n\nnext`} {
			conn.chunk(`data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"` + piece + `"}}` + "\n\n")
		}
		conn.chunk(`data: {"type":"message_delta","delta":{"stop_reason":"end_turn"}}` + "\n\n" + `data: {"type":"message_stop"}` + "\n\n")
		conn.chunk("")
	})
	req := providers.Request{Messages: []providers.Message{{Role: providers.User, Content: "hi"}, {Role: providers.Assistant, Content: "first\n\n"}}}
	text := ""
	for ev, err := range s.model(t, "anthropic").Stream(t.Context(), req) {
		if err != nil {
			t.Fatal(err)
		}
		if ev.Type == providers.EventText {
			text += ev.Text
		}
	}
	if text != "\nnext" {
		t.Errorf("%q, want the third line break alone before the text", text)
	}
}

func TestAPromptThatOllamaCutIsTold(t *testing.T) {
	chunks := "data: " + `{"choices":[{"delta":{"content":"Hi"}}],"usage":{"prompt_tokens":%[1]d,"completion_tokens":1}}` + "\n\n" + // with every chunk
		"data: " + `{"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":%[1]d,"completion_tokens":1}}` + "\n\n"
	for _, c := range []struct {
		system, prompt int // words, of 0.98 tokens each
		context, read  int
		want           bool
	}{
		{0, 20000, 0, 2048, true}, {0, 2300, 0, 2048, true}, {0, 10, 0, 2048, false}, {0, 2300, 0, 2047, false}, {0, 10, 0, 9, false},
		{0, 1800, 0, 2048, false}, {0, 1000, 0, 1024, false}, // more read than sent is no cut, whatever number it is
		{0, 600, 0, 293, true}, {0, 600, 0, 295, false}, {0, 520, 0, 1, true}, {0, 500, 0, 1, false}, // half of it; an estimate of a short one says nothing
		{2300, 10, 0, 2048, true},
		{0, 1000, 700, 700, true}, {0, 1000, 701, 700, false},
	} {
		for _, server := range []struct {
			kind, body, how string
			local           bool
		}{
			{"ollama", `{"model":"m","message":{"content":"Hi"},"done":true,"done_reason":"stop","prompt_eval_count":%d,"eval_count":1}`, "num_ctx", false},
			{"openai", chunks, "OLLAMA_CONTEXT_LENGTH", true}, // num_ctx is no parameter there
			{"openai", chunks, "", false},
		} {
			s := serveRaw(t, func(conn *rawConn, _ *http.Request) { conn.reply(200, fmt.Sprintf(server.body, c.read)) })
			req := providers.Request{System: strings.Repeat("word ", c.system),
				Messages: []providers.Message{{Role: providers.User, Content: strings.Repeat("word ", c.prompt)}}}
			var params providers.Params
			if c.context > 0 {
				params.NumCtx = &c.context
			}
			m := s.provider(t, server.kind, func(cfg *wire.Config) { cfg.Local = server.local }).Model(wire.ModelConfig{Info: info("m"), Params: params})
			told := 0
			for ev, err := range m.Stream(t.Context(), req) {
				if err != nil {
					t.Fatal(err)
				}
				if ev.Type == providers.EventNote && strings.Contains(ev.Text, "cut the rest") && strings.Contains(ev.Text, server.how) &&
					strings.Contains(ev.Text, fmt.Sprint(c.read)) {
					told++
				}
			}
			if told > 1 || told == 1 != (c.want && server.how != "") {
				t.Errorf("%s, local %v: %+v: told %d times", server.kind, server.local, c, told)
			}
		}
	}
}

func TestALoadingServerIsAskedUntilItIsReady(t *testing.T) {
	s := serveRaw(t, func(c *rawConn, _ *http.Request) {
		if c.n < 2 {
			c.reply(503, `{"error":{"message":"Loading model","type":"unavailable_error","code":503}}`, "retry-after-ms", "10")
			return
		}
		c.begin()
		c.chunk(answer)
		c.chunk("")
	})
	r, events := ask(t, s.model(t, "openai"))
	loading := 0
	for _, ev := range events {
		if ev.Type == providers.EventLoading {
			loading++
		}
	}
	if r.Status != session.Done || len(r.Attempts) != 1 || loading != 2 {
		t.Errorf("%s, %d attempts, %d times loading", r.Status, len(r.Attempts), loading)
	}
}

func TestAWarmConnectionIsUsedForTheRace(t *testing.T) {
	var atOnce sync.WaitGroup
	atOnce.Add(2)
	s := serveRaw(t, func(c *rawConn, r *http.Request) {
		if r.Method == http.MethodHead {
			if r.Header.Get("Authorization") != "" {
				t.Error("the key goes out for warming up")
			}
			atOnce.Done()
			atOnce.Wait() // both are under way, so that each has a connection of its own
			io.WriteString(c, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
			return
		}
		c.begin()
		c.chunk(answer)
		c.chunk("")
	})
	p := s.provider(t, "openai", withKey("sk-0123456789"))
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			if err := p.Warm(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	m := p.Model(wire.ModelConfig{Info: info("m")})
	run := providers.Start(t.Context(), []providers.Call{{Model: m}, {Model: m}})
	<-run.Done()
	for i := range 2 {
		for _, ev := range run.Take(i, nil) {
			if ev.Type == providers.EventConnected && !ev.Phases.Reused {
				t.Errorf("slot %d is charged for its connection: %+v", i, *ev.Phases)
			}
		}
	}
}

func TestWhoIsWarmedForARace(t *testing.T) {
	var mu sync.Mutex
	heads := map[string]int{}
	at := func(name string, local bool) *wire.Provider {
		s := serveRaw(t, func(c *rawConn, r *http.Request) {
			mu.Lock()
			heads[name+" "+r.Method+" "+r.Header.Get("User-Agent")]++
			mu.Unlock()
			c.reply(200, "")
		})
		return s.provider(t, "openai", func(c *wire.Config) { c.Local = local })
	}
	far, other, here := at("far", false), at("other", false), at("here", true)
	for range 2 { // the second time all are warm still
		wire.WarmAll(t.Context(), time.Minute, []*wire.Provider{far, nil, here, far, other})
	}
	mu.Lock()
	defer mu.Unlock()
	if want := map[string]int{"far HEAD lineup": 2, "other HEAD lineup": 1}; !maps.Equal(heads, want) {
		t.Errorf("asked %v, want %v: one request a pane", heads, want)
	}
	gone := rawServer{url: "http://127.0.0.1:1"}
	var e *providers.Error
	if err := gone.provider(t, "openai", nil).Warm(t.Context()); !errors.As(err, &e) || e.Kind != providers.Unreachable {
		t.Errorf("%v, want unreachable", err)
	}
}

func TestWarmingWaitsNoLongerThanItMay(t *testing.T) {
	s := serveRaw(t, func(c *rawConn, _ *http.Request) { c.hold() })
	p := s.provider(t, "openai", func(c *wire.Config) { c.Local = false })
	wire.WarmAll(t.Context(), time.Nanosecond, []*wire.Provider{p}) // it would not come back
}

func TestAListThatCannotBeHad(t *testing.T) {
	reply := func(status int, body string, headers ...string) func(*rawConn, *http.Request) {
		return func(c *rawConn, _ *http.Request) { c.reply(status, body, headers...) }
	}
	for _, c := range []struct {
		name   string
		answer func(*rawConn, *http.Request)
		kind   providers.Kind
	}{
		{"a refused key", reply(401, ""), providers.Auth},
		{"a web page", reply(200, "<title>hi</title>"), providers.Protocol},
		{"an encoding nobody asked for", reply(200, "x", "Content-Encoding", "br"), providers.Protocol},
		{"a body that breaks", func(c *rawConn, _ *http.Request) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")
			c.Close()
		}, providers.ConnectionLost},
		{"no answer", func(c *rawConn, _ *http.Request) { c.reset() }, providers.ConnectionLost},
	} {
		for _, kind := range wire.Kinds() {
			s := serveRaw(t, c.answer)
			list, err := s.provider(t, kind, nil).List(t.Context())
			var e *providers.Error
			if !errors.As(err, &e) || e.Kind != c.kind || e.Hint == "" || e.Message == "" || list != nil {
				t.Errorf("%s, %s: %d models, %v; want %s", c.name, kind, len(list), err, c.kind)
			}
		}
	}
	s := serveRaw(t, func(*rawConn, *http.Request) { t.Error("a request without a key") })
	_, err := s.provider(t, "openai", withKey("")).List(t.Context())
	var e *providers.Error
	if !errors.As(err, &e) || e.Kind != providers.Auth || !strings.Contains(e.Message, "TEST_KEY is not set") || !strings.Contains(e.Hint, "export TEST_KEY") {
		t.Errorf("%v", err)
	}
}

func TestAKeyThatTheServerEchoesIsNotShown(t *testing.T) {
	const key = "sk-0123456789abcdefghijklmnop"
	s := serveRaw(t, func(c *rawConn, r *http.Request) {
		c.begin()
		for _, part := range []string{"Your key is sk-0123456", "789abcdefg", "hijklmnop, keep it", " safe: sk-012345"} {
			c.chunk(`data: {"model":"` + key + `","choices":[{"delta":{"content":"` + part + `","reasoning":"` + part + `"}}]}` + "\n\n")
		}
		c.chunk(`data: {"error":{"message":"bad key ` + key + `"}}` + "\n\n")
		c.chunk("")
	})
	p := s.provider(t, "openai", withKey(key))
	r, events := ask(t, p.Model(wire.ModelConfig{Info: info("m")}))
	if want := "Your key is sk-0123[key], keep it safe: sk-012345"; r.Text != want || r.Reasoning != want {
		t.Errorf("text %q\nreasoning %q\nwant %q", r.Text, r.Reasoning, want)
	}
	for _, ev := range events {
		if strings.Contains(ev.Text, key[8:]) || ev.Err != nil && strings.Contains(ev.Err.Error(), key[8:]) {
			t.Errorf("an event shows it: %+v", ev)
		}
	}
	if r.ServedModel != "[key]" || !strings.Contains(r.Error.Message, "bad key [key]") {
		t.Errorf("served model %q, message %q", r.ServedModel, r.Error.Message)
	}
}

func TestAKeyOfAnotherVendorIsRecognised(t *testing.T) {
	s := serveRaw(t, func(c *rawConn, _ *http.Request) { c.reply(401, `{"error":{"message":"bad key"}}`) })
	for key, owner := range map[string]string{"sk-ant-api03-0123456789": "Anthropic", "gsk_0123456789abcdef": "Groq", "sk-or-v1-0123456789": "OpenRouter"} {
		p := s.provider(t, "openai", func(c *wire.Config) { withKey(key)(c); c.Local = false })
		r, _ := ask(t, p.Model(wire.ModelConfig{Info: info("m")}))
		wantError(t, r, providers.Auth, owner, "TEST_KEY", s.url)
	}
}

func TestWrongAddresses(t *testing.T) {
	notFound := func(c *rawConn, _ *http.Request) { c.reply(404, "404 page not found", "Content-Type", "text/plain") }
	for _, c := range []struct{ kind, path, body, want string }{
		{"openai", "", "", "needs /v1"},
		{"openai", "", "<html><title>Open WebUI</title>", "needs /v1"},
		{"openai", "/v1/chat/completions", "", "leave /chat/completions out"},
		{"ollama", "/v1", "", "bare host"},
		{"ollama", "", `{"error":{"code":404,"message":"File Not Found","type":"not_found_error"}}`, `kind = "openai"`},
		{"openai", "/wrong/v1", "<html><title>404 Not Found</title>", "check kind and base_url"},
	} {
		s := serveRaw(t, notFound)
		if c.body != "" {
			s = serveRaw(t, func(conn *rawConn, _ *http.Request) { conn.reply(404, c.body) })
		}
		p := s.provider(t, c.kind, func(cfg *wire.Config) { cfg.BaseURL += c.path })
		r, _ := ask(t, p.Model(wire.ModelConfig{Info: info("m")}))
		wantError(t, r, providers.NotFound, c.want)
	}
}

func TestKeysFromTheKeyring(t *testing.T) {
	s := serveRaw(t, func(c *rawConn, _ *http.Request) { c.reply(200, answer) })
	asked := 0
	get := func(_ context.Context, entry string) (string, error) {
		if asked++; entry != "gate" {
			return "", errors.New("secret not found in keyring")
		}
		return "ring-key-0123456789", nil
	}
	m := s.provider(t, "openai", func(c *wire.Config) { c.Key = wire.KeyringKey("gate", get) }).Model(wire.ModelConfig{Info: info("m")})
	for range 2 {
		if r, _ := ask(t, m); r.Status != session.Done {
			t.Fatalf("%+v", r.Error)
		}
	}
	requests, _ := s.seen()
	if asked != 1 || requests[1].Header.Get("Authorization") != "Bearer ring-key-0123456789" {
		t.Errorf("asked %d times, sent %q", asked, requests[1].Header.Get("Authorization"))
	}
	m = s.provider(t, "openai", func(c *wire.Config) { c.Key = wire.KeyringKey("other", get) }).Model(wire.ModelConfig{Info: info("m")})
	r, _ := ask(t, m)
	wantError(t, r, providers.Auth, "not found in keyring", "entry other", "store it")
	if len(r.Attempts) != 0 {
		t.Errorf("%d attempts without a key", len(r.Attempts))
	}
}

func TestWhatGatewaysSayInHeaders(t *testing.T) {
	s := serveRaw(t, func(c *rawConn, _ *http.Request) {
		c.reply(200, answer, "x-litellm-response-cost", "0.00012", "x-litellm-attempted-fallbacks", "1",
			"x-portkey-last-used-option-index", "config.targets[1]", "Content-Type", "text/event-stream")
	})
	r, _ := ask(t, s.model(t, "openai"))
	if r.Cost.USD == nil || *r.Cost.USD != 0.00012 || r.Cost.Source != "gateway" {
		t.Errorf("cost %+v", r.Cost)
	}
	if all := strings.Join(r.Notes, "\n"); !strings.Contains(all, "config.targets[1]") || !strings.Contains(all, "fell back") {
		t.Errorf("notes %q", r.Notes)
	}
}

func TestAFallbackOverTheNetwork(t *testing.T) {
	down := serveRaw(t, func(c *rawConn, _ *http.Request) { c.reply(500, `{"error":"out of order"}`) })
	up := serveRaw(t, func(c *rawConn, _ *http.Request) { c.reply(200, answer) })
	first := down.provider(t, "openai", nil).Model(wire.ModelConfig{Info: info("first"),
		Retry: policy.Retry{Max: 1, Base: time.Millisecond}})
	second := up.provider(t, "openai", nil).Model(wire.ModelConfig{Info: info("second")})
	r, _ := ask(t, policy.WithFallback(policy.Link{Model: first, Info: info("first")}, policy.Link{Model: second, Info: info("second")}))
	var tried []string
	for _, a := range r.Attempts {
		tried = append(tried, a.Model+" "+a.Outcome)
	}
	if want := "test/first server, test/first server, test/second done"; strings.Join(tried, ", ") != want || r.ServedBy != "test/second" || r.Text != "Hello there" {
		t.Errorf("attempts %v, served by %s, %q; want %s", tried, r.ServedBy, r.Text, want)
	}
	if r.Attempts[0].Wait <= 0 {
		t.Error("the wait behind the first attempt is not kept")
	}
}
