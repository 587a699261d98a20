package wire_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lineup/providers"
	"lineup/providers/sim"
	"lineup/providers/wire"
)

// memoryAt opens a provider whose server is on this machine.
func memoryAt(t *testing.T, kind, url string) *wire.Provider {
	t.Helper()
	p, err := wire.New(wire.Config{Name: "box", Kind: kind, BaseURL: url, Local: true})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// memories lists what a provider says of its models in memory, by their ids.
func memories(t *testing.T, p *wire.Provider) map[string]providers.Memory {
	t.Helper()
	list, err := p.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]providers.Memory{}
	for _, m := range list {
		out[m.ID] = m.Memory
	}
	return out
}

// captured is the body of a capture.
func captured(t *testing.T, name string) string {
	return string(readCapture(t, "testdata/captures/"+name+".txt").body)
}

// paths serves bodies by path; others are not there.
func paths(t *testing.T, bodies map[string]string) *rawServer {
	return serveRaw(t, func(c *rawConn, r *http.Request) {
		body, ok := bodies[r.URL.Path]
		if !ok {
			c.reply(404, "404 page not found")
			return
		}
		c.reply(200, body)
	})
}

const twoTags = `{"models":[{"name":"tiny:latest","size":5},{"name":"모델:8b","size":5}]}`

// oneLoaded is an answer of Ollama's /api/ps with fields of its own.
func oneLoaded(name, fields string) string {
	return fmt.Sprintf(`{"models":[{"name":%q,"model":%q,%s}]}`, name, name, fields)
}

func TestOllamaTellsItsMemory(t *testing.T) {
	until := time.Now().Add(time.Hour).Truncate(time.Second)
	in := func(fields string) string { return oneLoaded("모델:8b", fields) }
	for name, c := range map[string]struct {
		ps   string
		want string
	}{
		"on the card":      {in(fmt.Sprintf(`"size":6654289920,"size_vram":6654289920,"context_length":8192,"expires_at":%q`, until.Format(time.RFC3339))), "loaded gpu 6654289920 total 6654289920 context 8192 until +1h"},
		"in two halves":    {in(fmt.Sprintf(`"size":48654289920,"size_vram":24000000000,"expires_at":%q`, until.UTC().Add(9*time.Hour).Format("2006-01-02T15:04:05.999999999")+"+09:00")), "loaded gpu 24000000000 total 48654289920 until +1h"},
		"on the CPU":       {in(fmt.Sprintf(`"size":1299072,"size_vram":0,"expires_at":%q`, until.Format(time.RFC3339))), "loaded gpu 0 total 1299072 until +1h"},
		"no card is told":  {in(`"size":1299072,"expires_at":"x"`), "loaded total 1299072"},
		"nothing is told":  {in(`"size":0,"size_vram":0,"expires_at":"0001-01-01T00:00:00Z"`), "loaded"},
		"junk":             {in(`"size":-5,"size_vram":"much","context_length":-1,"expires_at":"1970-01-01T00:00:00Z"`), "loaded"},
		"too large":        {in(`"size":1e30,"size_vram":5e9,"expires_at":7`), "loaded gpu 5000000000"},
		"for good":         {in(`"size":5e9,"size_vram":5e9,"expires_at":"2319-03-10T21:35:36.081152296Z"`), "loaded gpu 5000000000 total 5000000000 stays"},
		"gone from disk":   {oneLoaded("gone:latest", `"size":5,"size_vram":5,"expires_at":"x"`), "unloaded"},
		"none":             {`{"models":[]}`, "unloaded"},
		"null":             {`{"models":null}`, "unloaded"},
		"an old version":   {"", ""},
		"a web page":       {"<html>hello</html>", ""},
		"an error as 200":  {`{"error":"no"}`, ""},
		"the list of tags": {twoTags, ""},
	} {
		t.Run(name, func(t *testing.T) {
			bodies := map[string]string{"/api/tags": twoTags}
			if c.ps != "" {
				bodies["/api/ps"] = c.ps
			}
			all := memories(t, memoryAt(t, "ollama", paths(t, bodies).url))
			if got := memoryWords(all["모델:8b"]); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
			if other := all["tiny:latest"].State; other != "" && other != providers.MemoryUnloaded {
				t.Errorf("the other model is %q", other)
			}
		})
	}
}

