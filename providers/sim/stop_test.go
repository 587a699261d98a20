package sim

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math"
	"strings"
	"testing"
)

// Regression: stop sequences were ignored. They end an answer in each dialect, streamed or whole,
// also where the sequence begins in the middle of a token or reaches over several.
func TestStopSequences(t *testing.T) {
	s := New(Config{Models: []Model{{Name: "m", Think: 4, TokensPerChunk: 3,
		Answers: []string{"One sentence. Then another one. Then a third."}}}})
	for _, c := range []struct {
		stop   any
		want   string
		reason map[string]string
	}{
		{[]string{"another one"}, "One sentence. Then ", ended("stop", "stop_sequence", "another one")},
		{[]string{"third", "ent"}, "One s", ended("stop", "stop_sequence", "ent")},
		{[]string{"Then a", "Then"}, "One sentence. ", ended("stop", "stop_sequence", "Then")},
		{[]string{"One"}, "", ended("stop", "stop_sequence", "One")},
		{[]string{"nowhere", ""}, "One sentence. Then another one. Then a third.", ended("stop", "end_turn", "")},
		{nil, "One sentence. Then another one. Then a third.", ended("stop", "end_turn", "")},
	} {
		for _, d := range dialects {
			if d == "responses" { // that API has no stop sequences
				continue
			}
			for _, stream := range []bool{true, false} {
				fields := map[string]any{"stop": c.stop, "stop_sequences": c.stop, "max_tokens": 1000,
					"options": map[string]any{"stop": c.stop}}
				body := play(s, d, ask("m", "hello", stream, fields)).body()
				if r, x := said(t, body); x != c.want || r == "" {
					t.Errorf("%s, stream %v, stop %q: %q after %q, want %q", d, stream, c.stop, x, r, c.want)
				}
				if !strings.Contains(body, c.reason[d]) {
					t.Errorf("%s, stream %v, stop %q: no %s in %s", d, stream, c.stop, c.reason[d], body)
				}
			}
		}
	}
}

// ended is how the dialects say why an answer ended.
func ended(openai, anthropic, sequence string) map[string]string {
	quoted := "null"
	if sequence != "" {
		quoted = `"` + sequence + `"`
	}
	return map[string]string{
		"openai": `"finish_reason":"` + openai + `"`, "ollama": `"done_reason":"` + openai + `"`,
		"anthropic": `"stop_reason":"` + anthropic + `","stop_sequence":` + quoted,
	}
}

// A limit that comes before the stop sequence is what ended the answer. OpenAI takes one sequence
// as a plain string.
func TestStopAndLimit(t *testing.T) {
	s := New(Config{Models: []Model{{Name: "m", Answers: []string{"one two three four five"}}}})
	for stop, want := range map[string]string{"two": `"finish_reason":"stop"`, "five": `"finish_reason":"length"`} {
		body := play(s, "openai", ask("m", "x", false, map[string]any{"stop": stop, "max_tokens": 3})).body()
		if !strings.Contains(body, want) {
			t.Errorf("stop %s: no %s in %s", stop, want, body)
		}
	}
}

// Regression: n was ignored. Several answers stream together, each under its index, and are paid
// together.
func TestSeveralAnswers(t *testing.T) {
	s := New(Config{Models: []Model{{Name: "m", TokensPerChunk: 2, Think: 3}}})
	for _, path := range []string{"/v1/chat/completions", "/v1/completions"} {
		for _, stream := range []bool{true, false} {
			fields := map[string]any{"n": 3, "prompt": "hello", "max_tokens": 30,
				"stream_options": map[string]any{"include_usage": true}}
			body := local(s, "POST", path, ask("m", "hello", stream, fields)).Body.String()
			texts, finished, completion := [3]string{}, [3]int{}, 0
			for _, o := range objects(body) {
				var v struct {
					Choices []struct {
						Index          int
						Text           string
						Message, Delta struct{ Content string }
						Reason         *string `json:"finish_reason"`
					}
					Usage struct {
						Prompt     int `json:"prompt_tokens"`
						Completion int `json:"completion_tokens"`
					}
				}
				if err := json.Unmarshal([]byte(o), &v); err != nil {
					t.Fatal(err)
				}
				for _, c := range v.Choices {
					texts[c.Index] += c.Text + c.Message.Content + c.Delta.Content
					if c.Reason != nil {
						finished[c.Index]++
					}
				}
				completion += v.Usage.Completion
			}
			if finished != [3]int{1, 1, 1} || completion != 90 {
				t.Errorf("%s, stream %v: finished %v, %d tokens, want one of each and 90", path, stream, finished, completion)
			}
			if texts[0] == "" || texts[0] == texts[1] || texts[1] == texts[2] {
				t.Errorf("%s, stream %v: %q", path, stream, texts)
			}
			if n := strings.Count(body, "data: [DONE]"); stream && n != 1 {
				t.Errorf("%s: %d end markers", path, n)
			}
		}
	}
	for _, n := range []int{0, -1, 129} {
		w := local(s, "POST", "/v1/chat/completions", ask("m", "hello", false, map[string]any{"n": n}))
		if w.Code != 400 || !strings.Contains(w.Body.String(), "'n'") {
			t.Errorf("n %d: %d %s", n, w.Code, w.Body)
		}
	}
}

