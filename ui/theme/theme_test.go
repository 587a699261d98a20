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
	} {
		th := resolve(c.name, nil, c.dark)
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
func contrast(a, b string) float64 { return contrastOf(Colour(a), Colour(b)) }

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
