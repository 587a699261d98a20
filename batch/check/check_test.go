package check_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lineup/batch/check"
	"lineup/config"
	"lineup/session"
)

func equal(t *testing.T, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

// read reads checks as a suite says them: {…}, {…}.
func read(t *testing.T, tables string) ([]check.Check, error) {
	t.Helper()
	return readIn(t, t.TempDir(), tables)
}

func readIn(t *testing.T, folder, tables string) (out []check.Check, err error) {
	t.Helper()
	c, err := config.Parse("config.toml", []byte("[providers.local]\nkind = \"ollama\"\n"+
		"base_url = \"http://127.0.0.1:11434\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	doc, table, _ := config.ParseTOML(filepath.Join(folder, "s.toml"),
		[]byte("checks = ["+tables+"]"))
	for _, sub := range table.Tables("checks") {
		if k, ok := check.Read(sub, &c); ok {
			out = append(out, k)
		}
	}
	if errs := doc.Errors(); errs != nil {
		return nil, errs
	}
	return out, nil
}

func number(f float64) *float64 { return &f }

// reply is an answer with all numbers.
func reply(text string) *session.Reply {
	r := &session.Reply{Type: "reply", Status: session.Done, Text: text, Model: "local/m"}
	r.Metrics.Duration, r.Metrics.TTFT = number(2000), number(300)
	r.Metrics.TokensPerSecond = number(40)
	r.Usage.Output, r.Cost.USD = 100, number(0.002)
	return r
}

// run makes one check of a reply.
func run(t *testing.T, tables string, r *session.Reply, vars map[string]any) check.Result {
	t.Helper()
	return runIn(t, t.TempDir(), tables, r, vars, check.Env{})
}

func runIn(t *testing.T, folder, tables string, r *session.Reply, vars map[string]any,
	e check.Env,
) check.Result {
	t.Helper()
	checks, err := readIn(t, folder, tables)
	if err != nil {
		t.Fatalf("%s: %v", tables, err)
	}
	if len(checks) != 1 {
		t.Fatalf("%s: %d checks", tables, len(checks))
	}
	line, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var record map[string]any
	if err := json.Unmarshal(line, &record); err != nil {
		t.Fatal(err)
	}
	record["id"], record["prompt"], record["vars"] = "case", "The prompt", vars
	if line, err = json.Marshal(record); err != nil {
		t.Fatal(err)
	}
	return checks[0].Run(context.Background(), check.Subject{Reply: r, Line: line, Vars: vars}, e)
}

// Each row is a check, an answer, and whether the check passes; a failed reply passes none.
func TestChecksOfTexts(t *testing.T) {
	vars := map[string]any{"word": "안녕", "n": json.Number("3"), "brace": "{{word}}", "re": "a+"}
	for _, c := range []struct {
		check, text string
		pass        bool
		why         string
	}{
		{`{ contains = "안녕" }`, "네, 안녕하세요", true, ""},
		{`{ contains = "안녕" }`, "Hello", false, `"안녕" is not in the answer`},
		{`{ contains = "HELLO" }`, "hello", false, `"HELLO" is not in the answer`},
		{`{ contains = "{{word}}" }`, "안녕", true, ""},
		{`{ contains = "{{brace}}" }`, "x {{word}}", true, ""},
		{`{ contains = "{{brace}}" }`, "안녕", false, `"{{word}}" is not in the answer`},
		{`{ not_contains = "Sorry" }`, "안녕", true, ""},
		{`{ not_contains = "Sorry" }`, "Sorry!", false, `"Sorry" is in the answer`},
		{`{ icontains = "STRASSE" }`, "die Straße", true, ""},
		{`{ icontains = "ΣΊΣΥΦΟΣ" }`, "σίσυφος", true, ""},
		{`{ not_icontains = "sorry" }`, "SORRY", false, `"sorry" is in the answer`},
		{`{ contains_all = ["a", "b"] }`, "b a", true, ""},
		{`{ contains_all = ["a", "b", "c"] }`, "a", false, `not in the answer: "b", "c"`},
		{`{ icontains_all = ["A", "B"] }`, "b a", true, ""},
		{`{ contains_any = ["x", "{{n}}"] }`, "3", true, ""},
		{`{ contains_any = ["x", "y"] }`, "a", false, "none of them is in the answer"},
		{`{ icontains_any = ["X"] }`, "x", true, ""},
		{`{ not_contains_any = ["x", "y"] }`, "y", false, `"y" is in the answer`},
		{`{ starts_with = "Dear" }`, "Dear Ada", true, ""},
		{`{ starts_with = "Dear" }`, " Dear", false, `the answer begins with "Dear"`},
		{`{ istarts_with = "dear" }`, "DEAR Ada", true, ""},
		{`{ ends_with = "." }`, "Yes.", true, ""},
		{`{ ends_with = "." }`, "Yes", false, `the answer does not end with "."`},
		{`{ iends_with = "S" }`, "yes", true, ""},
		{`{ equals = " Yes\n" }`, "\tYes ", true, ""},
		{`{ equals = "Yes" }`, "Yes.", false, `the answer is "Yes."`},
		{`{ iequals = "YES" }`, "yes", true, ""},
		{`{ not_equals = "Yes" }`, "Yes", false, `the answer is "Yes"`},
		{`{ regex = "^[^.]+\\.$" }`, "One sentence.", true, ""},
		{`{ regex = "^[^.]+\\.$" }`, "Two. Of them.", false, "the pattern does not match"},
		{`{ regex = "^{{re}}$" }`, "aaa", true, ""},
		{`{ not_regex = "\\d" }`, "a1", false, `it matches "1"`},
		{`{ json = true }`, `{"a": 1}`, true, ""},
		{`{ json = true }`, "Here:\n```json\n[1]\n```\nDone.", true, ""},
		{`{ json = true }`, "```\n1\n```\n```\n2\n```", false, "the answer is no JSON, and more than one code block is in it"},
		{`{ json = true }`, `{"a": `, false, "the JSON ends before it is complete"},
		{`{ json = false }`, "text", true, ""},
		{`{ not_json = true }`, `{}`, false, "the answer is JSON"},
		{`{ schema = { type = "object", required = ["a"] } }`, `{"a": 1}`, true, ""},
		{`{ schema = { type = "object", required = ["a"] } }`, "```\n{}\n```", false, "a is missing"},
		{`{ not_schema = { type = "array" } }`, `{}`, true, ""},
		{`{ json_path = "$.a[0]" }`, `{"a": [null]}`, true, ""},
		{`{ json_path = "$.a[0]" }`, `{"a": []}`, false, "nothing is there"},
		{`{ json_path = "$.a" }`, "no", false, "the answer is no JSON: invalid character 'o' in literal null (expecting 'u')"},
		{`{ not_json_path = "$.error" }`, `{}`, true, ""},
		{`{ json_path = "$.a", equals = 1 }`, `{"a": 1.0}`, true, ""},
		{`{ json_path = "$.a", equals = "1" }`, `{"a": 1}`, false, `it is "1"`},
		{`{ json_path = "$.a", equals = [1, { b = "{{word}}" }] }`, `{"a": [1, {"b": "안녕"}]}`, true, ""},
		{`{ json_path = "$.a", contains = "{{word}}" }`, `{"a": "안녕!"}`, true, ""},
		{`{ json_path = "$.a", contains = 2 }`, `{"a": [1, 2]}`, true, ""},
		{`{ json_path = "$.a", contains = "k" }`, `{"a": {"k": 0}}`, true, ""},
		{`{ json_path = "$.a", contains = "x" }`, `{"a": ["xy"]}`, false, `it is "["xy"]"`},
		{`{ json_path = "$.a", regex = "^\\d+$" }`, `{"a": 17}`, true, ""},
		{`{ json_path = "$.a[*]", at_least = 1, at_most = 3 }`, `{"a": [1, 2, 3]}`, true, ""},
		{`{ json_path = "$.a[*]", at_most = 2 }`, `{"a": [1, 2, 3]}`, false, `it is "3"`},
		{`{ json_path = "$.a", at_least = -1 }`, `{"a": "2"}`, false, `it is "2", which is no number`},
		{`{ json_path = "$.a[?@.b > 1].c", equals = "x" }`, `{"a": [{"b": 1, "c": "y"}, {"b": 2, "c": "x"}]}`, true, ""},
		{`{ not_json_path = "$.a", equals = 1 }`, `{"a": 1}`, false, `it is "1"`},
		{`{ similar = "kitten", at_least = 0.5 }`, "sitting", true, ""},
		{`{ similar = "kitten" }`, "sitting", false, "the similarity is 0.571"},
		{`{ similar = "안녕하세요" }`, "안녕하세용", true, ""}, // 0.8 exactly
		{`{ not_similar = "abc" }`, "abc", false, "the similarity is 1.000"},
		{`{ refused = false }`, "The capital is Seoul.", true, ""},
		{`{ refused = false }`, "I’m sorry, but I can't do that.", false, `the answer reads like a refusal: "i can't"`},
		{`{ refused = true }`, "죄송하지만 도와드릴 수 없습니다.", true, ""},
		{`{ not_refused = true }`, "Ok", true, ""},
		{`{ language = "ko" }`, "The word is 안녕하세요 여러분 반갑습니다", true, ""},
		{`{ language = "ja" }`, "私は日本語を話します", true, ""},
		{`{ language = "zh-CN" }`, "我不会说中文", true, ""},
		{`{ language = "de" }`, "Das ist nicht der Weg, den wir gehen.", true, ""},
		{`{ language = "en" }`, "Das ist nicht der Weg.", false, "it looks like de"},
		{`{ not_language = "en" }`, "123", false, "unknown"},
		{`{ expr = "len(text) < 5 && usage.output <= 100 && usage.output % 2 == 0" }`, "안녕", true, ""},
		{`{ expr = "text contains vars.word" }`, "Hello", false, "it is false"},
		{`{ expr = "len(tool_calls) == 0 && id == 'case' && status == 'done'" }`, "x", true, ""},
		{`{ not_expr = "text == ''" }`, "x", true, ""},
		{`{ not_expr = "metrics.load_ms > 3" }`, "x", false, "invalid operation: <nil> > int"},
		{`{ expr = "usage.output" }`, "x", false, "it is int, not true or false"},
	} {
		got := run(t, c.check, reply(c.text), vars)
		if *got.Pass != c.pass || got.Why != c.why {
			t.Errorf("%s of %q: pass %v, %q; want %v, %q", c.check, c.text, *got.Pass, got.Why, c.pass,
				c.why)
		}
		failed := reply(c.text)
		failed.Status = session.Interrupted
		if got := run(t, c.check, failed, vars); *got.Pass || got.Score != 0 ||
			got.Why != "the reply failed: interrupted" {
			t.Errorf("%s of a failed reply: %+v", c.check, got)
		}
	}
}

func TestChecksOfNumbers(t *testing.T) {
	unknown := reply("x")
	unknown.Metrics, unknown.Cost = session.Metrics{}, session.Cost{}
	for _, c := range []struct {
		check string
		r     *session.Reply
		pass  bool
		why   string
	}{
		{`{ max_ms = 2000 }`, reply("x"), true, ""},
		{`{ max_ms = 1999.5 }`, reply("x"), false, "2000 ms"},
		{`{ not_max_ms = 1000 }`, reply("x"), true, ""},
		{`{ max_ms = 5000 }`, unknown, false, "unknown"},
		{`{ not_max_ms = 5000 }`, unknown, false, "unknown"},
		{`{ max_ttft_ms = 300 }`, reply("x"), true, ""},
		{`{ max_ttft_ms = 299 }`, reply("x"), false, "300 ms"},
		{`{ max_ttft_ms = 299 }`, unknown, false, "unknown"},
		{`{ min_tok_s = 40 }`, reply("x"), true, ""},
		{`{ min_tok_s = 41 }`, reply("x"), false, "40 tok/s"},
		{`{ not_min_tok_s = 41 }`, unknown, false, "unknown"},
		{`{ max_tokens = 100 }`, reply("x"), true, ""},
		{`{ max_tokens = 99 }`, reply("x"), false, "100 tokens"},
		{`{ max_usd = 0.002 }`, reply("x"), true, ""},
		{`{ max_usd = 0.001 }`, reply("x"), false, "0.002 USD"},
		{`{ max_usd = 0.001 }`, unknown, false, "unknown"},
		{`{ not_max_usd = 0.001 }`, unknown, false, "unknown"},
	} {
		if got := run(t, c.check, c.r, nil); *got.Pass != c.pass || got.Why != c.why {
			t.Errorf("%s: pass %v, %q; want %v, %q", c.check, *got.Pass, got.Why, c.pass, c.why)
		}
	}
}

func TestScoresAndLabels(t *testing.T) {
	for _, c := range []struct {
		check string
		score float64
		label string
	}{
		{`{ contains = "안녕" }`, 1, "contains 안녕"},
		{`{ contains = "{{x}}" }`, 1, "contains 안녕"},
		{`{ not_contains = "안녕" }`, 0, "not_contains 안녕"},
		{`{ contains = "안녕", name = "greets" }`, 1, "greets"},
		{`{ similar = "안녕하세요" }`, 0.6, "similar 안녕하세요"},
		{`{ not_similar = "안녕하세요" }`, 0.4, "not_similar 안녕하세요"},
		{`{ json = true }`, 0, "json"},
		{`{ max_usd = 0.0001 }`, 0, "max_usd 0.0001"},
		{`{ json_path = "$.a", equals = "x", at_most = 2 }`, 0, "json_path $.a equals x at_most 2"},
		{`{ tool_call = "f", args = { a = 1 } }`, 0, `tool_call f {"a":1}`},
		{`{ contains_all = ["a\nb", "c"] }`, 0, "contains_all a b, c"},
	} {
		got := run(t, c.check, reply("안녕 세상"), map[string]any{"x": "안녕"})
		if c.label == "similar 안녕하세요" || c.label == "not_similar 안녕하세요" {
			got = run(t, c.check, reply("안녕하"), nil)
		}
		if d := got.Score - c.score; d > 1e-9 || d < -1e-9 || got.Check != c.label {
			t.Errorf("%s: score %v, %q; want %v, %q", c.check, got.Score, got.Check, c.score, c.label)
		}
	}
}

func TestToolCall(t *testing.T) {
	r := reply("")
	r.ToolCalls = []session.ToolCall{{Name: "get_time", Arguments: "{}"},
		{Name: "get_weather", Arguments: `{"city": "Seoul", "days": 2, "at": {"lat": 37.5, "lon": 127}}`},
		{Name: "broken", Arguments: `{"city`}}
	for _, c := range []struct {
		check string
		pass  bool
		why   string
	}{
		{`{ tool_call = "get_weather" }`, true, ""},
		{`{ tool_call = "get_weather", args = { city = "Seoul" } }`, true, ""},
		{`{ tool_call = "get_weather", args = { city = "{{city}}", at = { lon = 127.0 } } }`, true, ""},
		{`{ tool_call = "get_weather", args = { city = "Busan" } }`, false,
			`it was called with "{"city": "Seoul", "days": 2, "at": {"lat": 37.5, "lon": 127}…"`},
		{`{ tool_call = "get_time", args = { zone = "KST" } }`, false, `it was called with "{}"`},
		{`{ tool_call = "nothing" }`, false, "called was get_time, get_weather, broken"},
		{`{ not_tool_call = "nothing" }`, true, ""},
		{`{ not_tool_call = "get_time" }`, false, `get_time was called with "{}"`},
		{`{ tool_call = "broken" }`, true, ""},
		{`{ tool_call = "broken", args = {} }`, false, `its arguments are no JSON: "{"city"`},
	} {
		got := run(t, c.check, r, map[string]any{"city": "Seoul"})
		if *got.Pass != c.pass || got.Why != c.why {
			t.Errorf("%s: pass %v, %q; want %v, %q", c.check, *got.Pass, got.Why, c.pass, c.why)
		}
	}
	if got := run(t, `{ tool_call = "x" }`, reply("text"), nil); got.Why != "no tool was called" {
		t.Errorf("without calls: %+v", got)
	}
}

func TestJudge(t *testing.T) {
	ask := func(answer string, err error) (check.Env, *string) {
		var prompt string
		return check.Env{Ask: func(_ context.Context, model, p string) (string, error) {
			prompt = p
			if model != "local/judge temperature=0" {
				t.Errorf("asked is %q", model)
			}
			return answer, err
		}}, &prompt
	}
	const polite = `{ judge = "Is it polite to {{who}}?", by = "local/judge temperature=0", at_least = 3 }`
	vars := map[string]any{"who": "Ada"}
	for _, c := range []struct {
		check, answer string
		err           error
		pass          bool
		score         float64
		why           string
	}{
		{polite, `{"grade": 4, "reason": "Kind."}`, nil, true, 0.75, "grade 4: Kind."},
		{polite, "```json\n{\"grade\": 3, \"reason\": \"So so.\"}\n```", nil, true, 0.5, "grade 3: So so."},
		{polite, `{"grade": 2, "reason": "Rude."}`, nil, false, 0.25, "grade 2: Rude."},
		{polite, `{"grade": 6}`, nil, false, 0, `no grade: the judge said "{"grade": 6}"`},
		{polite, `Four.`, nil, false, 0, `no grade: the judge said "Four."`},
		{polite, "", errors.New("unreachable"), false, 0, "no grade: unreachable"},
		{"{ not_" + polite[2:], `{"grade": 2, "reason": "Rude."}`, nil, true, 0.75, "grade 2: Rude."},
		{"{ not_" + polite[2:], "Four.", nil, false, 0, `no grade: the judge said "Four."`},
	} {
		env, prompt := ask(c.answer, c.err)
		got := runIn(t, t.TempDir(), c.check, reply("Hello, dear."), vars, env)
		if *got.Pass != c.pass || got.Why != c.why || got.Score != c.score {
			t.Errorf("%s: %+v; want %+v", c.answer, got, c)
		}
		for _, part := range []string{"Is it polite to Ada?", "The prompt\n", "Hello, dear.\n"} {
			if !strings.Contains(*prompt, part) {
				t.Errorf("the judge is not told %q:\n%s", part, *prompt)
			}
		}
	}
	if _, err := read(t, `{ judge = "Polite?" }`); err == nil || !strings.Contains(err.Error(), "needs by") {
		t.Errorf("without a judge: %v", err)
	}
}

func TestMistakesOfChecks(t *testing.T) {
	for _, c := range []struct{ check, want string }{
		{`{}`, "names no check; lineup help checks lists them"},
		{`{ wieght = 2 }`, `unknown check; lineup help checks lists them`},
		{`{ iregex = "x" }`, `unknown check; did you mean "regex"`},
		{`{ not_not_json = true }`, `unknown check; did you mean "not_json"`},
		{`{ contains = "x", weight = -1 }`, "must not be negative"},
		{`{ contains = "" }`, "the text is empty, which is in every answer"},
		{`{ contains_any = [] }`, "the list is empty"},
		{`{ contains_any = "x" }`, "must be an array of text"},
		{`{ schema = "none.json" }`, `there is no file "`},
		{`{ schema = 3 }`, "must be the name of a file or a table with the schema"},
		{`{ schema = { type = "objekt" } }`, "this is no valid JSON Schema"},
		{`{ json_path = "a.b" }`, "is no JSONPath (RFC 9535): unexpected identifier at position 1"},
		{`{ json_path = "$.a", equal = 1 }`, `unknown key; did you mean "equals"?`},
		{`{ expr = "1 +" }`, "at character"},
		{`{ expr = "1 + 1" }`, "must be true or false; it is a int"},
		{`{ command = [] }`, "names no program"},
		{`{ language = "kr" }`, "no language is known by this code"},
		{`{ judge = "x", by = "local/m", at_least = 9 }`, "must be from 1 to 5"},
		{`{ similar = "x", at_least = 80 }`, "must be from 0 to 1"},
		{`{ tool_call = "f", args = [] }`, "must be a table"},
	} {
		if _, err := read(t, c.check); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v\nwant %s", c.check, err, c.want)
		}
	}
}

// A check is the same in another process, and another one where a value or a file differs.
func TestIDs(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "s.json")
	ids := map[string]string{}
	for _, source := range []string{"{}", `{"type": "object"}`} {
		if err := os.WriteFile(file, []byte(source), 0o644); err != nil {
			t.Fatal(err)
		}
		for _, c := range []string{`{ schema = "s.json" }`, `{ contains = "a" }`, `{ contains = "a", weight = 2 }`,
			`{ not_contains = "a" }`, `{ similar = "a", at_least = 0.5 }`, `{ similar = "a" }`} {
			checks, err := readIn(t, folder, c)
			if err != nil {
				t.Fatal(err)
			}
			id := checks[0].ID()
			if had, ok := ids[id]; ok && had != c {
				t.Errorf("%s and %s have one id", had, c)
			}
			ids[id] = c
		}
	}
	if len(ids) != 7 {
		t.Errorf("%d ids: %v", len(ids), ids)
	}
}

