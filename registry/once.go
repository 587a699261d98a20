package registry

import (
	"maps"
	"slices"

	"lineup/config"
	"lineup/providers"
	"lineup/providers/policy"
)

// OpenOnce opens a contender for a request of somebody else's run. It has exactly these settings,
// whatever the sections of this config say about sampling. The provider is that of this config,
// with its address, key, headers, body, price and deadlines. Each stream is one attempt: no other
// model stands in, and whoever asks does what the retry says.
func (r *Registry) OpenOnce(c providers.Contender) (Spec, policy.Retry, error) {
	ref := c.Ref.String()
	eff, err := r.cfg.Resolve(ref)
	if err != nil {
		return Spec{}, policy.Retry{}, r.explain(ref, err)
	}
	pane, wait := PaneOf(c), eff.Backoff
	eff.Name, eff.System, eff.Template = pane.Name, pane.System, pane.Template
	eff.Params, eff.Fallback, eff.Schema, eff.Tools = pane.Params, nil, nil, nil
	eff.Body = map[string]any{}
	maps.Copy(eff.Body, eff.Provider.Body)
	maps.Copy(eff.Body, pane.Body)
	eff.Backoff = config.Backoff{}
	link, err := r.linkOf(eff)
	if err != nil {
		return Spec{}, policy.Retry{}, err
	}
	p, err := r.provider(eff)
	return Spec{Info: link.Info, Model: link.Model, Pane: c, Provider: p, said: pane},
		policy.Retry{Max: wait.Max, Base: wait.Base, Cap: wait.Cap}, err
}

// MaxConcurrent is how many requests the config lets run at one provider at a time.
func (r *Registry) MaxConcurrent(provider string) (int, error) {
	eff, err := r.cfg.Resolve(provider + "/any")
	return eff.MaxConcurrent, err
}

// extras names what a request has beside settings that are sent by name, sorted.
func extras(headers map[string]string, bodies ...map[string]any) (keys []string) {
	for name := range headers {
		keys = append(keys, "headers."+name)
	}
	for _, body := range bodies {
		for name := range body {
			keys = append(keys, "body."+name)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
