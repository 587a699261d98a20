package sim

import (
	"context"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// play runs one request in a synctest bubble, in which time moves only while
// everybody waits, and returns what was written when.
func play(s *Server, dialect, body string) *tape {
	w := newTape()
	r := httptest.NewRequest("POST", chatPath(dialect), strings.NewReader(body))
	r.Header.Set("Anthropic-Version", "2023-06-01")
	s.ServeHTTP(w, r)
	return w
}

func TestPace(t *testing.T) {
	const ms = time.Millisecond
	for name, c := range map[string]struct {
		model   Model
		dialect string
		want    []time.Duration // of each write
	}{
		"ollama's headers wait for the first token": {
			Model{TTFT: 500 * ms, TokensPerSecond: 10, Tokens: 4}, "ollama",
			[]time.Duration{500 * ms, 600 * ms, 700 * ms, 800 * ms, 800 * ms},
		},
		"openai opens at once": {
			Model{TTFT: 500 * ms, TokensPerSecond: 10, Tokens: 3}, "openai",
			[]time.Duration{0, 500 * ms, 600 * ms, 700 * ms, 700 * ms},
		},
		"anthropic opens at once": {
			Model{TTFT: 500 * ms, TokensPerSecond: 10, Tokens: 2}, "anthropic",
			[]time.Duration{0, 500 * ms, 600 * ms, 600 * ms},
		},
		"a chunk leaves when its first token is due": {
			Model{TTFT: 100 * ms, TokensPerSecond: 10, TokensPerChunk: 3, Tokens: 7}, "ollama",
			[]time.Duration{100 * ms, 400 * ms, 700 * ms, 700 * ms},
		},
		"reasoning has the same pace and its own chunks": {
			Model{TTFT: 100 * ms, TokensPerSecond: 10, TokensPerChunk: 2, Think: 3, Tokens: 2}, "ollama",
			[]time.Duration{100 * ms, 300 * ms, 400 * ms, 400 * ms},
		},
		"loading comes first": {
			Model{Load: 2 * time.Second, TTFT: 100 * ms, TokensPerSecond: 10, Tokens: 2}, "ollama",
			[]time.Duration{2100 * ms, 2200 * ms, 2200 * ms},
		},
		"late headers move everything": {
			Model{TTFT: 100 * ms, TokensPerSecond: 10, Tokens: 2, Fault: Fault{Kind: FaultHeaders, Wait: time.Second}}, "openai",
			[]time.Duration{1000 * ms, 1100 * ms, 1200 * ms, 1200 * ms},
		},
		"without a pace all at once": {
			Model{Tokens: 3}, "ollama", []time.Duration{0, 0, 0, 0},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c.model.Name = "m"
				got := play(New(Config{Models: []Model{c.model}}), c.dialect, ask("m", "hello", true, nil))
				if len(got.at) != len(c.want) {
					t.Fatalf("writes at %v, want %v", got.at, c.want)
				}
				for i, want := range c.want {
					if (got.at[i] - want).Abs() > time.Microsecond {
						t.Fatalf("writes at %v, want %v", got.at, c.want)
					}
				}
			})
		})
	}
}

func TestWholeAnswerComesWithItsLastToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Config{Models: []Model{{Name: "m", TTFT: time.Second, TokensPerSecond: 10, Tokens: 11}}})
		for _, d := range dialects {
			got := play(s, d, ask("m", "hello", false, nil))
			if len(got.at) != 1 || got.at[0] != 2*time.Second {
				t.Errorf("%s: writes at %v, want 2s", d, got.at)
			}
		}
	})
}

