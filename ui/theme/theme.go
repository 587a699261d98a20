// Package theme turns a theme's name into the styles of the screen.
//
// A [Theme] names colours by what they are for; [New] makes [Styles] of one, for a terminal that is
// dark or light and shows so many colours. Meaning never rests on a colour alone: the theme "plain"
// has none. The package holds no state and draws nothing itself.
package theme

import (
	"cmp"
	"image/color"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"

	"lineup/ui/markdown"
)

// Theme is the colours of the screen by what they are for. A colour is "#rrggbb", "#rgb", or a
// number from 0 to 255 of the terminal's own palette. "" is the terminal's own colour of text, made
// faint for Muted and Border; in a theme of the user's it takes the colour of Base.
type Theme struct {
	// the theme that gives what this one leaves out; "" for "dark" or "light", as the terminal is
	Base string

	Background string // of the whole screen; "" leaves the terminal's own
	Text       string
	Muted      string   // what matters less: numbers at rest, hints, reasoning
	Border     string   // of panes without the focus
	Good       string   // a finished answer
	Warn       string   // waiting too long, cut short
	Bad        string   // failures
	Select     string   // ground under selected text
	Match      string   // ground under what was found
	OnMark     string   // text on Select, Match and the notice, which has Warn as its ground
	Code       string   // inline code
	Accents    []string // one a pane, in turn
	Syntax     string   // Chroma's style for code blocks; "none" for no colours

	Markdown *markdown.Style // of answers, in place of what the colours make of them; or nil

	under string // what lies under an overlay, where Muted mutes nothing; "" is Muted
}

// builtIn are the themes that are built in, besides "auto".
func builtIn() []string {
	return []string{"dark", "light", "midnight", "paper", "contrast", "terminal", "plain"}
}

// glamourNames are the styles of Glamour's that are themes too. Its dark and light are lineup's own
// here.
func glamourNames() []string {
	return slices.DeleteFunc(markdown.GlamourNames(), func(name string) bool {
		return slices.Contains(builtIn(), name)
	})
}

// OfGlamour is a theme whose answers are drawn in a style of Glamour's. Its other colours are the
// style's too, as far as it has them.
func OfGlamour(style markdown.Style) Theme {
	t := Theme{Markdown: &style}
	t.Accents, t.Code = style.Colours()
	return t
}

// glamourTheme is a theme of glamourNames. The dark ones bring their ground where the terminal is
// light.
func glamourTheme(name string, style markdown.Style, dark bool) Theme {
	t := OfGlamour(style)
	switch {
	case name == "dracula" && !dark:
		t.Background, t.Text = "#282A36", "#F8F8F2"
	case name == "tokyo-night" && !dark:
		t.Background, t.Text = "#1A1B26", "#A9B1D6"
	case name == "pink" && !dark:
		return over(lightTheme(), t)
	}
	return over(darkTheme(), t)
}

// Names are the names that the screen's config takes, besides those of the user's own themes.
func Names() []string { return slices.Concat([]string{"auto"}, builtIn(), glamourNames()) }

// resolve gives the theme of a name with every colour that it leaves out, for a dark or a light
// terminal.
func resolve(name string, own map[string]Theme, dark bool) Theme {
	seen := map[string]bool{}
	var build func(name string) Theme
	build = func(name string) Theme {
		if t, ok := own[name]; ok && !seen[name] {
			seen[name] = true
			return over(build(t.Base), t)
		}
		switch style, ok := markdown.Glamour(name); {
		case ok && slices.Contains(glamourNames(), name):
			return glamourTheme(name, style, dark)
		case name == "plain":
			return Theme{Syntax: "none"}
		case name == "terminal":
			return terminalTheme(dark)
		case name == neutral:
			return neutralTheme()
		case name == "midnight":
			return midnight()
		case name == "paper":
			return paper()
		case name == "contrast" && dark:
			return contrastDark()
		case name == "contrast":
			return contrastLight()
		case name == "dark" && !dark:
			return grounded(darkTheme(), true)
		case name == "light" && dark:
			return grounded(lightTheme(), false)
		case dark:
			return darkTheme()
		}
		return lightTheme()
	}
	return build(name)
}

