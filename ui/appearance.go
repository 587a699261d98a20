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
	known    bool                   // something told it; until then it is taken for dark
	grounded bool                   // the terminal told it or had the time; a theme may set one now
	profile  colorprofile.Profile
}

func newAppearance(name string, own map[string]theme.Theme) appearance {
	a := appearance{name: name, own: own, dark: true}
	a.restyle()
	return a
}

// restyle makes the styles. On a ground that nothing told, the automatic theme takes the terminal's
// own colours: they can be read on both.
func (a *appearance) restyle() {
	name := a.name
	if a.grounded && !a.known && (name == "" || name == "auto") {
		name = "terminal"
	}
	a.Styles = theme.New(name, a.own, a.dark, a.profile)
}

// hint takes what the variable COLORFGBG says of the ground: rxvt, Konsole and others set it to
// colour numbers, the last of which is the background's. The terminal's own answer counts more.
func (a *appearance) hint(colorFGBG string) {
	n, err := strconv.Atoi(colorFGBG[strings.LastIndexByte(colorFGBG, ';')+1:])
	if err != nil || n < 0 || n > 15 || !strings.Contains(colorFGBG, ";") {
		return
	}
	a.dark, a.known = n < 7 || n == 8, true
	a.restyle()
}

// waited ends the time in which the terminal may tell its ground, and reports whether the colours
// change.
func (a *appearance) waited() (news bool) {
	news = !a.grounded && !a.known
	a.grounded = true
	a.restyle()
	return news
}

// use takes another theme.
func (a *appearance) use(name string) {
	a.name = name
	a.restyle()
}

// ground takes the terminal's ground, and reports whether it changed.
func (a *appearance) ground(dark bool) (news bool) {
	news = dark != a.dark || a.grounded && !a.known
	a.grounded, a.known, a.dark = true, true, dark
	a.restyle()
	return news
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
	return append(theme.Names(), slices.Sorted(maps.Keys(a.own))...)
}
