package theme

import (
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/styles"
	"github.com/charmbracelet/colorprofile"

	"lineup/ui/markdown"
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
		{"dark", false, "", 4.5, 1.8}, {"light", true, "", 4.5, 1.8}, {"midnight", true, "", 4.5, 1.8}, {"midnight", false, "", 4.5, 1.8},
		{"paper", true, "", 4.5, 1.8}, {"paper", false, "", 4.5, 1.8}, {neutral, true, "#000000", 4, 4}, {neutral, true, "#ffffff", 4, 4},
	} {
		th := resolve(c.name, nil, c.dark)
		if c.ground == "" { // it brings its own
			c.ground = th.Background
		}
		if th.Text != "" && contrast(th.Text, c.ground) < 7 {
			t.Errorf("%s: text on %s has a contrast of %.1f", c.name, c.ground, contrast(th.Text, c.ground))
		}
		texts := append([]string{th.Muted, th.Good, th.Warn, th.Bad, th.Code}, th.Accents...)
		for _, s := range append(texts, syntaxColours(th.Syntax)...) {
			for _, profile := range []colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI256} {
				if got := contrastOf(profile.Convert(Colour(s)), Colour(c.ground)); got < c.least {
					t.Errorf("%s on %s, %s: %s has a contrast of %.1f, want %.1f", c.name, c.ground, profile, s, got, c.least)
				}
			}
		}
		if got := contrast(th.Border, c.ground); got < c.frame {
			t.Errorf("%s on %s: the border has a contrast of %.1f", c.name, c.ground, got)
		}
		st := New(c.name, nil, c.dark, colorprofile.TrueColor)
		for _, s := range []lipgloss.Style{st.Notice, st.Match, st.Hit, st.Picked} {
			if got := contrastOf(s.GetForeground(), s.GetBackground()); got < 4.5 {
				t.Errorf("%s: marked text has a contrast of %.1f", c.name, got)
			}
		}
	}
}

// Fault: with the contrast theme nothing told what lies under an overlay from the overlay.
func TestWhatLiesUnderAnOverlayIsSetBack(t *testing.T) {
	for _, name := range []string{"dark", "light", "midnight", "paper", "contrast", "terminal", "plain"} {
		for _, dark := range []bool{true, false} {
			for _, profile := range []colorprofile.Profile{colorprofile.ANSI, colorprofile.ANSI256, colorprofile.TrueColor} {
				s := New(name, nil, dark, profile)
				is := func(c string) color.Color { return profile.Convert(Colour(c)) }
				if !s.Under.GetFaint() && profile.Convert(s.Under.GetForeground()) == is(s.Colours.Text) {
					t.Errorf("%s, dark %v, %s: under an overlay all is as it was", name, dark, profile)
				}
				if got := contrastOf(s.Under.GetForeground(), Colour(s.Colours.Background)); name == "contrast" && got < 7 {
					t.Errorf("dark %v, %s: a contrast of %.1f", dark, profile, got)
				}
			}
		}
	}
}

// An accent names a pane and nothing else: it is no colour of a state, and the first six can be told from each other.
func TestAccentsMeanNothing(t *testing.T) {
	for _, name := range []string{"dark", "light", "midnight", "paper", "contrast", neutral} {
		for _, dark := range []bool{true, false} {
			th := resolve(name, nil, dark)
			for i, accent := range th.Accents[:6] {
				for _, state := range []string{th.Good, th.Bad, th.Warn} {
					if d := distance(accent, state); d < 40 {
						t.Errorf("%s: accent %s and state %s are %.0f apart", name, accent, state, d)
					}
				}
				for _, other := range th.Accents[:i] {
					if d := distance(accent, other); d < 40 {
						t.Errorf("%s: accents %s and %s are %.0f apart", name, accent, other, d)
					}
				}
			}
		}
	}
}

// distance is how far two colours lie apart as the eye sees them, by the "redmean" formula of
// https://www.compuphase.com/cmetric.htm; black and white are 765 apart.
func distance(a, b string) float64 {
	ar, ag, ab, _ := Colour(a).RGBA()
	br, bg, bb, _ := Colour(b).RGBA()
	diff := func(x, y uint32) float64 { d := float64(x>>8) - float64(y>>8); return d * d }
	mean := float64(ar>>8+br>>8) / 2
	return math.Sqrt((2+mean/256)*diff(ar, br) + 4*diff(ag, bg) + (2+(255-mean)/256)*diff(ab, bb))
}