func memoryWords(m providers.Memory) string {
	parts := []string{}
	if m.State != "" {
		parts = append(parts, string(m.State))
	}
	if m.GPU != nil {
		parts = append(parts, fmt.Sprint("gpu ", *m.GPU))
	}
	if m.Total != nil {
		parts = append(parts, fmt.Sprint("total ", *m.Total))
	}
	if m.Context != 0 {
		parts = append(parts, fmt.Sprint("context ", m.Context))
	}
	if !m.Until.IsZero() {
		parts = append(parts, fmt.Sprintf("until +%.0fh", time.Until(m.Until).Hours()))
	}
	if m.Stays {
		parts = append(parts, "stays")
	}
	return strings.Join(parts, " ")
}

// Whatever dialect Ollama is asked in, its /api/ps stands beside.
func TestOllamaTellsItsMemoryInEveryDialect(t *testing.T) {
	s := paths(t, map[string]string{"/v1/models": captured(t, "ollama/v1-models"),
		"/api/ps": captured(t, "ollama/ps-stays")})
	for kind, base := range map[string]string{"openai": "/v1", "responses": "/v1", "anthropic": ""} {
		all := memories(t, memoryAt(t, kind, s.url+base))
		if m := all["tiny:latest"]; !m.Loaded() || !m.Stays || m.Total == nil || *m.Total != 1299072 {
			t.Errorf("%s: %+v", kind, all)
		}
		if m := all["tiny-think:latest"]; m.State != providers.MemoryUnloaded {
			t.Errorf("%s: %+v", kind, m)
		}
	}
}

// A gateway far away is not asked for more than its list.
func TestARemoteGatewayIsAskedForItsListAlone(t *testing.T) {
	s := serveRaw(t, func(c *rawConn, r *http.Request) {
		if r.URL.Path != "/v1/models" {
			t.Errorf("asked for %s", r.URL.Path)
		}
		c.reply(200, `{"data":[{"id":"a","owned_by":"library"}]}`)
	})
	p, err := wire.New(wire.Config{Name: "far", Kind: "openai", BaseURL: s.url + "/v1"})
	if err != nil {
		t.Fatal(err)
	}
	if m := memories(t, p)["a"]; m.State != providers.MemoryUnknown {
		t.Errorf("%+v", m)
	}
}

func TestTheRouterTellsItsStates(t *testing.T) {
	for name, want := range map[string]string{"loaded": "loaded context 512", "loading": "unloaded", "unloaded": "unloaded",
		"failed": "unloaded"} {
		s := paths(t, map[string]string{"/v1/models": captured(t, "llamaserver/router-models-"+name)})
		all := memories(t, memoryAt(t, "openai", s.url+"/v1"))
		if got := memoryWords(all["tiny"]); got != want {
			t.Errorf("%s: tiny is %q, want %q", name, got, want)
		}
		if name == "loading" && all["tiny-slow"].State != providers.MemoryLoading || name == "failed" &&
			all["broken"].State != providers.MemoryFailed {
			t.Errorf("%s: %+v", name, all)
		}
	}
}

