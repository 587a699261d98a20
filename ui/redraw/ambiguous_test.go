package redraw

import (
	"bytes"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// Fault: where the terminal gives two columns to lines, dots and stars, the frames broke.
func TestATerminalOfWideAmbiguousCharactersGetsASCII(t *testing.T) {
	frame := "╭─ 하나 · 1 ─╮\n┃ ≈ 3 … ★ ┃━━▒\n└──┴╯ \x1b[31m│\x1b[m 가"
	want := []string{"+- 하나 . 1 -+", "| ~ 3 . * |==:", "+--++ | 가"}
	painted(t, colorprofile.TrueColor, func(t *testing.T, p *Painter, g *glass) {
		p.Show(Frame{Content: frame})
		settle()
		p.Write([]byte(ansi.SetModeAltScreenSaveCursor))
		if n := strings.Count(g.all(), widthQuestion); n != 1 {
			t.Errorf("how wide it draws is asked %d times", n)
		}
		g.wants(t, strings.Split(frame, "\n"))
		for _, other := range [][2]int{{4, 0}, {9, 1}, {0, 0}} { // no answers
			p.CursorAt(other[0], other[1])
			settle()
			g.wants(t, strings.Split(frame, "\n"))
		}
		p.CursorAt(4, 1)
		settle()
		for y, row := range strings.Split(ansi.Strip(shownBy(g.emulator)), "\n")[:3] {
			if got := strings.TrimRight(row, " "); got != want[y] {
				t.Errorf("row %d shows %q, want %q", y, got, want[y])
			}
		}
		n := len(g.all())
		p.Show(Frame{Content: strings.Replace(frame, "1 ─", "2 ─", 1)})
		settle()
		if got := g.all()[n:]; strings.Contains(got, "─") || strings.Contains(got, "-+") || !strings.Contains(got, "2") {
			t.Errorf("for one digit this is written: %q", got)
		}
	})
}

// A letter that has no other form in ASCII keeps its own, and each cell stands where it belongs.
func TestAWideLetterMovesNothing(t *testing.T) {
	c := canvas{wide: true}
	c.resize(20, 1)
	var out bytes.Buffer
	c.paint(&out, []string{"яd│"})
	if want := "я\x1b[2Gd|"; !strings.Contains(out.String(), want) {
		t.Errorf("it is written %q, want %q in it", out.String(), want)
	}
}
