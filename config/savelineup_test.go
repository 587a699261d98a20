package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func panesToSave() []Pane {
	zero, seed, system := 0.0, int64(7), "두 문장으로 \"짧게\".\n끝.\x7f"
	hot := Pane{Ref: "x/b c"}
	hot.Name, hot.Params.Temperature, hot.Params.Seed, hot.System = "cold", &zero, &seed, &system
	hot.Params.Stop, hot.Params.Options = []string{"END", "끝"}, map[string]any{"mirostat": int64(2)}
	hot.Body, hot.Fallback = map[string]any{"a.b": map[string]any{"deep": []any{true, 1.5}}}, []string{"x/a"}
	return []Pane{{Ref: "x/a"}, hot}
}

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
		got, err := editLineup("c.toml", []byte(tt.before), "mine", panesToSave())
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
		got, err := editLineup("c.toml", []byte(text), "mine", panesToSave())
		if err == nil || got != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q became %q, %v", text, got, err)
		}
	}
	templated := []Pane{{Ref: "x/a", Template: "Be brief: {{prompt}}"}}
	if _, err := editLineup("c.toml", []byte(lineupProvider), "mine", templated); err == nil || !strings.Contains(err.Error(), "stands not in [templates]") {
		t.Errorf("a template of nowhere: %v", err)
	}
	got, err := editLineup("c.toml", []byte(lineupProvider+"[templates]\nbrief = \"Be brief: {{prompt}}\"\n"), "mine", templated)
	if err != nil || !strings.Contains(string(got), `{ model = "x/a", template = "brief" }`) {
		t.Errorf("%q, %v", got, err)
	}
	file := filepath.Join(t.TempDir(), "new", "config.toml")
	if err := SaveLineup(file, "my line", panesToSave()); err == nil {
		t.Error("a name with a blank was taken")
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("there is a file")
	}
}
