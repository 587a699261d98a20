package ui

import (
	"image/color"

	"charm.land/lipgloss/v2"
)

// theme holds the styles of the screen. Colours are the terminal's own sixteen, so that they fit any palette;
// meaning never rests on a colour alone.
type theme struct {
	dark    bool
	title   lipgloss.Style
	dim     lipgloss.Style
	text    lipgloss.Style
	strong  lipgloss.Style
	good    lipgloss.Style
	warn    lipgloss.Style
	bad     lipgloss.Style
	notice  lipgloss.Style
	accents []color.Color
}

func newTheme(dark bool) theme {
	s := lipgloss.NewStyle
	t := theme{
		dark:   dark,
		title:  s().Bold(true),
		dim:    s().Foreground(lipgloss.BrightBlack),
		text:   s(),
		strong: s().Bold(true),
		good:   s().Foreground(lipgloss.Green),
		warn:   s().Foreground(lipgloss.Yellow),
		bad:    s().Foreground(lipgloss.Red),
		notice: s().Foreground(lipgloss.Black).Background(lipgloss.Yellow),
		accents: []color.Color{lipgloss.BrightCyan, lipgloss.BrightMagenta, lipgloss.BrightGreen, lipgloss.BrightYellow,
			lipgloss.BrightBlue, lipgloss.BrightRed},
	}
	if !dark {
		t.accents = []color.Color{lipgloss.Cyan, lipgloss.Magenta, lipgloss.Green, lipgloss.Blue, lipgloss.Red, lipgloss.Yellow}
	}
	return t
}

// accent is the colour of a pane, the same wherever that pane is named.
func (t theme) accent(slot int) lipgloss.Style {
	return lipgloss.NewStyle().Foreground(t.accents[slot%len(t.accents)])
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