// LM Studio's older API has a state; paths that it lacks it answers with an error under 200.
func TestLMStudioTellsItsMemoryInBothVersions(t *testing.T) {
	const list = `{"data":[{"id":"gemma","owned_by":"organization_owner"},{"id":"qwen","owned_by":"organization_owner"}]}`
	const unexpected = `{"error":"Unexpected endpoint or method. (GET /api/v1/models)"}`
	const v0 = `{"object":"list","data":[{"id":"gemma","object":"model","type":"vlm","state":"loaded","max_context_length":32768,"loaded_context_length":4096},
		{"id":"qwen","object":"model","type":"llm","state":"not-loaded","max_context_length":40960}]}`
	const v1 = `{"models":[{"type":"llm","key":"gemma","loaded_instances":[{"id":"gemma","config":{"context_length":4096}}],"max_context_length":32768},
		{"type":"llm","key":"qwen","loaded_instances":[],"max_context_length":40960}]}`
	for name, bodies := range map[string]map[string]string{
		"v0":            {"/api/v1/models": unexpected, "/api/v0/models": v0},
		"v0, v1 is 404": {"/api/v0/models": v0},
		"v1":            {"/api/v1/models": v1, "/api/v0/models": "<html>"},
	} {
		bodies["/v1/models"] = list
		all := memories(t, memoryAt(t, "openai", paths(t, bodies).url+"/v1"))
		if got := memoryWords(all["gemma"]); got != "loaded context 4096" {
			t.Errorf("%s: gemma is %q", name, got)
		}
		if got := memoryWords(all["qwen"]); got != "unloaded" {
			t.Errorf("%s: qwen is %q", name, got)
		}
	}
	old := map[string]string{"/v1/models": list, "/api/v1/models": unexpected, "/api/v0/models": unexpected}
	p := memoryAt(t, "openai", paths(t, old).url+"/v1")
	if all := memories(t, p); all["gemma"].State != providers.MemoryUnknown {
		t.Errorf("%+v", all)
	}
	old["/api/v0/models"] = v0
	_, err := p.Load(t.Context(), "gemma", wire.LoadOptions{})
	if e := providers.AsError(err); !strings.Contains(e.Hint, "0.4") {
		t.Errorf("%v; %s", e, e.Hint)
	}
}

// Every kind of server loads, is loaded already, unloads, and is unloaded already.
func TestLoadAndUnload(t *testing.T) {
	running, err := sim.New(sim.Config{Models: []sim.Model{{Name: "한글-sim", Load: 20 * time.Millisecond}, {Name: "b-sim"}}}).Start("")
	if err != nil {
		t.Fatal(err)
	}
	defer running.Close()
	for _, c := range []struct{ kind, base, id string }{{"ollama", "", "한글-sim:latest"}, {"openai", "/llamacpp/v1", "한글-sim"},
		{"openai", "/lmstudio/v1", "한글-sim"}, {"anthropic", "/llamacpp", "한글-sim"}} {
		t.Run(c.kind+c.base, func(t *testing.T) {
			p := memoryAt(t, c.kind, running.URL+c.base)
			for range 2 {
				m, err := p.Load(t.Context(), "한글-sim", wire.LoadOptions{})
				if err != nil || !m.Loaded() || m.Context != 131072 {
					t.Fatalf("%+v, %v", m, err)
				}
			}
			if all := memories(t, p); !all[c.id].Loaded() || all[strings.Replace(c.id, "한글", "b", 1)].Loaded() {
				t.Errorf("%+v", all)
			}
			for range 2 {
				if err := p.Unload(t.Context(), "한글-sim"); err != nil {
					t.Fatal(err)
				}
			}
			if m := memories(t, p)[c.id]; m.State != providers.MemoryUnloaded {
				t.Errorf("%+v", m)
			}
			_, err := p.Load(t.Context(), "none-sim", wire.LoadOptions{})
			if e := providers.AsError(err); e.Kind != providers.NotFound || e.Hint == "" {
				t.Errorf("%+v", e)
			}
			err = p.Unload(t.Context(), "none-sim")
			if e := providers.AsError(err); e.Kind != providers.NotFound || e.Hint == "" {
				t.Errorf("%+v", e)
			}
		})
	}
}

