package config

import (
	"cmp"
	"slices"
	"strings"
)

// gateway is a public endpoint that a key in the environment is enough for.
type gateway struct {
	name     string // of the provider
	title    string // for people
	variable string // that its vendor's documentation names
	kind     Kind
	baseURL  string
	model    string // a sensible one to begin with
}

// gateways are the endpoints that lineup knows, in the order in which they get
// panes. The models are the smaller defaults of charm.land/catwalk v0.52.1,
// since all of them answer every prompt and each answer costs; that catalog has
// no Mistral and no HolySheep of its own.
func gateways() []gateway {
	return []gateway{
		{"holysheep", "HolySheep", "HOLYSHEEP_API_KEY", OpenAI, "https://api.holysheep.ai/v1",
			"gemini-2.5-flash"},
		{"openai", "OpenAI", "OPENAI_API_KEY", OpenAI, "https://api.openai.com/v1", "gpt-5.6-luna"},
		{"anthropic", "Anthropic", "ANTHROPIC_API_KEY", Anthropic, "https://api.anthropic.com",
			"claude-haiku-4-5-20251001"},
		{"gemini", "Gemini", "GEMINI_API_KEY", OpenAI,
			"https://generativelanguage.googleapis.com/v1beta/openai", "gemini-3-flash-preview"},
		{"openrouter", "OpenRouter", "OPENROUTER_API_KEY", OpenAI, "https://openrouter.ai/api/v1",
			"anthropic/claude-haiku-4.5"},
		{"groq", "Groq", "GROQ_API_KEY", OpenAI, "https://api.groq.com/openai/v1",
			"qwen/qwen3-32b"},
		{"deepseek", "DeepSeek", "DEEPSEEK_API_KEY", OpenAI, "https://api.deepseek.com/v1",
			"deepseek-v4-flash"},
		{"mistral", "Mistral", "MISTRAL_API_KEY", OpenAI, "https://api.mistral.ai/v1",
			"mistral-small-latest"},
		{"xai", "xAI", "XAI_API_KEY", OpenAI, "https://api.x.ai/v1", "grok-4.5"},
	}
}

// Found is a provider that needs no config file.
type Found struct {
	Provider Provider
	Model    string           // the model to begin with; "" where there is none to name
	Models   []string         // what a local server says it has; nil for a gateway
	Chat     []string         // those of Models that answer prompts, the best to begin with first
	Sizes    map[string]int64 // bytes of those of Models whose size the server tells
	Loading  bool             // the server is there and still loads its model
	Problem  string           // why no pane can be opened on it and what to do; "" where one can
}

// severalPanes are the best models of a server, the small ones first. It answers one after the
// other, and nobody should wait for the largest before there is anything to read.
func (f Found) severalPanes() []Pane {
	models := slices.Clone(f.Chat[:min(len(f.Chat), maxFoundPanes)])
	slices.SortStableFunc(models, func(a, b string) int {
		return cmp.Compare(f.Sizes[a], f.Sizes[b])
	})
	var panes []Pane
	for _, model := range models {
		panes = append(panes, Pane{Ref: Ref{f.Provider.Name, model}.String()})
	}
	return panes
}

// Ref is the model reference to begin with; "" without one.
func (f Found) Ref() string {
	if f.Model == "" {
		return ""
	}
	return Ref{f.Provider.Name, f.Model}.String()
}

// Gateways gives all public gateways that lineup knows, whether there is a key for them or not.
func Gateways() []Found {
	var all []Found
	for _, g := range gateways() {
		all = append(all, g.found(func(string) string { return "" }))
	}
	return all
}

// KeyProviders gives the gateways whose key is in the environment. It asks
// nobody, so that it costs the first frame nothing; the keys may still be wrong.
func KeyProviders(getenv func(string) string) []Found {
	var found []Found
	for _, g := range gateways() {
		if strings.TrimSpace(getenv(g.variable)) != "" {
			found = append(found, g.found(getenv))
		}
	}
	return found
}

// found is the gateway, or the server that the environment names in its place: the key is that
// server's then. Where the address cannot be used there is no provider, but a problem.
func (g gateway) found(getenv func(string) string) Found {
	f := Found{
		Provider: Provider{Name: g.name, Kind: g.kind, BaseURL: g.baseURL, APIKeyEnv: g.variable},
		Model:    g.model,
	}
	variable := g.addressVariable()
	if variable == "" {
		return f
	}
	raw := strings.TrimSpace(getenv(variable))
	base := strings.TrimRight(raw, "/")
	if raw == "" || base == g.baseURL {
		return f
	}
	a, problem := parseBaseURL(raw)
	switch {
	case problem != "":
		return Found{Problem: variable + " " + problem}
	case a.plain && !a.local:
		return Found{Problem: variable + " names " + quote(a.host) +
			" over plain http, which would show the key to anyone on the way; use https"}
	}
	f.Provider.BaseURL, f.Provider.BaseURLEnv, f.Provider.Local = base, variable, a.local
	return f
}

// addressVariable is the variable in which the vendor's own libraries look for another address:
// https://github.com/openai/openai-python, https://github.com/anthropics/anthropic-sdk-python.
func (g gateway) addressVariable() string {
	switch g.name {
	case "openai":
		return "OPENAI_BASE_URL"
	case "anthropic":
		return "ANTHROPIC_BASE_URL"
	}
	return ""
}

// maxFoundPanes is how many panes Assemble opens: few enough to read side by side, and no bill by
// surprise.
const maxFoundPanes = 4

// Assemble makes a Config of what Discover and KeyProviders found, local servers first. Where a
// local server is the only one that can be asked, it gets a pane for each of its models, up to
// four. Found is false, since there is no file.
func Assemble(local, keyed []Found) Config {
	c := Default()
	for _, f := range slices.Concat(local, keyed) {
		if _, taken := c.Provider(f.Provider.Name); taken || f.Provider.Name == "" {
			continue
		}
		c.Providers = append(c.Providers, f.Provider)
		if ref := f.Ref(); ref != "" && f.Problem == "" && len(c.Panes) < maxFoundPanes {
			c.Panes = append(c.Panes, Pane{Ref: ref})
		}
	}
	for _, f := range local {
		if len(c.Panes) == 1 && len(f.Chat) > 0 && c.Panes[0].Ref == f.Ref() {
			c.Panes = f.severalPanes()
			break
		}
	}
	return c
}
