package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"lineup/compare"
	"lineup/session"
)

// rated are ratings of four contenders, two of one model; the last one has few votes.
func rated() compare.Ratings {
	list := []session.Candidate{{ID: "a", Model: "p/a", Label: "local/llama3.1:8b temperature=0 seed=7"}, {ID: "b", Model: "p/b", Label: "차가운 모델"},
		{ID: "c", Model: "p/c", Label: "p/\x1b[31mc"}, {ID: "d", Model: "p/d", Label: "p/d"}}
	var votes []compare.Vote
	add := func(n int, v session.Vote) {
		for range n {
			votes = append(votes, compare.Vote{Vote: v})
		}
	}
	add(25, session.Vote{Contenders: list[:3], Kind: session.VoteRanking, Order: []int{0, 1, 2}})
	add(24, session.Vote{Contenders: list[:3], Kind: session.VoteRanking, Order: []int{1, 0, 2}})
	add(2, session.Vote{Contenders: list[2:], Kind: session.VoteBest, Winners: []int{0}})
	add(3, session.Vote{Contenders: list[2:], Kind: session.VoteBad})
	add(4, session.Vote{Contenders: list[2:], Kind: session.VoteBest, Winners: []int{0}, VoteMarks: session.VoteMarks{Simulated: true}})
	r := compare.Rate(votes, compare.RatingOptions{})
	r.Summary.BadLines = 1
	return r
}

// ratedTopics are topics with a clear first, with two firsts, and with few votes.
func ratedTopics() []compare.Topic {
	few := compare.Rate(nil, compare.RatingOptions{})
	few.Summary.Votes, few.Summary.LeftOut = 6, 2
	one := rated()
	second := 2
	one.Ratings[1].Rank = &second
	return []compare.Topic{{Subject: compare.Subject{Name: "code"}, Ratings: rated()},
		{Subject: compare.Subject{Name: "번역"}, Ratings: one},
		{Subject: compare.Subject{Name: "review", Template: true}, Ratings: few}}
}

func TestRatingsFrames(t *testing.T) {
	for _, width := range []int{40, 80, 120} {
		goldenText(t, fmt.Sprintf("ratings-%d", width), ansi.Strip(Ratings(rated(), ratedTopics(), width)))
	}
}

func TestRatingsFitAndSayWhatTheyLack(t *testing.T) {
	for width := 20; width < 200; width += 7 {
		for line := range strings.Lines(Ratings(rated(), ratedTopics(), width)) {
			if w := ansi.StringWidth(strings.TrimSuffix(line, "\n")); w > width {
				t.Errorf("%d cells at width %d: %q", w, width, line)
			}
		}
	}
	for _, want := range []string{" 58–94", "or 차가운 모델", "– too few votes"} { // Fault: a narrow overlay left them out
		if got := ansi.Strip(Ratings(rated(), ratedTopics(), 36)); !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if got := Ratings(compare.Rate(nil, compare.RatingOptions{}), nil, 80); !strings.Contains(got, "0 votes") {
		t.Error(got)
	}
}
