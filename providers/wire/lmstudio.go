package wire

import (
	"context"
	"encoding/json"
	"strings"

	"lineup/providers"
)

// lmStudio is LM Studio, whose own API stands beside /v1: /api/v1 since 0.4.0, /api/v0 since 0.3.6,
// which cannot load. It tells neither memory nor time. Paths that it lacks it answers with an error
// under 200. https://lmstudio.ai/docs/developer/rest
type lmStudio struct{}

// studioModel is one model of the list.
type studioModel struct {
	id         string
	embeds     bool
	size       *int64 // bytes on disk
	vision     *bool
	maxContext int
	told       bool // whether it is loaded
	instances  []studioInstance
}

// studioInstance is a model in memory, which may have a name of its own.
type studioInstance struct {
	id      string
	context int
}

// readStudio reads /api/v1/models, or /api/v0/models, whose entries have a state.
func readStudio(body []byte) (list []studioModel) {
	entries, err := decodeListOf(body, "models", "data")
	if err != nil {
		return nil
	}
	for _, e := range entries {
		m := studioModel{id: e.text("key", "id"), embeds: !e.chats(), size: bytesOf(e["sizebytes"]),
			vision: e.vision(), maxContext: tokensOf(e["maxcontextlength"])}
		instances, told := e["loadedinstances"].([]any)
		state := e.text("state")
		if !told && state == "" {
			continue // another server's
		}
		m.told = true
		if state == "loaded" {
			m.instances = []studioInstance{{m.id, tokensOf(e["loadedcontextlength"])}}
		}
		if strings.EqualFold(e.text("type"), "vlm") {
			m.vision = new(true)
		}
		for _, v := range instances {
			o, _ := v.(map[string]any)
			in := listEntry(fold(o))
			config, _ := in["config"].(map[string]any)
			m.instances = append(m.instances, studioInstance{in.text("id"),
				tokensOf(listEntry(fold(config))["contextlength"])})
		}
		list = append(list, m)
	}
	return list
}

// studioModels asks LM Studio for its models. loads reports that its version can load them.
func (p *Provider) studioModels(ctx context.Context) (list []studioModel, loads bool, err error) {
	for _, version := range []string{"v1", "v0"} {
		var body []byte
		if body, _, err = p.get(ctx, p.beside("/api/"+version+"/models")); err != nil {
			if e := providers.AsError(err); e.Status == 0 { // it does not answer at all
				return nil, false, err
			}
			continue
		}
		if list = readStudio(body); list != nil {
			return list, version == "v1", nil
		}
		var v struct {
			Models []json.RawMessage `json:"models"`
		}
		if json.Unmarshal(body, &v) == nil && v.Models != nil { // it has none
			return nil, true, nil
		}
	}
	return nil, false, err
}

func (lmStudio) remember(ctx context.Context, p *Provider, list []providers.Listed) {
	models, _, _ := p.studioModels(ctx) // other servers answer with an error
	for _, m := range models {
		for i := range list {
			addStudio(&list[i], m)
		}
	}
}

// addStudio adds what LM Studio says of a model to its entry in the list, or to that of an instance
// of it with another name.
func addStudio(l *providers.Listed, m studioModel) {
	own := l.ID == m.id
	if own {
		l.Chat, l.Vision = !m.embeds, m.vision
		l.Memory.State = providers.MemoryUnloaded
		if m.maxContext > 0 {
			l.Context = m.maxContext
		}
		if m.size != nil {
			l.Size = *m.size
		}
	}
	for _, in := range m.instances {
		if !own && l.ID != in.id {
			continue
		}
		l.Memory.State = providers.MemoryLoaded
		if in.context > 0 {
			l.Context, l.Memory.Context = in.context, in.context
		}
	}
}

// find finds a model by its key, or by the name of an instance.
func (lmStudio) find(ctx context.Context, p *Provider, model string) (m studioModel, err error) {
	list, loads, err := p.studioModels(ctx)
	switch {
	case err != nil && list == nil:
		if e := providers.AsError(err); e.Status == 0 || e.Kind == providers.Auth {
			return m, err
		}
		fallthrough
	case list == nil && !loads:
		return m, p.noRunner()
	case !loads:
		return m, p.cannotLoad("this version of LM Studio does not load models for others",
			"update it to 0.4 or newer, or use its own command: lms load, lms unload")
	}
	for _, m := range list {
		if m.id == model {
			return m, nil
		}
		for _, in := range m.instances {
			if in.id == model {
				m.instances = []studioInstance{in}
				return m, nil
			}
		}
	}
	return m, &providers.Error{Kind: providers.NotFound,
		Message: "LM Studio has no model " + providers.CleanLine(model),
		Hint:    "list what there is with: lineup models"}
}

// load loads a model that is not loaded yet: LM Studio would load it a second time. A name that is
// not in the list may be a variant, such as qwen3-8b@q4_k_m.
func (s lmStudio) load(ctx context.Context, p *Provider, model string, how LoadOptions) error {
	if err := p.keepAliveRefused(how); err != nil {
		return err
	}
	m, err := s.find(ctx, p, model)
	switch {
	case err != nil && providers.AsError(err).Kind == providers.NotFound:
		m = studioModel{id: model}
	case err != nil || len(m.instances) > 0:
		return err
	}
	fields := map[string]any{"model": m.id}
	if how.Context > 0 {
		fields["context_length"] = how.Context
	}
	_, err = p.memoryPost(ctx, "/api/v1/models/load", model, fields)
	return err
}

// unload unloads every instance of a model.
func (s lmStudio) unload(ctx context.Context, p *Provider, model string) error {
	m, err := s.find(ctx, p, model)
	if err != nil {
		return err
	}
	for _, in := range m.instances {
		if _, err := p.memoryPost(ctx, "/api/v1/models/unload", model,
			map[string]any{"instance_id": in.id}); err != nil {
			return err
		}
	}
	return nil
}
