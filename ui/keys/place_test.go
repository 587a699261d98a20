package keys

import (
	"testing"

	tea "charm.land/bubbletea/v2"
)

// Layouts are pairs; a letter that stands twice in one would hide a key.
func TestLayoutsArePairs(t *testing.T) {
	for _, l := range layouts() {
		pairs, seen := []rune(l), map[rune]bool{}
		if len(pairs)%2 != 0 {
			t.Fatalf("%q is no list of pairs", l)
		}
		for i := 0; i < len(pairs); i += 2 {
			if seen[pairs[i]] || pairs[i+1] > '~' || pairs[i] < 0x80 {
				t.Errorf("%q%q in %q", pairs[i], pairs[i+1], l)
			}
			seen[pairs[i]] = true
		}
	}
}

// Letters that stand where k, j, q and z do, and the same with shift where that is another letter.
func TestSamePlace(t *testing.T) {
	for typed, want := range map[string]string{
		"ㅏ": "k", "ㅓ": "j", "ㅂ": "q", "ㅋ": "z", "ㅃ": "Q",
		"л": "k", "о": "j", "й": "q", "я": "z", "Л": "K", "П": "G", "Т": "N", "х": "[", "Б": "<",
		"і": "s", "І": "S", "є": "'",
		"κ": "k", "ξ": "j", "ζ": "z", "Γ": "G", "Ν": "N",
		"ל": "k", "ח": "j", "ז": "z", "ן": "i",
		"ن": "k", "ت": "j", "ض": "q", "ئ": "z", "ی": "d", "؟": "?",
		"า": "k", "่": "j", "ๆ": "q", "ผ": "z", "ษ": "K",
		"の": "k", "ま": "j", "た": "q", "つ": "z", "ノ": "k",
		"ｋ": "k", "Ｇ": "G", "？": "?",
	} {
		got, ok := SamePlace(tea.KeyPressMsg{Code: []rune(typed)[0], Text: typed})
		if !ok || got.String() != want {
			t.Errorf("%s is %q, %v; want %s", typed, got.String(), ok, want)
		}
	}
	for _, typed := range []string{"k", "하", "漢", "é", "?"} {
		if got, ok := SamePlace(tea.KeyPressMsg{Code: []rune(typed)[0], Text: typed}); ok {
			t.Errorf("%s is %q", typed, got.String())
		}
	}
	// a terminal that says which key it was knows every layout
	base := tea.KeyPressMsg{Code: 'კ', Text: "კ", BaseCode: 'k', Mod: tea.ModShift}
	if got, ok := SamePlace(base); !ok || got.String() != "K" {
		t.Errorf("%q, %v", got.String(), ok)
	}
}
