package config

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// answer serves one recorded response (status, Server header, body) on path, and
// 404 elsewhere, and returns its port.
func answer(t *testing.T, path string, status int, server, body string) int {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.URL.Path != path {
			http.NotFound(w, r)
			return
		}
		if r.Header.Get("Authorization") != "" {
			t.Error("discovery sent a key")
		}
		if server != "" {
			w.Header().Set("Server", server)
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	return s.Listener.Addr().(*net.TCPAddr).Port
}

// closedPorts gives each provider a port of its own that nobody listens on, until the test ends. They are below 10: a
// port that has been free for a moment may be the next test server's.
func closedPorts(t *testing.T) map[string]int {
	t.Helper()
	ports := map[string]int{}
	for i, name := range []string{"ollama", "llamacpp", "lmstudio", "vllm", "litellm"} {
		ports[name] = i + 2
	}
	return ports
}

func recorded(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestDiscoverAll(t *testing.T) {
	ports := closedPorts(t)
	ports["ollama"] = answer(t, "/api/tags", 200, "", recorded(t, "ollama-tags.json"))
	ports["llamacpp"] = answer(t, "/v1/models", 200, "llama.cpp", recorded(t, "llamacpp-models.json"))
	ports["lmstudio"] = answer(t, "/v1/models", 200, "",
		`{"object":"list","data":[{"id":"text-embedding-nomic-embed-text-v1.5","object":"model"},{"id":"qwen3-8b","object":"model"}]}`)
	ports["vllm"] = answer(t, "/v1/models", 200, "uvicorn",
		`{"object":"list","data":[{"id":"meta-llama/Llama-3.1-8B-Instruct","object":"model","owned_by":"vllm","max_model_len":8192}]}`)
	ports["litellm"] = answer(t, "/v1/models", 200, "uvicorn",
		`{"data":[{"id":"openai/*","object":"model","owned_by":"openai"},{"id":"gpt-mini","object":"model"}],"object":"list"}`)

	found := Discover(t.Context(), Env{Ports: ports})
	var got []string
	for _, f := range found {
		if f.Problem != "" || f.Loading || !f.Provider.Local {
			t.Errorf("%+v", f)
		}
		got = append(got, string(f.Provider.Kind)+" "+f.Ref())
	}
	want := []string{"ollama ollama/tiny-slow:latest", "openai llamacpp/tiny", "openai lmstudio/qwen3-8b",
		"openai vllm/meta-llama/Llama-3.1-8B-Instruct", "openai litellm/gpt-mini"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if len(found) == 5 {
		if base := found[0].Provider.BaseURL; base != "http://127.0.0.1:"+strconv.Itoa(ports["ollama"]) {
			t.Errorf("Ollama's base URL is %s", base)
		}
		if base := found[1].Provider.BaseURL; base != "http://127.0.0.1:"+strconv.Itoa(ports["llamacpp"])+"/v1" {
			t.Errorf("llama.cpp's base URL is %s", base)
		}
		if models := found[2].Models; len(models) != 2 {
			t.Errorf("LM Studio's models: %q", models)
		}
	}
}

// Fault: of several models of one Ollama the newest was asked first, a large one that the small ones then waited for.
func TestSmallModelsOfOneServerComeFirst(t *testing.T) {
	ports := closedPorts(t)
	ports["ollama"] = answer(t, "/api/tags", 200, "", recorded(t, "ollama-tags.json"))
	found := Discover(t.Context(), Env{Ports: ports})
	want := []string{"ollama/tiny:latest", "ollama/tiny-think:latest", "ollama/tiny-slow:latest"}
	if got := Refs(Assemble(found, nil).Panes); !reflect.DeepEqual(got, want) {
		t.Errorf("panes %q, want %q", got, want)
	}
	keyed := []Found{{Provider: Provider{Name: "groq"}, Model: "q"}}
	if got := Refs(Assemble(found, keyed).Panes)[0]; got != "ollama/tiny-slow:latest" {
		t.Errorf("beside a gateway %s stands for the server, not its newest model", got)
	}
}

// An open port is no model server.
func TestDiscoverOtherServers(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
	}{
		"HTML":              {200, "<html>dev server</html>"},
		"another JSON API":  {200, `{"data":[{"name":"x"}]}`},
		"an empty object":   {200, `{}`},
		"a JSON array":      {200, `[]`},
		"not found":         {404, `{"error":{"message":"File Not Found","type":"not_found_error"}}`},
		"a login page":      {401, "<html>log in</html>"},
		"another API's 401": {401, `{"error":"log in first"}`},
		"another API's 503": {503, `{"error":{"message":"down","type":"maintenance"}}`},
		"a redirect":        {302, ""},
		"an error":          {500, `{"error":{"type":"server_error"}}`},
	} {
		ports := closedPorts(t)
		ports["vllm"] = answer(t, "/v1/models", c.status, "", c.body)
		ports["ollama"] = answer(t, "/api/tags", c.status, "", c.body)
		if found := Discover(t.Context(), Env{Ports: ports}); len(found) > 0 {
			t.Errorf("%s: found %+v", name, found)
		}
	}
}

func TestDiscoverStates(t *testing.T) {
	for name, c := range map[string]struct {
		provider     string
		status       int
		server, body string
		want         Found // Provider.Name, Model, Loading; Problem is a part of the real one
	}{
		"llama.cpp, loading": {"llamacpp", 503, "llama.cpp", `{"error":{"message":"Loading model","type":"unavailable_error","code":503}}`,
			Found{Provider: Provider{Name: "llamacpp"}, Model: "default", Loading: true}},
		"llama.cpp, key": {"llamacpp", 401, "llama.cpp", `{"error":{"code":401,"message":"Invalid API Key","type":"authentication_error"}}`,
			Found{Provider: Provider{Name: "llamacpp"}, Problem: "wants a key; write a [providers.llamacpp] section"}},
		"vLLM, key": {"vllm", 401, "uvicorn", `{"error":"Unauthorized"}`,
			Found{Provider: Provider{Name: "vllm"}, Problem: "wants a key; write a [providers.vllm] section"}},
		"LiteLLM, key": {"litellm", 401, "uvicorn", `{"error":{"message":"Authentication Error, No api key passed in.","type":"auth_error","param":"None","code":"401"}}`,
			Found{Provider: Provider{Name: "litellm"}, Problem: "wants a key"}},
		"LM Studio, nothing loaded": {"lmstudio", 200, "", `{"object":"list","data":[]}`,
			Found{Provider: Provider{Name: "lmstudio"}, Problem: "load one there"}},
		"llama.cpp on vLLM's port": {"vllm", 200, "llama.cpp", `{"object":"list","data":[{"id":"m","owned_by":"llamacpp"}]}`,
			Found{Provider: Provider{Name: "llamacpp"}, Model: "m"}},
		"only an embedding model": {"vllm", 200, "", `{"object":"list","data":[{"id":"BAAI/bge-m3"}]}`,
			Found{Provider: Provider{Name: "vllm"}, Problem: "no model for prompts"}},
		"a control sequence in a name": {"vllm", 200, "", `{"object":"list","data":[{"id":"a\u001b[31m"},{"id":"b"}]}`,
			Found{Provider: Provider{Name: "vllm"}, Model: "b"}},
	} {
		ports := closedPorts(t)
		ports[c.provider] = answer(t, "/v1/models", c.status, c.server, c.body)
		found := Discover(t.Context(), Env{Ports: ports})
		if len(found) != 1 {
			t.Errorf("%s: found %+v", name, found)
			continue
		}
		f := found[0]
		if f.Provider.Name != c.want.Provider.Name || f.Model != c.want.Model || f.Loading != c.want.Loading ||
			(f.Problem == "") != (c.want.Problem == "") || !strings.Contains(f.Problem, c.want.Problem) {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestDiscoverTwoOfOneKind(t *testing.T) {
	ports := closedPorts(t)
	body := recorded(t, "llamacpp-models.json")
	ports["llamacpp"] = answer(t, "/v1/models", 200, "llama.cpp", body)
	ports["vllm"] = answer(t, "/v1/models", 200, "llama.cpp", body)
	found := Discover(t.Context(), Env{Ports: ports})
	if len(found) != 2 || found[0].Provider.Name != "llamacpp" || found[1].Provider.Name != "llamacpp-"+strconv.Itoa(ports["vllm"]) {
		t.Errorf("found %+v", found)
	}
}

func TestDiscoverOllamaModels(t *testing.T) {
	model := func(name, modified, family string) string {
		return `{"name":"` + name + `","modified_at":"` + modified + `","details":{"family":"` + family + `"}}`
	}
	for name, c := range map[string]struct {
		models []string
		want   string
	}{
		"Llama 3 before newer ones": {[]string{model("qwen3:8b", "2026-05-01T00:00:00Z", "qwen3"), model("llama3.1:8b", "2026-01-01T00:00:00Z", "llama")}, "llama3.1:8b"},
		"the newest Llama 3":        {[]string{model("llama3.1:8b", "2026-01-01T00:00:00Z", "llama"), model("llama3.2:3b", "2026-02-01T00:00:00+01:00", "llama")}, "llama3.2:3b"},
		"the newest else":           {[]string{model("mistral:7b", "2026-01-01T00:00:00Z", "llama"), model("qwen3:8b", "2026-05-01T00:00:00Z", "qwen3")}, "qwen3:8b"},
		"no embedding":              {[]string{model("all-minilm:latest", "2026-09-01T00:00:00Z", "bert"), model("mystery:1b", "2026-08-01T00:00:00Z", "nomic-bert"), model("phi4:14b", "2026-01-01T00:00:00Z", "phi3")}, "phi4:14b"},
		"not another machine's":     {[]string{model("gpt-oss:120b-cloud", "2026-09-01T00:00:00Z", ""), model("phi4:14b", "2026-01-01T00:00:00Z", "phi3")}, "phi4:14b"},
		"without dates":             {[]string{model("phi4:14b", "", ""), model("qwen3:8b", "", "")}, "phi4:14b"},
		"none":                      {nil, ""},
	} {
		ports := closedPorts(t)
		ports["ollama"] = answer(t, "/api/tags", 200, "", `{"models":[`+strings.Join(c.models, ",")+`]}`)
		found := Discover(t.Context(), Env{Ports: ports})
		if len(found) != 1 || found[0].Model != c.want || (c.want == "") != strings.Contains(found[0].Problem, "ollama pull") {
			t.Errorf("%s: %+v", name, found)
		}
	}
	ports := closedPorts(t)
	ports["ollama"] = answer(t, "/api/tags", 200, "", `{"models":null}`)
	if found := Discover(t.Context(), Env{Ports: ports}); len(found) != 1 {
		t.Errorf("models null: %+v", found)
	}
}

func TestDiscoverHonoursOllamaHost(t *testing.T) {
	ports := closedPorts(t)
	port := answer(t, "/api/tags", 200, "", recorded(t, "ollama-tags.json"))
	host := env(map[string]string{"OLLAMA_HOST": "0.0.0.0:" + strconv.Itoa(port)})
	found := Discover(t.Context(), Env{Getenv: host, Ports: ports})
	if len(found) != 1 || found[0].Provider.BaseURL != "http://127.0.0.1:"+strconv.Itoa(port) {
		t.Errorf("found %+v", found)
	}

}

// Ollama speaks OpenAI's dialect too: where OLLAMA_HOST puts it on another
// server's port it is still one server.
func TestDiscoverCountsOllamaOnce(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/tags":
			io.WriteString(w, `{"models":[{"name":"llama3.1:8b"}]}`)
		case "/v1/models":
			io.WriteString(w, `{"object":"list","data":[{"id":"llama3.1:8b","owned_by":"library"}]}`)
		}
	}))
	defer s.Close()
	ports := closedPorts(t)
	ports["vllm"] = s.Listener.Addr().(*net.TCPAddr).Port
	host := env(map[string]string{"OLLAMA_HOST": s.Listener.Addr().String()})
	if found := Discover(t.Context(), Env{Getenv: host, Ports: ports}); len(found) != 1 || found[0].Provider.Kind != Ollama {
		t.Errorf("found %+v", found)
	}
}

// Prompts must not go over plain http to a public host just because a variable
// names it: nobody is asked, the person is told.
func TestDiscoverRefusesPlainHTTP(t *testing.T) {
	var asked atomic.Bool
	client := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.URL.Hostname() == "gpu.example.com" {
			asked.Store(true)
		}
		return nil, io.EOF
	})}
	found := Discover(t.Context(), Env{Getenv: env(map[string]string{"OLLAMA_HOST": "gpu.example.com"}), Client: client})
	if asked.Load() || len(found) != 1 || !strings.Contains(found[0].Problem, "allow_http") || found[0].Ref() != "" {
		t.Errorf("asked %v, found %+v", asked.Load(), found)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Servers that never answer cost 200 ms together, and hide nobody else.
func TestDiscoverLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.URL.Port() == "8000" {
				body := io.NopCloser(strings.NewReader(`{"object":"list","data":[{"id":"m"}]}`))
				return &http.Response{StatusCode: 200, Body: body, Header: http.Header{}}, nil
			}
			<-r.Context().Done()
			return nil, r.Context().Err()
		})}
		start := time.Now()
		found := Discover(t.Context(), Env{Client: client})
		if took := time.Since(start); took != 200*time.Millisecond {
			t.Errorf("took %v", took)
		}
		if len(found) != 1 || found[0].Ref() != "vllm/m" {
			t.Errorf("found %+v", found)
		}

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		start = time.Now()
		if Discover(ctx, Env{Client: client}); time.Since(start) != 0 {
			t.Error("goes on after its context has ended")
		}
	})
}