// A write that takes long delays the tokens that were due meanwhile, and no
// later one.
func TestNoDrift(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Config{Models: []Model{{Name: "m", TokensPerSecond: 10, Tokens: 50}}})
		w := newTape()
		w.slow = func(n int) {
			if n == 10 {
				<-time.After(1050 * time.Millisecond)
			}
		}
		s.ServeHTTP(w, httptest.NewRequest("POST", "/api/chat", strings.NewReader(ask("m", "hello", true, nil))))
		for i, at := range w.at[:50] {
			want := time.Duration(i) * 100 * time.Millisecond
			if i >= 10 && i < 20 {
				want = 1950 * time.Millisecond // the backlog, at once
			}
			if (at - want).Abs() > time.Microsecond {
				t.Errorf("token %d at %v, want %v", i, at, want)
			}
		}
	})
}

func TestLoadIsReportedOnceByOllama(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Config{Models: []Model{{
			Name: "m", Load: 600 * time.Millisecond, TTFT: 200 * time.Millisecond, TokensPerSecond: 10, Tokens: 6,
		}}})
		for n, want := range []string{
			`"total_duration":1300000000,"load_duration":602000000,"prompt_eval_count":2,"prompt_eval_duration":198000000,"eval_count":6,"eval_duration":500000000}`,
			`"total_duration":700000000,"load_duration":2000000,"prompt_eval_count":2,"prompt_eval_duration":198000000,"eval_count":6,"eval_duration":500000000}`,
		} {
			got := play(s, "ollama", ask("m", "hello there", true, nil))
			if last := got.writes[len(got.writes)-1]; !strings.HasSuffix(last, want+"\n") {
				t.Errorf("request %d ends in %s, want %s", n, last, want)
			}
		}
		play(s, "ollama", `{"model":"m","messages":[],"keep_alive":0}`)
		if got := play(s, "ollama", `{"model":"m","messages":[]}`); got.at[0] != 600*time.Millisecond {
			t.Errorf("loading after an unload took %v", got.at[0])
		}
	})
}

// Two requests that arrive while the model loads wait for the same loading.
func TestLoadIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Config{Models: []Model{{Name: "m", Load: time.Second, TTFT: time.Second, Tokens: 1}}})
		first := make(chan *tape)
		go func() { first <- play(s, "ollama", ask("m", "hello", true, nil)) }()
		<-time.After(400 * time.Millisecond)
		second := play(s, "ollama", ask("m", "hello", true, nil))
		if got := second.at[0]; got != 1600*time.Millisecond {
			t.Errorf("the second request's first token after %v, want 1.6s", got)
		}
		if got := (<-first).at[0]; got != 2*time.Second {
			t.Errorf("the first request's first token after %v, want 2s", got)
		}
	})
}

func TestStamps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s := New(Config{Models: []Model{quick("m")}})
		got := play(s, "openai", ask("m@script=stamp,tps=1000,ttft=50ms,tokens=130", "hello", true, nil))
		_, text := said(t, got.body())
		for i, word := range strings.Fields(text) {
			seq, sent, ok := ParseStamp(word)
			if want := start.Add(time.Duration(50+i) * time.Millisecond); !ok || seq != i || !sent.Equal(want) {
				t.Fatalf("word %d is %q: %d at %v, want %v", i, word, seq, sent, want)
			}
		}
		if n := len(strings.Fields(text)); n != 130 {
			t.Errorf("%d words, want 130", n)
		}
		for i, line := range strings.Split(strings.ReplaceAll(text, "\n\n", "\n"), "\n") {
			if n := len(strings.Fields(line)); n != 8 && i != 16 {
				t.Errorf("line %d has %d words, want 8", i, n)
			}
		}
		if n := strings.Count(text, "\n\n"); n != 2 {
			t.Errorf("%d empty lines, want 2", n)
		}
		if regexp.MustCompile(`  | $|^ `).MatchString(text) {
			t.Error("words are not separated by single spaces")
		}
	})
	for _, bad := range []string{"", "1", "x:abc", "1:", "-1:abc", "1:-abc", "1:ä"} {
		if _, _, ok := ParseStamp(bad); ok {
			t.Errorf("%q is taken for a stamp", bad)
		}
	}
}

