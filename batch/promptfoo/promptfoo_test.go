package promptfoo_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lineup/batch/check"
	"lineup/batch/promptfoo"
	"lineup/batch/suite"
	"lineup/config"
	"lineup/session"
)

func equal(t *testing.T, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

// cell is a cell of a run: what was asked, and what came of it.
type cell struct {
	Test   int    `json:"test"`
	Prompt int    `json:"prompt"`
	Model  string `json:"model"`
	Text   string `json:"text"` // of the prompt, as it was sent
	Pass   bool   `json:"pass"`
}

var marked = regexp.MustCompile(`(?s)<<<(.*)>>>`)

// scripted is what the scripted server answers: what stands within <<< >>> in the last message,
// or all of it.
func scripted(a suite.Asked) string {
	last := a.Messages[len(a.Messages)-1].Content
	if m := marked.FindStringSubmatch(last); m != nil {
		return m[1]
	}
	return last
}

var graded = regexp.MustCompile(`(?s)<Output>\n(.*)\n</Output>\n<Rubric>\n(.*)\n</Rubric>`)

// grade is what the scripted server answers to a grading prompt: a rubric holds where the output
// contains it.
func grade(_ context.Context, model, prompt string) (string, error) {
	m := graded.FindAllStringSubmatch(prompt, -1)
	last := m[len(m)-1]
	if last[2] != "" && strings.Contains(last[1], last[2]) {
		return `{"reason": "scripted", "pass": true, "score": 0.9}`, nil
	}
	return `{"reason": "scripted", "pass": false, "score": 0.1}`, nil
}

// run answers and judges each cell of a suite.
func run(t *testing.T, s *suite.Suite) (cells []cell, unjudged []int) {
	t.Helper()
	for i := range s.Cases {
		c := &s.Cases[i]
		panes := c.Panes
		if panes == nil {
			for n := range s.Panes {
				panes = append(panes, n)
			}
		}
		for _, n := range panes {
			for p := range s.Prompts {
				asked, err := s.Prompts[p].Render(c)
				if err != nil {
					t.Fatal(err)
				}
				r := &session.Reply{Status: session.Done, Text: scripted(asked)}
				ms := 20.0
				r.Metrics.Duration = &ms
				var results []check.Result
				for _, k := range c.Checks {
					results = append(results, k.Run(context.Background(),
						check.Subject{Reply: r, Line: []byte("{}"), Vars: c.Vars.Map()},
						check.Env{Ask: grade}))
				}
				_, model, _ := strings.Cut(s.Panes[n].Ref, "/")
				one := cell{Test: i, Prompt: p, Model: model, Text: asked.Text}
				if pass := c.Verdict(results); pass != nil {
					one.Pass = *pass
				} else {
					unjudged = append(unjudged, i)
				}
				cells = append(cells, one)
			}
		}
	}
	return cells, unjudged
}

// The verdicts are those that promptfoo 0.123.1 gave, cell by cell. testdata/README.md says how they
// were made.
func TestVerdictsAreThoseOfPromptfoo(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) < 12 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("testdata", "verdicts", name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			var want []cell
			if err := json.Unmarshal(text, &want); err != nil {
				t.Fatal(err)
			}
			s, err := promptfoo.Read(file, suite.ReadOptions{})
			if err != nil {
				t.Fatal(err)
			}
			got, unjudged := run(t, s)
			if name == "unread" { // none of its tests has a verdict but the second
				equal(t, unjudged, []int{0, 2, 3, 4, 5, 6, 7, 8, 9, 10})
				for i, c := range got {
					if c.Pass {
						t.Errorf("test %d passes", i)
					}
				}
				return
			}
			if len(unjudged) > 0 {
				t.Errorf("no verdict for the tests %v", unjudged)
			}
			equal(t, got, want)
		})
	}
}

