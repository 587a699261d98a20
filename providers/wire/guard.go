package wire

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"lineup/providers"
)

// secrets lists what must never be shown: the key, once it is known, and the values of headers that
// carry credentials.
func (p *Provider) secrets() []string {
	var out []string
	if k := p.cfg.Key.known(); isSecret(k) {
		out = append(out, spellings(k)...)
	}
	return append(out, p.headerSecrets...)
}

// spellings are a secret itself and its forms in a URL, such as the URL of a redirect.
func spellings(secret string) []string {
	out := []string{secret}
	for _, escape := range []func(string) string{url.QueryEscape, url.PathEscape} {
		if s := escape(secret); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// headerSecrets picks the credentials out of the configured headers, by the words of their names:
// X-Api-Key holds one, X-Portkey-Provider does not.
func headerSecrets(headers map[string]string) []string {
	var out []string
	for name, v := range headers {
		words := strings.FieldsFunc(strings.ToLower(name),
			func(r rune) bool { return r == '-' || r == '_' })
		if !slices.ContainsFunc(words,
			func(w string) bool { return slices.Contains(credentialWords(), w) }) {
			continue
		}
		if scheme, bare, ok := strings.Cut(v, " "); ok &&
			slices.Contains([]string{"bearer", "basic", "token"}, strings.ToLower(scheme)) {
			v = bare
		}
		if isSecret(v) {
			out = append(out, spellings(v)...)
		}
	}
	return out
}

// hidden are the values that are secrets, with their spellings.
func hidden(values []string) (out []string) {
	for _, v := range values {
		if isSecret(v) {
			out = append(out, spellings(v)...)
		}
	}
	return out
}

func credentialWords() []string {
	return []string{"key", "apikey", "token", "auth", "authorization", "secret", "password",
		"cookie", "credential", "credentials"}
}

// guarded wraps a consumer so that no text reaches it with a secret in it, wherever the server cuts
// its pieces. What is held back comes ahead of the end of the stream.
func guarded(secrets []string, yield consumer) consumer {
	if len(secrets) == 0 {
		return yield
	}
	chain := func() *redactors {
		var c redactors
		for _, s := range secrets {
			c.all = append(c.all, newRedactor(s))
		}
		return &c
	}
	text, reasoning, calls := chain(), chain(), map[providers.ToolCall]*redactors{}
	return func(ev providers.Event, err error) bool {
		switch {
		case err != nil || ev.Type == providers.EventFinish:
			ev.Text = redact(ev.Text, secrets)
			if err != nil {
				e := providers.AsError(err)
				e.Message, e.Hint, e.Param = redact(e.Message, secrets), redact(e.Hint, secrets),
					redact(e.Param, secrets)
				err = e
			}
			if rest := reasoning.close(); rest != "" &&
				!yield(providers.Event{Type: providers.EventReasoning, At: reasoning.at,
					Text: rest}, nil) {
				return false
			}
			if rest := text.close(); rest != "" &&
				!yield(providers.Event{Type: providers.EventText, At: text.at, Text: rest}, nil) {
				return false
			}
			for call, held := range calls {
				if rest := held.close(); rest != "" && !yield(providers.Event{At: held.at,
					Type: providers.EventCall, Call: &call, Text: rest}, nil) {
					return false
				}
			}
		case ev.Type == providers.EventCall:
			call := *ev.Call
			call.Name = redact(call.Name, secrets)
			ev.Call = &call
			if key := (providers.ToolCall{Index: call.Index}); ev.Text != "" {
				if calls[key] == nil {
					calls[key] = chain()
				}
				ev.Text = calls[key].write(ev.At, ev.Text)
			}
		case ev.Type == providers.EventText:
			text.apply(&ev)
		case ev.Type == providers.EventReasoning:
			reasoning.apply(&ev)
		case ev.Type == providers.EventServed || ev.Type == providers.EventNote:
			ev.Text = redact(ev.Text, secrets)
		}
		return yield(ev, err)
	}
}

// redactors are several redactors one after the other.
type redactors struct {
	all []*redactor
	at  time.Time // when the last piece came
}

// apply redacts the piece of an event. One that is wholly held back becomes a sign of life.
func (c *redactors) apply(ev *providers.Event) {
	if ev.Text = c.write(ev.At, ev.Text); ev.Text == "" {
		*ev = providers.Event{Type: providers.EventAlive, At: ev.At}
	}
}

// write redacts a piece. It gives what is certain to hold no secret.
func (c *redactors) write(at time.Time, s string) string {
	c.at = at
	for _, r := range c.all {
		s = r.write(s)
	}
	return s
}

func (c *redactors) close() string {
	rest := ""
	for _, r := range c.all {
		if rest != "" {
			rest = r.write(rest)
		}
		rest += r.close()
	}
	return rest
}
