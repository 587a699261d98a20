package session

import (
	"context"
	"math"
	"strings"
	"testing"

	"lineup/providers"
)

// The vocabulary of this model takes 1.5 times the estimate for Korean and 0.8 times for English.
const (
	korean  = "토큰화는 문장을 작은 단위로 나누는 과정입니다. "
	english = "Tokenising cuts a sentence into small pieces "
)

func reported(model, text string, ratio float64) *Reply {
	r := NewReply(0, info(model, priced()), ask(), enter())
	r.Status, r.Text = Done, text
	r.Usage = Usage{Input: 10, Output: int(math.Round(ratio * providers.EstimateTokens(text))), Source: Reported}
	return r
}

func TestEstimatesAreCorrectedByModelAndKind(t *testing.T) {
	h := NewCalibration()
	for range 20 {
		h.Learn(reported("p/m", strings.Repeat(korean, 10), 1.5))
		h.Learn(reported("p/m", strings.Repeat(english, 10), 0.8))
	}
	guess := func(model, s string) float64 {
		i := info(model, providers.Quote{})
		r := apply(h.NewReply(0, i, ask(), enter()), start(0, i), text(100, s))
		if r.Usage.Source != Estimated {
			t.Errorf("usage is %s", r.Usage.Source)
		}
		return float64(r.Usage.Output) / providers.EstimateTokens(s)
	}
	for _, c := range []struct {
		model, text string
		want        float64
	}{{"p/m", strings.Repeat(korean, 30), 1.5}, {"p/m", strings.Repeat(english, 30), 0.8}, {"p/other", strings.Repeat(korean, 30), 1}} {
		if got := guess(c.model, c.text); math.Abs(got-c.want) > 0.05*c.want {
			t.Errorf("%s on %.12q…: %.2f times the plain estimate, want %.2f", c.model, c.text, got, c.want)
		}
	}
	if n, ok := h.Output("p/m"); !ok || n <= 0 {
		t.Errorf("output of a known model: %v, %v", n, ok)
	}
	if _, ok := h.Output("p/other"); ok {
		t.Error("output of a model that never answered is known")
	}
	plain, better := (*Calibration)(nil).EstimateInput("p/m", ask()), h.EstimateInput("p/m", ask())
	if better >= plain {
		t.Errorf("an English prompt: %.1f tokens corrected, %.1f without", better, plain)
	}
}

// What is no measurement of a vocabulary must not bend it.
func TestCalibrationIsNotDeceived(t *testing.T) {
	h := NewCalibration()
	cut, estimated, hidden := reported("p/m", english, 50), reported("p/m", english, 50), reported("p/m", strings.Repeat(english, 10), 1)
	cut.Status, estimated.Usage.Source = Interrupted, Estimated
	hidden.Usage.Output, hidden.Usage.Reasoning = hidden.Usage.Output+5000, 5000
	tiny := reported("p/m", "Yes", 1)
	tiny.Usage.Output = 3
	for range 10 {
		for _, r := range []*Reply{cut, estimated, hidden, tiny} {
			h.Learn(r)
		}
	}
	for k, ratio := range h.Ratios("p/m") {
		if math.Abs(ratio-1) > 0.02 {
			t.Errorf("kind %d is bent to %.3f", k, ratio)
		}
	}
	wild := NewCalibration()
	for range 10 {
		wild.Learn(reported("p/m", strings.Repeat(english, 10), 100))
	}
	for _, ratio := range wild.Ratios("p/m") {
		if !(ratio >= 0.4 && ratio <= 2.5) {
			t.Errorf("a ratio of %v is believed", ratio)
		}
	}
}

func TestCalibrationComesFromTheStore(t *testing.T) {
	s, _ := newStore(t)
	sess := create(t, s, "t")
	for range 5 {
		r := reported("p/m", strings.Repeat(korean, 10), 1.4)
		if err := s.Insert(context.Background(), &Session{Title: "x", Turns: []*Turn{{Prompt: "p", CreatedAt: enter(), Replies: []*Reply{r}}}}); err != nil {
			t.Fatal(err)
		}
	}
	say(t, s, sess.ID, "p", "another model's") // estimated usage: it teaches nothing
	h, err := s.Calibration(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	est := providers.EstimateByKind(korean)
	if got := corrected(est, h.Ratios("p/m")) / providers.EstimateTokens(korean); math.Abs(got-1.4) > 0.1 {
		t.Errorf("corrected by %.2f, want 1.4", got)
	}
}

// A fork holds nothing that its models have done once more.
func TestCalibrationLearnsNothingFromForks(t *testing.T) {
	s, _ := newStore(t)
	r := reported("p/m", english, 1)
	r.Usage.Output = 100
	keep(t, s, r)
	list, err := s.Sessions(context.Background(), Filter{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Fork(context.Background(), list[0].ID, ""); err != nil {
		t.Fatal(err)
	}
	short := reported("p/m", english, 1)
	short.Usage.Output = 200
	keep(t, s, short)
	h, err := s.Calibration(context.Background())
	if got, ok := h.Output("p/m"); err != nil || !ok || got != 150 { // the mean of 100 and 200; with the copy it would be 133
		t.Errorf("%v tokens, %v, %v; want 150", got, ok, err)
	}
}
