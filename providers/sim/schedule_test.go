package sim

import (
	"testing"
	"time"
)

func TestScheduleIsExact(t *testing.T) {
	start := time.Unix(1000, 0)
	s := schedule{start: start, ttft: 250 * time.Millisecond, gap: float64(time.Second) / 42}
	for _, i := range []int{0, 1, 41, 42, 30_000, 4_200_000} {
		want := start.Add(250*time.Millisecond + time.Duration(float64(i)/42*float64(time.Second)))
		if got := s.at(i); got.Sub(want).Abs() > time.Microsecond {
			t.Errorf("token %d is due at %v, want %v", i, got, want)
		}
	}
	s.gap = 0
	if got := s.at(1000); !got.Equal(start.Add(s.ttft)) {
		t.Errorf("without a pace token 1000 is due %v after the start", got.Sub(start))
	}
}

func TestJitterStaysWithinItsShare(t *testing.T) {
	const gap = float64(10 * time.Millisecond)
	steady := schedule{gap: gap}
	s := schedule{gap: gap, jitter: 0.4, seed: 7}
	late, total := 0, time.Duration(0)
	for i := range 10_000 {
		d := s.at(i).Sub(steady.at(i))
		if d < 0 || d > 4*time.Millisecond {
			t.Fatalf("token %d is %v late, want 0 to 4 ms", i, d)
		}
		if s.at(i + 1).Before(s.at(i)) {
			t.Fatalf("token %d is due before token %d", i+1, i)
		}
		if d > 2*time.Millisecond {
			late++
		}
		total += d
	}
	if mean := total / 10_000; mean < 1900*time.Microsecond || mean > 2100*time.Microsecond {
		t.Errorf("mean jitter %v, want about 2 ms", mean)
	}
	if late < 4500 || late > 5500 {
		t.Errorf("%d of 10000 tokens are later than half the share", late)
	}
	other := s
	other.seed = 8
	if s.at(3).Equal(other.at(3)) {
		t.Error("another seed gives the same jitter")
	}
}
