package config

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// What stands in a config file gets copied, committed and shown to colleagues.
// So a key is refused wherever it is met, and no message repeats one.

// hidden stands in messages for a word that may be a key.
const hidden = "(hidden)"

// isVariableName reports whether a POSIX shell takes a text for an environment variable.
func isVariableName(s string) bool {
	return s != "" && !(s[0] >= '0' && s[0] <= '9') && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '_' && !isAlphanumeric(r)
	})
}

// isCredentialKey says whether a TOML key asks for the secret itself.
func isCredentialKey(key string) bool {
	switch strings.ToLower(strings.ReplaceAll(key, "-", "_")) {
	case "key", "api_key", "apikey", "token", "api_token", "auth_token", "access_token",
		"bearer", "bearer_token", "secret", "api_secret", "secret_key", "password":
		return true
	}
	return false
}

// isCredentialHeader says whether an HTTP header carries a secret.
func isCredentialHeader(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "authorization", "proxy-authorization", "cookie", "x-auth-token":
		return true
	}
	return name == "api-key" || strings.HasSuffix(name, "-api-key") ||
		strings.HasSuffix(name, "-token") || strings.HasSuffix(name, "-secret")
}

// looksLikeKey says whether a word is shaped like an API key: one of the
// prefixes that vendors give their keys with enough after it, a JSON web token,
// or a long unbroken run of letters mixed with digits.
func looksLikeKey(word string) bool {
	word = strings.TrimSpace(word)
	lower := strings.ToLower(word)
	if len(word) >= 16 && strings.ContainsFunc(word, isLowerOrDigit) {
		for _, prefix := range []string{"sk-", "sk_", "pk-", "pk_", "rk-", "gsk_", "xai-", "hf_",
			"r8_", "ghp_",
			"github_pat_", "nvapi-", "pplx-", "tgp_", "csk-", "fw_", "glpat-", "aiza"} {
			if strings.HasPrefix(lower, prefix) {
				return true
			}
		}
	}
	if len(word) >= 40 && strings.HasPrefix(word, "eyJ") {
		return true
	}
	return longestMixedRun(word) >= 28
}

// looksLikeKeyName is looksLikeKey for a word that could be the name of a
// variable. Names are words joined by underscores, so a shorter run is enough.
func looksLikeKeyName(word string) bool {
	return looksLikeKey(word) || longestMixedRun(word) >= 20
}

// longestMixedRun is the length of the longest run of letters and digits that
// holds both.
func longestMixedRun(word string) int {
	longest := 0
	for _, run := range strings.FieldsFunc(word,
		func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if strings.ContainsFunc(run, unicode.IsLetter) &&
			strings.ContainsFunc(run, unicode.IsDigit) {
			longest = max(longest, len(run))
		}
	}
	return longest
}

func isLowerOrDigit(r rune) bool { return unicode.IsLower(r) || unicode.IsDigit(r) }

// isWordEnd separates the words of a text in which a key may stand.
func isWordEnd(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune(`"'`+"`"+`=,;()[]{}<>&?@/:`, r)
}

// containsKey says whether any word of text looks like a key.
func containsKey(text string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(text, isWordEnd), looksLikeKey)
}

// redactWords replaces each word of text that looks like a key, and the passwords of addresses.
func redactWords(text string) string {
	text = WithoutPasswords(text)
	if !containsKey(text) {
		return text
	}
	for _, word := range strings.FieldsFunc(text, isWordEnd) {
		if looksLikeKey(word) {
			text = strings.ReplaceAll(text, word, hidden)
		}
	}
	return text
}

// WithoutPasswords hides the passwords of addresses in a text, as in postgres://user:password@host
// and password=….
func WithoutPasswords(text string) string {
	var b strings.Builder
	rest, found := text, true
	for found {
		var before string
		before, rest, found = strings.Cut(rest, "://")
		b.WriteString(before)
		if !found {
			break
		}
		b.WriteString("://")
		end := strings.IndexFunc(rest, unicode.IsSpace)
		if end < 0 {
			end = len(rest)
		}
		at := strings.LastIndexByte(rest[:end], '@')
		user, password, ok := strings.Cut(rest[:max(at, 0)], ":")
		if ok && password != "PASSWORD" { // which stands in messages for one
			b.WriteString(user + ":" + hidden)
			rest = rest[at:]
		}
	}
	text = b.String()
	const word = "password="
	for end := len(word); end <= len(text); end++ {
		if strings.EqualFold(text[end-len(word):end], word) {
			return text[:end] + hidden
		}
	}
	return text
}

// quote shows a text from the file in a message: on one line, shortened, with
// control characters escaped and keys hidden.
func quote(text string) string {
	const longest = 60
	text = redactWords(text)
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "…"
	}
	return strconv.Quote(text)
}

// keyAdvice says where a key belongs that was found in the file.
func keyAdvice(variable string) string {
	return "a key does not belong in this file; put it into an environment variable and name " +
		"that one here: api_key_env = " +
		strconv.Quote(variable) + `, or let a command print it: api_key_cmd = "pass show …"`
}

// variableFor proposes the environment variable of a provider's key: the usual
// one of a known gateway, else one made of the provider's name.
func variableFor(provider string) string {
	for _, g := range gateways() {
		if g.name == provider {
			return g.variable
		}
	}
	letters := func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return '_'
	}
	name := strings.Trim(strings.Map(letters, redactWords(provider)), "_")
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		return "LINEUP_API_KEY"
	}
	return name + "_API_KEY"
}
