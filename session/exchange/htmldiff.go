package exchange

import (
	"fmt"

	"lineup/compare"
	"lineup/providers"
	"lineup/session"
)

// pageDiff is how an answer differs from the first one of its turn.
type pageDiff struct {
	Words     string
	Stretches []compare.Stretch // safe to show
}

// addDiffs compares the answers in force with the first of them that has a text. It reports
// whether there was something to compare.
func addDiffs(t *session.Turn, replies []pageReply) bool {
	var first *session.Reply
	found := false
	for i := range replies {
		r := t.Reply(replies[i].N - 1)
		switch {
		case r == nil || r.Merge || r.VisibleText() == "":
		case first == nil:
			first = r
		default:
			replies[i].Diff = pageDiffOf(first, r)
			found = true
		}
	}
	return found
}

func pageDiffOf(first, other *session.Reply) *pageDiff {
	c := compare.Diff(first.VisibleText(), other.VisibleText())
	d := &pageDiff{Words: fmt.Sprintf("%s as in answer %d.", c.InWords(), first.Slot+1)}
	for _, s := range c.Stretches() {
		s.A, s.B = providers.Clean(s.A), providers.Clean(s.B)
		d.Stretches = append(d.Stretches, s)
	}
	return d
}

// diffSwitch shows the differences of the whole page while it is open: page.css reads its state, so
// the page needs no script.
const diffSwitch = `<details class="switch"><summary>Show differences</summary>
<p class="sub">Each answer is compared with the first one of its turn, word by word. <del>Struck out</del>: only the
first one has it. <strong class="ins">Marked</strong>: the first one lacks it.</p></details>
`

func (m markup) diff(d *pageDiff) {
	m.Put(`<div class="diff"><p class="sub">`, d.Words, "</p>")
	m.Raw(`<pre class="plain" dir="auto">`)
	for _, s := range d.Stretches {
		if !s.Differs {
			m.Text(s.B)
			continue
		}
		m.Opt("<del>", s.A, "</del>")
		m.Opt(`<strong class="ins">`, s.B, "</strong>")
	}
	m.Raw("</pre></div>\n")
}
