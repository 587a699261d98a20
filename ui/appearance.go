package ui

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/colorprofile"

	"lineup/ui/theme"
)

// appearance is the styles that everything is drawn with. They come from a theme, the ground of the
// terminal and the number of colours that it shows.
type appearance struct {
	theme.Styles

	name     string                 // of the theme; "" is "auto"
	own      map[string]theme.Theme // the user's, by name
	dark     bool                   // the terminal's ground, as far as it is known
	by       groundTeller           // who told it; until somebody does it is taken for dark
	grounded bool                   // the terminal told it or had the time; a theme may set one now
	profile  colorprofile.Profile
}

// groundTeller is who told the terminal's ground. A later one counts more than an earlier one.
type groundTeller int

const (
	byNobody   groundTeller = iota
	byVariable              // COLORFGBG
	byScheme                // the terminal, as whether its colours are dark or light
	byTerminal              // the terminal, as a colour
	byUser                  // a flag or LINEUP_BACKGROUND
)

// newAppearance makes the styles of a theme. background is "dark" or "light" where the user says
// what the terminal is, else "".
func newAppearance(name string, own map[string]theme.Theme, background string) appearance {
	a := appearance{name: name, own: own, dark: true}
	if background == "dark" || background == "light" {
		a.dark, a.by, a.grounded = background == "dark", byUser, true
	}
	a.restyle()
	return a
}

// restyle makes the styles.
func (a *appearance) restyle() {
	if a.grounded && a.by == byNobody {
		a.Styles = theme.Anywhere(a.name, a.own, a.profile)
		return
	}
	a.Styles = theme.New(a.name, a.own, a.dark, a.profile)
}

// hint takes what the variable COLORFGBG says of the ground: rxvt, Konsole and others set it to
// colour numbers, the last of which is the background's.
func (a *appearance) hint(colorFGBG string) {
	n, err := strconv.Atoi(colorFGBG[strings.LastIndexByte(colorFGBG, ';')+1:])
	if err != nil || n < 0 || n > 15 || !strings.Contains(colorFGBG, ";") {
		return
	}
	a.hear(n < 7 || n == 8, byVariable)
}

// hear takes the ground from somebody, unless one who counts more has told it. It reports whether
// the colours change.
func (a *appearance) hear(dark bool, by groundTeller) (news bool) {
	if by < a.by {
		return false
	}
	news = dark != a.dark || a.grounded && a.by == byNobody
	a.dark, a.by = dark, by
	a.grounded = a.grounded || by >= byTerminal
	a.restyle()
	return news
}

// scheme takes a terminal's report of its colours (mode 2031). It comes after a change or a
// question. ask wants its ground itself in addition: a theme that has set another one would be the
// answer.
func (a *appearance) scheme(dark bool) (news, ask bool) {
	own := a.grounded && a.Colours.Background != ""
	if own && a.by == byTerminal {
		a.by = byScheme
	}
	return a.hear(dark, byScheme), !own
}

// waited ends the time in which the terminal may tell its ground, and reports whether the colours
// change.
func (a *appearance) waited() (news bool) {
	news = !a.grounded && a.by == byNobody
	a.grounded = true
	a.restyle()
	return news
}

// use takes another theme.
func (a *appearance) use(name string) {
	a.name = name
	a.restyle()
}

// colours takes the number of colours that the terminal shows, and reports whether it changed.
func (a *appearance) colours(profile colorprofile.Profile) (news bool) {
	if news = profile != a.profile; news {
		a.profile = profile
		a.restyle()
	}
	return news
}

// choice is the name of the theme among those to choose from.
func (a *appearance) choice() string { return cmp.Or(a.name, "auto") }

// choices are the themes to choose from: lineup's, then the user's.
func (a *appearance) choices() []string {
	own := slices.Sorted(maps.Keys(a.own))
	names := slices.DeleteFunc(theme.Names(), func(name string) bool {
		return slices.Contains(own, name)
	})
	return append(names, own...)
}
