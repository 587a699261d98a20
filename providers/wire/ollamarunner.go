package wire

import (
	"context"
	"maps"
	"time"

	"lineup/providers"
)

// ollamaRunner is Ollama, in its own dialect or another. Its API for memory stands beside /v1.
// https://docs.ollama.com/api/ps and https://docs.ollama.com/faq (keep_alive)
type ollamaRunner struct{}

func (ollamaRunner) remember(ctx context.Context, p *Provider, list []providers.Listed) {
	body, _, err := p.get(ctx, p.beside("/api/ps"))
	if err != nil {
		return
	}
	loaded, err := readLoaded(body, p.now())
	if err != nil {
		return
	}
	for i := range list {
		m := &list[i]
		m.Memory.State = providers.MemoryUnloaded
		for name, memory := range loaded {
			if providers.SameModel(name, m.ID) {
				m.Memory = memory
			}
		}
		if m.Memory.Context > 0 {
			m.Context = m.Memory.Context
		}
	}
}

// readLoaded reads an answer of /api/ps: the loaded models by their names. A size is bytes in all,
// size_vram those of them on graphics cards. Older versions leave context_length out.
func readLoaded(body []byte, now time.Time) (map[string]providers.Memory, error) {
	entries, err := decodeListOf(body, "models")
	if err != nil {
		return nil, err
	}
	out := map[string]providers.Memory{}
	for _, e := range entries {
		if e["expiresat"] == nil && e["sizevram"] == nil {
			continue // an entry of another list
		}
		m := providers.Memory{State: providers.MemoryLoaded, GPU: bytesOf(e["sizevram"]),
			Total: bytesOf(e["size"]), Context: tokensOf(e["contextlength"])}
		if m.Total != nil && *m.Total == 0 { // a model takes memory: it is not told
			m.Total = nil
			if m.GPU != nil && *m.GPU == 0 {
				m.GPU = nil
			}
		}
		readUntil(e.text("expiresat"), now, &m)
		out[e.text("name", "model", "id")] = m
	}
	if len(out) == 0 && len(entries) > 0 {
		return nil, errNoList
	}
	return out, nil
}

func (ollamaRunner) load(ctx context.Context, p *Provider, model string, how LoadOptions) error {
	fields := map[string]any{"model": model, "stream": false}
	for _, extra := range []map[string]any{p.cfg.Body, how.Body} {
		for _, name := range []string{"keep_alive", "options"} {
			if v, ok := extra[name]; ok {
				fields[name] = v
			}
		}
	}
	if how.KeepAlive != nil {
		fields["keep_alive"] = keepAlive(*how.KeepAlive)
	}
	if how.Context > 0 { // another context than that of the next request would load it twice
		options, _ := fields["options"].(map[string]any)
		if options = maps.Clone(options); options == nil {
			options = map[string]any{}
		}
		if options["num_ctx"] == nil {
			options["num_ctx"] = how.Context
		}
		fields["options"] = options
	}
	_, err := p.memoryPost(ctx, "/api/generate", model, fields)
	if saysOf(err, "does not support") { // a model for embeddings
		fields["input"] = ""
		delete(fields, "stream")
		_, err = p.memoryPost(ctx, "/api/embed", model, fields)
	}
	return err
}

// keepAlive is a time as Ollama reads it: text with a unit, or any negative number for good.
func keepAlive(d time.Duration) any {
	if d < 0 {
		return -1
	}
	return d.String()
}

func (ollamaRunner) unload(ctx context.Context, p *Provider, model string) error {
	_, err := p.memoryPost(ctx, "/api/generate", model,
		map[string]any{"model": model, "keep_alive": 0, "stream": false})
	return err
}
