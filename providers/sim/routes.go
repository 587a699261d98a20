package sim

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
)

// handler routes requests. What it does not know it refuses as Ollama does, in
// plain text.
func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		writePlain(w, http.StatusNotFound, "404 page not found")
	})
	route := func(method, path string, h http.HandlerFunc) {
		mux.HandleFunc(method+" "+path, h)
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Allow", method)
			writePlain(w, http.StatusMethodNotAllowed, "405 method not allowed")
		})
	}
	route("GET", "/{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		io.WriteString(w, "Ollama is running")
	})
	route("GET", "/api/version", func(w http.ResponseWriter, r *http.Request) {
		writeOllama(w, map[string]string{"version": ollamaVersion})
	})
	route("POST", "/api/chat", s.chat(ollama{}))
	route("POST", "/api/generate", s.chat(generate{}))
	route("POST", "/api/embed", s.ollamaEmbed)
	route("POST", "/api/embeddings", s.ollamaEmbed)
	route("POST", "/api/show", s.ollamaShow)
	route("POST", "/api/pull", s.ollamaPull)
	route("GET", "/api/tags", s.ollamaTags)
	route("GET", "/api/ps", s.ollamaRunning)
	route("POST", "/v1/chat/completions", s.chat(openai{}))
	route("POST", "/v1/completions", s.chat(completions{}))
	route("POST", "/v1/embeddings", s.openaiEmbeddings)
	route("POST", "/v1/responses", s.chat(responses{}))
	route("POST", "/v1/messages", s.chat(anthropic{}))
	route("POST", "/v1/messages/count_tokens", s.countTokens)
	route("GET", "/v1/models", s.listModels)
	route("GET", "/v1/models/{name...}", s.openaiModel)
	below(mux, "/llamacpp", s.router)
	below(mux, "/lmstudio", s.studio)
	return mux
}

func writePlain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain")
	w.WriteHeader(status)
	io.WriteString(w, text)
}

// writeOllama writes an object with the headers of Ollama's native interface.
func writeOllama(w http.ResponseWriter, v any) {
	body := bytes.TrimSpace(jsonObject(v))
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body)
}

// writeAPI writes an object as OpenAI's and Anthropic's interfaces do.
func writeAPI(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Write(jsonObject(v))
}
