package cli

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"lineup/ui/report"
)

// The bars of a run had different lengths, so that nobody could compare them, and what a line had
// no room for was cut. They were not drawn as those of the screen are.
func TestBarsOfARunAreEquallyLong(t *testing.T) {
	var buf bytes.Buffer
	none := func(string) string { return "" }
	g := &globals{env: env{err: &buf, getenv: none, tty: func(any) bool { return false }}}
	rest := strings.Repeat("in flight ", 6)
	b := newBars(g, func() []report.RunBar {
		return []report.RunBar{{Name: "local", All: 40, Done: 7, Rest: rest},
			{Name: "gateway", All: 40, Done: 40}, {Name: "dead", All: 40, Done: 3, Failed: 5}}
	})
	done := make(chan struct{})
	close(done)
	b.show(done)
	want := []string{
		"local     7/40 ━━━─────────────────", "  " + strings.TrimSpace(rest),
		"gateway  40/40 ━━━━━━━━━━━━━━━━━━━━", "",
		"dead      8/40 ━━╳╳────────────────", "  5 failed",
	}
	var got []string
	for line := range strings.SplitSeq(ansi.Strip(buf.String()), "\n") {
		got = append(got, strings.TrimRight(line, " "))
	}
	if len(got) < len(want) || !slices.Equal(got[:len(want)], want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
