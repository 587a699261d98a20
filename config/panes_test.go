package config

import (
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

const twoProviders = `
[providers.local]
kind = "ollama"
base_url = "http://127.0.0.1:11434"
[providers.gate]
base_url = "https://gate.example/v1"
[models."local/llama3.1:8b"]
name = "Llama"
temperature = 0.9
system = "Of the model."
fallback = ["gate/m"]
timeouts = { total = "1m" }
[templates]
review = "Review: {{prompt}}"
`

func parsePanes(t *testing.T, text string) Config {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "prompts"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "prompts", "long.md"), []byte("\ufeff긴 글\n둘째 줄\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Parse(filepath.Join(dir, "config.toml"), []byte(text+twoProviders))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestPaneTables(t *testing.T) {
	c := parsePanes(t, `panes = [
  "local/llama3.1:8b",
  { model = "local/llama3.1:8b", name = "cold", temperature = 0, seed = 7, timeouts = { idle = "2s" } },
  { model = "gate/m", system_file = "prompts/long.md", template = "review", price = { input = 1, output = 2 } },
]
[lineups.cheap]
panes = ["gate/m", { model = "gate/a/b", reasoning_effort = "low" }]
blind = true
judge = "gate/judge"
repeat = 3
template = "review"
layout = { zoomed = 2, raw = true }
`)
	if len(c.Panes) != 3 {
		t.Fatalf("%+v", c.Panes)
	}
	resolve := func(p Pane) Effective {
		e, err := c.ResolvePane(p)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	plain, cold, long := resolve(c.Panes[0]), resolve(c.Panes[1]), resolve(c.Panes[2])
	if plain.Name != "Llama" || *plain.Params.Temperature != 0.9 || plain.Params.Seed != nil {
		t.Errorf("the pane without settings: %+v", plain)
	}
	if cold.Name != "cold" || *cold.Params.Temperature != 0 || *cold.Params.Seed != 7 || *cold.System != "Of the model." ||
		cold.Deadlines.Total.String() != "1m0s" || cold.Deadlines.Idle.String() != "2s" || !reflect.DeepEqual(cold.Fallback, []string{"gate/m"}) {
		t.Errorf("the pane over its model: %+v", cold)
	}
	if *long.System != "긴 글\n둘째 줄" || long.Template != "Review: {{prompt}}" || *long.Price.Output != 2 {
		t.Errorf("the pane with files: %+v", long)
	}
	l, ok := c.Lineup("cheap")
	if !ok || len(l.Panes) != 2 || !*l.Blind || l.Judge != "gate/judge" || *l.Repeat != 3 || *l.Layout.Zoomed != 2 || !l.Layout.Raw || l.Layout.Together {
		t.Fatalf("%+v", l)
	}
	if l.Panes[0].Template != "Review: {{prompt}}" || l.Panes[1].Params.ReasoningEffort != "low" {
		t.Errorf("%+v", l.Panes)
	}
}

// Every mistake in a pane is told with its place.
func TestWrongPanes(t *testing.T) {
	_, err := Parse("config.toml", []byte(`panes = [
  { model = "local/m", temprature = 0, seed = "x" },
  { name = "no model" },
  { model = "lokal/m", system_file = "missing.md" },
  { model = "local/m", template = "reviw" },
  7,
]
[lineups."a b"]
panes = []
[lineups.cheap]
judge = "nobody/m"
repeat = 0
layout = { zoomed = "x" }
[lineups.wrong]
panes = ["local/m"]
blind = "yes"
tempo = 1
`+twoProviders))
	if err == nil {
		t.Fatal("no mistake was found")
	}
	got := err.Error()
	for _, want := range []string{
		`config.toml:2:24: panes[0].temprature: unknown key; did you mean "temperature"?`,
		`config.toml:2:47: panes[0].seed: must be a whole number, not text ("x")`,
		`config.toml:3:3: panes: needs model, as in { model = "provider/model" }`,
		`config.toml:4:13: panes[2].model: unknown provider "lokal"; did you mean "local"?`,
		`config.toml:4:38: panes[2].system_file: there is no file "missing.md"`,
		`config.toml:5:35: panes[3].template: no template is called "reviw"; did you mean "review"?`,
		`config.toml:6:3: panes: must be a model reference, or a table as in { model = "…" }, not a number`,
		`config.toml:8:10: lineups."a b": a line-up's name is made of letters, digits, _, . and -`,
		`config.toml:9:9: lineups."a b".panes: names no pane`,
		`config.toml:10:10: lineups.cheap: needs panes, as in panes = ["provider/model", …]`,
		`config.toml:11:9: lineups.cheap.judge: unknown provider "nobody"; known are local, gate`,
		`config.toml:12:10: lineups.cheap.repeat: must be at least 1`,
		`config.toml:13:21: lineups.cheap.layout.zoomed: must be a whole number, not text ("x")`,
		`config.toml:16:9: lineups.wrong.blind: must be true or false, not text ("yes")`,
		`config.toml:17:1: lineups.wrong.tempo: unknown key`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s\nis not among\n%s", want, got)
		}
	}
	if n := strings.Count(got, "\n") + 1; n != 15 {
		t.Errorf("%d mistakes:\n%s", n, got)
	}
}

// Fault: a model named without its provider was refused with an example of no use, though the config has that model.
func TestAModelWithoutItsProviderIsSuggested(t *testing.T) {
	c := parsePanes(t, "[models.\"gate/flash-9\"]\nprice = { input = 1, output = 1 }\n")
	for arg, want := range map[string]string{"flash-9": `did you mean "gate/flash-9"?`, "gat/flash-9": `did you mean "gate"?`,
		"nothing-like-it": "has no slash"} {
		if _, err := c.ParsePane(arg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", arg, err, want)
		}
	}
}

func TestParsePane(t *testing.T) {
	c := parsePanes(t, "")
	for arg, want := range map[string]func(p Pane) bool{
		"local/llama3.1:8b": func(p Pane) bool { return reflect.DeepEqual(p, Pane{Ref: "local/llama3.1:8b"}) },
		"local/llama3.1:8b temperature=0 seed=7 name=cold": func(p Pane) bool {
			return *p.Params.Temperature == 0 && *p.Params.Seed == 7 && p.Name == "cold"
		},
		`gate/m system="One sentence. It's \"short\"."  max_tokens=5`: func(p Pane) bool {
			return *p.System == `One sentence. It's "short".` && *p.Params.MaxTokens == 5
		},
		`"gate/a b" stop=["a b","c"] name=7`: func(p Pane) bool {
			return p.Ref == "gate/a b" && len(p.Params.Stop) == 2 && p.Params.Stop[0] == "a b" && p.Name == "7"
		},
		`gate/m system=don't body.top_a=0.5 price={input=1, output=2} timeouts.total=3s`: func(p Pane) bool {
			return *p.System == "don't" && p.Body["top_a"] == 0.5 && *p.Price.Output == 2 && p.Timeouts.Total.String() == "3s"
		},
		`gate/m body."a=b"=1 body.c=2`:   func(p Pane) bool { return p.Body["a=b"] == int64(1) && p.Body["c"] == int64(2) },
		`gate/m system= template=review`: func(p Pane) bool { return *p.System == "" && p.Template == "Review: {{prompt}}" },
	} {
		p, err := c.ParsePane(arg)
		if err != nil || !want(p) {
			t.Errorf("%s: %+v, %v", arg, p, err)
		}
	}
	for _, arg := range []string{"name=sk-abcdefghijklmnop1234", "system=\"is sk-abcdefghijklmnop1234\"", "stop=[\"sk-abcdefghijklmnop1234\"]"} {
		if _, err := c.ParsePane("gate/m " + arg); err == nil || !strings.Contains(err.Error(), "looks like a key") || strings.Contains(err.Error(), "sk-abc") {
			t.Errorf("%s: %v", arg, err)
		}
	}
	for arg, want := range map[string]string{
		"":                                  "no model is named; write PROVIDER/MODEL",
		"local/m temperature=hot":           `model "local/m": temperature: must be a number, not text ("hot")`,
		"local/m temprature=1 seed=x":       `model "local/m": seed: must be a whole number, not text ("x")` + "\n" + `model "local/m": temprature: unknown key; did you mean "temperature"?`,
		"local/m seed=99999999999999999999": `model "local/m": seed: must be a whole number, not a number that is too large ("99999999999999999999")`,
		"local/m max_tokens=-99999999999999999999": `model "local/m": max_tokens: must be a whole number, not a number that is too large`,
		"local/a b":                    `model "local/a": "b" is no setting; write key=value, such as temperature=0; a model whose name has a space stands in quotes, as in '"provider/a b"'`,
		"lokal/m temperature=1":        `model "lokal/m": unknown provider "lokal"; did you mean "local"?`,
		"local/m api_key=sk-abcdefghi": `model "local/m": api_key: `,
	} {
		if _, err := c.ParsePane(arg); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", arg, err)
		}
	}
	if _, err := c.ParsePane("local/m api_key=sk-abcdefghijklmnop1234"); err == nil || strings.Contains(err.Error(), "sk-abc") {
		t.Errorf("a key on the command line: %v", err)
	}
}