// On a ground that nothing told no theme leaves light text on white or dark text on black: it is neutral, or brings its
// own ground, or takes the terminal's colours.
func TestThemesOnAnUnknownGround(t *testing.T) {
	own := map[string]Theme{"mine": {Accents: []string{"#ff8800"}}, "light-one": {Base: "light"}, "pinker": {Base: "pink"}}
	for _, name := range append(Names(), "mine", "light-one", "pinker") {
		c := Anywhere(name, own, colorprofile.TrueColor).Colours
		if name == "auto" {
			c.Background = "#ffffff" // or black; see TestThemesCanBeRead
		}
		switch {
		case name == "terminal" || name == "plain" || name == "ascii" || name == "notty":
			if c.Background != "" {
				t.Errorf("%s sets the ground %s", name, c.Background)
			}
		case c.Background == "":
			t.Errorf("%s sets no ground", name)
		default:
			for _, s := range []string{c.Muted, c.Good, c.Warn, c.Bad} {
				if got := contrast(s, c.Background); got < 4 {
					t.Errorf("%s: %s on its ground %s has a contrast of %.1f", name, s, c.Background, got)
				}
			}
		}
	}
	if c := Anywhere("auto", nil, colorprofile.ANSI).Colours; c.Good != "2" {
		t.Errorf("with sixteen colours good is %s", c.Good)
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

// contrast is WCAG's ratio of two colours: https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio
func contrast(a, b string) float64 { return contrastOf(Colour(a), Colour(b)) }

func contrastOf(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// luminance is https://www.w3.org/TR/WCAG21/#dfn-relative-luminance
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
	got := resolve("paper", own, true)
	if got.Text != "#222222" || got.Muted != lightTheme().Muted || len(got.Accents) != 1 {
		t.Errorf("paper is %+v", got)
	}
	if got := resolve("loop", own, true); got.Muted != "3" || got.Good != darkTheme().Good {
		t.Errorf("a theme that is its own base is %+v", got)
	}
}

// Glamour's styles are themes: answers look as the style says, and the accents are its colours. A theme of the user's
// may build on one, and NO_COLOR takes the colours of all.
func TestGlamourThemes(t *testing.T) {
	style, ok := markdown.Glamour("dracula")
	if !ok {
		t.Fatal("there is no dracula")
	}
	look := func(name string, own map[string]Theme, dark bool, profile colorprofile.Profile) string {
		s := markdown.New(New(name, own, dark, profile).Markdown(0), 40)
		s.Write("## Title\n\n**bold** `code`\n")
		s.Finish()
		var rows string
		for _, row := range s.Render(1).Committed {
			rows += row.Text + "\n"
		}
		return rows
	}
	plain := look("plain", nil, true, colorprofile.TrueColor)
	dracula := look("dracula", nil, true, colorprofile.TrueColor)
	own := map[string]Theme{"mine": {Base: "dracula", Muted: "8"}, "answers": {Base: "light", Markdown: &style}}
	for _, name := range []string{"mine", "answers"} {
		if got := look(name, own, true, colorprofile.TrueColor); got != dracula {
			t.Errorf("%s: %q, not %q", name, got, dracula)
		}
	}
	if !strings.Contains(dracula, "38;2;189;147;249") || dracula == plain {
		t.Errorf("dracula has no purple headings: %q", dracula)
	}
	if got := New("dracula", nil, true, colorprofile.TrueColor).Accents; !slices.Contains(got, "#bd93f9") {
		t.Errorf("the accents are %q", got)
	}
	if New("dracula", nil, false, colorprofile.TrueColor).Colours.Background == "" {
		t.Error("on a light terminal dracula brings no ground")
	}
	if got := look("dracula", nil, true, colorprofile.Ascii); got != plain {
		t.Errorf("without colours dracula is %q", got)
	}
	for _, name := range Names() {
		if look(name, nil, true, colorprofile.TrueColor) == "" {
			t.Errorf("%s draws nothing", name)
		}
	}
}

// Yellow is next to white in some terminals of sixteen colours: warnings on light ones are bold
// instead, and no pane or code is yellow there.
func TestNoYellowOnALightTerminalOfSixteenColours(t *testing.T) {
	for _, dark := range []bool{true, false} {
		th := New("auto", nil, dark, colorprofile.ANSI)
		if bold := th.Warn.Render("x") == th.Strong.Render("x"); bold == dark {
			t.Errorf("dark %v: a warning is %q", dark, th.Warn.Render("x"))
		}
		if texts := append([]string{th.Colours.Code}, th.Accents...); slices.Contains(texts, "3") && !dark {
			t.Errorf("a pane or code on a light ground is yellow: %q", texts)
		}
	}
}