// over gives top, and base where top says nothing.
func over(base, top Theme) Theme {
	pick := func(a, b string) string { return cmp.Or(a, b) }
	t := Theme{Background: pick(top.Background, base.Background), Text: pick(top.Text, base.Text),
		Muted:  pick(top.Muted, base.Muted),
		Border: pick(top.Border, base.Border), Good: pick(top.Good, base.Good),
		Warn: pick(top.Warn, base.Warn), Bad: pick(top.Bad, base.Bad),
		Select: pick(top.Select, base.Select), Match: pick(top.Match, base.Match),
		OnMark: pick(top.OnMark, base.OnMark),
		Code:   pick(top.Code, base.Code), Syntax: pick(top.Syntax, base.Syntax),
		Accents: base.Accents, Markdown: base.Markdown}
	if top.Muted == "" {
		t.under = base.under
	}
	if len(top.Accents) > 0 {
		t.Accents = top.Accents
	}
	if top.Markdown != nil {
		t.Markdown = top.Markdown
	}
	return t
}

// Styles holds the styles of the screen. Meaning never rests on a colour alone.
type Styles struct {
	Title  lipgloss.Style
	Dim    lipgloss.Style
	Under  lipgloss.Style // what lies under an overlay
	Border lipgloss.Style
	Text   lipgloss.Style
	Strong lipgloss.Style
	good   lipgloss.Style
	Warn   lipgloss.Style
	Bad    lipgloss.Style
	Notice lipgloss.Style
	Picked lipgloss.Style // selected text
	Match  lipgloss.Style // what was found
	Hit    lipgloss.Style // the one that the view stands on

	Accents []string
	Colours Theme
	plain   bool // no colours at all
	few     bool // 256 colours or fewer
	dark    bool // the terminal's ground is
}

// New makes the styles of the theme of a name. A terminal without colours gets none, one of sixteen
// its own.
func New(name string, own map[string]Theme, dark bool, profile colorprofile.Profile) Styles {
	return made(name, own, dark, profile, func(t Theme) Theme { return t })
}

// Anywhere is New for a terminal whose ground nothing told. The automatic theme has colours that
// can be read on both, and every other theme brings its own ground.
func Anywhere(name string, own map[string]Theme, profile colorprofile.Profile) Styles {
	if name == "" || name == "auto" {
		if name = neutral; profile == colorprofile.ANSI {
			name = "terminal"
		}
		return New(name, own, true, profile)
	}
	return made(name, own, true, profile, func(t Theme) Theme {
		if t.Background == "" && strings.HasPrefix(t.Muted, "#") {
			return grounded(t, true)
		}
		return t
	})
}

