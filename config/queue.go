package config

import (
	"slices"
	"strings"
)

// Queue is where runs of several machines meet.
type Queue struct {
	URLEnv string // environment variable with the address of the PostgreSQL database; "" for none
}

// queueAdvice says where the address of a queue belongs. As a rule it holds a password.
const queueAdvice = `put the address into an environment variable and name that one here: ` +
	`url_env = "LINEUP_QUEUE"`

// queue reads [queue]. The address itself is refused, with a password or without: no message
// repeats it.
func (r *reader) queue(t *table, dst *Queue) {
	for _, name := range t.names() {
		value, _ := t.values[name].(string)
		if name == "url_env" || !isAddress(value) && !isCredentialKey(name) &&
			!slices.Contains([]string{"url", "dsn", "address"}, name) {
			continue
		}
		t.known = append(t.known, name) // this is all that is said about it
		r.add(t.path.key(name), atKey, addressWords(name, value)+"; "+queueAdvice)
	}
	if t.text("url_env", &dst.URLEnv) {
		at := t.path.key("url_env")
		if isAddress(dst.URLEnv) {
			r.add(at, atValue, addressWords("", dst.URLEnv)+"; "+queueAdvice)
		} else {
			r.variable(at, dst.URLEnv, queueAdvice)
		}
	}
	t.done()
}

// isAddress reports whether a text is the address of a database: a URL, or words such as
// host=db password=x.
func isAddress(text string) bool {
	_, url := schemeOf(text)
	return url || hasPassword("", text) || strings.Contains(text, "host=") ||
		strings.Contains(text, "dbname=")
}

// addressWords says what is wrong with the address of a database, or a part of it, at a key of the
// file.
func addressWords(key, address string) string {
	if hasPassword(key, address) {
		return "holds a password, which does not belong in this file"
	}
	return "is the address itself, which does not belong in this file"
}

// hasPassword reports whether a key of a file has the password of a database: alone, or in an
// address.
func hasPassword(key, address string) bool {
	if isCredentialKey(key) || strings.Contains(strings.ToLower(address), "password=") {
		return true
	}
	_, rest, _ := strings.Cut(address, "://")
	user, _, found := strings.Cut(rest, "@")
	return found && strings.Contains(user, ":")
}

// schemeOf gives the scheme of a text that is a URL.
func schemeOf(text string) (scheme string, ok bool) {
	scheme, _, ok = strings.Cut(text, "://")
	return scheme, ok && !strings.ContainsAny(scheme, `/\`)
}

// notFile says why a place of the sessions is no path of a file, and what to do; "" where it is
// one. The place may hold a password: no more than its scheme is repeated.
func notFile(store string) string {
	const next = ": sessions stay in SQLite; runs of several machines meet in PostgreSQL by " +
		`[queue] url_env = "LINEUP_QUEUE"`
	scheme, url := schemeOf(store)
	switch {
	case url && slices.Contains([]string{"file", "sqlite", "sqlite3"}, strings.ToLower(scheme)):
		return "must be the path alone, without " + quote(scheme+"://")
	case url:
		return "must be the path of a file, not " + quote(scheme+"://") + next
	case isAddress(store):
		return "must be the path of a file, not the address of a database" + next
	}
	return ""
}
