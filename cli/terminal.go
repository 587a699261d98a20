package cli

import (
	"fmt"
	"io"
	"strconv"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"
)

// plainWidth is the width of reports without a known terminal width, as in a pipe.
const plainWidth = 80

// width is how many cells a line of standard output has.
func (g *globals) width() int {
	if f, ok := g.out.(term.File); ok && g.tty(g.out) {
		if w, _, err := term.GetSize(f.Fd()); err == nil && w > 0 {
			return w
		}
	}
	if n, err := strconv.Atoi(g.getenv("COLUMNS")); err == nil && n >= 20 && n <= 1000 {
		return n
	}
	return plainWidth
}

// folded breaks a line of standard output between words on a terminal.
func (g *globals) folded(line string, indent int) string {
	if !g.tty(g.out) {
		return line
	}
	return fold(line, g.width(), indent)
}

// printLine writes a line of words on standard output, as folded does. One for programs is written
// as it is.
func (g *globals) printLine(format string, args ...any) error {
	_, err := fmt.Fprintln(g.out, g.folded(fmt.Sprintf(format, args...), 2))
	return err
}

// colours is standard output with the colours that its terminal has: none in a pipe or under
// NO_COLOR, sixteen where there are no more.
func (g *globals) colours() io.Writer { return g.coloursOf(g.out) }

// coloursOf is a stream with the colours that its terminal has.
func (g *globals) coloursOf(w io.Writer) *colorprofile.Writer {
	var environ []string
	for _, name := range []string{"TERM", "COLORTERM", "CLICOLOR", "CLICOLOR_FORCE", "WT_SESSION",
		"ConEmuANSI", "GOOGLE_CLOUD_SHELL"} {
		if v := g.getenv(name); v != "" {
			environ = append(environ, name+"="+v)
		}
	}
	if g.getenv("NO_COLOR") != "" { // any value counts (no-color.org), not only one that means yes
		environ = append(environ, "NO_COLOR=1")
	}
	return colorprofile.NewWriter(w, environ)
}
