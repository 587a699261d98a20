package turn

import (
	"lineup/providers"
	"lineup/session"
)

// Estimate is what a turn may cost, before it is sent.
type Estimate struct {
	USD     float64 // of the models with a known price
	Models  int     // that may cost something
	Unknown int     // of them, those without a known price or length
}

// EstimateOf is what a request to a model may cost, given its input in tokens and images. Simulated
// models cost nothing, nor do one's own without a price.
func EstimateOf(
	cal *session.Calibration, info providers.Info, input float64, images int,
) Estimate {
	if info.Simulated || info.Own && !info.Price.Known() {
		return Estimate{}
	}
	usd, ok := cal.Guess(info, input, images)
	e := Estimate{USD: usd, Models: 1}
	if !ok {
		e.Unknown = 1
	}
	return e
}

// EstimateRequest is what a request to a model may cost.
func EstimateRequest(
	cal *session.Calibration, info providers.Info, req providers.Request,
) Estimate {
	return EstimateOf(cal, info, cal.EstimateInput(info.Ref.String(), req), req.Images())
}

// Plus adds up two estimates.
func (e Estimate) Plus(o Estimate) Estimate {
	return Estimate{e.USD + o.USD, e.Models + o.Models, e.Unknown + o.Unknown}
}

// Times is the estimate of a turn that is asked so many times.
func (e Estimate) Times(n int) Estimate { return Estimate{e.USD * float64(n), e.Models, e.Unknown} }

// Over is the first limit of a budget that a turn would go beyond. A turn that is known to cost
// nothing goes beyond none.
func (e Estimate) Over(b session.Budget, sess, day session.Spent) (l session.Limit, over bool) {
	if e.USD == 0 && e.Unknown == 0 {
		return l, false
	}
	for _, l := range b.Limits(sess, day, e.USD) {
		if l.Reached {
			return l, true
		}
	}
	return l, false
}
