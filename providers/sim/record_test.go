package sim

import (
	"testing"
	"time"
)

// Making a chunk takes time, and a busy machine more of it: a token counts from when its write began.
func TestTokensCountFromTheirWrite(t *testing.T) {
	t0 := time.Now()
	at := func(ms int) time.Time { return t0.Add(time.Duration(ms) * time.Millisecond) }
	var r Record
	r.wrote(1, at(100))
	r.left(at(100), at(103))
	r.wrote(1, at(105))
	r.left(at(105), time.Time{}) // not known
	if !r.FirstToken.Equal(at(103)) || !r.LastToken.Equal(at(105)) {
		t.Errorf("from %v to %v, want 103ms to 105ms", r.FirstToken.Sub(t0), r.LastToken.Sub(t0))
	}
	r.wrote(1, at(110))
	r.left(at(110), at(111))
	if !r.FirstToken.Equal(at(103)) || !r.LastToken.Equal(at(111)) || r.Tokens != 3 {
		t.Errorf("%d tokens from %v to %v, want 103ms to 111ms", r.Tokens, r.FirstToken.Sub(t0), r.LastToken.Sub(t0))
	}
}
