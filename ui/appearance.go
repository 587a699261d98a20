package ui

import (
	"cmp"
	"maps"
	"slices"

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
	grounded bool                   // the terminal told it or had the time; a theme may set one now
	profile  colorprofile.Profile
}

func newAppearance(name string, own map[string]theme.Theme) appearance {
	a := appearance{name: name, own: own, dark: true}
	a.restyle()
	return a
}

func (a *appearance) restyle() { a.Styles = theme.New(a.name, a.own, a.dark, a.profile) }

// use takes another theme.
func (a *appearance) use(name string) {
	a.name = name
	a.restyle()
}

// ground takes the terminal's ground, and reports whether it changed.
func (a *appearance) ground(dark bool) (news bool) {
	a.grounded = true
	if news = dark != a.dark; news {
		a.dark = dark
		a.restyle()
	}
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
