package wire

import (
	"net/http"
	"strings"

	"lineup/providers"
)

// What single hosts want otherwise than the protocol that they speak. Everything else that servers
// differ in is found out by asking (see adapt.go).

// userAgent is how lineup calls itself.
const userAgent = "lineup"

// at reports whether the provider's host is one of the domains, or below it.
func (p *Provider) at(domains ...string) bool {
	host := strings.ToLower(p.base.Hostname())
	for _, d := range domains {
		if host == d || strings.HasSuffix(host, "."+d) {
			return true
		}
	}
	return false
}

// azure reports whether the provider is Azure, which takes a key in a header of its own.
func (p *Provider) azure() bool {
	return p.at("openai.azure.com", "cognitiveservices.azure.com", "services.ai.azure.com")
}

// setHeaders sets what the host wants, then the headers of the config, then the key.
func (p *Provider) setHeaders(h http.Header, key string) {
	h.Set("User-Agent", userAgent)
	if p.at("openrouter.ai") { // https://openrouter.ai/docs/api-reference/overview#headers
		// with a title, what a program without a site of its own sends
		h.Set("HTTP-Referer", "http://localhost")
		h.Set("X-OpenRouter-Title", "lineup")
	}
	for name, v := range p.cfg.Headers {
		h.Set(name, v)
	}
	if key != "" && p.azure() {
		h.Set("api-key", key)
		return
	}
	p.dialect.authorize(h, key)
}

// rename moves a field.
func rename(b map[string]any, from, to string) {
	if v, ok := b[from]; ok {
		delete(b, from)
		b[to] = v
	}
}

// prefixed reports whether a request ends with the beginning of the answer.
func prefixed(b map[string]any) bool {
	messages, _ := b["messages"].([]message)
	n := len(messages)
	return n > 0 && messages[n-1].Role == providers.Assistant
}

// markPrefix marks an assistant's message at the end as the beginning of the answer.
func markPrefix(b map[string]any) {
	if !prefixed(b) {
		return
	}
	messages, _ := b["messages"].([]message)
	messages[len(messages)-1].Prefix = true
}

// Continues reports whether the provider is known to go on with an assistant's message at the end
// of a request, rather than to answer it.
func (p *Provider) Continues() bool { return p.dialect.continues(p) }

// gatewayNotes tells what a gateway says of its own doings in the headers of an answer.
func gatewayNotes(h http.Header) []string {
	var notes []string
	if at := h.Get("x-portkey-last-used-option-index"); strings.Contains(at, "targets[") &&
		!strings.HasSuffix(at, "targets[0]") {
		notes = append(notes, "the gateway used its "+providers.CleanLine(at))
	}
	if n := h.Get("x-litellm-attempted-fallbacks"); n != "" && n != "0" {
		notes = append(notes, "the gateway fell back "+providers.CleanLine(n)+" times")
	}
	return notes
}
