package config

import "testing"

// The right-hand spellings are those of ultraviolet's Key.String.
func TestParseKeyName(t *testing.T) {
	for name, want := range map[string]string{
		"ctrl+l": "ctrl+l", "Ctrl+L": "ctrl+l", "CONTROL+l": "ctrl+l", "alt+ctrl+f": "ctrl+alt+f",
		"shift+tab": "shift+tab", "shift+enter": "shift+enter", "Return": "enter", "Escape": "esc", "PageDown": "pgdown",
		"F12": "f12", "y": "y", "Y": "Y", "shift+y": "Y", "?": "?", "+": "+", "ctrl++": "ctrl++", " ": "space", "alt+1": "alt+1",
		"option+up": "alt+up", "한": "한",
	} {
		if got, problem, _ := parseKeyName(name); got != want || problem != "" {
			t.Errorf("%q: got %q, problem %q, want %q", name, got, problem, want)
		}
	}
	for _, name := range []string{"", "ctrl+", "ctlr+x", "yy", "f99", "\x1b", "+x"} {
		if got, problem, _ := parseKeyName(name); problem == "" {
			t.Errorf("%q passes as %q", name, got)
		}
	}
}
