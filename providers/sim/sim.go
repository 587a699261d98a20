// Package sim is a model server without a model. It speaks real HTTP on the loopback, with the
// dialects of real servers, for demos without network or key, for tests and for benchmarks.
//
// One server answers on one port in three dialects:
//
//   - Ollama's own: POST /api/chat, /api/generate, /api/embed, /api/embeddings, /api/show and
//     /api/pull, GET /api/tags, /api/ps, /api/version and /.
//   - OpenAI's: POST /v1/chat/completions, /v1/completions and /v1/embeddings, GET /v1/models
//     and /v1/models/NAME. Reasoning comes as reasoning_content.
//   - Anthropic's: POST /v1/messages and /v1/messages/count_tokens, and GET /v1/models for a
//     request with an anthropic-version header.
//
// Below /llamacpp and /lmstudio it answers the same, and besides it loads and unloads models as
// llama-server's router and LM Studio do: GET /models, POST /models/load and /models/unload there,
// GET /api/v1/models, POST /api/v1/models/load and /unload here.
//
// A request with a JSON Schema (response_format, format, output_config, text) is answered with JSON
// that fits it. Where tools are declared, a prompt that names one, or says "tool", is answered with
// a call of it; after its result comes text.
//
// Stop sequences end an answer as they do there, but not in the Stamp script. Requests of OpenAI's
// dialect may ask for several answers (n); they stream together.
//
// What it promises:
//
//   - Deterministic: the seed, the model and the messages decide every token;
//     with the same clock readings every byte is the same.
//   - Paced on an absolute schedule: a chunk that is late does not delay the
//     ones after it. Only the time package is used, so a testing/synctest
//     bubble makes the pace exact.
//   - Honest about itself: names end in -sim, and [Server.Log] holds the
//     server's own clock readings, taken immediately before each write.
//   - Faithful on the wire: field names, their order, headers, error bodies and
//     end markers are those of the servers it stands for. Where OpenAI and
//     Anthropic send their headers and an empty opening early, so does the
//     simulator; Ollama's headers come with its first line.
//   - Every [Fault] that a client has to survive can be had by name.
//
// A client picks the behaviour by the model's name alone, see [Server] for the
// overrides that a name may carry. The package imports the standard library
// only and shares no code with the clients that are tested against it.
package sim

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Config is what a [Server] is made of. The zero value serves [DemoModels]
// without a key.
type Config struct {
	Seed   uint64
	Models []Model // nil: DemoModels
	// Missing are models that the server has after a client has pulled them. nil: fresh-sim.
	Missing []Model
	// PullTime is how long a pull takes. 0: three seconds.
	PullTime time.Duration
	// Key is the bearer token of OpenAI's dialect and the x-api-key of Anthropic's. Empty: any key
	// will do, or none. Ollama's dialect never asks.
	Key string
	// Observe, where set, is called once for each chat request when it is over,
	// from the request's goroutine.
	Observe func(Record)
}

// Server is the simulated model server, an [http.Handler] that is safe for
// concurrent use; [Server.Start] puts it on a port.
//
// A model is asked for by its name, with or without Ollama's ":latest", and
// the name may carry overrides for this one request:
//
//	name     = model [ "@" override *( "," override ) ]
//	override = key "=" value
//
//	tps=100          tokens a second; 0: as fast as the connection takes them
//	ttft=200ms       until the first token, a Go duration
//	tokens=30000     length of the answer; 0: the text's own
//	think=80         tokens of reasoning ahead of it; 0: none; -1: the text's own
//	chunk=4          tokens a chunk
//	hold=300ms       how long a buffer on the way holds chunks back; 24h: to the end
//	jitter=0.2       share of the gap between tokens that is random, 0 to 1
//	load=2s          loading time of the first request
//	slots=4          requests that it answers at a time; the others wait. 0: all
//	script=ko        en, ko, code or stamp, see Script
//	seed=7           in place of the server's
//	vision=false     takes no images
//	fault=reset:50   see Fault
//
// Each full name is a model of its own that is loaded once and counts its
// requests. A bad override is answered by 400 and says what is wrong.
type Server struct {
	cfg     Config
	library library
	routes  http.Handler
	log     log

	mu     sync.Mutex
	models []Model           // what it has; pulls add to it
	states map[string]*state // by the full name that clients used
}

