package wire

import (
	"bytes"
	"cmp"
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

// addOllamaFacts adds to Ollama's list the loaded models with their context, and the context that
// the others can have. Without that the list is good all the same, so that a failure is none.
func (p *Provider) addOllamaFacts(ctx context.Context, list []providers.Listed) {
	loaded := map[string]int{}
	if body, _, err := p.get(ctx, p.url("/api/ps")); err == nil {
		var v struct {
			Models []struct {
				Name          string `json:"name"`
				ContextLength int    `json:"context_length"`
			} `json:"models"`
		}
		if json.Unmarshal(body, &v) == nil {
			for _, m := range v.Models {
				loaded[m.Name] = m.ContextLength
			}
		}
	}
	var wg sync.WaitGroup
	places := make(chan struct{}, showAtATime)
	for i := range list {
		m := &list[i]
		context, isLoaded := loaded[m.ID]
		m.Context, m.Loaded = cmp.Or(context, m.Context), isLoaded
		if context > 0 || i >= maxShown {
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
