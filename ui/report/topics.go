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
	name := ansi.StringWidth("topic")
	for _, x := range topics {
		name = max(name, ansi.StringWidth(text.OneLine(x.String())))
	}
	name = min(name, max(minName, width/nameShare))
	line := func(topic, votes, first string) string {
		return " " + text.Pad(text.Cut(topic, name), name) + text.Spaces(statsGap) +
			fmt.Sprintf("%*s", votesWidth, votes) + text.Spaces(statsGap) + first
	}
	rows := []string{t.Dim.Render(line("topic", "votes", "first in it"))}
	for _, x := range topics {
		first := t.Dim.Render("– not enough votes")
		if list := x.Ratings.First(); len(list) > 0 {
			first = firstWords(list)
		}
		rows = append(rows, line(text.OneLine(x.String()),
			text.Grouped(x.Ratings.Summary.Votes-x.Ratings.Summary.LeftOut), first))
	}
	return rows
}

// firstWords names the contenders of the first rank, and says how often the strongest wins.
func firstWords(first []compare.Rating) string {
	words := fmt.Sprintf("%s %s %% (%s)", text.OneLine(first[0].Contender.Label),
		inPercent(first[0].P), span(first[0].Low, first[0].High))
	for _, x := range first[1:] {
		words += " or " + text.OneLine(x.Contender.Label)
	}
	return words
}
