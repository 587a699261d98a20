package exchange

import (
	"strings"
	"testing"

	"lineup/session"
)

// The page can show how each answer differs from the first one that has a text, without a script.
func TestHTMLShowsDifferences(t *testing.T) {
	failed, first := answered(0, "p/none", ""), answered(1, "p/one", "**결론**은 <b>42</b> ms\x1b[31m")
	second := answered(2, "p/two", "결론은 <b>40</b> ms\x1b[31m")
	s := &session.Session{Turns: []*session.Turn{{Prompt: "p", Replies: []*session.Reply{failed, first, second}}}}
	page := htmlOf(t, s)
	inspect(t, page)
	for _, want := range []string{`<details class="switch"><summary>Show differences</summary>`, "of the words are the same as in answer 2.",
		`결론은 &lt;b&gt;<del>42</del><strong class="ins">40</strong>&lt;/b&gt; ms␛[31m</pre>`} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is missing", want)
		}
	}
	if n := strings.Count(page, `<div class="diff">`); n != 1 {
		t.Errorf("%d answers are compared, want 1", n)
	}
	second.Text = ""
	if page := htmlOf(t, s); strings.Contains(page, "Show differences") || strings.Contains(page, `class="diff"`) {
		t.Error("one answer is compared with nothing")
	}
}
