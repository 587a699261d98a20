package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lineup/jsoncheck"
)

func panesToSave() []Pane {
	zero, seed, system := 0.0, int64(7), "두 문장으로 \"짧게\".\n끝.\x7f"
	hot := Pane{Ref: "x/b c"}
	hot.Name, hot.Params.Temperature, hot.Params.Seed, hot.System = "cold", &zero, &seed, &system
	hot.Params.Stop, hot.Params.Options = []string{"END", "끝"}, map[string]any{"mirostat": int64(2)}
	hot.Body, hot.Fallback = map[string]any{"a.b": map[string]any{"deep": []any{true, 1.5}}}, []string{"x/a"}
	return []Pane{{Ref: "x/a"}, hot}
}

func mine(panes []Pane) Lineup { return Lineup{Name: "mine", Panes: panes} }

const (
	lineupProvider = "[providers.x]\nbase_url = \"http://127.0.0.1:1/v1\" # mine\n"
	lineupPanesIn  = "panes = [\n  \"x/a\",\n  { model = \"x/b c\", name = \"cold\", temperature = 0, seed = 7, stop = [\"END\", \"끝\"], options = { mirostat = 2 }, " +
		"body = { \"a.b\" = { deep = [true, 1.5] } }, fallback = [\"x/a\"], system = \"두 문장으로 \\\"짧게\\\".\\n끝.\\u007f\" },\n]"
)

// Saving a line-up writes its panes and no other byte.
func TestSavingALineupKeepsEveryOtherByte(t *testing.T) {
	for name, tt := range map[string]struct{ before, after string }{
		"a new one":             {lineupProvider, lineupProvider + "\n[lineups.mine]\n" + lineupPanesIn + "\n"},
		"no line end":           {strings.TrimSuffix(lineupProvider, "\n"), strings.TrimSuffix(lineupProvider, "\n") + "\n\n[lineups.mine]\n" + lineupPanesIn + "\n"},
		"one that is there":     {lineupProvider + "[lineups.mine] # it\nblind = true\n  panes=[ \"x/z\", # ] }\n ]   # kept\nrepeat = 3\n[lineups.other]\npanes = [\"x/y\"]\n", lineupProvider + "[lineups.mine] # it\nblind = true\n  " + strings.Replace(lineupPanesIn, "panes = ", "panes=", 1) + "   # kept\nrepeat = 3\n[lineups.other]\npanes = [\"x/y\"]\n"},
		"dotted keys":           {lineupProvider + "[lineups]\nmine.panes = [\"x/z\"]\n", lineupProvider + "[lineups]\nmine." + lineupPanesIn + "\n"},
		"Windows' line ends":    {strings.ReplaceAll(lineupProvider, "\n", "\r\n"), strings.ReplaceAll(lineupProvider+"\n[lineups.mine]\n"+lineupPanesIn+"\n", "\n", "\r\n")},
		"the same once more":    {lineupProvider + "[lineups.mine]\n" + lineupPanesIn, lineupProvider + "[lineups.mine]\n" + lineupPanesIn},
		"another one is before": {lineupProvider + "[lineups.a]\npanes = [\"x/y\"]\n", lineupProvider + "[lineups.a]\npanes = [\"x/y\"]\n\n[lineups.mine]\n" + lineupPanesIn + "\n"},
	} {
		got, err := editLineup("c.toml", []byte(tt.before), mine(panesToSave()))
		if err != nil || string(got) != tt.after {
			t.Errorf("%s: %v\ngot  %q\nwant %q", name, err, got, tt.after)
		}
	}
}

// What cannot be written is said, and the file stays.
func TestALineupThatCannotBeSavedIsSaid(t *testing.T) {
	for want, text := range map[string]string{
		"in a way that is left alone": lineupProvider + "[[lineups.mine.panes]]\nmodel = \"x/a\"\n",
		"correct them first":          "[lineups.mine]\npanes = 7\n",
	} {
		got, err := editLineup("c.toml", []byte(text), mine(panesToSave()))
		if err == nil || got != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q became %q, %v", text, got, err)
		}
	}
	templated := []Pane{{Ref: "x/a", Template: "Be brief: {{prompt}}"}}
	if _, err := editLineup("c.toml", []byte(lineupProvider), mine(templated)); err == nil || !strings.Contains(err.Error(), "is not in [templates]") {
		t.Errorf("a template of nowhere: %v", err)
	}
	got, err := editLineup("c.toml", []byte(lineupProvider+"[templates]\nbrief = \"Be brief: {{prompt}}\"\n"), mine(templated))
	if err != nil || !strings.Contains(string(got), `{ model = "x/a", template = "brief" }`) {
		t.Errorf("%q, %v", got, err)
	}
	file := filepath.Join(t.TempDir(), "new", "config.toml")
	if _, err := SaveLineup(file, Lineup{Name: "my line", Panes: panesToSave()}); err == nil {
		t.Error("a name with a blank was taken")
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("there is a file")
	}
}

