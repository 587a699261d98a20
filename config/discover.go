package config

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// discoverLimit is how long Discover waits altogether. A server on this machine
// answers its model list within a few milliseconds; who takes longer is busy or
// nothing that we know.
const discoverLimit = 200 * time.Millisecond

// Env is the world that Discover looks at.
type Env struct {
	Getenv func(string) string // nil: no environment
	Client *http.Client        // nil: a client of its own, without proxy and redirects
	Ports  map[string]int      // provider name → port, in place of the well-known one
}

// candidate is a server that may be running.
type candidate struct {
	name    string
	kind    Kind
	baseURL string // of the provider
	list    string // asked for the models
}

// Discover asks for model servers on this machine: Ollama (at OLLAMA_HOST, else on port 11434),
// llama.cpp (8080), LM Studio (1234), vLLM (8000) and LiteLLM (4000), all at once, 200 ms at most.
// A server is found if it answers like a model server; an open port alone is not enough. No key is
// sent. The result is in the order above.
func Discover(ctx context.Context, env Env) []Found {
	ctx, cancel := context.WithTimeout(ctx, discoverLimit)
	defer cancel()
	client := env.Client
	if client == nil {
		// Without a Proxy: these are our own machines.
		transport := &http.Transport{DisableKeepAlives: true}
		defer transport.CloseIdleConnections()
		client = &http.Client{Transport: transport,
			CheckRedirect: func(*http.Request, []*http.Request) error {
				return http.ErrUseLastResponse
			}}
	}

	candidates := env.candidates()
	results := make([]Found, len(candidates))
	answered := make([]bool, len(candidates))
	var wait sync.WaitGroup
	for i, c := range candidates {
		wait.Go(func() { results[i], answered[i] = c.ask(ctx, client) })
	}
	wait.Wait()

	var found []Found
	for i, f := range results {
		if answered[i] {
			found = append(found, distinct(f, found))
		}
	}
	return found
}

// candidates lists whom to ask.
func (env Env) candidates() []candidate {
	address := func(name string, port int) string {
		if p, ok := env.Ports[name]; ok {
			port = p
		}
		return "http://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	}
	ollama := address("ollama", 11434)
	if env.Getenv != nil {
		if host := env.Getenv("OLLAMA_HOST"); host != "" {
			ollama = ollamaURL(host)
		}
	}
	out := []candidate{{"ollama", Ollama, ollama, ollama + "/api/tags"}}
	for _, c := range []struct {
		name string
		port int
	}{{"llamacpp", 8080}, {"lmstudio", 1234}, {"vllm", 8000}, {"litellm", 4000}} {
		base := address(c.name, c.port) + "/v1"
		if hostOf(base) == hostOf(ollama) {
			continue // OLLAMA_HOST is there; it would answer twice
		}
		out = append(out, candidate{c.name, OpenAI, base, base + "/models"})
	}
	return out
}

// distinct gives a provider another name where an earlier one has it already:
// two llama.cpp servers are llamacpp and llamacpp-8000.
func distinct(f Found, earlier []Found) Found {
	for _, e := range earlier {
		if e.Provider.Name == f.Provider.Name {
			if _, port, err := net.SplitHostPort(hostOf(f.Provider.BaseURL)); err == nil {
				f.Provider.Name += "-" + port
			}
			break
		}
	}
	return f
}
