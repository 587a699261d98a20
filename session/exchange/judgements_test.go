package exchange

import (
	"strings"
	"testing"

	"lineup/session"
)

// Judgements stand in pages for people, with what the judge said; what it quotes is text there.
func TestJudgementsStandInPagesForPeople(t *testing.T) {
	usd := 0.002
	pair := func(a, b int, judge string, winner session.Verdict, change func(*session.Judgement)) *session.Judgement {
		j := &session.Judgement{Judge: judge, A: a, B: b, Winner: winner, Reason: "<script>\x1b[31m 이유", Cost: session.Cost{USD: &usd, Source: "config"},
			Judged: session.Judged{Contenders: []session.Candidate{{ID: "a", Label: "찬 <a>"}, {ID: "b", Label: "p/b"}}}}
		change(j)
		return j
	}
	same := func(*session.Judgement) {}
	merge := answered(2, "p/chief", "both")
	merge.Merge, merge.Merged = true, []int{1, -1, 0}
	turn := &session.Turn{Prompt: "p", Replies: []*session.Reply{answered(0, "p/a", "x"), answered(1, "p/b", "y"), merge}, Judgements: []*session.Judgement{
		pair(0, 1, "j/one", session.VerdictA, same), pair(0, 2, "j/one", session.VerdictTie, func(j *session.Judgement) { j.Flipped, j.Self = true, true }),
		pair(0, 1, "j/two", session.NoVerdict, same)}}
	s := &session.Session{Turns: []*session.Turn{turn}}
	var md, html strings.Builder
	if err := WriteMarkdown(&md, s); err != nil {
		t.Fatal(err)
	}
	if err := WriteHTML(&html, s); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`_Judged by j/one: 1 찬 \<a> > 2 p/b · 1 찬 \<a> = 3 p/b (flipped, the judge's own answer) ($0.004`, "_Judged by j/two: 1 찬 \\<a> ? 2 p/b (no verdict)",
		"merges the others: A is 2, C is 1"} {
		if !strings.Contains(md.String(), want) {
			t.Errorf("%s is not in\n%s", want, md.String())
		}
	}
	for _, want := range []string{"Judged by j/one: 1 찬 &lt;a&gt; &gt; 2 p/b", "&lt;script&gt;␛[31m 이유", "merges the others: A is 2, C is 1", "$0.006"} {
		if !strings.Contains(html.String(), want) {
			t.Errorf("%s is not in\n%s", want, html.String())
		}
	}
	if strings.Contains(html.String()+md.String(), "\x1b") || strings.Contains(html.String(), "<script>") {
		t.Error("what a judge says is not safe there")
	}
	if n := strings.Count(html.String(), "as in answer 1."); n != 1 {
		t.Errorf("%d answers are compared with the first one, a merge among them", n)
	}
}
