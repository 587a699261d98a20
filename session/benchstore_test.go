package session

import (
	"reflect"
	"testing"
	"time"

	"lineup/providers"
)

// The newest measurement with a knee counts, also if one without came later or another model's did.
func TestNewestBench(t *testing.T) {
	s, _ := newStore(t)
	at := time.UnixMilli(1_790_000_000_000).UTC()
	add := func(model string, after time.Duration, knee *int) *Bench {
		speed := 812.5
		b := &Bench{At: at.Add(after), Contender: providers.Contender{Ref: providers.RefOf(model)},
			Terms: BenchTerms{PromptTokens: 512, Tokens: 128, Seconds: 30, TTFT: 2000, ITL: 100},
			Levels: []BenchLevel{{Type: "level", Concurrency: 4, Requests: 9, Done: 8, Seconds: 30,
				Failures: map[providers.Kind]int{providers.RateLimit: 1}, TokensPerSecond: speed,
				TTFT: BenchP99{P50: new(120.5)}, Goodput: 0.875, Output: 128, Forced: true}},
			Summary: BenchSummary{Type: "summary", Knee: knee, Stopped: StopSaturated,
				TokensPerSecond: &speed, At: at.UTC()}}
		if err := s.AddBench(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		return b
	}
	add("local/llama", 0, new(4))
	want := add("local/llama", time.Minute, new(4))
	add("local/llama", 2*time.Minute, nil)
	add("local/other", 3*time.Minute, new(4))
	got, err := s.NewestBench(t.Context(), "local/llama")
	if err != nil {
		t.Fatal(err)
	}
	want.Version = got.Version
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
	if l := got.KneeLevel(); l == nil || l.Concurrency != 4 {
		t.Errorf("the level of the knee is %+v", l)
	}
	if got, err := s.NewestBench(t.Context(), "local/new"); got != nil || err != nil {
		t.Errorf("of a model without a measurement: %+v, %v", got, err)
	}
}
