package compare_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"lineup/compare"
	"lineup/providers"
	"lineup/session"
)

// take is an answer of a repeat, measured in round numbers.
func take(n int, text string, ms float64) *session.Reply {
	r := &session.Reply{Type: "reply", Slot: 1, Take: n, Repeat: 5, Model: "p/m", ServedBy: "p/m", Status: session.Done, Text: text}
	r.Metrics.TTFT, r.Metrics.Duration, r.Metrics.TokensPerSecond = ptr(ms), ptr(10*ms), ptr(100/ms)
	r.Usage = session.Usage{Output: int(ms), Source: session.Reported}
	r.Cost.USD = ptr(ms / 1000)
	r.Contender = &providers.Contender{Ref: providers.RefOf("p/m")}
	return r
}

func ptr[T any](v T) *T { return &v }

// texts are takes that answered these.
func texts(all ...string) (takes []*session.Reply) {
	for i, s := range all {
		takes = append(takes, take(i, s, float64(i+1)))
	}
	return takes
}

func TestASummaryHasTheKeysOfTheContract(t *testing.T) {
	takes := texts("a", "a", "b", "a", "")
	takes[0].Warmup = true
	takes[3].Status = session.Length
	takes[4].Status = session.Failed
	got, err := json.Marshal(compare.SumUp(takes))
	want := `{"type":"summary","slot":1,"contender":{"id":"` + takes[0].Contender.ID() + `","model":"p/m","label":"p/m","settings":{}},"n":5,"done":4,` +
		`"ttft_ms":{"median":3,"min":2,"max":4},"duration_ms":{"median":30,"min":20,"max":40},"tokens_per_second":{"median":33.333333333333336,"min":25,"max":50},` +
		`"output":{"median":3,"min":2,"max":4},"usd":{"sum":0.015,"median":0.003},"distinct":2,"seed":null,"warmup":1}`
	if err != nil || string(got) != want {
		t.Errorf("the summary is\n%s\nwant\n%s (%v)", got, want, err)
	}
}

func TestWhatIsUnknownIsNull(t *testing.T) {
	failed := take(0, "", 1)
	failed.Status, failed.Cost.USD = session.Failed, nil
	got, err := json.Marshal(compare.SumUp([]*session.Reply{failed}))
	null := `{"median":null,"min":null,"max":null}`
	want := `{"type":"summary","slot":1,"contender":{"id":"` + failed.Contender.ID() + `","model":"p/m","label":"p/m","settings":{}},"n":1,"done":0,` +
		`"ttft_ms":` + null + `,"duration_ms":` + null + `,"tokens_per_second":` + null + `,"output":` + null + `,"usd":{"sum":null,"median":null},"distinct":0,"seed":null,"warmup":0}`
	if err != nil || string(got) != want {
		t.Errorf("the summary is\n%s\nwant\n%s (%v)", got, want, err)
	}
}

// A take that failed at once would make a model look fast.
func TestOnlyAnswersAreInTheMedians(t *testing.T) {
	for _, status := range []session.Status{session.Truncated, session.Interrupted, session.Filtered, session.Empty, session.Failed, session.Cancelled} {
		takes := texts("a", "a", "a")
		takes[0].Status = status
		s := compare.SumUp(takes)
		if s.N != 3 || s.Done != 2 || s.Failed()+s.Stopped != 1 || *s.TTFT.Min != 2 || *s.TTFT.Median != 2.5 || *s.Output.Median != 2.5 || *s.USD.Median != 0.0025 {
			t.Errorf("%s: %+v", status, s)
		}
		if *s.USD.Sum != 0.006 {
			t.Errorf("%s: the sum is %g: what a failed take cost is spent", status, *s.USD.Sum)
		}
	}
}