// A line-up with everything that one can have is read again as it was, wherever it is written.
func TestASavedLineupIsReadAsItWas(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"shape.json": `{"type":"object"}`, "tools.json": `[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]`,
		"long.md": "Long: {{prompt}}", "system.md": "Be 간단.\n\n둘",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "config.toml")
	const full = lineupProvider + `[templates]
brief = "Brief: {{prompt}}"
[lineups.full]
blind = false
judge = "x/judge"
merge = "x/merge"
repeat = 3
layout = { zoomed = 2, together = true, raw = true }
panes = [
  "x/a",
  { model = "x/b", name = "둘 \"q\"", temperature = 0.5, seed = -1, stop = [], system_file = "system.md", template = "long.md", schema = "shape.json",
    tools = "tools.json", vision = false, fallback = [], body = { a = [1, 2.5, { b = true }] }, options = { mirostat = 2 },
    price = { input = 0, output = 1.25, cache_write_1h = 1e-7, tiers = [{ above = 200000, input = 2.5, output = 15 }] },
    timeouts = { connect = "1m30s", first_token = "500ms", idle = 0, total = "2h" }, retry = { max = 0, base = "1s", cap = "10s" },
    headers = { X-Title = "Über \"it\"", "HTTP-Referer" = "https://a.b" } },
  { model = "x/c d", template = "brief", system = "" },
]
[lineups.same]
template = "brief"
panes = ["x/a", { model = "x/b", template = "long.md" }]
`
	before, err := Parse(file, []byte(full))
	if err != nil {
		t.Fatal(err)
	}
	for _, was := range before.Lineups {
		for where, text := range map[string]string{
			"a new section": full,
			"one in place":  full + "[lineups.copy] # it\npanes = [\"x/z\"] # these\nrepeat = 7\n",
			"dotted":        full + "[lineups]\n  copy.panes = [\"x/z\"] # these\n  copy.judge = 'x/other'\n",
			"at the end":    full + "[lineups.copy]\npanes = [\"x/z\"]",
		} {
			l := was
			l.Name = "copy"
			edited, err := editLineup(file, []byte(text), l)
			if err != nil {
				t.Errorf("%s, %s: %v", was.Name, where, err)
				continue
			}
			after, err := Parse(file, edited)
			if err != nil {
				t.Fatalf("%s, %s: %v\n%s", was.Name, where, err, edited)
			}
			got, _ := after.Lineup("copy")
			if where == "one in place" && was.Repeat == nil { // what is not set stays
				l.Repeat = got.Repeat
			}
			if where == "dotted" && was.Judge == "" {
				l.Judge = got.Judge
			}
			want := before
			for _, c := range []*Config{&after, &want} {
				c.Lineups = nil
			}
			after.Lineups, want.Lineups = []Lineup{got}, []Lineup{l}
			if !sameConfig(want, after) {
				t.Errorf("%s, %s: want %+v\ngot %+v\n%s", was.Name, where, l, got, edited)
			}
			if again, err := editLineup(file, edited, l); err != nil || string(again) != string(edited) {
				t.Errorf("%s, %s: saved once more it differs: %v", was.Name, where, err)
			}
		}
	}
}

// What no file has is left out and named; all else is written.
func TestASchemaWithoutAFileIsLeftOut(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(file, []byte(lineupProvider), 0o600); err != nil {
		t.Fatal(err)
	}
	p := Pane{Ref: "x/a"}
	p.Schema = jsoncheck.Kept("shape", []byte(`{"type":"object"}`))
	p.Name = "json"
	left, err := SaveLineup(file, mine([]Pane{{Ref: "x/a"}, p}))
	text, _ := os.ReadFile(file)
	if err != nil || strings.Join(left, "; ") != "the schema of pane 2" || !strings.Contains(string(text), `{ model = "x/a", name = "json" }`) {
		t.Errorf("%q, %v: %s", left, err, text)
	}
}

// A template for all panes would be that of a pane without one, too.
func TestATemplateOfAllIsNotGivenToABarePane(t *testing.T) {
	const text = lineupProvider + "[templates]\nbrief = \"Brief: {{prompt}}\"\n[lineups.mine]\ntemplate = \"brief\"\npanes = [\"x/a\"]\n"
	if got, err := editLineup("c.toml", []byte(text), mine([]Pane{{Ref: "x/b"}})); err == nil || !strings.Contains(err.Error(), "take it out there first") {
		t.Errorf("%s, %v", got, err)
	}
}
