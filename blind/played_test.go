package blind_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"lineup/blind"
	"lineup/blind/blindtest"
	"lineup/session"
)

// shownAt is what a played reply shows of its answer at a time.
func shownAt(r *session.Reply, at time.Duration) string {
	n := 0
	for _, c := range r.Chunks {
		if !c.Reasoning && c.At <= at {
			n += c.Len
		}
	}
	return r.Text[:n]
}

// A replay of a blind session showed its answers as a whole and at once. They come in step, as they did, and tell no more than that.
func TestABlindSessionIsPlayedInStep(t *testing.T) {
	s := blindtest.CastOf(0).Session()
	veil := blind.Of(s)
	played, plain := veil.Played(s), veil.Session(s)
	first := played.Turns[0]
	// The last pane is the slowest: its text begins 5 s after its request, which waits 5 s for others and 5 s for the model.
	var steps []time.Duration
	for _, r := range first.Replies {
		for _, c := range r.Chunks {
			if len(steps) == 0 || steps[len(steps)-1] < c.At {
				steps = append(steps, c.At)
			}
		}
	}
	if len(steps) < 3 {
		t.Fatalf("all of it comes at %v", steps)
	}
	for _, at := range steps {
		want := utf8.RuneCountInString(shownAt(first.Replies[4], at))
		for _, r := range first.Replies[:4] {
			if n := utf8.RuneCountInString(shownAt(r, at)); n != want && r.Text[n:] != "" {
				t.Errorf("after %v pane %d shows %d characters, the slowest %d", at, r.Slot, n, want)
			}
		}
	}
	for i, turn := range played.Turns {
		for k, r := range turn.Replies {
			if end := r.Events(turn.CreatedAt); end[len(end)-1].At.Sub(turn.CreatedAt) <= 0 {
				t.Errorf("turn %d, pane %d ends at once", i, k)
			}
			if shown := shownAt(r, time.Hour); shown != r.Text || r.Metrics.Duration == nil {
				t.Errorf("turn %d, pane %d shows %q of %q", i, k, shown, r.Text)
			}
			r.Chunks, r.Metrics.Duration = nil, nil
			if a, b := blindtest.JSON(r), blindtest.JSON(plain.Turns[i].Replies[k]); a != b {
				t.Errorf("it tells more than times:\n%s\n%s", a, b)
			}
		}
	}
	if s := (&session.Session{}); (*blind.Veil)(nil).Played(s) != s {
		t.Error("a session that hides nothing is not played as it is")
	}
}

// Whoever answers in a pane, the times are the same; with the pace of live text they are those of the panes.
func TestTheTimesOfABlindReplayTellNobody(t *testing.T) {
	of := func(variant int, live bool) string {
		s := blindtest.CastOf(variant).Session()
		v := blind.Of(s)
		if live {
			v = v.Live()
		}
		var b strings.Builder
		for _, turn := range v.Played(s).Turns {
			for _, r := range turn.Replies {
				b.WriteString(blindtest.JSON(r.Chunks) + blindtest.JSON(r.Metrics.Duration))
			}
		}
		return b.String()
	}
	if a, b := of(0, false), of(1, false); a != b {
		t.Errorf("the times differ:\n%s\n%s", a, b)
	}
	if a, b := of(0, true), of(1, true); a == b {
		t.Errorf("panes that go at their own pace have one pace:\n%s", a)
	}
}