func TestAnswersThatAreTheSame(t *testing.T) {
	for _, c := range []struct {
		name string
		all  []string
		want []int
	}{
		{"equal", []string{"a", "a"}, []int{2}},
		{"white space", []string{"a  b\n", " a\nb", "a\u3000b", "ab"}, []int{4}},
		{"letters", []string{"a", "A"}, []int{1, 1}},
		{"most first", []string{"x", "a", "a", "a", "a"}, []int{4, 1}},
		{"JSON: order of keys", []string{`{"a":1,"b":[{"c":2,"d":3}]}`, "{\"b\": [{\"d\": 3, \"c\": 2}],\n \"a\": 1}"}, []int{2}},
		{"JSON: order of a list", []string{`[1,2]`, `[2,1]`}, []int{1, 1}},
		{"JSON: white space in a string", []string{`{"a":"b c"}`, `{"a":"bc"}`}, []int{1, 1}},
		{"JSON: numbers", []string{`{"a":1}`, `{"a":1.0}`, `{"a":10e-1}`}, []int{3}},
		{"JSON: signs", []string{`[0]`, `[-0]`, `[0.0]`}, []int{3}},
		{"JSON: long numbers", []string{`[12345678901234567890]`, `[12345678901234567891]`}, []int{1, 1}},
		{"JSON: small numbers", []string{`[1e-400]`, `[2e-400]`, `[0]`}, []int{1, 1, 1}},
		{"JSON: a number is no string", []string{`[1]`, `["1"]`}, []int{1, 1}},
		{"JSON: escapes", []string{`["é\u003c"]`, `["\u00e9<"]`}, []int{2}},
		{"JSON in a code block", []string{"```json\n{\"a\":1}\n```", `{"a": 1}`}, []int{2}},
		{"JSON in prose", []string{"Here:\n```json\n{\"a\":1}\n```", "There:\n```json\n{\"a\":1}\n```"}, []int{1, 1}},
	} {
		if s := compare.SumUp(texts(c.all...)); !slices.Equal(s.Alike, c.want) || s.Distinct != len(c.want) {
			t.Errorf("%s: %v (%d), want %v", c.name, s.Alike, s.Distinct, c.want)
		}
	}
}

func TestCallsAreAPartOfAnAnswer(t *testing.T) {
	takes := texts("", "", "")
	for i, arguments := range []string{`{"city":"서울","n":1}`, `{"n":1.0, "city":"서울"}`, `{"city":"부산","n":1}`} {
		takes[i].ToolCalls = []session.ToolCall{{ID: fmt.Sprint(i), Name: "weather", Arguments: arguments}}
	}
	if s := compare.SumUp(takes); !slices.Equal(s.Alike, []int{2, 1}) {
		t.Errorf("%v are the same, want 2 and 1", s.Alike)
	}
}

func TestSeeds(t *testing.T) {
	for _, c := range []struct {
		name   string
		all    []string
		change func(i int, r *session.Reply)
		want   compare.Seeded
	}{
		{"none sent", []string{"a", "a"}, func(int, *session.Reply) {}, compare.SeedUnknown},
		{"the same", []string{"a", " a"}, func(_ int, r *session.Reply) { r.Params.Seed = ptr(int64(0)) }, compare.SeedHonoured},
		{"others", []string{"a", "b"}, func(_ int, r *session.Reply) { r.Params.Seed = ptr(int64(7)) }, compare.SeedNotHonoured},
		{"one answer", []string{"a"}, func(_ int, r *session.Reply) { r.Params.Seed = ptr(int64(7)) }, compare.SeedUnknown},
		{"one that failed", []string{"a", "b"}, func(i int, r *session.Reply) {
			if r.Params.Seed = ptr(int64(7)); i == 1 {
				r.Status = session.Failed
			}
		}, compare.SeedUnknown},
		{"the warm-up", []string{"b", "a", "a"}, func(i int, r *session.Reply) { r.Params.Seed, r.Warmup = ptr(int64(7)), i == 0 }, compare.SeedNotHonoured},
		{"a fallback", []string{"a", "a", "b"}, func(i int, r *session.Reply) {
			if r.Params.Seed = ptr(int64(7)); i == 2 {
				r.ServedBy = "p/other"
			}
		}, compare.SeedHonoured},
		{"in the options", []string{"a", "b"}, func(_ int, r *session.Reply) { r.Contender.Settings.Options = map[string]any{"seed": int64(7)} }, compare.SeedNotHonoured},
		{"in the body", []string{"a", "a"}, func(_ int, r *session.Reply) { r.Contender.Settings.Body = map[string]any{"seed": int64(7)} }, compare.SeedHonoured},
		{"deep in the body", []string{"a", "a"}, func(_ int, r *session.Reply) {
			r.Contender.Settings.Body = map[string]any{"options": map[string]any{"seed": int64(7)}}
		}, compare.SeedHonoured},
		{"refused", []string{"a", "a"}, func(_ int, r *session.Reply) {
			r.Contender.Settings.Body, r.DroppedParams = map[string]any{"seed": int64(7)}, []string{"seed"}
		}, compare.SeedUnknown},
	} {
		takes := texts(c.all...)
		for i, r := range takes {
			c.change(i, r)
		}
		if s := compare.SumUp(takes); s.Seed != c.want {
			t.Errorf("%s: %q, want %q", c.name, s.Seed, c.want)
		}
	}
}
