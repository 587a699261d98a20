package ui

import (
	"fmt"
	"strings"

	"lineup/session"
)

// verdict says who answered first, fastest, cheapest and at greatest length. Only whole answers compete, only where
// there are at least two, and a tie crowns nobody.
func verdict(panes []*pane, t *session.Turn) string {
	var answers []*session.Reply
	for _, r := range t.Replies {
		if r != nil && r.Status.Answer() {
			answers = append(answers, r)
		}
	}
	if len(answers) < 2 {
		return ""
	}
	name := func(r *session.Reply) string {
		for _, p := range panes {
			if p.slot == r.Slot {
				return fmt.Sprintf("%d %s", p.number, cut(oneLine(p.spec.Info.Name), 16))
			}
		}
		return cut(oneLine(r.Model), 18) // its pane was closed
	}
	var parts []string
	add := func(title string, value func(*session.Reply) (float64, bool), show func(float64) string) {
		if best, v := leastOf(answers, value); best != nil {
			parts = append(parts, fmt.Sprintf("%s %s %s", title, name(best), show(v)))
		}
	}
	inSeconds := func(v float64) string { return millis(&v) }
	add("fastest", func(r *session.Reply) (float64, bool) { return deref(r.Metrics.Duration) }, inSeconds)
	add("first", func(r *session.Reply) (float64, bool) { return deref(r.Metrics.TTFT) }, inSeconds)
	add("cheapest", func(r *session.Reply) (float64, bool) { return deref(r.Cost.USD) }, usd)
	add("longest", func(r *session.Reply) (float64, bool) { return -float64(r.Usage.Output), true },
		func(v float64) string { return count(int(-v)) + " tok" })
	return strings.Join(parts, " · ")
}

func deref(v *float64) (float64, bool) {
	if v == nil {
		return 0, false
	}
	return *v, true
}

// leastOf gives the one reply with the least value; nil where any value is unknown or the least is shared.
func leastOf(rs []*session.Reply, value func(*session.Reply) (float64, bool)) (best *session.Reply, least float64) {
	tie := false
	for _, r := range rs {
		v, ok := value(r)
		switch {
		case !ok:
			return nil, 0
		case best == nil || v < least:
			best, least, tie = r, v, false
		case v == least:
			tie = true
		}
	}
	if tie {
		return nil, 0
	}
	return best, least
}
