package config

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// parseKeyName gives the name of a key the spelling of key presses on the screen
// (charmbracelet/ultraviolet, Key.String): modifiers in the order ctrl, alt, shift, meta, hyper,
// super; named keys in lower case; a shifted letter as the capital. For a name that it cannot read,
// problem says why, and nearest has similar names.
func parseKeyName(name string) (key, problem string, nearest []string) {
	if name == " " {
		return "space", "", nil
	}
	parts := strings.Split(strings.TrimSpace(name), "+")
	last := parts[len(parts)-1]
	if n := len(parts); last == "" && n >= 2 && parts[n-2] == "" { // "+" itself, or "ctrl++"
		parts, last = parts[:n-1], "+"
	}
	var mods []string
	for _, mod := range parts[:len(parts)-1] {
		canonical := canonicalModifier(mod)
		if canonical == "" {
			return "", "unknown modifier " + quote(mod) + " in " + quote(name),
				Nearest(mod, modifiers())
		}
		mods = append(mods, canonical)
	}
	base, known := canonicalKey(last)
	if !known {
		nearest = Nearest(last, namedKeys())
		problem = "unknown key " + quote(name)
		if len(nearest) == 0 {
			problem += "; write it like z, ctrl+l, alt+1, pgup or f2"
		}
		return "", problem, nearest
	}
	if utf8.RuneCountInString(base) == 1 && len(mods) > 0 {
		if slices.Equal(mods, []string{"shift"}) && strings.ToUpper(base) != base {
			return strings.ToUpper(base), "", nil
		}
		base = strings.ToLower(base) // people write Ctrl+L for ctrl+l
	}
	var b strings.Builder
	for _, mod := range modifiers() {
		if slices.Contains(mods, mod) {
			b.WriteString(mod + "+")
		}
	}
	return b.String() + base, "", nil
}

func modifiers() []string { return []string{"ctrl", "alt", "shift", "meta", "hyper", "super"} }

func canonicalModifier(name string) string {
	switch name = strings.ToLower(strings.TrimSpace(name)); name {
	case "control":
		return "ctrl"
	case "opt", "option":
		return "alt"
	case "cmd", "command", "win":
		return "super"
	default:
		if slices.Contains(modifiers(), name) {
			return name
		}
	}
	return ""
}

// canonicalKey is the spelling of a key without modifiers.
func canonicalKey(name string) (key string, known bool) {
	if r, size := utf8.DecodeRuneInString(name); size == len(name) && size > 0 &&
		unicode.IsGraphic(r) && r != utf8.RuneError {
		return name, true
	}
	lower := strings.ToLower(strings.TrimSpace(name))
	switch lower {
	case "escape":
		return "esc", true
	case "return":
		return "enter", true
	case "pageup":
		return "pgup", true
	case "pagedown", "pgdn":
		return "pgdown", true
	case "del":
		return "delete", true
	case "ins":
		return "insert", true
	}
	return lower, slices.Contains(namedKeys(), lower)
}

func namedKeys() []string {
	names := []string{"enter", "tab", "backspace", "esc", "space", "up", "down", "left", "right",
		"insert", "delete", "pgup", "pgdown", "home", "end", "begin", "find", "select"}
	for i := 1; i <= 24; i++ {
		names = append(names, "f"+strconv.Itoa(i))
	}
	return names
}
