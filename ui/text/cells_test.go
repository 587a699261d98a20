package text

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// At 80 columns the keys of the prompt fit with the one that quits, but not with a margin too.
func TestHintsGiveUpTheirMarginForOneMore(t *testing.T) {
	parts := []string{"ab", "cd", "ef"}
	for width, want := range map[int]string{20: " ab · cd · ef", 13: " ab · cd · ef", 12: "ab · cd · ef", 11: " ab · cd", 7: "ab · cd"} {
		if got := Hints(parts, width); got != want {
			t.Errorf("%d cells: %q, want %q", width, got, want)
		}
	}
}

// Fault: a line ended with "set --" and the next one began with "data-dir", and the "~" of an estimate stood apart from its number.
func TestWrapKeepsFlagsAndEstimatesWhole(t *testing.T) {
	for _, c := range [][]string{
		{"or set --data-dir to another", "or set", "--data-dir", "to another"},
		{"a -v flag", "a -v flag"},
		{"it costs ~$0.0015", "it costs", "~$0.0015"},
		{"cheaper by 99.9 %.", "cheaper by", "99.9 %."},
		{"a\u2011b set --data-dir", "a\u2011b set --", "data-dir"},
	} {
		if got := Wrap(c[0], 11); strings.Join(got, "|") != strings.Join(c[1:], "|") {
			t.Errorf("%q is %q, want %q", c[0], got, c[1:])
		}
	}
	if got := Words("it is cheaper by $3,499.58, 99.9 %.", 34); strings.Join(got, "|") != " it is cheaper by $3,499.58,| 99.9 %." {
		t.Errorf("%q", got)
	}
}

// A wide letter across the edge made the rest a cell too wide, and then its end was cut off too.
func TestCutFrontKeepsToItsWidth(t *testing.T) {
	for _, s := range []string{"gate/아주-작은-모델", "가나다라마바사", "local/llama3.1:8b", "👨‍👩‍👧 and 집"} {
		for width := range ansi.StringWidth(s) {
			got := CutFront(s, width)
			if w := ansi.StringWidth(got); w > width || width > 3 && !strings.HasSuffix(s, strings.TrimPrefix(got, "…")) {
				t.Errorf("%q in %d cells is %q (%d)", s, width, got, w)
			}
		}
	}
}
