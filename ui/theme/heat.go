package theme

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"charm.land/lipgloss/v2"
)

// How much of its colour a ground takes at most: with more, text would be hard to read on it. A
// theme that brings the ground of the screen may want more contrast than others.
const (
	mostHeat  = 0.45
	mostOnOwn = 0.35
	heatCurve = 0.7 // below 1, so that what is near 0 can be told from 0
)

// Grounds of a number that is neither good nor bad, where the theme has none.
const (
	darkCell  = "#262626"
	lightCell = "#F2F2F2"
)

// Heat is the style of a number that is bad at −1, neither at 0, and good at 1. Its ground takes
// more of the colour the farther it is from 0. A theme with numbers of the terminal's palette
// colours the text. So does a terminal of 256 colours, which has no dark greens and reds that could
// be told apart.
func (t Styles) Heat(v float64) lipgloss.Style {
	name := t.Colours.Good
	if v < 0 {
		name = t.Colours.Bad
	}
	switch {
	case t.plain:
		return lipgloss.NewStyle()
	case t.few || !strings.HasPrefix(name, "#"):
		if math.Abs(v) < 0.2 {
			return t.Text
		}
		return lipgloss.NewStyle().Foreground(Colour(name))
	}
	cell, most := lightCell, mostHeat
	if t.dark {
		cell = darkCell
	}
	if strings.HasPrefix(t.Colours.Background, "#") {
		cell, most = t.Colours.Background, mostOnOwn
	}
	share := most * math.Pow(min(1, math.Abs(v)), heatCurve)
	ground := mixed(Colour(cell), Colour(name), share)
	return lipgloss.NewStyle().Background(Colour(ground)).Foreground(Colour(readable("#000000",
		ground)))
}

// mixed is a colour with a share of another one.
func mixed(a, b color.Color, share float64) string {
	ar, ag, ab, _ := a.RGBA()
	br, bg, bb, _ := b.RGBA()
	mix := func(a, b uint32) int {
		return int(math.Round((float64(a)*(1-share) + float64(b)*share) / 257))
	}
	return fmt.Sprintf("#%02X%02X%02X", mix(ar, br), mix(ag, bg), mix(ab, bb))
}
