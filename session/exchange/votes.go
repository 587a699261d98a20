package exchange

import (
	"strings"

	"lineup/providers"
	"lineup/session"
)

// voteWords says each vote on a turn in a line, such as "Vote: cold is the best (blind)".
func voteWords(t *session.Turn) []string {
	var lines []string
	for _, v := range t.Votes {
		who := "Vote: "
		if v.By != session.VotedByYou {
			who = "Vote of " + providers.CleanLine(v.By) + ": "
		}
		lines = append(lines, who+choiceWords(v)+markWords(v.VoteMarks))
	}
	return lines
}

func choiceWords(v *session.Vote) string {
	labels := func(places []int) (names []string) {
		for _, i := range places {
			names = append(names, providers.CleanLine(v.Contenders[i].Label))
		}
		return names
	}
	switch v.Kind {
	case session.VoteBad:
		return "none is good"
	case session.VoteRanking:
		return strings.Join(labels(v.Order), " > ")
	case session.VoteTie:
		return strings.Join(labels(v.Winners), " = ") + " are the best"
	}
	return strings.Join(labels(v.Winners), "") + " is the best"
}

// markWords names the marks of a vote in brackets, "" for none.
func markWords(m session.VoteMarks) string {
	var words []string
	for _, mark := range []struct {
		set  bool
		word string
	}{{m.Blind, "blind"}, {m.Named, "a model named itself"}, {m.Fallback, "after a fallback"},
		{m.Simulated, "simulated"}, {m.Partial, "an answer was not whole"}} {
		if mark.set {
			words = append(words, mark.word)
		}
	}
	if len(words) == 0 {
		return ""
	}
	return " (" + strings.Join(words, ", ") + ")"
}
