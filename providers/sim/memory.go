package sim

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"time"
)

// forGood is how long a model stays that nobody unloads: Ollama shows it as an expiry in some 292
// years.
const forGood = time.Duration(1<<63 - 1)

// keepAlive reads Ollama's keep_alive: seconds, or text with a unit; negative is for good. ok is
// false where there is none.
func keepAlive(v any) (d time.Duration, ok bool) {
	switch v := v.(type) {
	case float64:
		d, ok = time.Duration(v*float64(time.Second)), true
	case string:
		var err error
		d, err = time.ParseDuration(v)
		ok = err == nil
	}
	if d < 0 {
		d = forGood
	}
	return d, ok
}

// holds reports whether a model is in memory or on its way there, and forgets one whose time is
// over. s.mu must be held.
func (st *state) holds(now time.Time) bool {
	if st.loaded && st.keep != forGood && now.After(st.expires()) {
		st.loaded = false
	}
	return st.loaded
}

// expires is when a model leaves the memory, counted from the beginning of its last request.
func (st *state) expires() time.Time { return st.used.Add(st.keep) }

// load notes that a model is wanted in memory, and returns when it is there.
func (s *Server) load(name string, m Model, now time.Time) time.Time {
	_, ready := s.begin(query{model: name}, m, now)
	return ready
}

// The states of a model, in the words of llama-server's router.
const (
	unloaded = "unloaded"
	loading  = "loading"
	loaded   = "loaded"
)

// stateOf is how a model is now.
func (s *Server) stateOf(name string, now time.Time) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch st := s.states[name]; {
	case st == nil || !st.holds(now):
		return unloaded
	case now.Before(st.ready):
		return loading
	}
	return loaded
}

// known are the names of all models, and every other full name in memory.
func (s *Server) known() []string {
	var names []string
	for _, m := range s.has() {
		names = append(names, m.Name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(s.states)) {
		if s.states[name].holds(time.Now()) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// readJSON reads a request's fields.
func readJSON(w http.ResponseWriter, r *http.Request, into any) *failure {
	body, _ := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	return decode(body, into)
}

// router adds what llama-server's router has to a mux: its list, with the state of each model, and
// the routes that load and unload. Loading goes on after the answer. Source: llama.cpp v0.5.0.
func (s *Server) router(mux *http.ServeMux) {
	list := func(w http.ResponseWriter, r *http.Request) {
		type status struct {
			Value string   `json:"value"`
			Args  []string `json:"args"`
		}
		type model struct {
			ID      string         `json:"id"`
			Aliases []string       `json:"aliases"`
			Object  string         `json:"object"`
			OwnedBy string         `json:"owned_by"`
			Created int64          `json:"created"`
			Status  status         `json:"status"`
			Meta    map[string]int `json:"meta,omitempty"`
		}
		data := []model{}
		for _, name := range s.known() {
			m := model{ID: name, Aliases: []string{}, Object: "model", OwnedBy: "sim",
				Created: installed().Unix(),
				Status:  status{s.stateOf(name, time.Now()), []string{}}}
			if m.Status.Value == loaded {
				m.Meta = map[string]int{"n_ctx": contextLength}
			}
			data = append(data, m)
		}
		writeAPI(w, map[string]any{"data": data, "object": "list"})
	}
	mux.HandleFunc("GET /models", list)
	mux.HandleFunc("GET /v1/models", list)
	refuse := func(w http.ResponseWriter, status int, kind, message string) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"code": status,
			"message": message, "type": kind}})
	}
	change := func(do func(w http.ResponseWriter, name string, m Model, is string) bool,
		missing func(http.ResponseWriter)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			var req struct {
				Model string `json:"model"`
			}
			if fail := readJSON(w, r, &req); fail != nil {
				refuse(w, http.StatusInternalServerError, "server_error", fail.message)
				return
			}
			m, _, fail := s.find(req.Model)
			if fail != nil {
				missing(w)
			} else if do(w, req.Model, m, s.stateOf(req.Model, time.Now())) {
				writeAPI(w, map[string]bool{"success": true})
			}
		}
	}
	mux.HandleFunc("POST /models/load", change(
		func(w http.ResponseWriter, name string, m Model, is string) bool {
			if is != unloaded {
				refuse(w, http.StatusBadRequest, "invalid_request_error",
					"model is already running")
				return false
			}
			s.load(name, m, time.Now())
			return true
		},
		func(w http.ResponseWriter) {
			refuse(w, http.StatusNotFound, "not_found_error", "File Not Found")
		}))
	mux.HandleFunc("POST /models/unload", change(
		func(w http.ResponseWriter, name string, _ Model, is string) bool {
			if is == unloaded {
				refuse(w, http.StatusBadRequest, "invalid_request_error", "model is not running")
				return false
			}
			s.unload(name)
			return true
		},
		func(w http.ResponseWriter) {
			refuse(w, http.StatusBadRequest, "invalid_request_error", "model is not found")
		}))
}

// studio adds what LM Studio has to a mux: its list of models with their instances in memory, and
// the routes that load and unload them. Source: https://lmstudio.ai/docs/developer/rest
func (s *Server) studio(mux *http.ServeMux) {
	mux.HandleFunc("GET /api/v1/models", func(w http.ResponseWriter, r *http.Request) {
		list := []map[string]any{}
		for _, name := range s.known() {
			instances := []map[string]any{}
			if s.stateOf(name, time.Now()) == loaded {
				instances = append(instances, map[string]any{"id": name,
					"config": map[string]any{"context_length": contextLength}})
			}
			list = append(list, map[string]any{"type": "llm", "publisher": "sim", "key": name,
				"display_name": name, "size_bytes": 1, "loaded_instances": instances,
				"max_context_length": contextLength,
				"capabilities":       map[string]any{"vision": false}})
		}
		writeAPI(w, map[string]any{"models": list})
	})
	missing := func(w http.ResponseWriter, name string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]string{
			"type": "model_not_found", "message": "Model " + name + " not found"}})
	}
	mux.HandleFunc("POST /api/v1/models/load", func(w http.ResponseWriter, r *http.Request) {
		var req struct {
			Model string `json:"model"`
		}
		now := time.Now()
		fail := readJSON(w, r, &req)
		m, _, unknown := s.find(req.Model)
		if fail != nil || unknown != nil {
			missing(w, req.Model)
			return
		}
		if sleepUntil(r.Context(), s.load(req.Model, m, now)) != nil {
			return
		}
		writeAPI(w, map[string]any{"type": "llm", "instance_id": req.Model, "status": "loaded",
			"load_time_seconds": time.Since(now).Seconds()})
	})
	mux.HandleFunc("POST /api/v1/models/unload", func(w http.ResponseWriter, r *http.Request) {
		var req struct {
			Instance string `json:"instance_id"`
		}
		if readJSON(w, r, &req) != nil || s.stateOf(req.Instance, time.Now()) == unloaded {
			missing(w, req.Instance)
			return
		}
		s.unload(req.Instance)
		writeAPI(w, map[string]string{"instance_id": req.Instance})
	})
}

// below serves what a kind of server adds, and the routes of all others, below a path of its own.
func below(mux *http.ServeMux, path string, add func(*http.ServeMux)) {
	own := http.NewServeMux()
	own.Handle("/", mux)
	add(own)
	mux.Handle(path+"/", http.StripPrefix(path, own))
}
