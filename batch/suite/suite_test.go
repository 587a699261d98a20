package suite_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lineup/batch/suite"
	"lineup/config"
)

// settings have two providers.
func settings(t *testing.T) config.Config {
	t.Helper()
	c, err := config.Parse("config.toml", []byte(`
[providers.local]
kind = "ollama"
base_url = "http://127.0.0.1:11434"
[providers.cloud]
kind = "openai"
base_url = "https://api.example.com/v1"
`))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// write makes files in a folder of their own.
func write(t *testing.T, files map[string]string) (folder string) {
	t.Helper()
	folder, err := os.MkdirTemp("", "suite") // a name of t.TempDir may look like a key
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	for name, text := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// read reads a file of a folder that must have no mistake.
func read(t *testing.T, folder, name string, template ...string) *suite.Suite {
	t.Helper()
	o := suite.ReadOptions{Config: settings(t), Template: strings.Join(template, "")}
	s, err := suite.Read(filepath.Join(folder, name), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// mistakes are those of a file, without the folder.
func mistakes(t *testing.T, folder, name string, template ...string) string {
	t.Helper()
	o := suite.ReadOptions{Config: settings(t), Template: strings.Join(template, "")}
	_, err := suite.Read(filepath.Join(folder, name), o)
	if err == nil {
		t.Fatal("no mistake is found")
	}
	return strings.ReplaceAll(err.Error(), folder+string(filepath.Separator), "")
}

// asked are the prompts of a suite, as they are sent.
func asked(t *testing.T, s *suite.Suite) (texts []string) {
	t.Helper()
	for i := range s.Cases {
		for j := range s.Prompts {
			a, err := s.Prompts[j].Render(&s.Cases[i])
			if err != nil {
				t.Fatal(err)
			}
			if len(a.Messages) != 1 || a.Messages[0].Content != a.Text {
				t.Errorf("the message is %v, the record has %q", a.Messages, a.Text)
			}
			texts = append(texts, s.Cases[i].ID+"/"+s.Prompts[j].ID+": "+a.Text)
		}
	}
	return texts
}

func equal(t *testing.T, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

const contract = `panes = ["local/llama3.1:8b", { model = "local/llama3.1:8b", temperature = 0 }]
system = "You translate."
repeat = 3

[[prompts]]
name = "plain"
text = "Translate into {{language}}: {{text}}"
[[prompts]]
file = "prompts/careful.md"

[[cases]]
id = "greeting"
vars = { language = "Korean", text = "Good morning" }
checks = [{ contains = "안녕" }, { not_contains = "Sorry" }, { max_ms = 5000 }, { max_usd = 0.001 }]

[cases_from]
file = "cases.csv"

[defaults]
checks = [{ regex = "^[^.]+\\.$", weight = 2 }]
pass_at = 0.5
`

func TestSuite(t *testing.T) {
	folder := write(t, map[string]string{
		"suite.toml":         contract,
		"prompts/careful.md": "Think, then translate into {{ language }}: {{text}}\n",
		"cases.csv": "id,language,text,checks\n" +
			`,German,"Hi, you","[{""icontains"": ""hallo"", ""name"": ""greets""}]"` + "\n" +
			"last,French,{{language}},\n",
	})
	s := read(t, folder, "suite.toml")
	equal(t, asked(t, s), []string{
		"greeting/plain: Translate into Korean: Good morning",
		"greeting/1: Think, then translate into Korean: Good morning",
		"1/plain: Translate into German: Hi, you",
		"1/1: Think, then translate into German: Hi, you",
		"last/plain: Translate into French: {{language}}", // a value is not expanded again
		"last/1: Think, then translate into French: {{language}}",
	})
	equal(t, config.Refs(s.Panes), []string{"local/llama3.1:8b", "local/llama3.1:8b"})
	equal(t, *s.Panes[1].Params.Temperature, 0.0)
	equal(t, *s.System, "You translate.")
	equal(t, s.Repeat, 3)
	labels := func(n int) (out []string) {
		for _, c := range s.Cases[n].Checks {
			out = append(out, c.Label(s.Cases[n].Vars.Map()))
		}
		return out
	}
	equal(t, labels(0), []string{`regex ^[^.]+\.$`, "contains 안녕", "not_contains Sorry",
		"max_ms 5000", "max_usd 0.001"})
	equal(t, labels(1), []string{`regex ^[^.]+\.$`, "greets"})
	equal(t, labels(2), []string{`regex ^[^.]+\.$`})
	equal(t, s.Cases[0].Rule.At, 0.5)
	equal(t, s.Cases[0].Checks[0].Weight, 2.0)
	equal(t, s.Cases[1].Vars.Map(), map[string]any{"language": "German", "text": "Hi, you"})
}

// A suite without cases is its prompts.
func TestSuiteOfPromptsAlone(t *testing.T) {
	folder := write(t, map[string]string{"s.toml": "[[prompts]]\ntext = \"Hi\"\n" +
		"[defaults]\nchecks = [{ json = true }]\n"})
	s := read(t, folder, "s.toml")
	equal(t, asked(t, s), []string{"0/0: Hi"})
	equal(t, len(s.Cases[0].Checks), 1)
}

func TestMistakesOfASuite(t *testing.T) {
	folder := write(t, map[string]string{
		"s.toml": `panes = ["locl/x", { model = "local/y", temprature = 0 }]
sytem = "x"
repeat = 0
[[prompts]]
name = "a"
text = "{{lang}} {{text}}"
[[prompts]]
name = "a"
file = "none.md"
[[prompts]]
name = "b"
[[cases]]
id = "one"
vars = { lang = "ko" }
checks = [{ contians = "x" }, { contains = 3 }, { regex = "(" }, { max_ms = -1 }, { contains = "a", equals = "b" }, { schema = "no.json" }]
[cases_from]
file = "cases.csv"
[defaults]
pass_at = 2
checks = [{ judge = "Polite?", by = "nobody/x" }, { expr = "len(txt) < 3" }, { command = ["./none.sh"] }, { similar = "x", at_last = 0.5 }]
`,
		"cases.csv": "id,lang,checks\n" + `two,ko,"[{""contains"": 1}]"` + "\nthree,de\n" +
			`four,é,"[{""contians"": ""x""}"` + "\n",
	})
	want := `s.toml:1:10: panes: unknown provider "locl"; did you mean "local"?
s.toml:1:41: panes[1].temprature: unknown key; did you mean "temperature"?
s.toml:2:1: sytem: unknown key; did you mean "system"?
s.toml:3:10: repeat: must be at least 1
s.toml:8:8: prompts[1].name: a second prompt is called "a"
s.toml:9:8: prompts[1].file: there is no file "none.md"
s.toml:10:3: prompts: needs text or file
s.toml:13:6: case one has no value for {{text}}, which a prompt has
s.toml:15:13: cases[0].checks[0].contians: unknown check; did you mean "contains" or "icontains"?
s.toml:15:44: cases[0].checks[1].contains: must be text in quotes, not a number
s.toml:15:59: cases[0].checks[2].regex: is no regular expression of RE2: missing closing ): ` + "`(`" + `
s.toml:15:77: cases[0].checks[3].max_ms: must not be negative
s.toml:15:101: cases[0].checks[4].equals: a second check in one table, after contains; write { … }, { … }
s.toml:15:128: cases[0].checks[5].schema: there is no file "no.json"
s.toml:19:11: defaults.pass_at: must be from 0 to 1
s.toml:20:37: defaults.checks[0].by: model "nobody/x": unknown provider "nobody"; known are local, cloud
s.toml:20:60: defaults.checks[1].expr: at character 5: unknown name txt; did you mean "text"?
s.toml:20:90: defaults.checks[2].command: there is no file "./none.sh"
s.toml:20:124: defaults.checks[3].at_last: unknown key; did you mean "at_least"?
cases.csv:1:1: no column for {{text}}, which a prompt has; the columns are lang
cases.csv:2:25: checks[0].contains: must be text in quotes, not a number
cases.csv:3:1: the line has 2 fields, the header has 3; a field with a comma or a line break stands in quotes
cases.csv:4:31: checks: is no JSON: it ends too early`
	equal(t, strings.Split(mistakes(t, folder, "s.toml"), "\n"), strings.Split(want, "\n"))
}

// A mistake that only the whole suite has.
func TestMistakesBetweenCases(t *testing.T) {
	folder := write(t, map[string]string{
		"s.toml": `system = "You speak {{tongue}}."
repat = 2
[[prompts]]
name = "p"
text = "{{lang}} {{text}}"
[[cases]]
id = "a"
vars = { lang = "ko", tongue = "x" }
[[cases]]
id = "a"
vars = { lang = "ko", text = "x", tongue = "y", part = "(" }
checks = [{ contains = "{{word}}" }, { regex = "{{part}}" }]
[cases_from]
file = "c.csv"
`,
		"c.csv": "id,text\na,x\nb,x\n",
	})
	equal(t, strings.Split(mistakes(t, folder, "s.toml"), "\n"), []string{
		`s.toml:2:1: repat: unknown key; did you mean "repeat"?`,
		`s.toml:7:6: case a has no value for {{text}}, which a prompt has`,
		`s.toml:10:6: a second case has the id "a"; the first is in line 7`,
		`s.toml:10:6: case a has no value for {{word}}, which the check contains {{word}} has`,
		"s.toml:10:6: the check regex ( of case a: error parsing regexp: missing closing ): `(`",
		`c.csv:1:1: no column for {{lang}}, which a prompt has; the columns are text`,
		`c.csv:1:1: no column for {{tongue}}, which a prompt has; the columns are text`,
		`c.csv:2:1: a second case has the id "a"; the first is in line 7 of s.toml`,
	})
}

// Files that checks name are relative to the suite, also where the case stands in another folder.
func TestFilesOfChecks(t *testing.T) {
	checks := `[{"command": ["./check.sh"]}, {"schema": "shape.json"}]`
	folder := write(t, map[string]string{
		"s.toml":       "[[prompts]]\ntext=\"{{x}}\"\n[cases_from]\nfile=\"data/c.jsonl\"\n",
		"t.toml":       "[[prompts]]\ntext=\"{{x}}\"\n[cases_from]\nfile=\"data/c.csv\"\n",
		"data/c.jsonl": `{"x":1,"checks":` + checks + "}\n",
		"data/c.csv":   "x,checks\n1,\"" + strings.ReplaceAll(checks, `"`, `""`) + "\"\n",
		"check.sh":     "#!/bin/sh\n", "shape.json": "{}",
	})
	if err := os.Chmod(filepath.Join(folder, "check.sh"), 0o755); err != nil {
		t.Fatal(err)
	}
	equal(t, len(read(t, folder, "s.toml").Cases[0].Checks), 2)
	equal(t, len(read(t, folder, "t.toml").Cases[0].Checks), 2)
}

func TestLines(t *testing.T) {
	folder := write(t, map[string]string{
		"a.txt": "Hi\r\n\n  {{ not }} a variable\nlast",
		"b.jsonl": `{"prompt":"Say {{word}} {{n}}","vars":{"word":"안녕 {{n}}","n":12345678901234567}}` +
			"\n\n" + `{"id":"x","prompt":"Hi","system":"Be {{tone}}.","tone":"short","checks":[{"json":true}]}` +
			"\n" + `{"id":7,"prompt":"No"}`,
		"c.csv": "\ufeffid,prompt,language\n,Hi in {{language}},\"a, \"\"b\"\"\"\nk,\"two\nlines\",x\n",
	})
	equal(t, asked(t, read(t, folder, "a.txt")), []string{"0/0: Hi", "1/0:   {{ not }} a variable",
		"2/0: last"})
	equal(t, asked(t, read(t, folder, "a.txt", "Do: {{prompt}}!")), []string{"0/0: Do: Hi!",
		"1/0: Do:   {{ not }} a variable!", "2/0: Do: last!"})
	b := read(t, folder, "b.jsonl")
	equal(t, asked(t, b), []string{"0/0: Say 안녕 {{n}} 12345678901234567", "x/0: Hi", "7/0: No"})
	a, _ := b.Prompts[0].Render(&b.Cases[1])
	equal(t, *a.System, "Be short.")
	equal(t, b.Cases[1].Checks[0].Label(nil), "json")
	equal(t, asked(t, read(t, folder, "c.csv")), []string{`0/0: Hi in a, "b"`, "k/0: two\nlines"})
	equal(t, asked(t, read(t, folder, "c.csv", "{{language}}: {{prompt}}")), []string{
		`0/0: a, "b": Hi in {{language}}`, "k/0: x: two\nlines"})
}

func TestMistakesOfLines(t *testing.T) {
	folder := write(t, map[string]string{
		"empty.txt": "\n \n",
		"bytes.txt": "Hi\na\xffb\n",
		"a.jsonl": `{"prompt":"안녕 {{x}}"}` + "\n" + `{"promt":"x"}` + "\n[1]\n" + `{"prompt":"x",}` + "\n" +
			`{"prompt":3,"id":"","vars":[],"checks":[{"contains":"x","wieght":2}]}` + "\n" +
			`{"prompt":"x","prompt":"y"}` + "\n" + `{"id":"a","prompt":" "}` + "\n" + `{"id":"a","prompt":"x`,
		"a.csv":    "id,text\na,b\n",
		"b.csv":    "prompt,x,x,\na,b,c,d\n",
		"c.csv":    "prompt,checks\na \"b\",\n\"안녕\",\"[{\"\"contains\"\":1}]\"\n,{}\n",
		"d.parket": "x",
	})
	for _, c := range []struct{ name, want string }{
		{"empty.txt", "empty.txt:1:1: there is no prompt in the file"},
		{"bytes.txt", "bytes.txt:2:2: the file is not UTF-8 text here; save it as UTF-8"},
		{"a.jsonl", `a.jsonl:1:1: case 0 has no value for {{x}}, which a prompt has
a.jsonl:2:1: needs prompt, as in {"prompt": "…"}; or give --template with {{variables}}
a.jsonl:3:1: must be a JSON object, as in {"key": "value"}, not an array
a.jsonl:4:15: is no JSON: invalid character '}' looking for beginning of object key string
a.jsonl:5:11: prompt: must be text in quotes, not a number
a.jsonl:5:18: id: the id is empty
a.jsonl:5:28: vars: must be an object, as in {"language": "Korean"}
a.jsonl:5:57: checks[0].wieght: unknown key; did you mean "weight"?
a.jsonl:6:1: is no JSON: the key "prompt" comes twice
a.jsonl:7:20: prompt: the prompt is empty
a.jsonl:8:22: is no JSON: it ends too early`},
		{"a.csv", `a.csv:1:1: no column is called prompt; name one so, or give --template with {{variables}}: id, text`},
		{"b.csv", `b.csv:1:10: a second column is called "x"
b.csv:1:12: the column has no name`},
		{"c.csv", `c.csv:2:3: is no CSV: bare " in non-quoted-field
c.csv:3:22: checks[0].contains: must be text in quotes, not a number
c.csv:4:1: the prompt is empty
c.csv:4:2: checks: names no check; lineup help checks lists them`},
		{"d.parket", "file d.parket cannot be read: its name must end with .txt, .jsonl, .csv, .toml (a suite), .yaml or .yml (promptfoo's)"},
		{"none.csv", "file none.csv does not exist; check the path"},
	} {
		equal(t, strings.Split(mistakes(t, folder, c.name), "\n"), strings.Split(c.want, "\n"))
	}
}

// Lines are read in two ways: quickly, and with the places of their parts. Both say the same.
func TestQuickLines(t *testing.T) {
	odd := `{"id":"odd","prompt":"\u0041 {{v}}","vars":{"v":1},"checks":[{"contains":"a"}]}`
	for name, line := range map[string]string{
		"plain":   `{"id":"x","prompt":"Hi {{v}}","vars":{"v":"안녕"},"checks":[{"contains":"a"}]}`,
		"escapes": `{"id":"\u0078","prompt":"H\u0069 {{v}}","vars":{"v":"안녕"},"checks":[{"contains":"a"}]}`,
		"loose":   `{"id":"x","prompt":"Hi {{v}}","v":"안녕","checks":[{"contains":"a"}]}`,
		"spaces":  ` { "id" : "x" , "prompt":"Hi {{v}}", "vars" : { "v" : "안녕" } ,"checks": [{"contains":"a"}] } `,
	} {
		folder := write(t, map[string]string{"a.jsonl": odd + "\n" + line + "\n",
			"s.toml": "[[prompts]]\ntext=\"{{prompt}}\"\n[cases_from]\nfile=\"a.jsonl\"\n" +
				"[defaults]\nchecks=[{json=true}]\n"})
		s := read(t, folder, "a.jsonl")
		equal(t, asked(t, s), []string{"odd/0: A 1", "x/0: Hi 안녕"})
		if c := s.Cases[1]; len(c.Checks) != 1 || c.Checks[0].ID() != s.Cases[0].Checks[0].ID() {
			t.Errorf("%s: %d checks", name, len(c.Checks))
		}
		equal(t, s.Cases[1].Vars.Map(), map[string]any{"v": "안녕"})
		s = read(t, folder, "s.toml")
		equal(t, asked(t, s), []string{"odd/0: A {{v}}", "x/0: Hi {{v}}"})
		equal(t, len(s.Cases[1].Checks), 2)
	}
}

// A number was rewritten in the first line with a check, and in that alone: 1.50 was sent as 1.5.
func TestNumbersOfALineStayAsTheyWereWritten(t *testing.T) {
	const numbers = `"price":1.50,"id":"%","big":12345678901234567890`
	const checks = `"checks":[{"contains":"x"}]`
	for name, line := range map[string]string{
		"keys":           `{` + numbers + `,` + checks + `}`,
		"vars":           `{"vars":{` + strings.Replace(numbers, `"id":"%",`, "", 1) + `},"id":"%",` + checks + `}`,
		"without checks": `{` + numbers + `}`,
		"a mixture":      `{"vars":{"price":1.50},"id":"%","big":12345678901234567890,` + checks + `}`,
	} {
		text := strings.ReplaceAll(line, "%", "a") + "\n" + strings.ReplaceAll(line, "%", "b")
		s, err := suite.Parse("c.jsonl", text, suite.ReadOptions{Template: "{{price}} {{big}}"})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for i := range s.Cases {
			asked, err := s.Prompts[0].Render(&s.Cases[i])
			if want := "1.50 12345678901234567890"; err != nil || asked.Text != want {
				t.Errorf("%s, line %d: %q, %v; want %q", name, i+1, asked.Text, err, want)
			}
		}
	}
}
