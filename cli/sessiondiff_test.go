package cli

import (
	"strings"
	"testing"

	"lineup/compare"
)

// Regression: with colours nothing else told what had gone from what had come.
func TestADiffIsNotToldByColourAlone(t *testing.T) {
	text := diffText(compare.Diff("one two three", "one four three"), true)
	_, line, _ := strings.Cut(text, "\n\n")
	before, _, _ := strings.Cut(line, "two")
	if at := strings.LastIndex(before, "\x1b["); at < 0 || !strings.Contains(before[at:], "9") {
		t.Errorf("what has gone is not struck out: %q", line)
	}
	before, _, _ = strings.Cut(line, "four")
	if at := strings.LastIndex(before, "\x1b["); at < 0 || strings.Contains(before[at:], "9") {
		t.Errorf("what has come is struck out: %q", line)
	}
}
