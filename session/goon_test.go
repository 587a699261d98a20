package session

import (
	"context"
	"strings"
	"testing"

	"lineup/providers"
)

// Going on made a turn of its own, with the rest of the answer alone: the next request had the prompt twice, and the
// export for fine-tuning taught half an answer.
func TestAReplyThatGoesOnHoldsTheWholeAnswer(t *testing.T) {
	i := info("p/m", priced())
	r := newReply(i)
	r.GoOn("The first half")
	if r.VisibleText() != "The first half" || r.Status != Waiting || r.Usage.Output != 0 {
		t.Errorf("before anything came: %q, %s, %d tokens", r.VisibleText(), r.Status, r.Usage.Output)
	}
	plain := apply(newReply(i), start(0, i), text(100, " and"), text(200, " the rest."))
	apply(r, start(0, i), text(100, " and"), text(200, " the rest."))
	saver := NewSaver("t")
	if b := saver.Batch([]*Reply{r}); len(b) != 1 || b[0].Text != "The first half and the rest." {
		t.Errorf("saved: %+v", b)
	}
	apply(r, append([]providers.Event{finish(200, "stop")}, end(210, nil)...)...)
	if r.Text != "The first half and the rest." || r.Usage.Output != plain.Usage.Output || *r.Metrics.TTFT != 100 {
		t.Errorf("%q, %d tokens, first after %v ms", r.Text, r.Usage.Output, *r.Metrics.TTFT)
	}
	n := 0
	for _, c := range r.Chunks {
		n += c.Len
	}
	if n != len(r.Text) || len(r.Chunks) != 2 {
		t.Errorf("the timings tell of %d bytes in %d pieces", n, len(r.Chunks))
	}

	lost := newReply(i)
	lost.GoOn("The first half")
	if apply(lost, append([]providers.Event{start(0, i)}, end(5, &providers.Error{Kind: providers.Unreachable})...)...); lost.Status != Failed || lost.Text != "The first half" {
		t.Errorf("with nothing behind it: %s, %q", lost.Status, lost.Text)
	}
}

// Its text is longer than the tokens that were counted.
func TestEstimatesLearnNothingFromWhatGoesOn(t *testing.T) {
	s, _ := newStore(t)
	half := strings.Repeat(english, 10)
	h := NewCalibration()
	for range 10 {
		first, rest := reported("p/m", half, 1), reported("p/m", half, 1)
		first.Status, rest.Take = Length, 1
		rest.GoOn(half)
		rest.Text = half + half
		h.Learn(rest)
		turn := &Turn{Prompt: "p", CreatedAt: enter(), Replies: []*Reply{rest}, Alternatives: []*Reply{first}}
		if err := s.Insert(context.Background(), &Session{Title: "x", Turns: []*Turn{turn}}); err != nil {
			t.Fatal(err)
		}
	}
	stored, err := s.Calibration(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range []*Calibration{h, stored} {
		for k, ratio := range h.Ratios("p/m") {
			if ratio < 0.98 || ratio > 1.02 {
				t.Errorf("kind %d is bent to %.3f", k, ratio)
			}
		}
	}
}
