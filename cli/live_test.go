package cli

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// resized is the terminal after a resize, as most terminals do it: lines that became too long are
// broken.
func resized(t *testing.T, term *tty, w, h int) *tty {
	again := &tty{Emulator: vt.NewEmulator(w, h)}
	t.Cleanup(func() { again.Close() })
	rows := term.rows()
	for range term.CursorPosition().Y - len(rows) + 1 {
		rows = append(rows, "")
	}
	again.WriteString(ansi.Hardwrap(strings.Join(rows, "\n"), w, true))
	again.all.Reset()
	return again
}

// Regression: rows of a measurement and of a run stayed on a terminal that became narrower.
func TestLiveRowsLeaveNothingOnAResize(t *testing.T) {
	for _, width := range []int{120, 61, 40, 25, 7} {
		for _, end := range []string{"", "the cursor stands at the end of a long row of 46 cells"} {
			term := &tty{Emulator: vt.NewEmulator(80, 40)}
			defer term.Close()
			now := 80
			l := &live{out: term, size: func() (int, int) { return now, 40 }}
			term.WriteString("before\n")
			l.draw(nil, []string{strings.Repeat("한국어 ", 11), strings.Repeat("━", 80), "short", end})
			now = width
			term = resized(t, term, width, 40)
			l.out = term
			l.draw([]string{"settled"}, []string{"1", "2", "3"})
			if got := strings.Join(term.rows(), "|"); got != "before|settled|1|2|3" {
				t.Errorf("from 80 to %d cells: %q", width, got)
			}
		}
	}
}

// What is said while rows stand there comes above them, folded like all that is said.
func TestLiveRowsStandBelowWhatIsSaid(t *testing.T) {
	term := &tty{Emulator: vt.NewEmulator(40, 6)}
	defer term.Close()
	l := &live{out: term, size: func() (int, int) { return 40, 6 }}
	var rows []string
	for i := range 9 {
		rows = append(rows, fmt.Sprint("row ", i))
	}
	for _, said := range []string{"one", "two"} {
		l.draw(nil, rows)
		fmt.Fprintln(l, said)
	}
	if got := term.rows(); got[0] != "two" || got[1] != "row 4" || got[5] != "row 8" {
		t.Errorf("%q", got)
	}
	l.draw(nil, nil)
	if got := term.rows(); len(got) != 1 || got[0] != "two" {
		t.Errorf("%q", got)
	}
}

// Regression: an answer had lines twice after its terminal became narrower, and lacked some after it
// became wider.
func TestRenderingIsWholeAfterAResize(t *testing.T) {
	for _, sizes := range [][2]int{{60, 24}, {24, 60}, {30, 29}} {
		r, term := rendered(t, sizes[0], 200)
		width := sizes[0]
		r.size = func() (int, int) { return width, 200 }
		for i := range 12 {
			if i == 7 {
				width = sizes[1]
				term = resized(t, term, width, 200)
				r.out = term
			}
			for word := range 9 {
				if err := r.write(fmt.Sprintf("p%dw%d: 한국어 ", i, word)); err != nil {
					t.Fatal(err)
				}
			}
			if err := r.write("\n\n"); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.end(); err != nil {
			t.Fatal(err)
		}
		shown := strings.Join(strings.Fields(term.String()), "")
		for i := range 12 {
			for word := range 9 {
				if n := strings.Count(shown, fmt.Sprintf("p%dw%d:", i, word)); n != 1 {
					t.Errorf("from %d to %d cells: word %d of paragraph %d is there %d times",
						sizes[0], sizes[1], word, i, n)
				}
			}
		}
	}
}

// Regression: in a narrow terminal a line of numbers began or ended with a dot.
func TestLinesOfNumbersBreakInPlaceOfADot(t *testing.T) {
	parts := []string{"sim-gateway/flash-sim: TTFT 0.31s", "2.1s", "41 tok/s", "391 tok", "$0.0010"}
	for width := 20; width < 90; width++ {
		got := strings.Split(foldParts(parts, width, 2), "\n")
		for i, line := range got {
			text := strings.TrimPrefix(line, "  ")
			if ansi.StringWidth(line) > width && strings.Contains(text, " ") || i > 0 && text == line ||
				strings.HasPrefix(text, "·") || strings.HasSuffix(text, "·") {
				t.Errorf("%d cells: %q", width, got)
			}
		}
		for _, part := range parts[1:] {
			if !strings.Contains(strings.Join(got, "\n"), part) {
				t.Errorf("%d cells: %q is broken: %q", width, part, got)
			}
		}
	}
}

// Rows with a screen of their own fill it again at each size, and leave the screen before as it was.
func TestLiveRowsOnAScreenOfTheirOwn(t *testing.T) {
	term := &tty{Emulator: vt.NewEmulator(80, 10)}
	defer term.Close()
	width := 80
	l := &live{out: term, size: func() (int, int) { return width, 10 }, screen: true}
	term.WriteString("before\n")
	for _, width = range []int{80, 30, 60} {
		term.Resize(width, 10)
		l.draw(nil, []string{strings.Repeat("━", width), fmt.Sprint(width, " cells")})
		if got := strings.Join(term.rows(), "|"); got != strings.Repeat("━", width)+fmt.Sprintf("|%d cells", width) {
			t.Errorf("with %d cells: %q", width, got)
		}
	}
	l.draw(nil, nil)
	if got := term.rows(); len(got) != 1 || got[0] != "before" || !strings.HasSuffix(term.all.String(), ansi.SetModeTextCursorEnable+ansi.ResetModeAltScreenSaveCursor) {
		t.Errorf("in the end: %q", got)
	}
}
