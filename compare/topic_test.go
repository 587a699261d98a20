package compare

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A vote counts in each tag of its session and in each template that its prompt fits; the others are in no topic.
func TestTopics(t *testing.T) {
	with := func(prompt string, votes []Vote, tags ...string) []Vote {
		for i := range votes {
			votes[i].Prompt, votes[i].Tags = prompt, tags
		}
		return votes
	}
	votes := slices.Concat(with("fix it", times(30, best(0, "a", "b")), "code", "work"), with("say it", times(20, best(1, "a", "b")), "work"),
		with("fix that", times(3, best(0, "a", "c"))), with("say", times(2, allBad("a", "b")), "code"))
	templates := map[string]func(string) bool{"fix": func(p string) bool { return strings.HasPrefix(p, "fix") }, "unused": func(string) bool { return false }}
	var got []string
	for _, x := range Topics(votes, templates, RatingOptions{}) {
		var first []string
		for _, r := range x.Ratings.First() {
			first = append(first, r.Contender.ID)
		}
		got = append(got, fmt.Sprint(x.Subject, " ", x.Ratings.Summary.Votes, " ", first))
	}
	// of 30 wins against 20 nobody is first for certain: P(θa > θb) is 0.92
	want := []string{"#work 50 [a b]", "template fix 33 [a]", "#code 32 [a]"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if list := Topics(votes[50:53], nil, RatingOptions{}); len(list) != 0 {
		t.Errorf("%+v", list)
	}
}
