package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"lineup/providers"
)

// Bounds of what is asked about single models for a list.
const (
	maxShown    = 64 // models
	showAtATime = 4
)

// addOllamaFacts adds to Ollama's list what is loaded, and the context that the other models can
// have. Without that the list is good all the same, so that a failure is none.
func (p *Provider) addOllamaFacts(ctx context.Context, list []providers.Listed) {
	ollamaRunner{}.remember(ctx, p, list)
	var wg sync.WaitGroup
	places := make(chan struct{}, showAtATime)
	for i := range list {
		m := &list[i]
		if m.Memory.Context > 0 || i >= maxShown {
			continue
		}
		wg.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			p.showOllama(ctx, m)
		})
	}
	wg.Wait()
}

// showOllama asks about one model: its context length and whether it can chat.
func (p *Provider) showOllama(ctx context.Context, m *providers.Listed) {
	if body := p.show(ctx, m.ID); body != nil {
		addShown(m, body)
	}
}

// addShown reads an answer of /api/show. The context length stands under the name of the
// architecture, such as llama.context_length.
func addShown(m *providers.Listed, body []byte) {
	var v struct {
		ModelInfo    map[string]any `json:"model_info"`
		Capabilities []string       `json:"capabilities"`
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if dec.Decode(&v) != nil {
		return
	}
	for name, value := range v.ModelInfo {
		if n, ok := value.(json.Number); ok && strings.HasSuffix(name, ".context_length") {
			if tokens, err := n.Int64(); err == nil && tokens > 0 && tokens < 1<<31 {
				m.Context = int(tokens)
			}
		}
	}
	if len(v.Capabilities) > 0 {
		sees := slices.Contains(v.Capabilities, "vision") ||
			slices.Contains(v.Capabilities, "multimodal") // llama.cpp's word
		m.Chat, m.Vision = slices.Contains(v.Capabilities, "completion"), &sees
	}
}
