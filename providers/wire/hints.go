package wire

import (
	"cmp"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"lineup/providers"
)

// hint gives the user the next step.
func (p *Provider) hint(e *providers.Error, model string, s serverError) string {
	if hint := p.plainHint(e, model, s); hint != "" {
		return hint
	}
	switch e.Kind {
	case providers.Auth:
		return p.keyHint()
	case providers.Quota:
		return "top up the account of " + p.cfg.Name + ", or use another provider"
	case providers.Permission:
		if s.kind == "html" { // Cloudflare's, a company's proxy
			return "something before the server refuses (a firewall, a proxy); check " +
				p.address() + " and the network"
		}
		return "the key may not use this model; check the account of " + p.cfg.Name
	case providers.NotFound:
		return p.notFoundHint(model, s)
	case providers.RateLimit:
		return "wait a moment and ask again"
	case providers.ContextLength:
		return "start a new session, shorten the prompt, or use a model with a larger context"
	case providers.Overloaded:
		if e.Loading {
			return "the model is being loaded; retry in a moment"
		}
		return "try again in a moment, or use another model"
	case providers.ServerError:
		if behindGateway.MatchString(s.beginning()) {
			return "the gateway at " + p.where() + " does not reach the server behind it; start " +
				"that one, or correct its address in the gateway"
		}
		return "the fault is on the server's side; try again, or use another model"
	case providers.ContentFilter:
		return "the provider's filter refused; word the prompt differently, or use another model"
	case providers.BadRequest:
		if e.Status == http.StatusMethodNotAllowed {
			return p.addressHint()
		}
		if plainToTLS.MatchString(s.beginning()) {
			return "write https:// in " + p.address()
		}
		if e.Status == http.StatusProxyAuthRequired {
			return "the proxy wants a user and a password; put them into HTTPS_PROXY or HTTP_PROXY"
		}
	}
	return "check the settings of this model and of provider " + p.cfg.Name + " in the config"
}

// notFoundHint tells a model that is missing from an address that is wrong: a model's name stands
// in the answer about a model.
func (p *Provider) notFoundHint(model string, s serverError) string {
	said := strings.ToLower(s.message)
	_, number := strconv.Atoi(s.code)
	ofModel := strings.Contains(said, "model") || s.code != "" && number != nil ||
		strings.Contains(said, strings.ToLower(model)) || nobodyServes.in(said)
	if model == "" || said == "" || s.kind == "html" || !ofModel ||
		strings.Contains(said, "page not found") ||
		// LM Studio's, OpenAI's
		strings.Contains(said, "unexpected endpoint") || strings.Contains(said, "invalid url") {
		return p.addressHint()
	}
	return p.dialect.missingHint(p, model, said)
}

// address is what to correct where the base URL is wrong: a variable, or the config.
func (p *Provider) address() string {
	return cmp.Or(p.cfg.BaseURLEnv, "base_url of provider "+p.cfg.Name)
}

// dialectAndAddress is what to check where another server answers than the one that is meant.
func (p *Provider) dialectAndAddress() string {
	return cmp.Or(p.cfg.BaseURLEnv, "kind and base_url of provider "+p.cfg.Name)
}

// addressHint says what to change where the base URL is probably wrong.
func (p *Provider) addressHint() string {
	at, path := p.where(), p.base.Path
	for _, call := range []string{"/chat/completions", "/v1/messages", "/messages", "/api/chat",
		"/api"} {
		if strings.HasSuffix(path, call) {
			return fmt.Sprintf("%s is too long: leave %s out", p.address(), call)
		}
	}
	switch {
	// older paths want an api-version in the query;
	// https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle
	case p.azure() && !strings.HasSuffix(path, "/openai/v1"):
		return fmt.Sprintf("no API is at %s; write https://%s/openai/v1 as %s", at, p.base.Host,
			p.address())
	case p.dialect.lacksVersion(p):
		return fmt.Sprintf("no API is at %s; %s probably needs /v1 at its end", at, p.address())
	}
	if hint := p.dialect.addressHint(p); hint != "" {
		return hint
	}
	return fmt.Sprintf("no API is at %s; check %s", at, p.dialectAndAddress())
}

// behindGateway matches the words of gateways whose own upstream does not answer: those on Node
// (Portkey), on Go, and Envoy.
var behindGateway = regexp.MustCompile(`ECONNREFUSED|EHOSTUNREACH|ENOTFOUND|connect: connection refused|no such host|upstream connect error|no healthy upstream`)

