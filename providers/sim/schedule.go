package sim

import "time"

// schedule says when each token is due. It is a pure function of the token's
// index: a late token delays no other one.
type schedule struct {
	start  time.Time // when the model began to work on the request
	ttft   time.Duration
	gap    float64 // mean nanoseconds between two tokens
	jitter float64 // 0 to 1
	seed   uint64
}

// at returns when token i is due: start + ttft + (i + u)·gap, where u is random
// in [0, jitter). As u stays below 1, the order of the tokens is kept.
func (s schedule) at(i int) time.Time {
	n := float64(i)
	if s.jitter > 0 {
		n += min(s.jitter, 1) * unit(mix(s.seed+uint64(i)))
	}
	return s.start.Add(s.ttft + time.Duration(n*s.gap))
}
