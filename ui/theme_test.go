package ui

import (
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/styles"
	"github.com/charmbracelet/colorprofile"
)

// Every text colour of a built-in theme can be read on the ground that it is meant for: 4.5:1, and 7:1 for contrast
// (WCAG 2.1, 1.4.3 and 1.4.6). Borders carry no text: 1.8:1.
func TestThemesCanBeRead(t *testing.T) {
	for _, c := range []struct {
		name         string
		dark         bool
		ground       string
		least, frame float64
	}{
		{"dark", true, "#1a1b26", 4.5, 1.8}, {"dark", true, "#000000", 4.5, 1.8}, {"light", false, "#ffffff", 4.5, 1.8},
		{"light", false, "#fafafa", 4.5, 1.8}, {"contrast", true, "#000000", 7, 7}, {"contrast", false, "#ffffff", 7, 7},
	} {
		th := resolveTheme(c.name, nil, c.dark)
		texts := append([]string{th.Muted, th.Good, th.Warn, th.Bad, th.Code}, th.Accents...)
		for _, s := range append(texts, syntaxColours(th.Syntax)...) {
			for _, profile := range []colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI256} {
				if got := contrastOf(profile.Convert(colour(s)), colour(c.ground)); got < c.least {
					t.Errorf("%s on %s, %s: %s has a contrast of %.1f, want %.1f", c.name, c.ground, profile, s, got, c.least)
				}
			}
		}
		if got := contrast(th.Border, c.ground); got < c.frame {
			t.Errorf("%s on %s: the border has a contrast of %.1f", c.name, c.ground, got)
		}
		st := newTheme(c.name, nil, c.dark, colorprofile.TrueColor)
		for _, s := range []lipgloss.Style{st.notice, st.match, st.hit, st.picked} {
			if got := contrastOf(s.GetForeground(), s.GetBackground()); got < 4.5 {
				t.Errorf("%s: marked text has a contrast of %.1f", c.name, got)
			}
		}
	}
}

// syntaxColours are those that a style of Chroma has for text.
func syntaxColours(name string) (out []string) {
	if name == "none" {
		return nil
	}
	style := styles.Get(name)
	for _, kind := range style.Types() {
		if e := style.Get(kind); e.Colour.IsSet() && kind > chroma.Background && kind != chroma.Error && kind != chroma.TextWhitespace {
			out = append(out, e.Colour.String())
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// contrast is WCAG's ratio of two colours.
func contrast(a, b string) float64 { return contrastOf(colour(a), colour(b)) }

func contrastOf(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	lin := func(v uint32) float64 {
		s := float64(v) / 0xffff
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(r) + 0.7152*lin(g) + 0.0722*lin(b)
}

func TestOwnThemesTakeTheRestFromTheirBase(t *testing.T) {
	own := map[string]Theme{"paper": {Base: "light", Text: "#222222", Accents: []string{"5"}}, "loop": {Base: "loop", Muted: "3"}}
	got := resolveTheme("paper", own, true)
	if got.Text != "#222222" || got.Muted != lightTheme().Muted || len(got.Accents) != 1 {
		t.Errorf("paper is %+v", got)
	}
	if got := resolveTheme("loop", own, true); got.Muted != "3" || got.Good != darkTheme().Good {
		t.Errorf("a theme that is its own base is %+v", got)
	}
}

// With NO_COLOR or on a terminal without colours the frames hold none, and on one of sixteen only those.
func TestFewColours(t *testing.T) {
	for profile, bad := range map[colorprofile.Profile][]string{
		colorprofile.Ascii: {"[3", "38;", "48;", "[9", ";3", ";9"},
		colorprofile.ANSI:  {"38;2", "48;2", "38;5", "48;5"},
	} {
		drive(t, 120, 30, Config{Panes: specs(threeModels()...), Notice: "a notice"}, func(d *driver) {
			d.send(tea.ColorProfileMsg{Profile: profile})
			d.press("lit:hi", "enter")
			d.settle()
			d.press("alt+1")
			for _, seq := range sequences(d.app.View().Content) {
				for _, b := range bad {
					if strings.Contains(seq, b) && seq != "\x1b[3m" { // italic
						t.Errorf("profile %s: the frame holds %q", profile, seq)
					}
				}
			}
		})
	}
}

// sequences are the escape sequences of a frame, each once.
func sequences(frame string) []string {
	seen := map[string]bool{}
	var out []string
	for i := 0; i < len(frame); i++ {
		if frame[i] == 0x1b {
			j := i + strings.IndexAny(frame[i:], "m\x07")
			if s := frame[i : j+1]; !seen[s] {
				seen[s] = true
				out = append(out, s)
			}
		}
	}
	return out
}

// The terminal's answer changes the theme, unless the user has chosen one.
func TestLightAndDarkByAskingTheTerminal(t *testing.T) {
	white := tea.BackgroundColorMsg{Color: color.White}
	drive(t, 100, 30, Config{Panes: specs(says("x/a", "ok", 0, 0))}, func(d *driver) {
		if d.app.theme.colours.Muted != darkTheme().Muted {
			t.Error("before the terminal answers it is not dark")
		}
		d.send(white)
		if d.app.theme.colours.Muted != lightTheme().Muted {
			t.Error("a white terminal does not get the light theme")
		}
	})
	drive(t, 100, 30, Config{Panes: specs(says("x/a", "ok", 0, 0)), Theme: "dark"}, func(d *driver) {
		d.send(white)
		if d.app.theme.colours.Muted != darkTheme().Muted {
			t.Error("the theme that was chosen gave way")
		}
	})
}

// A theme with a ground of its own waits with it until the terminal has said what its own is: asked later, it would
// answer with the theme's, and contrast would stay dark on a light terminal. A terminal that never answers gets it too.
func TestAThemesGroundWaitsForTheTerminals(t *testing.T) {
	for name, msg := range map[string]tea.Msg{"an answer": tea.BackgroundColorMsg{Color: color.White}, "none": groundMsg{}} {
		drive(t, 100, 30, Config{Panes: specs(says("x/a", "ok", 0, 0)), Theme: "contrast"}, func(d *driver) {
			if got := d.app.View().BackgroundColor; got != nil {
				t.Errorf("%s: before it the theme sets the ground %v", name, got)
			}
			d.send(msg)
			want := map[string]Theme{"an answer": contrastLight(), "none": contrastDark()}[name]
			if got := d.app.View().BackgroundColor; got != colour(want.Background) {
				t.Errorf("%s: then it sets the ground %v, want %s", name, got, want.Background)
			}
		})
	}
}