// What Ollama is told: the context that the next request has too, and how long the model stays.
func TestOllamaLoadsAsItWillBeAsked(t *testing.T) {
	s := paths(t, map[string]string{"/api/ps": captured(t, "ollama/ps"),
		"/api/generate": captured(t, "ollama/generate-load")})
	hour, good := time.Hour, time.Duration(-1)
	for want, how := range map[string]wire.LoadOptions{
		`{"model":"tiny","stream":false}`:                                                     {},
		`{"keep_alive":"1h0m0s","model":"tiny","options":{"num_ctx":8192},"stream":false}`:    {KeepAlive: &hour, Context: 8192},
		`{"keep_alive":-1,"model":"tiny","stream":false}`:                                     {KeepAlive: &good},
		`{"keep_alive":"2h","model":"tiny","options":{"num_ctx":5,"x":1},"stream":false}`:     {Context: 9, Body: map[string]any{"keep_alive": "2h", "think": true, "options": map[string]any{"num_ctx": 5, "x": 1}}},
		`{"keep_alive":"1h0m0s","model":"tiny","options":{"num_ctx":9,"x":1},"stream":false}`: {KeepAlive: &hour, Context: 9, Body: map[string]any{"keep_alive": "2h", "options": map[string]any{"x": 1}}},
	} {
		m, err := memoryAt(t, "ollama", s.url).Load(t.Context(), "tiny", how)
		if err != nil || !m.Loaded() || m.GPU == nil || *m.GPU != 0 {
			t.Errorf("%+v, %v", m, err)
		}
		_, bodies := s.seen()
		if got := string(bytes.TrimSpace(bodies[len(bodies)-2])); got != want {
			t.Errorf("sent %s, want %s", got, want)
		}
	}
}

// A model for embeddings is no model for /api/generate.
func TestOllamaLoadsAModelForEmbeddings(t *testing.T) {
	s := serveRaw(t, func(c *rawConn, r *http.Request) {
		switch r.URL.Path {
		case "/api/generate":
			c.reply(400, `{"error":"\"embed\" does not support generate"}`)
		case "/api/embed":
			c.reply(200, `{"model":"embed","embeddings":[]}`)
		default:
			c.reply(200, oneLoaded("embed:latest", `"size":5e9,"size_vram":5e9,"expires_at":"x"`))
		}
	})
	if m, err := memoryAt(t, "ollama", s.url).Load(t.Context(), "embed", wire.LoadOptions{}); err != nil || !m.Loaded() {
		t.Errorf("%+v, %v", m, err)
	}
	if _, bodies := s.seen(); !strings.Contains(string(bodies[1]), `"input":""`) {
		t.Errorf("sent %s", bodies[1])
	}
}

