package report

import (
	"fmt"

	"github.com/charmbracelet/x/ansi"

	"lineup/compare"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// topicRows is a table of topics: how many votes each has, and who is first in it.
func topicRows(t theme.Styles, topics []compare.Topic, width int) []string {
	const votesWidth = 6
	few := "– not enough votes"
	name := ansi.StringWidth("topic")
	for _, x := range topics {
		name = max(name, ansi.StringWidth(text.OneLine(x.String())))
	}
	share := min(width/nameShare, width-1-2*statsGap-votesWidth-ansi.StringWidth(few))
	name = min(name, max(minName, share))
	line := func(topic, votes, first string) string {
		return " " + text.Pad(text.Cut(topic, name), name) + text.Spaces(statsGap) +
			fmt.Sprintf("%*s", votesWidth, votes) + text.Spaces(statsGap) + first
	}
	rows := []string{t.Dim.Render(line("topic", "votes", "first in it"))}
	room := max(minName, width-ansi.StringWidth(line("", "", "")))
	if ansi.StringWidth(few) > room {
		few = "– too few votes"
	}
	for _, x := range topics {
		first := []string{t.Dim.Render(few)}
		if list := x.Ratings.First(); len(list) > 0 {
			first = firstWords(list, room)
		}
		rows = append(rows, line(text.OneLine(x.String()),
			text.Grouped(x.Ratings.Summary.Votes-x.Ratings.Summary.LeftOut), first[0]))
		for _, other := range first[1:] {
			rows = append(rows, line("", "", other))
		}
	}
	return rows
}

// firstWords names the contenders of the first rank, and says how often the strongest wins. Each of
// them has a row of its own where one has no room for all.
func firstWords(first []compare.Rating, room int) []string {
	label := text.OneLine(first[0].Contender.Label)
	wins := fmt.Sprintf(" %s %%", inPercent(first[0].P))
	if all := wins + fmt.Sprintf(" (%s)", span(first[0].Low, first[0].High)); min(minName,
		ansi.StringWidth(label))+ansi.StringWidth(all) <= room {
		wins = all
	}
	rows := []string{text.CutFront(label, room-ansi.StringWidth(wins)) + wins}
	whole := label + wins
	for _, x := range first[1:] {
		const or = "or "
		label := text.OneLine(x.Contender.Label)
		rows = append(rows, or+text.CutFront(label, room-len(or)))
		whole += " " + or + label
	}
	if ansi.StringWidth(whole) <= room {
		return []string{whole}
	}
	return rows
}