// made makes the styles of a theme after a last change to it.
func made(
	name string, own map[string]Theme, dark bool, profile colorprofile.Profile,
	change func(Theme) Theme,
) Styles {
	colourless := name == "ascii" || name == "notty" // of Glamour's
	plain := name == "plain" || colourless || profile > colorprofile.Unknown &&
		profile <= colorprofile.Ascii
	glamour, _ := markdown.Glamour(name)
	switch {
	case plain:
		name = "plain"
	case profile == colorprofile.ANSI && slices.Contains([]string{"", "auto", "dark", "light",
		"midnight", "paper"}, name):
		if name == "dark" || name == "light" {
			dark = name == "dark"
		}
		name = "terminal"
	}
	c := change(resolve(name, own, dark))
	if profile == colorprofile.ANSI256 {
		c = in256(c)
	}
	fg := func(s string) lipgloss.Style { return lipgloss.NewStyle().Foreground(Colour(s)) }
	muted := func(s string) lipgloss.Style { return fg(s).Faint(s == "") }
	t := Styles{Colours: c, plain: plain, Accents: c.Accents, Title: lipgloss.NewStyle().Bold(true),
		Text:   lipgloss.NewStyle(),
		Strong: lipgloss.NewStyle().Bold(true), Dim: muted(c.Muted), Border: muted(c.Border),
		good: fg(c.Good), Warn: fg(c.Warn), Bad: fg(c.Bad),
		dark: dark, few: profile > colorprofile.Unknown && profile < colorprofile.TrueColor}
	t.Under = t.Dim
	switch {
	case c.under != "" && profile == colorprofile.ANSI: // without a grey that all palettes show
		t.Under = t.Dim.Faint(true)
	case c.under != "":
		t.Under = fg(c.under)
	}
	if colourless {
		t.Colours.Markdown = &glamour
	}
	if plain {
		t.Notice = lipgloss.NewStyle().Reverse(true)
		t.Picked, t.Match, t.Hit = t.Notice, lipgloss.NewStyle().Underline(true),
			t.Notice.Underline(true)
		return t
	}
	t.Notice = fg(readable(c.OnMark, c.Warn)).Background(Colour(c.Warn))
	t.Picked = fg(readable(c.OnMark, c.Select)).Background(Colour(c.Select))
	if name == "terminal" { // its blue is as dark as black in some palettes
		t.Picked = lipgloss.NewStyle().Reverse(true)
		if !dark { // and its yellow as light as paper
			t.Warn = t.Strong
		}
	}
	t.Match = fg(c.OnMark).Background(Colour(c.Match))
	t.Hit = t.Match.Bold(true).Underline(true)
	return t
}

// Colour reads a colour of a theme; "" is none.
func Colour(s string) color.Color {
	if s == "" {
		return lipgloss.NoColor{}
	}
	return lipgloss.Color(s)
}

// readable is the colour for text on a ground: the one that is wanted, or white where the ground is
// dark. What the numbers of a palette look like is the terminal's secret; they keep what is wanted.
func readable(wanted, ground string) string {
	if !strings.HasPrefix(ground, "#") {
		return wanted
	}
	if r, g, b, _ := Colour(ground).RGBA(); 299*(r>>8)+587*(g>>8)+114*(b>>8) < 110_000 {
		return "#FFFFFF"
	}
	return wanted
}

// Accent is the colour of a pane, the same wherever that pane is named.
func (t Styles) Accent(n int) lipgloss.Style {
	return lipgloss.NewStyle().Foreground(Colour(t.accentName(n)))
}

func (t Styles) accentName(n int) string {
	if len(t.Accents) == 0 {
		return ""
	}
	return t.Accents[n%len(t.Accents)]
}

// Markdown is how answers look in a pane with this accent.
func (t Styles) Markdown(accent int) markdown.Style {
	switch {
	case t.Colours.Markdown != nil:
		return *t.Colours.Markdown
	case t.plain:
		return markdown.Plain()
	}
	syntax := t.Colours.Syntax
	if syntax == "none" {
		syntax = ""
	}
	return markdown.Coloured(markdown.Palette{Accent: t.accentName(accent), Code: t.Colours.Code,
		Muted: t.Colours.Muted,
		Rule:  t.Colours.Border, Syntax: syntax})
}

// Tone is how a state feels; it picks a style.
type Tone int

const (
	Quiet Tone = iota
	Busy
	Good
	Warn
	Bad
)

func (t Styles) Tone(v Tone) lipgloss.Style {
	switch v {
	case Good:
		return t.good
	case Warn:
		return t.Warn
	case Bad:
		return t.Bad
	case Busy:
		return t.Text
	}
	return t.Dim
}

// SyntaxNames are the styles for code blocks that a theme can name.
func SyntaxNames() []string { return markdown.SyntaxNames() }