func TestLoadingFails(t *testing.T) {
	hour := time.Hour
	router := captured(t, "llamaserver/router-models-failed")
	alone := func(c *rawConn, r *http.Request) {
		c.reply(200, captured(t, "llamaserver/models"), "Server", "llama.cpp")
	}
	for name, c := range map[string]struct {
		kind, model string
		how         wire.LoadOptions
		serve       func(c *rawConn, r *http.Request)
		kind2       providers.Kind
		said, hint  string
	}{
		"too little memory": {"ollama", "big", wire.LoadOptions{}, func(c *rawConn, _ *http.Request) {
			c.reply(500, `{"error":"model requires more system memory (48.0 GiB) than is available (12.1 GiB)"}`)
		}, providers.ServerError, "48.0 GiB", "unload another model"},
		"a web page": {"ollama", "tiny", wire.LoadOptions{}, func(c *rawConn, _ *http.Request) { c.reply(200, "<html>hello</html>") },
			providers.Protocol, "as it should", "base_url"},
		"an error under 200": {"ollama", "tiny", wire.LoadOptions{}, func(c *rawConn, _ *http.Request) { c.reply(200, `{"error":"model 'tiny' not found"}`) },
			providers.NotFound, "not found", "pull"},
		"a refusal": {"ollama", "tiny", wire.LoadOptions{}, func(c *rawConn, _ *http.Request) { c.reply(403, `{"error":"forbidden"}`) },
			providers.Permission, "forbidden", ""},
		"a process that ended": {"openai", "broken", wire.LoadOptions{}, func(c *rawConn, r *http.Request) {
			if r.Method == http.MethodPost {
				c.reply(200, `{"success":true}`)
				return
			}
			c.reply(200, router)
		}, providers.ServerError, "could not be loaded", "output of llama-server"},
		"a time for the router": {"openai", "broken", wire.LoadOptions{KeepAlive: &hour}, func(c *rawConn, _ *http.Request) { c.reply(200, router) },
			providers.BadRequest, "decides itself", "--keep-alive"},
		"one model alone": {"openai", "tiny", wire.LoadOptions{}, alone, providers.BadRequest, "one model", "--models-dir"},
		"a server that cannot": {"openai", "a", wire.LoadOptions{}, func(c *rawConn, r *http.Request) {
			if r.URL.Path == "/v1/models" {
				c.reply(200, `{"data":[{"id":"a","owned_by":"vllm"}]}`)
			} else {
				c.reply(404, "no")
			}
		}, providers.BadRequest, "cannot be loaded", "Ollama, LM Studio"},
		"one that nobody knows": {"openai", "a", wire.LoadOptions{}, func(c *rawConn, r *http.Request) {
			if r.URL.Path == "/v1/models" {
				c.reply(200, `{"data":[{"id":"a"}]}`)
			} else {
				c.reply(404, "no")
			}
		}, providers.BadRequest, "cannot be loaded", "Ollama, LM Studio"},
	} {
		t.Run(name, func(t *testing.T) {
			s, base := serveRaw(t, c.serve), ""
			if c.kind == "openai" {
				base = "/v1"
			}
			_, err := memoryAt(t, c.kind, s.url+base).Load(t.Context(), c.model, c.how)
			if err == nil {
				t.Fatal("no error")
			}
			e := providers.AsError(err)
			if e.Kind != c.kind2 || !strings.Contains(e.Message, c.said) || !strings.Contains(e.Hint, c.hint) {
				t.Errorf("%s: %s; %s", e.Kind, e.Message, e.Hint)
			}
		})
	}
}

// Fault: of a router that died while it loaded a model it was said that it does not load it.
func TestARouterThatDiesWhileItLoadsHasGoneAway(t *testing.T) {
	router := captured(t, "llamaserver/router-models-failed")
	var s *httptest.Server
	s = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			fmt.Fprint(w, router)
			return
		}
		s.Listener.Close()
		w.Header().Set("Connection", "close")
		fmt.Fprint(w, `{"success":true}`)
	}))
	defer s.Close()
	_, err := memoryAt(t, "openai", s.URL+"/v1").Load(t.Context(), "broken", wire.LoadOptions{})
	if err == nil {
		t.Fatal("no error")
	}
	e := providers.AsError(err)
	if e.Kind != providers.Unreachable || !strings.Contains(e.Message, "went away while it loaded") ||
		!strings.Contains(e.Hint, "start it again") {
		t.Errorf("%s: %s; %s", e.Kind, e.Message, e.Hint)
	}
}

// Who waits for a model can leave.
func TestLoadingIsLeft(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := serveRaw(t, func(c *rawConn, r *http.Request) {
		cancel()
		c.hold()
	})
	_, err := memoryAt(t, "ollama", s.url).Load(ctx, "tiny", wire.LoadOptions{})
	if err == nil || providers.AsError(err).Kind != providers.Cancelled {
		t.Errorf("%v", err)
	}
}

// Regression: who left while the server was asked whether the model is gone was told that it is.
func TestUnloadingIsLeft(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := serveRaw(t, func(c *rawConn, r *http.Request) {
		if r.Method == http.MethodPost {
			c.reply(200, `{"model":"tiny","done":true,"done_reason":"unload"}`)
			return
		}
		cancel()
		c.hold()
	})
	if err := memoryAt(t, "ollama", s.url).Unload(ctx, "tiny"); err == nil || providers.AsError(err).Kind != providers.Cancelled {
		t.Errorf("%v", err)
	}
}
