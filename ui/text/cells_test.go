package text

import "testing"

// At 80 columns the keys of the prompt fit with the one that quits, but not with a margin too.
func TestHintsGiveUpTheirMarginForOneMore(t *testing.T) {
	parts := []string{"ab", "cd", "ef"}
	for width, want := range map[int]string{20: " ab · cd · ef", 13: " ab · cd · ef", 12: "ab · cd · ef", 11: " ab · cd", 7: "ab · cd"} {
		if got := Hints(parts, width); got != want {
			t.Errorf("%d cells: %q, want %q", width, got, want)
		}
	}
}
