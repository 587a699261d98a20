package registry

import (
	"context"
	"maps"

	"github.com/zalando/go-keyring"

	"lineup/config"
	"lineup/providers/policy"
	"lineup/providers/wire"
)

// provider makes the provider of a model, or returns the one that was made earlier.
func (r *Registry) provider(eff config.Effective) (*wire.Provider, error) {
	c := eff.Provider
	r.mu.Lock()
	defer r.mu.Unlock()
	if p := r.open[c.Name]; p != nil {
		return p, nil
	}
	cfg := wire.Config{Name: c.Name, Kind: string(c.Kind), BaseURL: c.BaseURL,
		BaseURLEnv: c.BaseURLEnv, Local: c.OnSite(),
		Simulated: r.simulated, MaxConcurrent: eff.MaxConcurrent, Headers: r.headers(c),
		Body: c.Body}
	for _, variable := range c.HeadersEnv { // which are there to hide them
		cfg.Hidden = append(cfg.Hidden, r.getenv(variable))
	}
	if c.CAFile != "" {
		cfg.CAFile = r.cfg.Path(c.CAFile, r.getenv)
	}
	switch {
	case c.APIKeyEnv != "":
		cfg.Key = wire.EnvKey(c.APIKeyEnv, r.getenv)
	case c.APIKeyCmd != "":
		cfg.Key = wire.CommandKey(c.APIKeyCmd)
	case c.APIKeyKeyring != "":
		cfg.Key = wire.KeyringKey(c.APIKeyKeyring, fromKeyring)
	}
	p, err := wire.New(cfg)
	if err != nil {
		return nil, err
	}
	r.open[c.Name] = p
	return p, nil
}

// Adapt makes the limits of concurrent requests follow the servers, for many prompts at once. A
// max_concurrent of the config stays. It is for models that are open.
func (r *Registry) Adapt() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for name, p := range r.open {
		c, _ := r.cfg.Provider(name)
		switch {
		case c.MaxConcurrent != nil:
			p.Queue().Adapt(policy.Stay)
		case c.OnSite():
			p.Queue().Adapt(policy.ByThroughput)
		default:
			p.Queue().Adapt(policy.ByRefusals)
		}
	}
}

// headers are the extra headers of a provider, with those whose values come from variables.
func (r *Registry) headers(c config.Provider) map[string]string {
	h := maps.Clone(c.Headers)
	for name, variable := range c.HeadersEnv {
		if v := r.getenv(variable); v != "" {
			if h == nil {
				h = map[string]string{}
			}
			h[name] = v
		}
	}
	return h
}

// keyringService is the service name of lineup's keys in the system's keyring.
const keyringService = "lineup"

// fromKeyring reads a key from the system's keyring. The keyring may ask the user to unlock it, and
// its library takes no context: after a cancelled wait the question stays on the screen.
func fromKeyring(ctx context.Context, entry string) (string, error) {
	type answer struct {
		key string
		err error
	}
	got := make(chan answer, 1)
	go func() {
		key, err := keyring.Get(keyringService, entry)
		got <- answer{key, err}
	}()
	select {
	case a := <-got:
		return a.key, a.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
