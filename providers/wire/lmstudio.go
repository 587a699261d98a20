package wire

import (
	"context"
	"encoding/json"

	"lineup/providers"
)

// addLMStudioFacts adds the facts of LM Studio's own API, which stands beside /v1: the loaded
// models, their context, the models for embeddings, and those that take images. Other servers
// answer that with an error, so that a failure is none. https://lmstudio.ai/docs/developer/rest
func (p *Provider) addLMStudioFacts(ctx context.Context, list []providers.Listed) {
	body, _, err := p.get(ctx, p.beside("/api/v1/models"))
	if err != nil {
		return
	}
	var v struct {
		Models []struct {
			Key        string `json:"key"`
			Type       string `json:"type"`
			Size       int64  `json:"size_bytes"`
			MaxContext int    `json:"max_context_length"`
			Can        struct {
				Vision *bool `json:"vision"`
			} `json:"capabilities"`
			Loaded []struct {
				ID     string `json:"id"`
				Config struct {
					Context int `json:"context_length"`
				} `json:"config"`
			} `json:"loaded_instances"`
		} `json:"models"`
	}
	if json.Unmarshal(body, &v) != nil {
		return
	}
	for _, m := range v.Models {
		for i := range list {
			l := &list[i]
			if l.ID == m.Key {
				l.Context, l.Size, l.Chat, l.Loaded = m.MaxContext, m.Size, m.Type != "embedding",
					len(m.Loaded) > 0
				l.Vision = m.Can.Vision
				for _, in := range m.Loaded {
					if in.Config.Context > 0 {
						l.Context = in.Config.Context
					}
				}
			}
			for _, in := range m.Loaded { // an instance may have a name of its own
				if l.ID == in.ID {
					l.Loaded = true
				}
			}
		}
	}
}
