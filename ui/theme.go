package ui

import (
	"cmp"
	"image/color"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"

	"lineup/ui/markdown"
)

// Theme is the colours of the screen by what they are for. A colour is "#rrggbb", "#rgb", or a number from 0 to 255 of
// the terminal's own palette; "" is the terminal's own colour of text, made faint for Muted and Border. In a theme of the user's, "" takes the colour of
// the theme that it is based on.
type Theme struct {
	Base string // the theme that gives what this one leaves out; "" for "dark" or "light", as the terminal is

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
}

// themeNames are the themes that are built in, besides "auto".
func themeNames() []string { return []string{"dark", "light", "contrast", "terminal", "plain"} }

// ThemeNames are the names that Config.Theme takes, besides those of Config.Themes.
func ThemeNames() []string { return append([]string{"auto"}, themeNames()...) }

// darkTheme and lightTheme have greys that a palette of 256 colours has too; others turn purple there.
func darkTheme() Theme {
	return Theme{Muted: "#949494", Border: "#626262", Good: "#9ECE6A", Warn: "#E0AF68", Bad: "#F7768E",
		Select: "#3B4A6B", Match: "#E0AF68", OnMark: "#15171C", Code: "#E0AF68", Syntax: "github-dark",
		Accents: []string{"#7AA2F7", "#9ECE6A", "#BB9AF7", "#FF9E64", "#7DCFFF", "#F6A5C0", "#4FD6BE", "#D9C97C"}}
}

func lightTheme() Theme {
	return Theme{Muted: "#6C6C6C", Border: "#A8A8A8", Good: "#2F7A2F", Warn: "#8F5300", Bad: "#C0213F",
		Select: "#C9D8F5", Match: "#FFD77A", OnMark: "#15171C", Code: "#9A4D00", Syntax: "xcode",
		Accents: []string{"#2558C4", "#2F7A2F", "#7A3EB1", "#B04A00", "#00708A", "#B4236A", "#0D6E66", "#7A6A00"}}
}

// contrastDark and contrastLight keep every colour at 7:1 or more against its ground, and mute nothing.
func contrastDark() Theme {
	return Theme{Text: "#FFFFFF", Background: "#000000", Muted: "#FFFFFF", Border: "#FFFFFF", Good: "#5FFF5F", Warn: "#FFD700", Bad: "#FF9A9A",
		Select: "#FFFFFF", Match: "#FFD700", OnMark: "#000000", Code: "#FFD700", Syntax: "none",
		Accents: []string{"#8AB4FF", "#5FFF5F", "#FFA6FF", "#FFD700", "#5FFFFF", "#FFB07A", "#C8B6FF", "#D7FF87"}}
}

func contrastLight() Theme {
	return Theme{Text: "#000000", Background: "#FFFFFF", Muted: "#000000", Border: "#000000", Good: "#005000", Warn: "#5A2F00", Bad: "#8F0016",
		Select: "#000000", Match: "#FFD700", OnMark: "#000000", Code: "#5A2F00", Syntax: "none",
		Accents: []string{"#00318F", "#005000", "#5B0A91", "#5A2F00", "#00474F", "#8F0050", "#3B2E8A", "#4E4E4E"}}
}

// terminalTheme takes the terminal's own sixteen colours, as its user chose them. What is muted is faint: the colour
// made for that, 8, is the ground itself in Solarized, and close to it in others.
func terminalTheme(dark bool) Theme {
	t := Theme{Good: "2", Warn: "3", Bad: "1", Select: "4", Match: "3", OnMark: "0", Code: "3", Syntax: "none",
		Accents: []string{"12", "10", "13", "11", "14", "9"}}
	if !dark {
		t.Accents = []string{"4", "2", "5", "6", "1", "3"}
	}
	return t
}

// resolveTheme gives the theme of a name with every colour that it leaves out, for a dark or a light terminal.
func resolveTheme(name string, own map[string]Theme, dark bool) Theme {
	seen := map[string]bool{}
	var build func(name string) Theme
	build = func(name string) Theme {
		if t, ok := own[name]; ok && !seen[name] {
			seen[name] = true
			return over(build(t.Base), t)
		}
		switch {
		case name == "plain":
			return Theme{Syntax: "none"}
		case name == "terminal":
			return terminalTheme(dark)
		case name == "contrast" && dark:
			return contrastDark()
		case name == "contrast":
			return contrastLight()
		case name == "dark", name != "light" && dark:
			return darkTheme()
		}
		return lightTheme()
	}
	return build(name)
}

// over gives top, and base where top says nothing.
func over(base, top Theme) Theme {
	pick := func(a, b string) string { return cmp.Or(a, b) }
	t := Theme{Background: pick(top.Background, base.Background), Text: pick(top.Text, base.Text), Muted: pick(top.Muted, base.Muted),
		Border: pick(top.Border, base.Border), Good: pick(top.Good, base.Good), Warn: pick(top.Warn, base.Warn), Bad: pick(top.Bad, base.Bad),
		Select: pick(top.Select, base.Select), Match: pick(top.Match, base.Match), OnMark: pick(top.OnMark, base.OnMark),
		Code: pick(top.Code, base.Code), Syntax: pick(top.Syntax, base.Syntax), Accents: base.Accents}
	if len(top.Accents) > 0 {
		t.Accents = top.Accents
	}
	return t
}

