//go:build unix

package cli_test

import (
	"fmt"
	"testing"
)

// A terminal that answers no question is never taken for a dark one: the screen is neutral, or goes by what a variable, a
// flag, a late answer or the scheme of the terminal's colours (mode 2031) says.
func TestTheGroundOfMuteTerminals(t *testing.T) {
	const neutral, light, dark = "#767676", "#6c6c6c", "#949494"
	for _, c := range []struct {
		name, env string
		args      []string
		says      []string // one after the other, once the screen has the colour before it
		muted     []string // of the hints: at first, and after each
	}{
		{name: "nothing", muted: []string{neutral}},
		{name: "a variable", env: "LINEUP_BACKGROUND=light", muted: []string{light}},
		{name: "a flag before the variable", env: "LINEUP_BACKGROUND=light", args: []string{"--background", "dark"}, muted: []string{dark}},
		{name: "rxvt's variable", env: "COLORFGBG=0;default;15", muted: []string{light}},
		{name: "a late answer", says: []string{"\x1b]11;rgb:ffff/ffff/ffff\x1b\\"}, muted: []string{neutral, light}},
		{name: "schemes", says: []string{"\x1b[?997;2n", "\x1b[?997;1n"}, muted: []string{neutral, light, dark}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := install(t, program(t), "")
			l.env = []string{c.env}
			term := l.openMute(t, 100, 24, append([]string{"demo"}, c.args...)...)
			for i, want := range c.muted {
				if i > 0 {
					term.press(c.says[i-1])
				}
				term.until("hints in "+want, func(screen) bool { return term.colourAt(1, 23) == want })
			}
			term.quit()
		})
	}
	for _, args := range [][]string{{"--background", "white"}, nil} {
		l := install(t, program(t), "")
		l.env = []string{"LINEUP_BACKGROUND=white"}
		if _, said, code := l.run(t, append(args, "models")...); code != 2 {
			t.Errorf("%q ended with %d: %s", args, code, said)
		}
	}
}

// colourAt is the colour of the text in a cell, such as "#6c6c6c".
func (t *terminal) colourAt(x, y int) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	cell := t.emulator.CellAt(x, y)
	if cell == nil || cell.Style.Fg == nil {
		return ""
	}
	r, g, b, _ := cell.Style.Fg.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}
