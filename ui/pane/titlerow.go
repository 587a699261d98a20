package pane

import (
	"fmt"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/ui/report"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// titleRow is the upper border with the pane's number, what tells it from its neighbours, and its
// provider; in a low pane with the state too. A simulated model always says so.
func (p *Pane) titleRow(
	border lipgloss.Style, f frameParts, th theme.Styles, now time.Time,
) string {
	room := max(0, p.place.W-4) // corners, and a blank on each side of the title
	of := rim{width: p.place.W, accent: p.Accent, focused: p.focused, left: " "}
	if p.current && !p.focused {
		of.left = "▸"
	}
	title := p.title(room)
	if !p.airy() {
		of.right, of.feel = p.shortState(now, room, ansi.StringWidth(title))
	}
	right := ansi.StringWidth(of.right)
	if right > 0 {
		title = p.title(room - right)
	}
	of.left += title
	return p.kept.title.Of(of, func() string {
		name := th.Accent(p.Accent).Bold(true)
		lead, title := name.Render(of.left[:len(of.left)-len(title)]), title
		if p.focused {
			title, lead = name.Reverse(true).Render(of.left+" "), ""
		} else {
			title = name.Render(title) + " "
		}
		fill := max(0, room-right-ansi.StringWidth(of.left)+1)
		line := border.Render(strings.Repeat(f.top, fill))
		return border.Render(f.topLeft) + lead + title + line +
			th.Tone(of.feel).Render(of.right) + border.Render(f.topRight)
	})
}

// shortState is the state for the title row of a low pane: half of its room or what the title
// leaves of it, with a blank on each side, and with the speed where there is room for it.
func (p *Pane) shortState(now time.Time, room, title int) (string, theme.Tone) {
	sign, words, feel := p.State(now)
	least := title
	if !p.Hidden() && p.mayDropProvider() {
		least = p.shortTitle(room)
	}
	most := max(room/2, room-least-1) - 2
	s := sign + " " + words
	if ansi.StringWidth(s) > most {
		s = sign + " " + p.briefState(now)
	}
	if ansi.StringWidth(s) > most { // a part of a word tells less
		s = text.Cut(sign, most)
	}
	if s == "" {
		return "", feel
	}
	speed := report.Speed(p.Reply())
	if speed != "" && !p.Hidden() && title+ansi.StringWidth(s+speed)+4 <= room {
		s += " " + speed
	}
	return " " + s + " ", feel
}

func (p *Pane) title(room int) string {
	if p.Hidden() {
		return text.Cut(p.Name(), room)
	}
	where := text.OneLine(p.Spec.Info.Ref.Provider)
	if p.called.name == "" { // the settings alone tell it apart
		where = ""
	}
	if p.Simulated() {
		where = "simulated"
	}
	if p.Spec.Replayed { // which must be read before who it was
		where = strings.TrimSuffix("replay, "+where, ", ")
	}
	if where != "" {
		where = " · " + where
	}
	number := fmt.Sprintf("%d ", p.Number)
	if p.Spec.Replayed && p.shortTitle(room)+ansi.StringWidth(where) > room {
		where = " · replay"
	}
	if !p.airy() && p.shortTitle(room)+ansi.StringWidth(where) > room && p.mayDropProvider() {
		where = "" // the name and the state tell more
	}
	return text.Cut(number+p.titleName(max(2, room-len(number)-ansi.StringWidth(where)))+where,
		room)
}

// mayDropProvider reports whether the title tells as much without the provider. It does unless the
// model is simulated, the pane is a replay, or another pane has the name.
func (p *Pane) mayDropProvider() bool {
	r := p.Reply()
	return !p.called.provider && !p.Spec.Info.Simulated && !p.Spec.Replayed &&
		(r == nil || !r.Simulated)
}

// shortTitle is the width of the title without its provider.
func (p *Pane) shortTitle(room int) int {
	return len(fmt.Sprintf("%d ", p.Number)) + ansi.StringWidth(p.titleName(room))
}

// titleName is the name in the title, in so many cells, with the settings apart from the model.
func (p *Pane) titleName(room int) string {
	name, settings := text.OneLine(p.called.name), text.OneLine(p.called.settings)
	switch {
	case settings == "":
		return text.Cut(name, room)
	case name == "":
		return text.Cut(settings, room)
	}
	const dot = " · "
	left := room - ansi.StringWidth(dot+settings)
	if left < min(minName, ansi.StringWidth(name)) {
		return text.Cut(settings, room)
	}
	return text.Cut(name, left) + dot + settings
}