// theme holds the styles of the screen. Meaning never rests on a colour alone.
type theme struct {
	title  lipgloss.Style
	dim    lipgloss.Style
	border lipgloss.Style
	text   lipgloss.Style
	strong lipgloss.Style
	good   lipgloss.Style
	warn   lipgloss.Style
	bad    lipgloss.Style
	notice lipgloss.Style
	picked lipgloss.Style // selected text
	match  lipgloss.Style // what was found
	hit    lipgloss.Style // the one that the view stands on

	accents []string
	colours Theme
	plain   bool // no colours at all
}

// newTheme makes the styles of the theme of a name. A terminal without colours gets none, one of sixteen its own.
func newTheme(name string, own map[string]Theme, dark bool, profile colorprofile.Profile) theme {
	plain := name == "plain" || profile > colorprofile.Unknown && profile <= colorprofile.Ascii
	switch {
	case plain:
		name = "plain"
	case profile == colorprofile.ANSI && (name == "auto" || name == "" || name == "dark" || name == "light"):
		if name == "dark" || name == "light" {
			dark = name == "dark"
		}
		name = "terminal"
	}
	c := resolveTheme(name, own, dark)
	fg := func(s string) lipgloss.Style { return lipgloss.NewStyle().Foreground(colour(s)) }
	muted := func(s string) lipgloss.Style { return fg(s).Faint(s == "") }
	t := theme{colours: c, plain: plain, accents: c.Accents, title: lipgloss.NewStyle().Bold(true), text: lipgloss.NewStyle(),
		strong: lipgloss.NewStyle().Bold(true), dim: muted(c.Muted), border: muted(c.Border), good: fg(c.Good), warn: fg(c.Warn), bad: fg(c.Bad)}
	if plain {
		t.notice = lipgloss.NewStyle().Reverse(true)
		t.picked, t.match, t.hit = t.notice, lipgloss.NewStyle().Underline(true), t.notice.Underline(true)
		return t
	}
	t.notice = fg(readable(c.OnMark, c.Warn)).Background(colour(c.Warn))
	t.picked = fg(readable(c.OnMark, c.Select)).Background(colour(c.Select))
	t.match = fg(c.OnMark).Background(colour(c.Match))
	t.hit = t.match.Bold(true).Underline(true)
	return t
}

// colour reads a colour of a theme; "" is none.
func colour(s string) color.Color {
	if s == "" {
		return lipgloss.NoColor{}
	}
	return lipgloss.Color(s)
}

// readable is the colour for text on a ground: the one that is wanted, or white where the ground is dark. What the
// numbers of a palette look like is the terminal's secret; they keep what is wanted.
func readable(wanted, ground string) string {
	if !strings.HasPrefix(ground, "#") {
		return wanted
	}
	if r, g, b, _ := colour(ground).RGBA(); 299*(r>>8)+587*(g>>8)+114*(b>>8) < 110_000 {
		return "#FFFFFF"
	}
	return wanted
}

// accent is the colour of a pane, the same wherever that pane is named.
func (t theme) accent(n int) lipgloss.Style {
	return lipgloss.NewStyle().Foreground(colour(t.accentName(n)))
}

func (t theme) accentName(n int) string {
	if len(t.accents) == 0 {
		return ""
	}
	return t.accents[n%len(t.accents)]
}

// markdown is how answers look in a pane with this accent.
func (t theme) markdown(accent int) markdown.Style {
	if t.plain {
		return markdown.Plain()
	}
	syntax := t.colours.Syntax
	if syntax == "none" {
		syntax = ""
	}
	return markdown.Coloured(markdown.Palette{Accent: t.accentName(accent), Code: t.colours.Code, Muted: t.colours.Muted,
		Rule: t.colours.Border, Syntax: syntax})
}

// tone is how a state feels; it picks a style.
type tone int

const (
	toneQuiet tone = iota
	toneBusy
	toneGood
	toneWarn
	toneBad
)

func (t theme) tone(v tone) lipgloss.Style {
	switch v {
	case toneGood:
		return t.good
	case toneWarn:
		return t.warn
	case toneBad:
		return t.bad
	case toneBusy:
		return t.text
	}
	return t.dim
}

// themeChoices are the themes that the user can choose from.
func (a *app) themeChoices() []string {
	names := ThemeNames()
	var own []string
	for name := range a.cfg.Themes {
		own = append(own, name)
	}
	slices.Sort(own)
	return append(names, own...)
}

// setTheme draws everything in another theme.
func (a *app) setTheme(name string) {
	a.themeName = name
	a.retheme()
}

// SyntaxNames are the styles for code blocks that a theme can name.
func SyntaxNames() []string { return markdown.SyntaxNames() }
