package config

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// isProviderName leaves out what would make a reference ambiguous or unreadable:
// slashes, spaces, control characters.
func isProviderName(s string) bool {
	for i, r := range s {
		switch {
		case r == '_', unicode.IsLetter(r), unicode.IsNumber(r):
		case i > 0 && (r == '.' || r == '-'):
		default:
			return false
		}
	}
	return s != ""
}

// isHeaderName reports whether a text is a token of RFC 9110 §5.6.2.
func isHeaderName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !isAlphanumeric(r) && !strings.ContainsRune("!#$%&'*+.^_`|~-", r)
	})
}

// isAlphanumeric reports whether a character is an ASCII letter or digit.
func isAlphanumeric(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// providers reads [providers.NAME] sections in the order of the file.
func (r *reader) providers(t *table) []Provider {
	var out []Provider
	for _, name := range t.names() {
		if !isProviderName(name) {
			r.add(t.path.key(name), atKey,
				"a provider's name is made of letters, digits, _, . and -")
		}
		out = append(out, r.provider(name, t.sub(name)))
	}
	return out
}

func (r *reader) provider(name string, t *table) Provider {
	p := Provider{Name: name, Kind: OpenAI}
	kind := string(p.Kind)
	t.choice("kind", &kind, string(OpenAI), string(Ollama), string(Anthropic), string(Responses))
	p.Kind = Kind(kind)
	t.flag("allow_http", &p.AllowHTTP)
	var own bool
	t.flag("local", &own)
	if _, given := t.values["local"]; given {
		p.Own = &own
	}
	r.baseURL(t, &p)
	r.apiKey(t, &p)
	t.whole("max_concurrent", 1, &p.MaxConcurrent)
	t.text("ca_file", &p.CAFile)
	r.headers(t, &p.Headers)
	r.headersEnv(t, &p.HeadersEnv)
	r.free(t, "body", &p.Body, "model", "messages", "input", "stream")
	r.params(t.sub("params"), &p.Params, true)
	r.timeouts(t.sub("timeouts"), &p.Timeouts)
	r.retry(t.sub("retry"), &p.Retry)
	r.cost(t.sub("cost"), &p.Cost)
	t.done()
	return p
}

// baseURL reads the address and refuses one that would send the key and the
// prompts over other people's wires in the clear.
func (r *reader) baseURL(t *table, p *Provider) {
	at := t.path.key("base_url")
	if _, given := t.values["base_url"]; !given {
		t.take("base_url")
		if t.values != nil && !r.isBroken(at) && !r.hasMisspelt(t, "base_url") {
			message := "base_url is missing; write the server's address, " +
				`as in base_url = "http://127.0.0.1:11434"`
			for _, g := range gateways() {
				if g.name == p.Name {
					message = fmt.Sprintf("base_url is missing; %s's is %q", g.title, g.baseURL)
				}
			}
			r.add(t.path, atKey, message)
		}
		return
	}
	if !t.text("base_url", &p.BaseURL) {
		return
	}
	a, problem := parseBaseURL(p.BaseURL)
	p.Local = a.local
	switch {
	case problem != "":
		r.add(at, atValue, problem)
	case a.plain && !a.local && !p.AllowHTTP && !r.isBroken(t.path.key("allow_http")):
		r.add(at, atValue, "plain http would send keys and prompts to "+quote(a.host)+
			" readable by anyone on the way; use https, or accept that with allow_http = true")
	}
}

// hasMisspelt reports whether the table has an unknown key that was probably meant to be key. One
// slip is then reported once.
func (r *reader) hasMisspelt(t *table, key string) bool {
	for name := range t.values {
		if otherTool(name) == key || slices.Contains(Nearest(name, []string{key}), key) {
			return true
		}
	}
	return false
}

// variable checks the name of an environment variable. Advice says where a secret belongs.
func (r *reader) variable(at path, name, advice string) {
	bare := strings.Trim(strings.TrimSpace(name), "${}%")
	switch {
	case looksLikeKeyName(name):
		r.add(at, atValue, "holds what looks like a key; "+advice)
	case isVariableName(name):
	case bare != name && isVariableName(bare) && !looksLikeKeyName(bare):
		r.add(at, atValue, "must be the bare name of a variable", bare)
	default:
		r.add(at, atValue,
			"is not the name of an environment variable (letters, digits, _); "+advice)
	}
}

// apiKey reads the three ways to name a key. A key in place of a name is
// refused without being shown.
func (r *reader) apiKey(t *table, p *Provider) {
	advice := keyAdvice(variableFor(p.Name))
	if t.text("api_key_env", &p.APIKeyEnv) {
		r.variable(t.path.key("api_key_env"), p.APIKeyEnv, advice)
	}
	for key, dst := range map[string]*string{"api_key_cmd": &p.APIKeyCmd,
		"api_key_keyring": &p.APIKeyKeyring} {
		if !t.text(key, dst) {
			continue
		}
		if containsKey(*dst) {
			r.add(t.path.key(key), atValue, "holds what looks like a key; "+advice)
		} else if strings.TrimSpace(*dst) == "" {
			r.add(t.path.key(key), atValue,
				"must not be empty; leave the line out for a server without a key")
		}
	}
}

// headers reads request headers that are no secrets.
func (r *reader) headers(t *table, dst *map[string]string) {
	sub := t.sub("headers")
	for _, name := range sub.names() {
		p := sub.path.key(name)
		if isCredentialHeader(name) || looksLikeKey(name) {
			r.add(p, atKey, r.headerAdvice(name, t.owner()))
			sub.take(name)
			continue
		}
		var value string
		if !r.isHeaderName(p, name) || !sub.text(name, &value) {
			continue
		}
		switch {
		case containsKey(value):
			r.add(p, atValue, r.headerAdvice(name, t.owner()))
		case strings.ContainsFunc(value, isControl):
			r.add(p, atValue, "must not hold line ends or control characters")
		default:
			if *dst == nil {
				*dst = map[string]string{}
			}
			(*dst)[name] = value
		}
	}
}

// headerAdvice says where the secret of a header belongs.
func (r *reader) headerAdvice(name, provider string) string {
	variable := variableFor(provider)
	if strings.EqualFold(name, "authorization") || strings.EqualFold(name, "x-api-key") {
		return "lineup writes this header itself; " + keyAdvice(variable)
	}
	return "a key does not belong in this file; put it into an environment variable and name " +
		"that one: headers_env = { " +
		quote(name) + " = " + quote(variable) + " }"
}

// headersEnv reads headers whose values stand in environment variables.
func (r *reader) headersEnv(t *table, dst *map[string]string) {
	sub := t.sub("headers_env")
	for _, name := range sub.names() {
		p := sub.path.key(name)
		var variable string
		if !r.isHeaderName(p, name) || !sub.text(name, &variable) {
			continue
		}
		if !isVariableName(variable) || looksLikeKeyName(variable) {
			r.add(p, atValue, "must be the name of an environment variable (letters, digits, _) "+
				"that holds the header's value")
			continue
		}
		if *dst == nil {
			*dst = map[string]string{}
		}
		(*dst)[name] = variable
	}
}

func (r *reader) isHeaderName(p path, name string) bool {
	if !isHeaderName(name) {
		r.add(p, atKey, "is not the name of an HTTP header")
		return false
	}
	return true
}

// cost reads what a self-hosted provider costs.
func (r *reader) cost(t *table, dst *Cost) {
	t.number("monthly_usd", 0, unlimited(), &dst.MonthlyUSD)
	t.number("hours_per_month", 1, 744, &dst.HoursPerMonth)
	t.number("watts", 0, unlimited(), &dst.Watts)
	t.number("usd_per_kwh", 0, unlimited(), &dst.USDPerKWh)
	t.number("machine_usd", 0, unlimited(), &dst.MachineUSD)
	t.number("machine_years", 0.01, 100, &dst.MachineYears)
	r.price(t, &dst.Price)
	t.done()
	for _, pair := range [][2]string{{"watts", "usd_per_kwh"}, {"machine_usd", "machine_years"}} {
		given, missing := pair[0], pair[1]
		_, first := t.values[given]
		_, second := t.values[missing]
		if second {
			given, missing = missing, given
		}
		if first != second {
			r.add(t.path, atKey,
				"has "+given+" without "+missing+"; the two are a cost together")
		}
	}
	if dst.Machine() && dst.Set() {
		given := "monthly_usd"
		if dst.MonthlyUSD == nil {
			given = "a machine's cost"
		}
		r.add(t.path, atKey, "has both "+given+" and prices per token; keep the one that applies")
	}
	if dst.HoursPerMonth != nil && dst.MonthlyUSD == nil && dst.MachineUSD == nil {
		r.add(t.path.key("hours_per_month"), atKey,
			"spreads monthly_usd or machine_usd, and neither is given")
	}
}

// isControl reports characters that no header may hold.
func isControl(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }

// models reads [models."provider/model"] sections.
func (r *reader) models(t *table, providers []string) map[string]Model {
	models := map[string]Model{}
	for _, ref := range t.names() {
		at := t.path.key(ref)
		sub := t.sub(ref)
		if !strings.Contains(ref, "/") {
			r.add(at, atKey, `names no model; write [models."provider/model"], with the quotes`)
			continue
		}
		r.reference(at, ref, providers)
		models[ref] = r.model(ref, sub, providers)
	}
	return models
}

func (r *reader) model(ref string, t *table, providers []string) Model {
	m := r.modelKeys(ref, t, providers)
	t.done()
	return m
}

// modelKeys reads the settings of a model out of a table that may hold more.
func (r *reader) modelKeys(ref string, t *table, providers []string) Model {
	var m Model
	t.text("name", &m.Name)
	r.keyless(t.path.key("name"), m.Name)
	var system string
	if t.text("system", &system) {
		m.System = &system
		r.keyless(t.path.key("system"), system)
	}
	if t.texts("fallback", &m.Fallback) {
		p := t.path.key("fallback")
		for i, next := range m.Fallback {
			r.reference(p.elem(i), next, providers)
			if next == ref {
				r.add(p.elem(i), atValue, "a model cannot be its own fallback")
			}
		}
	}
	r.schema(t, &m.Schema, &m.SchemaFile)
	r.tools(t, &m.Tools, &m.ToolsFile)
	if _, given := t.take("vision"); given {
		m.Vision = new(bool)
		t.flag("vision", m.Vision)
	}
	r.params(t, &m.Params, false)
	price := t.sub("price")
	r.price(price, &m.Price)
	price.done()
	r.timeouts(t.sub("timeouts"), &m.Timeouts)
	r.retry(t.sub("retry"), &m.Retry)
	r.headers(t, &m.Headers)
	r.free(t, "body", &m.Body, "model", "messages", "input", "stream")
	return m
}
