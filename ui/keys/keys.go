// Package keys is the key map: the keys of each action, and their scope. What an action does is the
// app's.
package keys

import (
	"fmt"

	"charm.land/bubbles/v2/key"
)

// Action is something that a key can do, by its name in the [keys] section of the config.
type Action string

// Scope is where a binding holds.
type Scope string

// The scopes, as package config knows them.
const (
	Anywhere Scope = ""
	InPane   Scope = "pane"   // while a pane has the focus
	InPrompt Scope = "prompt" // while the prompt has it
)

// Binding ties keys to an action.
type Binding struct {
	Action Action
	Scope  Scope
	Keys   []string // as Bubble Tea names them; none: the action has no key
}

// Map is the bindings that hold.
type Map []Binding

// Rebound is the map with the user's own keys in place of the default ones. Package config has
// refused names of no action and keys with two meanings.
func (m Map) Rebound(custom map[string][]string) Map {
	out := make(Map, len(m))
	for i, b := range m {
		if own, ok := custom[string(b.Action)]; ok {
			b.Keys = own
		}
		out[i] = b
	}
	return out
}

// Find gives the action of a key in a scope, or "".
func (m Map) Find(k fmt.Stringer, in Scope) Action {
	for _, b := range m {
		here := b.Scope == Anywhere || b.Scope == in
		if here && key.Matches(k, key.NewBinding(key.WithKeys(b.Keys...))) {
			return b.Action
		}
	}
	return ""
}

// Of gives the keys of an action.
func (m Map) Of(a Action) []string {
	for _, b := range m {
		if b.Action == a {
			return b.Keys
		}
	}
	return nil
}

// Label is the first key of an action, or "–" where it has none.
func (m Map) Label(a Action) string {
	if k := m.Of(a); len(k) > 0 {
		return k[0]
	}
	return "–"
}