func TestVerdict(t *testing.T) {
	yes, no := true, false
	pass := check.Result{Pass: &yes, Score: 1}
	fail := check.Result{Pass: &no, Score: 0.5}
	unmade := check.Result{}
	weighted := func(w ...float64) (out []check.Check) {
		for _, x := range w {
			out = append(out, check.Check{Weight: x})
		}
		return out
	}
	for _, c := range []struct {
		name    string
		results []check.Result
		weights []float64
		rule    check.Rule
		want    *bool
	}{
		{"no checks", nil, nil, check.Rule{At: 1}, nil},
		{"all pass", []check.Result{pass, pass}, []float64{1, 2}, check.Rule{At: 1}, &yes},
		{"one fails", []check.Result{pass, fail}, []float64{1, 2}, check.Rule{At: 1}, &no},
		{"a third of the weight", []check.Result{pass, fail}, []float64{1, 2}, check.Rule{At: 1.0 / 3}, &yes},
		{"more than a third", []check.Result{pass, fail}, []float64{1, 2}, check.Rule{At: 0.34}, &no},
		{"tenths", []check.Result{pass, pass, pass, fail}, []float64{0.1, 0.2, 0.4, 0.3}, check.Rule{At: 0.7}, &yes},
		{"a failure of weight 0", []check.Result{pass, fail}, []float64{1, 0}, check.Rule{At: 1}, &yes},
		{"by score", []check.Result{pass, fail}, []float64{1, 1}, check.Rule{At: 0.75, ByScore: true}, &yes},
		{"unmade", []check.Result{pass, unmade}, []float64{1, 1}, check.Rule{At: 0.5}, nil},
		{"unmade beside a failure", []check.Result{fail, unmade}, []float64{1, 1}, check.Rule{At: 1}, &no},
	} {
		got := check.Verdict(c.results, weighted(c.weights...), c.rule)
		if (got == nil) != (c.want == nil) || got != nil && *got != *c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestRecordOfAResult(t *testing.T) {
	text, err := json.Marshal(run(t, `{ contains = "안녕" }`, reply("안녕"), nil))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, string(text), `{"check":"contains 안녕","pass":true,"score":1,"why":""}`)
}

func TestHelpNamesEveryCheck(t *testing.T) {
	for _, name := range check.Names() {
		if !strings.Contains(check.Help(), "  "+name+" = ") {
			t.Errorf("help does not name %s", name)
		}
	}
	for line := range strings.Lines(check.Help()) {
		if n := len([]rune(strings.TrimRight(line, "\n"))); n > 120 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}
