package ui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// At 80×24 with three panes half of the rows were frames, states and numbers.
func TestHalfOfASmallScreenIsAnswers(t *testing.T) {
	long := strings.Repeat("- answer\n", 40)
	a := still(80, 24, "go", named(moments(long), "done"), named(moments(long), "done"),
		named(moments(long), "done"))
	rows := 0
	for row := range strings.SplitSeq(ansi.Strip(a.screen.frame), "\n") {
		if strings.Contains(row, "answer") {
			rows++
		}
	}
	if rows < 12 {
		t.Errorf("%d of 24 rows show answers:\n%s", rows, ansi.Strip(a.screen.frame))
	}
}
