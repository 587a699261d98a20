package wire

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"lineup/providers"
	"lineup/providers/policy"
)

// Config describes one provider. Package cli fills it from the config file.
type Config struct {
	Name          string
	Kind          string // dialect: one of Kinds
	BaseURL       string
	BaseURLEnv    string // the variable that names BaseURL; "" for the config
	Key           Key
	MaxConcurrent int // requests at a time; 0: no limit
	Local         bool
	Simulated     bool
	CAFile        string
	Headers       map[string]string
	Hidden        []string       // values of headers that are secrets, whatever their names
	Body          map[string]any // extra fields of every request body
}

// Provider is one endpoint. It is safe for concurrent use.
type Provider struct {
	cfg     Config
	base    *url.URL
	client  *http.Client
	dialect dialect
	queue   *policy.Queue
	now     func() time.Time

	headerSecrets []string
	quirks        quirks
	cooldowns     policy.Cooldowns
	warmed        warmed
	own           atomic.Bool
	seen          seen
}

// Kinds lists the dialects that New knows.
func Kinds() []string { return []string{"openai", "ollama", "anthropic", "responses"} }

// dialectOf finds a dialect by its name in the config, nil where none is called so.
func dialectOf(kind string) dialect {
	switch kind {
	case "openai":
		return openAI{}
	case "ollama":
		return ollama{}
	case "anthropic":
		return anthropic{}
	case "responses":
		return responses{}
	}
	return nil
}

// New makes a provider. It opens no connection.
func New(cfg Config) (*Provider, error) {
	base, err := url.Parse(strings.TrimRight(cfg.BaseURL, "/"))
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("provider %s: base_url %q is not an http or https URL", cfg.Name,
			cfg.BaseURL)
	}
	p := &Provider{cfg: cfg, base: base, now: time.Now,
		queue:         policy.NewQueue(cfg.MaxConcurrent),
		headerSecrets: append(headerSecrets(cfg.Headers), hidden(cfg.Hidden)...)}
	if p.dialect = dialectOf(cfg.Kind); p.dialect == nil {
		return nil, fmt.Errorf("provider %s: no dialect is called %q; there are %s", cfg.Name,
			cfg.Kind, strings.Join(Kinds(), ", "))
	}
	base.Path = p.dialect.basePath(base.Path)
	if p.client, err = newClient(cfg.CAFile); err != nil {
		return nil, fmt.Errorf("provider %s: %w", cfg.Name, err)
	}
	return p, nil
}

// ModelConfig is how one model of a provider is to be asked.
type ModelConfig struct {
	Info      providers.Info
	Params    providers.Params
	Deadlines policy.Deadlines
	Retry     policy.Retry
	Body      map[string]any    // extra fields of the request body, over those of the provider
	Headers   map[string]string // extra request headers, over those of the provider
}

// Model returns a model of the provider, wrapped by the policies in the order that the package
// comment gives.
func (p *Provider) Model(cfg ModelConfig) providers.Model {
	var m providers.Model = &remote{provider: p, model: cfg.Info.Ref.Model, params: cfg.Params,
		body: cfg.Body, headers: cfg.Headers}
	m = policy.WithLoading(m)
	m = policy.WithDeadlines(m, cfg.Deadlines)
	m = policy.WithAttempt(m, cfg.Info)
	m = withKey(m, p, cfg.Info.Ref)
	m = policy.WithQueue(m, p.queue)
	m = careful{m, p, cfg.Info}
	m = policy.WithRetry(m, cfg.Retry)
	return policy.WithCooldown(m, &p.cooldowns, cfg.Info.Ref.Model)
}

// Queue is what attempts at the provider's models wait in.
func (p *Provider) Queue() *policy.Queue { return p.queue }

// Name returns the provider's name in the config.
func (p *Provider) Name() string { return p.cfg.Name }

// where is the base URL for the screen: without user, password and query, which may hold secrets.
func (p *Provider) where() string {
	u := url.URL{Scheme: p.base.Scheme, Host: p.base.Host, Path: p.base.Path}
	return u.String()
}

// url joins the base URL and a path of the dialect, which may have a query.
func (p *Provider) url(path string) string {
	u := *p.base
	path, query, _ := strings.Cut(path, "?")
	u.Path = strings.TrimRight(u.Path, "/") + path
	u.RawQuery = strings.Trim(u.RawQuery+"&"+query, "&")
	return u.String()
}
