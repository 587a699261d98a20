package registry

import (
	"maps"
	"slices"

	"lineup/config"
	"lineup/providers"
)

// contenderOf is a pane of the config with its own settings.
func contenderOf(p config.Pane) providers.Contender {
	ref, _ := config.ParseRef(p.Ref) // the caller has opened it
	return providers.Contender{Ref: providers.Ref(ref), Name: p.Name, Settings: providers.Settings{
		Params: params(p.Params), Options: p.Params.Options, Body: p.Body,
		System: p.System, Template: p.Template}}
}

// effective is a model with all settings that hold for it.
func effective(eff config.Effective) providers.Contender {
	return providers.Contender{Ref: providers.Ref(eff.Ref), Name: eff.Name,
		Settings: providers.Settings{Params: params(eff.Params), Options: eff.Params.Options,
			Body: eff.Body, System: eff.System, Template: eff.Template}}
}

// paneOf is the pane of a contender: the one of the config with the same model, name and settings;
// else the one with the same model and name, with these settings; else one that has no more than
// these. What a line-up declares is for its own panes.
func (r *Registry) paneOf(c providers.Contender) config.Pane {
	panes := slices.Clone(r.cfg.Panes)
	for _, l := range r.cfg.Lineups {
		for _, p := range l.Panes {
			p.Schema, p.Tools = nil, nil
			panes = append(panes, p)
		}
	}
	for _, p := range panes {
		if own := contenderOf(p); own.Name == c.Name && own.Same(c) {
			return p
		}
	}
	for _, p := range panes {
		if c.Name != "" && p.Name == c.Name && p.Ref == c.Ref.String() {
			return withSettings(p, c)
		}
	}
	return PaneOf(c)
}

// withOptions is the body of a model with its further options, which Ollama alone knows.
func withOptions(eff config.Effective) map[string]any {
	if eff.Provider.Kind != config.Ollama || len(eff.Params.Options) == 0 {
		return eff.Body
	}
	body := map[string]any{}
	maps.Copy(body, eff.Body)
	options := maps.Clone(eff.Params.Options)
	if own, ok := body["options"].(map[string]any); ok { // body says it more directly
		maps.Copy(options, own)
	}
	body["options"] = options
	return body
}

// withSettings is a pane with the name and the settings of a contender.
func withSettings(p config.Pane, c providers.Contender) config.Pane {
	own := PaneOf(c)
	p.Name, p.System, p.Template = own.Name, own.System, own.Template
	p.Params, p.Body = own.Params, own.Body
	return p
}

// PaneOf is a pane of the config that has no more than a contender.
func PaneOf(c providers.Contender) config.Pane {
	s := c.Settings
	return config.Pane{Ref: c.Ref.String(), Template: s.Template,
		Model: config.Model{Name: c.Name, System: s.System, Body: s.Body,
			Params: config.Params{Temperature: s.Temperature, TopP: s.TopP, MinP: s.MinP,
				TopK: s.TopK, MaxTokens: s.MaxTokens, Seed: s.Seed, Stop: s.Stop,
				ReasoningEffort: s.ReasoningEffort, NumCtx: s.NumCtx, Options: s.Options}}}
}
