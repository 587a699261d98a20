package sim

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"time"
)

const (
	ollamaVersion = "0.17.4" // the one whose answers this package copies
	// contextLength is what every model claims, in tokens; it is not enforced.
	contextLength = 131072
)

// installed is when all models claim to have come into being.
func installed() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }

// ollamaDetails tells, as plainly as the format allows, of a model without weights.
type ollamaDetails struct {
	ParentModel       string   `json:"parent_model"`
	Format            string   `json:"format"`
	Family            string   `json:"family"`
	Families          []string `json:"families"`
	ParameterSize     string   `json:"parameter_size"`
	QuantizationLevel string   `json:"quantization_level"`
}

func details() ollamaDetails {
	return ollamaDetails{
		Format: "gguf", Family: "sim", Families: []string{"sim"}, ParameterSize: "0B",
		QuantizationLevel: "F16",
	}
}

func digest(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])
}

// latest is a model's name as Ollama lists it.
func latest(m Model) string { return m.Name + ":latest" }

func (s *Server) ollamaTags(w http.ResponseWriter, _ *http.Request) {
	type tag struct {
		Name       string        `json:"name"`
		Model      string        `json:"model"`
		ModifiedAt time.Time     `json:"modified_at"`
		Size       int           `json:"size"`
		Digest     string        `json:"digest"`
		Details    ollamaDetails `json:"details"`
	}
	tags := []tag{}
	for _, m := range s.has() {
		tags = append(tags, tag{latest(m), latest(m), installed(), 1, digest(m.Name), details()})
	}
	writeOllama(w, map[string]any{"models": tags})
}

// ollamaRunning lists the loaded models. Without a keep_alive they stay for good.
func (s *Server) ollamaRunning(w http.ResponseWriter, _ *http.Request) {
	type process struct {
		Name          string        `json:"name"`
		Model         string        `json:"model"`
		Size          int           `json:"size"`
		Digest        string        `json:"digest"`
		Details       ollamaDetails `json:"details"`
		ExpiresAt     time.Time     `json:"expires_at"`
		SizeVRAM      int           `json:"size_vram"`
		ContextLength int           `json:"context_length"`
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []process{}
	for _, name := range slices.Sorted(maps.Keys(s.states)) {
		st := s.states[name]
		if !st.holds(time.Now()) {
			continue
		}
		if name == st.base {
			name += ":latest"
		}
		list = append(list, process{
			Name: name, Model: name, Size: 1, Digest: digest(st.base), Details: details(),
			ExpiresAt: st.expires().UTC(), ContextLength: contextLength,
		})
	}
	writeOllama(w, map[string]any{"models": list})
}

func (s *Server) ollamaShow(w http.ResponseWriter, r *http.Request) {
	var req struct {
		Model string `json:"model"`
		Name  string `json:"name"` // the field's former name, still read
	}
	body, _ := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	fail := decode(body, &req)
	if req.Model == "" {
		req.Model = req.Name
	}
	var m Model
	if fail == nil {
		m, _, fail = s.find(req.Model)
	}
	if fail != nil {
		ollama{}.refuse(w, "", fail)
		return
	}
	capabilities := []string{"completion"}
	if m.Think != 0 {
		capabilities = append(capabilities, "thinking")
	}
	if !m.Blind {
		capabilities = append(capabilities, "vision")
	}
	writeOllama(w, struct {
		Modelfile    string         `json:"modelfile"`
		Parameters   string         `json:"parameters"`
		Template     string         `json:"template"`
		Details      ollamaDetails  `json:"details"`
		ModelInfo    map[string]any `json:"model_info"`
		Tensors      []string       `json:"tensors"`
		Capabilities []string       `json:"capabilities"`
		ModifiedAt   time.Time      `json:"modified_at"`
	}{
		Modelfile:  "# A simulated model\nFROM " + latest(m) + "\nTEMPLATE {{ .Prompt }}\n",
		Parameters: fmt.Sprintf("num_ctx                        %d", contextLength),
		Template:   "{{ .Prompt }}", Details: details(),
		ModelInfo: map[string]any{
			"general.architecture": "sim", "general.parameter_count": 0,
			"sim.context_length": contextLength,
		},
		Tensors: []string{}, Capabilities: capabilities, ModifiedAt: installed(),
	})
}
