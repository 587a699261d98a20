package config

import (
	"slices"
	"strings"
)

// done reports every key of the table that no accessor asked for.
func (t *table) done() {
	for _, name := range t.names() {
		if slices.Contains(t.known, name) {
			continue
		}
		p := t.path.key(name)
		if isCredentialKey(name) || looksLikeKey(name) {
			t.r.add(p, atKey, keyAdvice(variableFor(t.owner())))
			continue
		}
		nearest := Nearest(name, t.known)
		if meant := otherTool(name); slices.Contains(t.known, meant) {
			nearest = []string{meant}
		}
		message := "unknown key"
		switch {
		case len(nearest) > 0:
		case len(t.path) > 0 && slices.Contains(topLevel(), name):
			message += "; " + name + " belongs at the top of the file, above the first [section]"
		case slices.Contains(paramNames(), name):
			message += "; " + name +
				` belongs in a [models."provider/model"] section, or in [params] for every model`
		default:
			known := slices.Clone(t.known)
			slices.Sort(known)
			message += "; known here: " + strings.Join(known, ", ")
		}
		t.r.add(p, atKey, message, nearest...)
	}
}

// owner is the provider whose section the table is in; "" outside [providers].
func (t *table) owner() string {
	if len(t.path) >= 2 && t.path[0].name == "providers" {
		return t.path[1].name
	}
	return ""
}

// otherTool translates what other programs call one of our keys.
func otherTool(name string) string {
	switch strings.ToLower(name) {
	case "url", "endpoint", "api_base", "api_endpoint", "host", "baseurl":
		return "base_url"
	case "type", "dialect", "protocol":
		return "kind"
	case "max_completion_tokens", "num_predict", "max_output_tokens":
		return "max_tokens"
	case "concurrency", "parallel":
		return "max_concurrent"
	case "env", "key_env":
		return "api_key_env"
	case "system_prompt":
		return "system"
	case "insecure":
		return "allow_http"
	}
	return ""
}

// topLevel are the keys of the file itself.
func topLevel() []string {
	return []string{"panes", "system", "store", "providers", "models", "params", "timeouts",
		"retry", "ui", "budget", "queue", "compare", "keys", "templates", "lineups", "themes"}
}

// paramNames are the keys that Params is read from.
func paramNames() []string {
	return []string{"temperature", "top_p", "min_p", "top_k", "max_tokens", "seed", "stop",
		"reasoning_effort", "num_ctx", "options"}
}
