package blind

import (
	"slices"
	"time"
	"unicode/utf8"

	"lineup/providers"
	"lineup/session"
)

// Played is a session as it may be played again: as [Veil.Session] has it, with the times at which
// a screen that hides who is who would have shown each part. The times of its own would name a
// model.
func (v *Veil) Played(s *session.Session) *session.Session {
	c := v.Session(s)
	if v == nil || s == nil {
		return c
	}
	for i, t := range s.Turns {
		v.pace(t, c.Turns[i])
	}
	return c
}

// The texts of a reply, each of which keeps step for itself.
const (
	answerText = iota
	thoughtText
	texts
)

// runner is a reply that is played in step with the others of its turn.
type runner struct {
	*session.Reply               // as it may be shown
	came           [texts]int    // characters that had come
	given          [texts]int    // characters that were shown
	left           [texts]string // that was not
	over           bool
	whole          time.Duration // when the last of it was shown
}

// pace gives the replies of a turn that may be shown the times at which they are.
func (v *Veil) pace(t, shown *session.Turn) {
	var field []*runner
	type step struct {
		providers.Event
		of *runner
	}
	var steps []step
	for i, r := range t.Replies {
		if r == nil {
			continue
		}
		x := &runner{Reply: shown.Replies[i]}
		x.left = [texts]string{answerText: x.Text, thoughtText: x.Reasoning}
		field = append(field, x)
		for _, ev := range r.Snapshot().Events(t.CreatedAt) {
			steps = append(steps, step{ev, x})
		}
	}
	slices.SortStableFunc(steps, func(a, b step) int { return a.At.Compare(b.At) })
	for _, s := range steps {
		switch s.Type {
		case providers.EventText:
			s.of.came[answerText] += utf8.RuneCountInString(s.Text)
		case providers.EventReasoning:
			s.of.came[thoughtText] += utf8.RuneCountInString(s.Text)
		case providers.EventEnd:
			s.of.over = true
		default:
			continue
		}
		for _, x := range field {
			x.show(v.allowed(field, x), s.At.Sub(t.CreatedAt))
		}
	}
	for _, x := range field { // one that says nothing ends with the last one
		end := x.whole
		if x.Text == "" && x.Reasoning == "" && len(steps) > 0 {
			end = steps[len(steps)-1].At.Sub(t.CreatedAt)
		}
		ms := float64(end.Microseconds()) / 1000
		x.Metrics.Duration = &ms
	}
}

// allowed is how many characters of each text a reply may show, All for no limit. A pane plays one
// take, so its number does not matter here.
func (v *Veil) allowed(field []*runner, of *runner) [texts]int {
	limits := [texts]int{All, All}
	for _, x := range field {
		if x.over || x.Merge || v.live && x != of {
			continue
		}
		for i, n := range x.came {
			if limits[i] == All || n < limits[i] {
				limits[i] = n
			}
		}
	}
	return limits
}

// show notes the characters that are shown from a moment on. limits count from the beginning.
func (x *runner) show(limits [texts]int, at time.Duration) {
	for i, limit := range limits {
		part := x.left[i]
		if limit != All {
			part = firstRunes(part, limit-x.given[i])
		}
		if part == "" {
			continue
		}
		x.left[i] = x.left[i][len(part):]
		x.given[i] += utf8.RuneCountInString(part)
		x.whole = at
		x.Chunks = append(x.Chunks,
			session.Chunk{At: at, Len: len(part), Reasoning: i == thoughtText})
	}
}