// The record holds the times of the writes themselves.
func TestRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s := New(Config{Models: []Model{{Name: "m", TTFT: 200 * time.Millisecond, TokensPerSecond: 10, Tokens: 5, Think: 2}}})
		body := play(s, "openai", ask("m@seed=3", "hello", true, nil)).body()
		play(s, "ollama", ask("nope", "hello", true, nil))
		log := s.Log()
		if len(log) != 2 {
			t.Fatalf("%d records, want 2", len(log))
		}
		want := Record{
			ID: log[0].ID, Model: "m@seed=3", Dialect: "openai", Status: 200, Received: start, HeadersSent: start,
			FirstToken: start.Add(200 * time.Millisecond), LastToken: start.Add(800 * time.Millisecond), Tokens: 7,
		}
		if log[0] != want {
			t.Errorf("record %+v, want %+v", log[0], want)
		}
		if !strings.Contains(body, `"id":"chatcmpl-`+log[0].ID+`"`) || len(log[0].ID) != 24 {
			t.Errorf("id %q is not in the answer", log[0].ID)
		}
		if r := log[1]; r.Model != "nope" || r.Status != 404 || r.Tokens != 0 || !r.FirstToken.IsZero() {
			t.Errorf("record of a refused request: %+v", r)
		}
	})
}

// Ids tell requests apart: by the messages, the model, the seed and the count.
func TestIDs(t *testing.T) {
	seen := make(map[string]bool)
	for _, seed := range []uint64{1, 2} {
		s := New(Config{Seed: seed, Models: []Model{{Name: "m", Tokens: 1}, {Name: "n", Tokens: 1}}})
		for _, body := range []string{
			ask("m", "hello", true, nil), ask("m", "hello", true, nil), ask("m", "other", true, nil), ask("n", "hello", true, nil),
		} {
			play(s, "openai", body)
		}
		for _, r := range s.Log() {
			seen[r.ID] = true
		}
	}
	if len(seen) != 8 {
		t.Errorf("%d ids for 8 requests", len(seen))
	}
	fresh := func(prompt string) string {
		s := New(Config{Models: []Model{{Name: "m", Tokens: 1}}})
		play(s, "openai", ask("m", prompt, true, nil))
		return s.Log()[0].ID
	}
	if fresh("hello") == fresh("other") {
		t.Error("two prompts have one id")
	}
}

// Stopping is at once, whatever the server is waiting for.
func TestStopsWhenTheClientLeaves(t *testing.T) {
	for name, model := range map[string]Model{
		"before the first token": {TTFT: time.Hour},
		"while loading":          {Load: time.Hour},
		"between two tokens":     {TokensPerSecond: 0.001},
		"late headers":           {Fault: Fault{Kind: FaultHeaders}},
		"later headers":          {Fault: Fault{Kind: FaultHeaders, Wait: time.Hour}},
		"stalled":                {Fault: Fault{Kind: FaultStall, After: 1}},
		"kept alive":             {Fault: Fault{Kind: FaultKeepAlive, After: 1}},
		"before a reset":         {TokensPerSecond: 0.001, Fault: Fault{Kind: FaultReset, After: 1}},
	} {
		for _, stream := range []bool{true, false} {
			synctest.Test(t, func(t *testing.T) {
				model.Name = "m"
				s := New(Config{Models: []Model{model}})
				ctx, cancel := context.WithCancel(t.Context())
				over := make(chan time.Time)
				go func() {
					r := httptest.NewRequest("POST", "/api/chat", strings.NewReader(ask("m", "hello", stream, nil)))
					s.ServeHTTP(newTape(), r.WithContext(ctx))
					over <- time.Now()
				}()
				<-time.After(30 * time.Second)
				left := time.Now()
				cancel()
				if ended := <-over; !ended.Equal(left) {
					t.Errorf("%s, stream %v: went on for %v", name, stream, ended.Sub(left))
				}
				if log := s.Log(); len(log) != 1 || !log[0].Cancelled {
					t.Errorf("%s, stream %v: log %+v", name, stream, log)
				}
			})
		}
	}
}