// plainToTLS is how Go's servers, nginx and Apache answer plain HTTP on a port for TLS, with a 400.
var plainToTLS = regexp.MustCompile(`(?i)HTTP request (was sent )?to (an )?HTTPS|plain HTTP to an SSL`)

// keyHint names the variable, the key's length and first characters, and the base URL in use.
func (p *Provider) keyHint() string {
	src := p.cfg.Key.Source()
	if src == "" {
		return fmt.Sprintf("provider %s has no key; set api_key_env (base URL %s)", p.cfg.Name,
			p.where())
	}
	v := p.cfg.Key.known()
	sent := fmt.Sprintf("the key from %s (%s) was sent to %s", src, describeKey(v), p.where())
	if owner := keyOwner(v); owner.name != "" && !p.at(owner.domains...) && !p.cfg.Local {
		return sent + ", but it has the form of " + owner.name +
			"'s keys; check api_key_env and " + p.address()
	}
	return sent + "; check that both belong together"
}

// keyForm is how the keys of a vendor begin, and where they belong.
type keyForm struct {
	prefix  string
	name    string
	domains []string
}

// keyOwner tells whose key this is, by its first characters. The longer prefix stands first.
func keyOwner(key string) keyForm {
	for _, f := range []keyForm{
		{"sk-ant-", "Anthropic", []string{"anthropic.com"}},
		{"sk-or-", "OpenRouter", []string{"openrouter.ai"}},
		{"sk-proj-", "OpenAI", []string{"openai.com"}},
		{"sk-svcacct-", "OpenAI", []string{"openai.com"}},
		{"gsk_", "Groq", []string{"groq.com"}},
		{"xai-", "xAI", []string{"x.ai"}},
		{"AIza", "Google", []string{"googleapis.com"}},
		{"hf_", "Hugging Face", []string{"huggingface.co"}},
		{"pplx-", "Perplexity", []string{"perplexity.ai"}},
		{"nvapi-", "NVIDIA", []string{"nvidia.com"}},
		{"csk-", "Cerebras", []string{"cerebras.ai"}},
		{"fw_", "Fireworks", []string{"fireworks.ai"}},
	} {
		if strings.HasPrefix(key, f.prefix) {
			return f
		}
	}
	return keyForm{}
}

// parameterHint says what to do about a refused parameter, by who set it: the config, its system
// prompt, or lineup itself. "" says that no parameter was refused.
func (m *remote) parameterHint(fields map[string]any, e *providers.Error) string {
	if e.Kind != providers.BadRequest || e.Param == "" {
		return ""
	}
	field, _, _ := strings.Cut(e.Param, ".")
	field, _, _ = strings.Cut(field, "[")
	name := configName(field)
	_, ours := m.body[field]
	_, all := m.provider.cfg.Body[field]
	verify := strings.Contains(strings.ToLower(e.Message), "verified") ||
		strings.Contains(strings.ToLower(e.Message), "verify")
	switch {
	case verify:
		return "verify the organization with the provider " + m.provider.cfg.Name +
			", or use another model"
	case m.sets(name) || m.sets(e.Param):
		return "the server refuses the parameter " + name + "; remove it from the config"
	case ours || all:
		return "the server refuses the field " + field + "; remove it from body in the config"
	case hasSystem(fields) && (field == "system" || field == "instructions" ||
		field == "messages" && strings.Contains(e.Message, "system")):
		return "the model takes no system prompt; leave system empty for it, or use another model"
	}
	return "the server refuses " + e.Param + ", which lineup sends to every model; use another " +
		"model, or check kind of provider " + m.provider.cfg.Name
}

// sets reports whether the config sets a parameter of the model.
func (m *remote) sets(name string) bool {
	p := &m.params
	switch name {
	case "temperature":
		return p.Temperature != nil
	case "top_p":
		return p.TopP != nil
	case "top_k":
		return p.TopK != nil
	case "min_p":
		return p.MinP != nil
	case "max_tokens":
		return p.MaxTokens != nil
	case "seed":
		return p.Seed != nil
	case "stop":
		return len(p.Stop) > 0
	case "reasoning_effort":
		return p.ReasoningEffort != ""
	case "num_ctx":
		return p.NumCtx != nil
	}
	return false
}

// hasSystem reports whether a request has a system prompt.
func hasSystem(fields map[string]any) bool {
	messages, _ := fields["messages"].([]message)
	return fields["system"] != nil || fields["instructions"] != nil || len(messages) > 0 &&
		messages[0].Role == "system"
}
