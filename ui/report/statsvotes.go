package report

import (
	"strconv"

	"lineup/compare"
	"lineup/session"
	"lineup/ui/text"
)

// votesTable says how good a group is by votes. It has no title where nobody voted on any of the
// groups.
func votesTable(list []session.Stats, ratings []compare.Rating) statsTable {
	s := statsTable{key: "━ wins against an average one"}
	found := make([]*compare.Rating, len(list))
	for i := range list {
		found[i] = RatingOf(&list[i], ratings)
		bar := statsBar{}
		if x := found[i]; x != nil {
			s.title, bar = "VOTES", statsBar{x.P, 0}
		}
		s.bars = append(s.bars, bar)
	}
	show := func(head string, cell func(*compare.Rating) string) {
		c := statsColumn{head: head}
		for _, x := range found {
			words := "–"
			if x != nil {
				words = cell(x)
			}
			c.cells = append(c.cells, words)
		}
		s.cols = append(s.cols, c)
	}
	show("n", func(x *compare.Rating) string { return text.Grouped(x.Votes) })
	show("wins", func(x *compare.Rating) string { return inPercent(x.P) + " %" })
	show("95 %", func(x *compare.Rating) string { return span(x.Low, x.High) })
	show("rank", func(x *compare.Rating) string {
		if x.Rank == nil {
			return "–"
		}
		return strconv.Itoa(*x.Rank)
	})
	return s
}

// RatingOf finds the rating of a model or of a contender, nil where there is none.
func RatingOf(s *session.Stats, ratings []compare.Rating) *compare.Rating {
	for i := range ratings {
		who := &ratings[i].Contender
		switch {
		case ratings[i].Votes == 0:
		case s.By == session.ByModel && who.Model == s.Group,
			s.By == session.ByContender && s.Contender != nil && who.ID == s.Contender.ID():
			return &ratings[i]
		}
	}
	return nil
}