// state is what a server remembers of one full model name.
type state struct {
	base   string    // the model's name without overrides
	chats  int       // so far
	loaded bool      // in memory, or on its way there
	ready  time.Time // when loading ends
	used   time.Time // when its last request began, or could begin
	keep   time.Duration
	// one for each request that the model answers; nil where it has no limit
	slots chan struct{}
}

// New makes a server. It does not listen yet.
func New(cfg Config) *Server {
	if cfg.Models == nil {
		cfg.Models = DemoModels()
	}
	if cfg.Missing == nil {
		cfg.Missing = []Model{{Name: "fresh-sim", TTFT: 200 * time.Millisecond, TokensPerSecond: 60,
			Tokens: 120}}
	}
	if cfg.PullTime == 0 {
		cfg.PullTime = 3 * time.Second
	}
	s := &Server{cfg: cfg, library: newLibrary(), models: cfg.Models,
		states: make(map[string]*state)}
	s.routes = s.handler()
	return s
}

// ServerName is the Server header of every answer, so that a client that knows it cannot take a
// simulation for a model.
const ServerName = "lineup-sim"

// ServeHTTP answers one request in the dialect that its path asks for.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Server", ServerName)
	s.routes.ServeHTTP(w, r)
}

// Log returns the requests that are over, in the order in which they ended.
// The newest 100,000 are kept.
func (s *Server) Log() []Record { return s.log.all() }

// find returns the model that a client's name stands for, overrides applied,
// and the place it has among the server's models.
func (s *Server) find(name string) (Model, int, *failure) {
	for i, m := range s.has() {
		overrides, ok := m.matches(name)
		if !ok {
			continue
		}
		m, err := m.override(overrides)
		if err != nil {
			return Model{}, 0, badRequest(fmt.Sprintf("model %q: %v", name, err))
		}
		if m.Seed == 0 {
			m.Seed = s.cfg.Seed
		}
		return m, i, nil
	}
	return Model{}, 0, unknownModel(name)
}

// has lists the models that there are now.
func (s *Server) has() []Model {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clip(s.models)
}

// begin notes a request for a model. It returns how many chats there were for
// the same full name before, and when the model is ready to work.
func (s *Server) begin(q query, m Model, now time.Time) (n int, ready time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.states[q.model]
	if st == nil {
		st = &state{base: m.Name}
		s.states[q.model] = st
	}
	if !st.holds(now) {
		st.loaded, st.ready, st.keep = true, now.Add(m.Load), forGood
	}
	if q.keep != nil {
		st.keep = *q.keep
	}
	if st.used = now; st.ready.After(now) {
		st.used = st.ready
	}
	n = st.chats
	if len(q.messages) > 0 {
		st.chats++
	}
	if st.ready.After(now) {
		return n, st.ready
	}
	return n, now
}

// enter waits until the model has room for a request, and returns what gives the room back.
func (s *Server) enter(ctx context.Context, name string, slots int) (leave func(), err error) {
	if slots == 0 {
		return func() {}, nil
	}
	s.mu.Lock()
	st := s.states[name]
	if st.slots == nil {
		st.slots = make(chan struct{}, slots)
	}
	room := st.slots
	s.mu.Unlock()
	select {
	case room <- struct{}{}:
		return func() { <-room }, nil
	case <-ctx.Done():
		return nil, errGone
	}
}

// unload forgets that a model was loaded, as Ollama does after keep_alive 0.
func (s *Server) unload(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if st := s.states[name]; st != nil {
		st.loaded = false
	}
}