// The spellings and their meaning are those of Ollama's own client.
func TestOllamaURL(t *testing.T) {
	for host, want := range map[string]string{
		"":                        "http://127.0.0.1:11434",
		"0.0.0.0":                 "http://127.0.0.1:11434",
		"0.0.0.0:8080":            "http://127.0.0.1:8080",
		":1234":                   "http://127.0.0.1:1234",
		"example.com":             "http://example.com:11434",
		"example.com:1234":        "http://example.com:1234",
		"http://example.com":      "http://example.com:80",
		"https://example.com":     "https://example.com:443",
		"https://example.com:99":  "https://example.com:99",
		"http://example.com/api/": "http://example.com:80/api",
		"example.com:1234/x":      "http://example.com:1234/x",
		"::1":                     "http://[::1]:11434",
		"[::1]":                   "http://[::1]:11434",
		"[::1]:1234":              "http://[::1]:1234",
		"[::]:1234":               "http://[::1]:1234",
		"::":                      "http://[::1]:11434",
		"http://[::]:1234":        "http://[::1]:1234",
		"example.com:70000":       "http://example.com:11434",
		"https://example.com:x":   "https://example.com:443",
		" \"1.2.3.4\" ":           "http://1.2.3.4:11434",
		"ollama.com":              "https://ollama.com:443",
		"http://0.0.0.0:11434/":   "http://127.0.0.1:11434",
	} {
		if got := ollamaURL(host); got != want {
			t.Errorf("OLLAMA_HOST=%s gives %s, want %s", host, got, want)
		} else if u, err := url.Parse(got); err != nil || u.Port() == "" {
			t.Errorf("%s is no URL with a port: %v", got, err)
		}
	}
}
