package sim

import (
	"encoding/base64"
	"encoding/binary"
	"io"
	"math"
	"net/http"
	"strings"
	"time"
)

// embeddingSize is the length of a vector where the request names none.
const embeddingSize = 256

// mostDimensions bounds what a request may ask for.
const mostDimensions = 8192

// vectorOf gives a text a vector of length 1. Each word adds a direction of its own, so that texts
// with the same words are near each other.
func vectorOf(text string, size int) []float32 {
	sum := make([]float64, size)
	for _, word := range append(strings.Fields(strings.ToLower(text)), "") {
		seed := hash(0, word)
		for i := range sum {
			sum[i] += unit(mix(seed+uint64(i))) - 0.5
		}
	}
	length := 0.0
	for _, v := range sum {
		length += v * v
	}
	out := make([]float32, size)
	for i, v := range sum {
		out[i] = float32(v / math.Sqrt(length))
	}
	return out
}

// openaiEmbeddings answers POST /v1/embeddings.
// Source: OpenAI's API reference, "Embeddings"; base64 is of little-endian 32-bit floats.
func (s *Server) openaiEmbeddings(w http.ResponseWriter, r *http.Request) {
	var req struct {
		Model      string  `json:"model"`
		Input      prompts `json:"input"`
		Format     string  `json:"encoding_format"`
		Dimensions *int    `json:"dimensions"`
	}
	size := embeddingSize
	fail := openai{}.authorize(r.Header, s.cfg.Key)
	if fail == nil {
		fail = readBody(w, r, &req)
	}
	if req.Dimensions != nil {
		size = *req.Dimensions
	}
	switch {
	case fail != nil:
	case req.Model == "":
		fail = badRequest("you must provide a model parameter")
	case len(req.Input) == 0:
		fail = badRequest("input is required")
	case size < 1 || size > mostDimensions:
		fail = badRequest("dimensions must be from 1 to 8192")
	default:
		_, _, fail = s.find(req.Model)
	}
	if fail != nil {
		openai{}.refuse(w, identifier(hash(s.cfg.Seed, req.Model)), fail)
		return
	}
	type vector struct {
		Object    string `json:"object"`
		Index     int    `json:"index"`
		Embedding any    `json:"embedding"`
	}
	var out struct {
		Object string   `json:"object"`
		Data   []vector `json:"data"`
		Model  string   `json:"model"`
		Usage  struct {
			Prompt int `json:"prompt_tokens"`
			Total  int `json:"total_tokens"`
		} `json:"usage"`
	}
	out.Object, out.Model = "list", req.Model
	for i, text := range req.Input {
		v := vector{Object: "embedding", Index: i, Embedding: vectorOf(text, size)}
		if req.Format == "base64" {
			v.Embedding = base64Floats(vectorOf(text, size))
		}
		out.Data = append(out.Data, v)
		out.Usage.Prompt += countTokens(text)
	}
	out.Usage.Total = out.Usage.Prompt
	writeAPI(w, out)
}

func base64Floats(v []float32) string {
	var raw []byte
	for _, f := range v {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(f))
	}
	return base64.StdEncoding.EncodeToString(raw)
}

// ollamaEmbed answers Ollama's POST /api/embed, and /api/embeddings, which is older and takes one
// prompt.
func (s *Server) ollamaEmbed(w http.ResponseWriter, r *http.Request) {
	received := time.Now()
	var req struct {
		Model      string  `json:"model"`
		Input      prompts `json:"input"`
		Prompt     string  `json:"prompt"`
		Dimensions int     `json:"dimensions"`
	}
	fail := readBody(w, r, &req)
	if fail == nil && req.Model == "" {
		fail = badRequest("model is required")
	}
	if fail == nil {
		_, _, fail = s.find(req.Model)
	}
	if fail != nil {
		ollama{}.refuse(w, "", fail)
		return
	}
	size := embeddingSize
	if req.Dimensions > 0 {
		size = min(req.Dimensions, embeddingSize)
	}
	if r.URL.Path == "/api/embeddings" {
		writeOllama(w, map[string]any{"embedding": vectorOf(req.Prompt, embeddingSize)})
		return
	}
	out := struct {
		Model         string        `json:"model"`
		Embeddings    [][]float32   `json:"embeddings"`
		TotalDuration time.Duration `json:"total_duration,omitempty"`
		PromptCount   int           `json:"prompt_eval_count,omitempty"`
	}{Model: req.Model, Embeddings: [][]float32{}}
	for _, text := range req.Input {
		out.Embeddings = append(out.Embeddings, vectorOf(text, size))
		out.PromptCount += countTokens(text)
	}
	out.TotalDuration = time.Since(received)
	writeOllama(w, out)
}

// countTokens answers Anthropic's POST /v1/messages/count_tokens.
// Source: Anthropic's API reference, "Count tokens in a Message".
func (s *Server) countTokens(w http.ResponseWriter, r *http.Request) {
	var req struct {
		Model    string    `json:"model"`
		System   content   `json:"system"`
		Messages []message `json:"messages"`
		Tools    tools     `json:"tools"`
	}
	fail := anthropic{}.authorize(r.Header, s.cfg.Key)
	if fail == nil {
		fail = readBody(w, r, &req)
	}
	switch {
	case fail != nil:
	case req.Model == "":
		fail = badRequest("model: Field required")
	case len(req.Messages) == 0:
		fail = badRequest("messages: at least one message is required")
	default:
		_, _, fail = s.find(req.Model)
	}
	if fail != nil {
		anthropic{}.refuse(w, identifier(hash(s.cfg.Seed, req.Model)), fail)
		return
	}
	q := query{messages: append(req.Messages, message{Role: "system", Content: req.System}),
		tools: req.Tools}
	writeAPI(w, map[string]int{"input_tokens": q.promptTokens()})
}

// readBody reads the JSON of a request that is no chat.
func readBody(w http.ResponseWriter, r *http.Request, into any) *failure {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return tooLarge()
	}
	return decode(body, into)
}

func tooLarge() *failure {
	return &failure{
		status: http.StatusRequestEntityTooLarge, kind: "invalid_request_error",
		message: "the request is larger than 64 MiB or incomplete",
	}
}
