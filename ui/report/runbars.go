package report

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"lineup/ui/text"
	"lineup/ui/theme"
)

// RunBar is how far a run is with one provider.
type RunBar struct {
	Name              string
	All, Done, Failed int
	Rest              string // what else is known: in flight, speed, cost, time left
}

// RunBars are a bar for each provider, with its numbers: the rest stands below where it does not
// fit.
func RunBars(t theme.Styles, bars []RunBar, width int) (rows []string) {
	name, count := 0, 0
	for _, b := range bars {
		name = max(name, ansi.StringWidth(text.OneLine(b.Name)))
		count = max(count, len(b.ended()))
	}
	name = min(name, width/nameShare)
	track := max(minBar, min(maxBar, width-name-count-4)) // all alike, to compare them
	for _, b := range bars {
		rows = append(rows, text.Pad(text.Cut(text.OneLine(b.Name), name), name)+"  "+
			b.Track(t, track)+"  "+text.PadLeft(b.ended(), count))
		if b.words() == "" {
			continue
		}
		words := strings.Split(text.OneLine(b.words()), " · ")
		for _, row := range text.Parts(words, width-name-2) {
			rows = append(rows, text.Spaces(name+2)+t.Dim.Render(row))
		}
	}
	return rows
}

// ended is how many lines have ended of all.
func (b RunBar) ended() string { return text.Grouped(b.Done+b.Failed) + "/" + text.Grouped(b.All) }

// words are the failures, and what else is known.
func (b RunBar) words() string {
	if b.Failed == 0 {
		return b.Rest
	}
	return strings.TrimSuffix(text.Grouped(b.Failed)+" failed · "+b.Rest, " · ")
}

// Track fills the part of a track that has ended; failures have another sign and another colour.
func (b RunBar) Track(t theme.Styles, track int) string {
	if b.All == 0 {
		return t.Dim.Render(strings.Repeat("─", track))
	}
	ended := (b.Done + b.Failed) * track / b.All
	failed := 0
	if b.Failed > 0 {
		failed = min(ended, max(1, b.Failed*track/b.All))
	}
	return t.Accent(0).Render(strings.Repeat("━", ended-failed)) +
		t.Bad.Render(strings.Repeat("╳", failed)) + t.Dim.Render(strings.Repeat("─", track-ended))
}
