package registry_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lineup/config"
	"lineup/providers"
	"lineup/registry"
)

// Panes that are open are saved with all that their line-up said of them, and read again so.
func TestOpenPanesAreSavedWhole(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "shape.json"), []byte(`{"type":"object"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "config.toml")
	const text = `[providers.x]
base_url = "http://127.0.0.1:1/v1"
[models."x/b"]
schema = "shape.json"
[templates]
brief = "Brief: {{prompt}}"
[lineups.full]
judge = "x/judge"
merge = "x/merge"
repeat = 3
blind = true
layout = { zoomed = 2 }
panes = [
  { model = "x/a", temperature = 1, schema = "shape.json", price = { input = 1, output = 2 }, timeouts = { idle = "3s" }, retry = { max = 7 },
    headers = { X-Title = "it" }, vision = true, template = "brief", options = { mirostat = 2 } },
  "x/b",
]
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Parse(file, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	reg := registry.New(cfg, registry.Options{})
	full := reg.Lineups()[0]
	specs, err := reg.OpenLineup(full)
	if err != nil {
		t.Fatal(err)
	}
	// one thing is changed on the screen
	now := specs[0].Contender()
	zero := 0.0
	now.Settings.Temperature = &zero
	changed, err := reg.Change(specs[0].Contender(), now)
	if err != nil {
		t.Fatal(err)
	}
	specs[0] = changed.Declaring(specs[0])
	l := registry.LineupOf("copy", specs, full)
	left, err := config.SaveLineup(file, l.Config())
	if err != nil || len(left) > 0 {
		t.Fatal(left, err)
	}
	saved, _ := os.ReadFile(file)
	after, err := config.Parse(file, saved)
	if err != nil {
		t.Fatalf("%v\n%s", err, saved)
	}
	got, _ := after.Lineup("copy")
	a, b := got.Panes[0], got.Panes[1]
	if *a.Params.Temperature != 0 || a.SchemaFile != "shape.json" || *a.Price.Output != 2 || *a.Timeouts.Idle != 3*time.Second || *a.Retry.Max != 7 ||
		a.Headers["X-Title"] != "it" || !*a.Vision || a.TemplateName != "brief" || a.Params.Options["mirostat"] != int64(2) {
		t.Errorf("pane 1 is %+v", a)
	}
	if b.Schema != nil { // the section of its model says it
		t.Errorf("pane 2 is %+v", b)
	}
	if got.Judge != "x/judge" || got.Merge != "x/merge" || *got.Repeat != 3 || !*got.Blind || *got.Layout.Zoomed != 2 {
		t.Errorf("the line-up is %+v", got)
	}
	reg.AddLineup(l)
	again, err := reg.OpenLineup(reg.Lineups()[1])
	if err != nil || again[0].Schema == nil {
		t.Errorf("opened again: %+v, %v", again, err)
	}
	if !strings.HasPrefix(string(saved), text) {
		t.Error("other bytes changed")
	}
	// a pane that no config has, with a schema of its record
	bare, err := reg.OpenContender(providers.Bare("x/z")[0])
	if err != nil {
		t.Fatal(err)
	}
	l = registry.LineupOf("bare", []registry.Spec{bare.Declaring(registry.Spec{Schema: specs[0].Schema})}, registry.Lineup{})
	if left, err := config.SaveLineup(file, l.Config()); err != nil || len(left) != 1 {
		t.Errorf("left out: %q, %v", left, err)
	}
}
