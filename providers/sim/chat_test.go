package sim

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
)

// The same seed and the same clock give the same bytes; another seed, model or
// conversation do not.
func TestDeterminism(t *testing.T) {
	run := func(seed uint64, dialect, model, prompt string, stream bool) (body string) {
		synctest.Test(t, func(t *testing.T) {
			s := New(Config{Seed: seed})
			play(s, dialect, ask(model, "an earlier request", stream, nil))
			body = play(s, dialect, ask(model, prompt, stream, nil)).body()
		})
		return body
	}
	for _, d := range dialects {
		for _, stream := range []bool{true, false} {
			first := run(1, d, "hangul-sim", "hello", stream)
			if again := run(1, d, "hangul-sim", "hello", stream); again != first {
				t.Errorf("%s: the same request twice:\n%s\n%s", d, first, again)
			}
			for name, other := range map[string]string{
				"seed":   run(2, d, "hangul-sim", "hello", stream),
				"model":  run(1, d, "flash-sim", "hello", stream),
				"prompt": run(1, d, "hangul-sim", "compare", stream),
			} {
				if other == first {
					t.Errorf("%s: another %s gives the same bytes", d, name)
				}
			}
		}
	}
}

// Every way to ask gives the same text, and limits cut it where they should.
func TestSameTextInEachDialect(t *testing.T) {
	s := New(Config{Models: []Model{{Name: "m", Think: -1, TokensPerChunk: 3, Script: Korean}}})
	wantReasoning, wantText := "", ""
	for _, d := range dialects {
		for _, stream := range []bool{true, false} {
			reasoning, text := said(t, play(s, d, ask("m", "토큰화", stream, nil)).body())
			if wantText == "" {
				wantReasoning, wantText = reasoning, text
			}
			if reasoning != wantReasoning || text != wantText || !strings.Contains(text, "토큰은") || !strings.Contains(reasoning, "생각") && !strings.Contains(reasoning, "질문") {
				t.Errorf("%s, stream %v: %q, %q", d, stream, reasoning, text)
			}
			cut := map[string]any{"max_tokens": 7, "options": map[string]any{"num_predict": 7}}
			r, x := said(t, play(s, d, ask("m@think=4", "토큰화", stream, cut)).body())
			if n := countTokens(x); r == "" || !strings.HasPrefix(wantReasoning, r) || !strings.HasPrefix(wantText, x) || n != 3 {
				t.Errorf("%s, stream %v, cut to 7: %q, %q", d, stream, r, x)
			}
		}
	}
}

func TestThinkSwitch(t *testing.T) {
	s := New(Config{Models: []Model{{Name: "m", Think: 5, Tokens: 5}}})
	for d, off := range map[string]map[string]any{
		"ollama":    {"think": false},
		"openai":    {"reasoning_effort": "none"},
		"anthropic": {"thinking": map[string]any{"type": "disabled"}},
		"responses": {"reasoning": map[string]any{"effort": "none"}},
	} {
		if r, x := said(t, play(s, d, ask("m", "hello", true, nil)).body()); r == "" || x == "" {
			t.Errorf("%s, by default: %q, %q", d, r, x)
		}
		if r, x := said(t, play(s, d, ask("m", "hello", true, off)).body()); r != "" || x == "" {
			t.Errorf("%s, switched off: %q, %q", d, r, x)
		}
	}
}

// Content comes as a string, as parts or as null, and Anthropic's system prompt
// beside the messages; all of it counts as input.
func TestInputTokens(t *testing.T) {
	parts := []any{map[string]any{"type": "text", "text": "one two"}, map[string]any{"type": "image_url"}}
	messages := []any{
		map[string]any{"role": "system", "content": "Be brief."},
		map[string]any{"role": "user", "content": parts},
		map[string]any{"role": "assistant", "content": nil},
		map[string]any{"role": "user", "content": "three"},
	}
	s := New(Config{Models: []Model{{Name: "m", Tokens: 1}}})
	for _, c := range []struct {
		dialect, want string
		fields        map[string]any
	}{
		{"ollama", `"prompt_eval_count":6,`, map[string]any{"messages": messages}},
		{"openai", `"prompt_tokens":6,`, map[string]any{"messages": messages}},
		{"anthropic", `"input_tokens":6,`, map[string]any{"system": "Be brief.", "messages": messages[1:]}},
		{"responses", `"input_tokens":6,`, map[string]any{"instructions": "Be brief.", "messages": messages[1:]}},
	} {
		if got := play(s, c.dialect, ask("m", "", false, c.fields)).body(); !strings.Contains(got, c.want) {
			t.Errorf("%s: no %s in %s", c.dialect, c.want, got)
		}
	}
}

// FuzzRequest: whatever the body, each dialect answers with valid JSON or a
// stream of it, and never panics.
func FuzzRequest(f *testing.F) {
	for d := range uint8(len(dialects)) {
		f.Add(d, ask("flash-sim", "hello", true, nil))
		f.Add(d, ask("hangul-sim@tokens=3", "hello", false, nil))
		f.Add(d, `{"model":"flash-sim","messages":[{"role":"user","content":[{"type":"text","text":"x"},null]}],"max_tokens":1}`)
		f.Add(d, `{"model":1}`)
		f.Add(d, `null`)
	}
	s := New(Config{})
	gone, cancel := context.WithCancel(context.Background())
	cancel() // so that no answer is waited for
	f.Fuzz(func(t *testing.T, dialect uint8, body string) {
		path := chatPath(dialects[int(dialect)%len(dialects)])
		w := httptest.NewRecorder()
		r := httptest.NewRequest("POST", path, strings.NewReader(body)).WithContext(gone)
		r.Header.Set("Anthropic-Version", "2023-06-01")
		s.ServeHTTP(w, r)
		if w.Code != 200 && (w.Code < 400 || w.Code > 599) {
			t.Errorf("status %d", w.Code)
		}
		if w.Code == 400 && !json.Valid(w.Body.Bytes()) {
			t.Errorf("400 without JSON: %s", w.Body)
		}
	})
}