// Regression: these answered 404.
func TestOlderInterfaces(t *testing.T) {
	s := New(Config{Models: []Model{{Name: "m", Answers: []string{"An answer of six short words."}}}})
	const version = "Anthropic-Version"
	for _, c := range []struct{ path, body, want string }{
		{"/v1/completions", `{"model":"m","prompt":"x"}`, `"object":"text_completion"`},
		{"/v1/completions", `{"model":"m","prompt":"x"}`, `"text":"An answer of six short words."`},
		{"/v1/completions", `{"model":"m","prompt":["x","y"],"max_tokens":1}`, `{"index":1,"text":"An","logprobs":null,"finish_reason":"length"}`},
		{"/v1/completions", `{"model":"m","prompt":[1,2,3,4]}`, `"prompt_tokens":4`},
		{"/v1/completions", `{"model":"m","prompt":"x","stream":true}`, `"text":"An"`},
		{"/v1/completions", `{"model":"m","prompt":"x","stop":" six"}`, `"text":"An answer of"`},
		{"/v1/completions", `{"model":"nope","prompt":"x"}`, `model_not_found`},
		{"/v1/completions", `{"model":"m"}`, `prompt`},
		{"/v1/embeddings", `{"model":"m","input":"one two"}`, `"prompt_tokens":2,"total_tokens":2`},
		{"/v1/embeddings", `{"model":"m"}`, `input is required`},
		{"/v1/embeddings", `{"model":"nope","input":"x"}`, `model_not_found`},
		{"/api/embed", `{"model":"m","input":["one","two"]}`, `"embeddings":[[`},
		{"/v1/messages/count_tokens", `{"model":"m","system":"Be brief.","messages":[{"role":"user","content":"one two"}]}`, `{"input_tokens":5}`},
		{"/api/embed", `{"model":"m","input":"one","dimensions":1}`, `"embeddings":[[-1]]`},
		{"/api/embeddings", `{"model":"m","prompt":"one"}`, `{"embedding":[`},
		{"/v1/messages/count_tokens", `{"model":"m"}`, `"invalid_request_error"`},
		{"/api/generate", `{"model":"m","prompt":"x","stream":false}`, `"response":"An answer of six short words.","done":true,"done_reason":"stop","total_duration"`},
		{"/api/generate", `{"model":"m","prompt":"x"}`, `"response":"An","done":false}`},
		{"/api/generate", `{"model":"m","prompt":"x","options":{"stop":["six"]},"stream":false}`, `"response":"An answer of ","done":true`},
		{"/api/generate", `{"model":"m"}`, `"response":"","done":true,"done_reason":"load"`},
		{"/api/generate", `{"model":"m","keep_alive":0}`, `"done_reason":"unload"`},
		{"/api/generate", `{"model":"nope","prompt":"x"}`, `model 'nope' not found`},
	} {
		if got := local(s, "POST", c.path, c.body, version, "2023-06-01").Body.String(); !strings.Contains(got, c.want) {
			t.Errorf("%s %s: no %s in %s", c.path, c.body, c.want, got)
		}
	}
}

// Fault: the count left out the tools, which a message of the same request counts.
func TestTokensAreCountedAsAMessageCountsThem(t *testing.T) {
	s := New(Config{Models: []Model{{Name: "m", Answers: []string{"ok"}}}})
	for _, more := range []string{``, `,"system":"Be brief."`, `,"system":[{"type":"text","text":"Be brief."}]`,
		`,"tools":[{"name":"f","description":"finds a file","input_schema":{"type":"object","properties":{"name":{"type":"string"}}}}]`} {
		body := `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"one two"}]` + more + `}`
		var told struct {
			Input int `json:"input_tokens"`
			Usage struct {
				Input int `json:"input_tokens"`
			} `json:"usage"`
		}
		for _, path := range []string{"/v1/messages", "/v1/messages/count_tokens"} {
			if err := json.Unmarshal(local(s, "POST", path, body, "Anthropic-Version", "2023-06-01").Body.Bytes(), &told); err != nil {
				t.Fatal(err)
			}
		}
		if told.Input != told.Usage.Input || told.Input < 2 {
			t.Errorf("%s: counted %d, a message has %d", more, told.Input, told.Usage.Input)
		}
	}
}

// Texts with the same words are near each other, and base64 holds the same numbers.
func TestEmbeddings(t *testing.T) {
	dot := func(a, b string) (sum float64) {
		x, y := vectorOf(a, 64), vectorOf(b, 64)
		for i := range x {
			sum += float64(x[i]) * float64(y[i])
		}
		return sum
	}
	if same, near, far := dot("a b c", "a b c"), dot("a b c", "a b d"), dot("a b c", "x y z"); math.Abs(same-1) > 1e-3 || near < far || near > same {
		t.Errorf("the same %v, near %v, far %v", same, near, far)
	}
	raw, err := base64.StdEncoding.DecodeString(base64Floats(vectorOf("a", 8)))
	if err != nil || len(raw) != 32 || math.Float32frombits(binary.LittleEndian.Uint32(raw[4:])) != vectorOf("a", 8)[1] {
		t.Errorf("%v, %v", raw, err)
	}
}
