package exchange

import (
	"strings"
	"testing"

	"lineup/session"
)

func TestVotesStandInPagesForPeople(t *testing.T) {
	of := func(kind session.VoteKind, winners, order []int, marks session.VoteMarks, by string) *session.Vote {
		return &session.Vote{Kind: kind, Winners: winners, Order: order, VoteMarks: marks, By: by,
			Contenders: []session.Candidate{{ID: "a", Label: "p/a"}, {ID: "b", Label: "<b>\x1b[31m"}, {ID: "c", Label: "p/c"}}}
	}
	s := &session.Session{Turns: []*session.Turn{{Prompt: "p", Replies: []*session.Reply{answered(0, "p/a", "x")}, Votes: []*session.Vote{
		of(session.VoteBest, []int{1}, nil, session.VoteMarks{Blind: true, Named: true}, "you"),
		of(session.VoteTie, []int{0, 2}, nil, session.VoteMarks{}, "somebody"),
		of(session.VoteBad, nil, nil, session.VoteMarks{Fallback: true, Simulated: true, Partial: true}, "else"),
		of(session.VoteRanking, nil, []int{2, 0, 1}, session.VoteMarks{}, "third")}}}}
	var md, html strings.Builder
	if err := WriteMarkdown(&md, s); err != nil {
		t.Fatal(err)
	}
	if err := WriteHTML(&html, s); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"Vote of somebody: p/a = p/c are the best", "Vote of else: none is good (after a fallback, simulated, an answer was not whole)"} {
		if !strings.Contains(md.String(), "_"+line+"_\n") || !strings.Contains(html.String(), ">"+line+"</p>") {
			t.Errorf("%s is not in\n%s\n%s", line, md.String(), html.String())
		}
	}
	for _, line := range []string{"Vote: &lt;b&gt;␛[31m is the best (blind, a model named itself)</p>", "Vote of third: p/c &gt; p/a &gt; &lt;b&gt;␛[31m</p>"} {
		if !strings.Contains(html.String(), line) {
			t.Errorf("%s is not in\n%s", line, html.String()[strings.Index(html.String(), "Vote"):])
		}
	}
	if !strings.Contains(md.String(), `\<b>`) || strings.Contains(md.String(), "\x1b") {
		t.Error(md.String())
	}
}