// What a pane has on its own line holds over what all panes get.
func TestSet(t *testing.T) {
	c := parsePanes(t, "")
	p, err := c.ParsePane("gate/m temperature=1")
	if err != nil {
		t.Fatal(err)
	}
	set, err := c.Set([]Pane{p, {Ref: "local/llama3.1:8b"}}, []string{"temperature=0.5", "options.num_gpu=1"})
	if err != nil || *set[0].Params.Temperature != 0.5 || *set[1].Params.Temperature != 0.5 || set[1].Params.Options["num_gpu"] != int64(1) {
		t.Errorf("%+v %v", set, err)
	}
	if got := p.Over(set[0]); *got.Params.Temperature != 1 || got.Params.Options == nil {
		t.Errorf("%+v", got)
	}
	if _, err := c.Set([]Pane{p}, []string{"temperature=0\nseed=1"}); err == nil {
		t.Error("one --set is two settings")
	}
	if *p.Params.Temperature != 1 {
		t.Error("Set changed what it was given")
	}
}

// FuzzParsePane: no argument makes the reader panic, and what it takes can be opened.
func FuzzParsePane(f *testing.F) {
	f.Add(`local/m temperature=0 system="a b" stop=["x"]`)
	f.Add(`"local/a b" body={a={b=[1]}}`)
	f.Add(`local/m a.b.c=1 a.b=2`)
	c, err := Parse("config.toml", []byte(twoProviders))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, arg string) {
		if p, err := c.ParsePane(arg); err == nil {
			if _, err := c.ResolvePane(p); err != nil {
				t.Errorf("%q is taken and cannot be resolved: %v", arg, err)
			}
		}
	})
}

// A pipe that nobody writes to would hold the program for ever.
func TestFilesOfTextAreRegular(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no devices among its files")
	}
	_, err := Parse("config.toml", []byte("panes = [{ model = \"local/m\", system_file = \"/dev/zero\", schema = \"/dev/zero\" }]\n"+twoProviders))
	if err == nil || strings.Count(err.Error(), "it is no regular file") != 2 {
		t.Errorf("%v", err)
	}
}