// parse reads a config that has no mistake.
func parse(t *testing.T, text string) *suite.Suite {
	t.Helper()
	s, err := promptfoo.Parse("p.yaml", text, suite.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const small = "prompts: [Hi]\n"

func TestProviders(t *testing.T) {
	s := parse(t, small+`providers:
  - openai:chat:gpt-4o-mini
  - openai:chat:o3-mini
  - ollama:chat:llama3.1:8b
  - anthropic:messages:claude-sonnet-4
  - openrouter:meta/llama-3
  - id: openai:chat:m
    label: Mine
    config: { apiBaseUrl: "http://127.0.0.1:8080/v1", apiKeyEnvar: MY_KEY, temperature: 0.7, max_tokens: 5, top_p: 0.5, seed: 7, stop: ["x"], presence_penalty: 1 }
  - id: openai:chat:n
    config: { apiBaseUrl: "http://127.0.0.1:8080/v1", temperature: 1 }
  - id: openai:chat:o
    config: { apiBaseUrl: "http://127.0.0.1:8080/v1" }
  - id: openai:chat:p
    config: { apiHost: "gateway.example.com", apiBaseUrl: "http://127.0.0.1:8080/v1" }
`)
	equal(t, config.Refs(s.Panes), []string{"openai/gpt-4o-mini", "openai/o3-mini",
		"ollama/llama3.1:8b", "anthropic/claude-sonnet-4", "openrouter/meta/llama-3", "openai-2/m",
		"openai-3/n", "openai-3/o", "openai-4/p"})
	type provider struct{ Name, Base, Key string }
	var got []provider
	for _, p := range s.Providers {
		got = append(got, provider{p.Name, p.BaseURL, p.APIKeyEnv})
	}
	equal(t, got, []provider{{"openai", "https://api.openai.com/v1", "OPENAI_API_KEY"},
		{"ollama", "http://localhost:11434", ""},
		{"anthropic", "https://api.anthropic.com", "ANTHROPIC_API_KEY"},
		{"openrouter", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"},
		{"openai-2", "http://127.0.0.1:8080/v1", "MY_KEY"},
		{"openai-3", "http://127.0.0.1:8080/v1", ""}, // no key of OpenAI's for another address
		{"openai-4", "https://gateway.example.com/v1", ""}})
	for i, want := range []string{"0 1024", "", "", "0 1024", "0 1024", "0.7 5", "1 1024"} {
		p, got := s.Panes[i].Params, ""
		if p.Temperature != nil {
			got = jsonOf(*p.Temperature) + " " +
				jsonOf(*p.MaxTokens)
		}
		equal(t, got, want)
	}
	mine := s.Panes[5]
	equal(t, mine.Name, "Mine")
	equal(t, jsonOf([]any{mine.Params.TopP, mine.Params.Seed, mine.Params.Stop, mine.Body}),
		`[0.5,7,["x"],{"presence_penalty":1}]`)
}

// A provider of the config with the same address and key is the same.
func TestProvidersOfTheConfig(t *testing.T) {
	c, err := config.Parse("c.toml", []byte("[providers.openai]\nkind = \"openai\"\n"+
		"base_url = \"https://gateway.example.com/v1\"\n[providers.own]\nkind = \"ollama\"\n"+
		"base_url = \"http://localhost:11434/\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := promptfoo.Parse("p.yaml", small+"providers: [openai:chat:a, ollama:chat:b]\n",
		suite.ReadOptions{Config: c})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, config.Refs(s.Panes), []string{"openai-2/a", "own/b"})
	equal(t, len(s.Providers), 1)
}

func jsonOf(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

func TestWhatIsNotReadIsNamed(t *testing.T) {
	s := parse(t, `description: all of it
prompts: [Hi]
env: { A: b }
providers:
  - openai:chat:m
  - python:x.py
  - id: ollama:chat:m
    config: { mirostat: 1, apiHost: example.com, cost: 0.1 }
    delay: 5
scenarios: []
tests:
  - vars: { day: 2024-01-01, say: "2024-01-01" }
    provider: openai:chat:x
    assert:
      - { type: contains, value: x, transform: "output" }
      - { type: similar, value: x }
      - type: javascript
        value: output.match(/x/)
      - { value: x }
      - { type: equals, value: file://check.js }
      - { type: llm-rubric, value: polite }
`)
	var got []string
	for _, d := range s.Unread {
		got = append(got, d.String())
	}
	equal(t, got, []string{
		"p.yaml:3:1: env: is not read",
		`p.yaml:6:5: the provider "python:x.py" is not read`,
		"p.yaml:8:15: mirostat: is not read",
		"p.yaml:8:28: apiHost: is not read",
		"p.yaml:8:50: cost: is not read",
		"p.yaml:9:5: delay: is not read",
		"p.yaml:10:1: scenarios: is not read",
		"p.yaml:12:18: a date without quotes is not read",
		"p.yaml:13:5: provider: is not read",
		"p.yaml:15:11: contains: is not checked: transform is not read",
		"p.yaml:16:11: similar: is not checked: the assertion similar is not read",
		"p.yaml:17:9: javascript: is not checked: the expression is not read",
		"p.yaml:19:11: is not checked: an assertion without a type is not read",
		"p.yaml:20:11: equals: is not checked: file://check.js is not read",
		"p.yaml:21:11: llm-rubric: is not checked: llm-rubric without a provider, or a judge in [compare] of lineup's config, is not read",
	})
	if s.Cases[0].Unchecked == "" || s.Cases[0].Verdict(nil) != nil {
		t.Errorf("the test has a verdict: %+v", s.Cases[0])
	}
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"prompts: [Hi\n", "is no YAML"},
		{"a: 1\na: 2\n", "p.yaml:2:1: is no YAML"},
		{"tests: []\n", "p.yaml:1:1: needs prompts"},
		{"prompts: 3\n", "p.yaml:1:10: a prompt is a text, a file://… or a table with id or raw and label"},
		{"prompts: [file://none.txt]\n", "p.yaml:1:11: file none.txt does not exist"},
		{small + "providers:\n  - id: openai:chat:m\n    config:\n      apiKey: sk-secret\n",
			"p.yaml:5:15: apiKey: a key does not belong in this file; name the variable that holds it with apiKeyEnvar: OPENAI_API_KEY"},
		{small + "providers:\n  - { id: azure:chat:m, config: { apiKey: sk-secret } }\n",
			"p.yaml:3:43: apiKey: a key does not belong in this file; name the variable that holds it with apiKeyEnvar: NAME_OF_VARIABLE"},
		{small + "tests:\n  - vars: { a: [" + strings.Repeat("x, ", 3000) + "], b: [" + strings.Repeat("y, ", 3000) + "] }\n",
			"p.yaml:3:5: the lists of the variables make more than 2000000 tests"},
		{small + "providers:\n  - { id: openai:chat:m, config: { apiBaseUrl: \"http://example.com/v1\" } }\n", "allow_http"},
		{small + "tests: [none.csv]\n", "p.yaml:2:9: file none.csv does not exist"},
		{small + "tests: [none.js]\n", "p.yaml:2:9: tests from none.js are not read"},
		{"prompts: [\"{% if x %}a{% endif %}\"]\n", "p.yaml:1:11: the prompt {% if x %}a{% endif %} with the variables of line 1: {% if x %} is not read"},
		{"prompts: [\"12\"]\n", "JSON that is no list of messages is not read"},
		{"prompts: [\"{{ env.HOME }}\"]\n", "{{ env.HOME }} is not read"},
	} {
		_, err := promptfoo.Parse("p.yaml", c.text, suite.ReadOptions{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s\n got %v\nwant %s", c.text, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "sk-secret") {
			t.Errorf("the key is repeated: %v", err)
		}
	}
}

// Lists of texts make the product; other lists are values.
func TestProducts(t *testing.T) {
	for text, want := range map[string]int{
		"tests:\n  - vars: { a: [x, y], b: [p, q, r], c: [1, 2] }\n":                                  6,
		"tests:\n  - vars: { a: [] }\n":                                                               1,
		"tests:\n  - vars: { a: [x, y] }\n    options: { disableVarExpansion: true }\n":               1,
		"defaultTest: { options: { disableVarExpansion: true } }\ntests:\n  - vars: { a: [x, y] }\n":  1,
		"defaultTest: { vars: { a: [x, y] } }\ntests:\n  - vars: { b: [p, q] }\n  - vars: { a: z }\n": 5,
		"evaluateOptions: { repeat: 3 }\n":                                                            1,
	} {
		if s := parse(t, small+text); len(s.Cases) != want {
			t.Errorf("%s: %d cases, want %d", text, len(s.Cases), want)
		}
	}
}

// A failed reply passes nothing, and an assertion with an unknown number is not checked.
func TestRepliesWithoutNumbers(t *testing.T) {
	s := parse(t, small+"tests:\n  - assert: [{ type: cost, threshold: 1 }, { type: not-contains, value: x }]\n")
	c := &s.Cases[0]
	judge := func(r *session.Reply) (results []check.Result, pass *bool) {
		for _, k := range c.Checks {
			results = append(results, k.Run(context.Background(), check.Subject{Reply: r}, check.Env{}))
		}
		return results, c.Verdict(results)
	}
	results, pass := judge(&session.Reply{Status: session.Done, Text: "y"})
	if pass != nil || results[0].Pass != nil || results[0].Why != "the price is unknown" {
		t.Errorf("%+v, %v", results, pass)
	}
	if results, pass = judge(&session.Reply{Status: session.Failed, Text: "y"}); pass == nil || *pass {
		t.Errorf("%+v, %v", results, pass)
	}
}

// Values of a wrong type once were passed over without a word, and the test went on without them.
func TestValuesOfAWrongTypeAreNamed(t *testing.T) {
	s := parse(t, `prompts: [hi]
providers:
  - id: openai:chat:m
    config: {temperature: hot, top_p: null, max_tokens: [1]}
tests:
  - assert: 3
  - {threshold: half, assert: [{type: contains, value: x}]}
  - assert: [{type: contains, value: x, weight: much}]
  - assert: [{type: levenshtein, value: x, threshold: near}]
  - assert: null
  - file://testdata/files/thresholds.csv
`)
	var notes []string
	for _, d := range s.Unread {
		notes = append(notes, d.String())
	}
	all := strings.Join(notes, "\n")
	for _, want := range []string{":4:14: temperature: is not read", ":4:45: max_tokens: is not read",
		":6:13: an assert that is no list", ":7:17: a threshold that is no number",
		":8:15: contains: is not checked", ":9:15: levenshtein: is not checked",
		"thresholds.csv:2:1: a threshold that is no number", "thresholds.csv:4:1: a threshold that is no number"} {
		if !strings.Contains(all, want) {
			t.Errorf("%s is not named in\n%s", want, all)
		}
	}
	p := s.Panes[0].Params
	if p.Temperature == nil || *p.Temperature != 0 || p.MaxTokens == nil || *p.MaxTokens != 1024 {
		t.Errorf("the defaults do not hold: %+v", p)
	}
	for i, unchecked := range []bool{true, true, true, true, false, true, false, true} {
		if got := s.Cases[i].Unchecked != ""; got != unchecked {
			t.Errorf("test %d: %q", i, s.Cases[i].Unchecked)
		}
	}
}

// What an expression of JavaScript may mean and lineup does not read is not checked: it once failed, as if JavaScript had
// thrown an error, and its reason had several lines.
func TestExpressionsThatAreNotRead(t *testing.T) {
	for text, made := range map[string]bool{
		"context.prompt.includes('Hi')":      false,
		"context.config.most > 1":            false,
		"context":                            false,
		"JSON":                               false,
		"nil === null":                       false,
		"output.includes('trim')()":          false,
		"js_vars.a === 'x'":                  false,
		"context.vars.none?.more.length > 1": false,
		"output > 3":                         true, // only a run shows what the types are
		"output.more === undefined":          true,
		"output.includes(3)":                 true,
		"context.vars.a['more'] === 1":       true,
	} {
		c := parse(t, small+"tests:\n  - vars: { a: x }\n    assert: [{ type: javascript, value: \""+text+"\" }]\n").Cases[0]
		got := c.Checks[0].Run(context.Background(), check.Subject{Reply: &session.Reply{Status: session.Done, Text: "Hi"}, Vars: c.Vars.Map()}, check.Env{})
		want := "the expression is not read"
		if made {
			want += " for these values"
		}
		if got.Pass != nil || got.Why != want {
			t.Errorf("%s: %+v, want %s", text, got, want)
		}
	}
}

// An answer of many braces once took the square of its length, and a schema was read again for each object in it.
func TestManyBraces(t *testing.T) {
	c := parse(t, small+"tests:\n  - assert: [{ type: contains-json, value: { type: object, required: [a] } }]\n").Cases[0]
	for text, want := range map[string]bool{
		strings.Repeat("{", 400_000):                     false,
		strings.Repeat("}", 9) + `{ {"a": 1} }`:          true,
		strings.Repeat("{} ", 20_000) + `{"b":{"a": 1}}`: false, // the outer object is taken
		strings.Repeat("{} ", 20_000) + `{"a": {}}`:      true,
	} {
		got := c.Checks[0].Run(context.Background(), check.Subject{Reply: &session.Reply{Status: session.Done, Text: text}}, check.Env{})
		if got.Pass == nil || *got.Pass != want {
			t.Errorf("%.30s…: %+v, want %v", text, got, want)
		}
	}
}
