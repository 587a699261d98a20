package config

import (
	"slices"
	"strings"
)

// Scope is where on the screen a key works. Two actions may share a key where
// their scopes never hold together.
type Scope string

// Everywhere overlaps every other scope.
const Everywhere Scope = ""

// Action is something that a key can do. The screen owns the list; see
// WithActions.
type Action struct {
	Name  string   // as [keys] names it
	Keys  []string // where the file does not say otherwise
	Scope Scope
}

// keys reads [keys]: action = "key" or ["key", …]; an empty list unbinds.
// Without a list of actions any name will do.
func (r *reader) keys(t *table) map[string][]string {
	names := make([]string, len(r.actions))
	for i, a := range r.actions {
		names[i] = a.Name
	}
	bound := map[string][]string{}
	for _, name := range t.names() {
		if r.actions != nil && !slices.Contains(names, name) {
			nearest := Nearest(name, names)
			message := "unknown action"
			if len(nearest) == 0 {
				message += "; known are " + strings.Join(names, ", ")
			}
			r.add(t.path.key(name), atKey, message, nearest...)
			continue
		}
		var written []string
		if !t.textOrTexts(name, &written) {
			continue
		}
		keys := []string{}
		for i, text := range written {
			key, problem, nearest := parseKeyName(text)
			if problem != "" {
				r.add(t.elemPath(name, i), atValue, problem, nearest...)
				continue
			}
			if !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
		bound[name] = keys
	}
	r.keyClashes(t, bound)
	return bound
}

// keyClashes reports keys that would do two things at once, with the file's
// bindings laid over the built-in ones. A clash is reported at an action that
// the file binds, at the later one of two.
func (r *reader) keyClashes(t *table, bound map[string][]string) {
	keysOf := func(a Action) []string {
		if keys, ok := bound[a.Name]; ok {
			return keys
		}
		return a.Keys
	}
	// line is where the file binds an action; -1 where it does not.
	line := func(a Action) int {
		if _, ok := bound[a.Name]; !ok {
			return -1
		}
		return r.index.find(t.path.key(a.Name)).key
	}
	for i, a := range r.actions {
		for _, b := range r.actions[i+1:] {
			if !a.Scope.overlaps(b.Scope) || line(a) < 0 && line(b) < 0 {
				continue
			}
			for _, key := range keysOf(a) {
				if !slices.Contains(keysOf(b), key) {
					continue
				}
				later, other := a.Name, b.Name
				if line(a) < line(b) {
					later, other = other, later
				}
				r.add(t.path.key(later), atValue, quote(key)+" is bound to "+quote(other)+
					" too; give one of them another key, or unbind it: "+other+" = []")
			}
		}
	}
}

// overlaps says whether both scopes can hold at once.
func (s Scope) overlaps(other Scope) bool {
	return s == other || s == Everywhere || other == Everywhere
}
