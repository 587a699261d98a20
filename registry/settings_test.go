package registry_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lineup/config"
	"lineup/providers"
	"lineup/registry"
)

// What the form of a pane reads has the rules and the words of the config, and a changed pane keeps what else the config says.
func TestSettingsOfAPaneAreReadAsInTheConfig(t *testing.T) {
	cfg, err := config.Parse("c.toml", []byte(`
panes = [{ model = "up/m", name = "cold", temperature = 0, fallback = ["up/n"], price = { input = 1, output = 2 } }]
[providers.up]
base_url = "http://127.0.0.1:1/v1"
`))
	if err != nil {
		t.Fatal(err)
	}
	reg := registry.New(cfg, registry.Options{})
	got, err := reg.ReadSettings("up/m", []string{"temperature=0.5", `stop=["a", "b"]`, "reasoning_effort=low", "seed=7"})
	if err != nil || *got.Temperature != 0.5 || len(got.Stop) != 2 || got.ReasoningEffort != "low" || *got.Seed != 7 {
		t.Errorf("%+v, %v", got, err)
	}
	_, err = reg.ReadSettings("up/m", []string{"temperature=warm", "top_k=-1"})
	if err == nil || !strings.Contains(err.Error(), "temperature: ") || !strings.Contains(err.Error(), "top_k: ") {
		t.Errorf("the error is %v, and names not both fields", err)
	}
	pane, err := reg.OpenPane(cfg.Panes[0])
	if err != nil {
		t.Fatal(err)
	}
	now := pane.Contender()
	one := 1.0
	now.Settings.Temperature, now.Name = &one, "hot"
	changed, err := reg.Change(pane.Contender(), now)
	if err != nil {
		t.Fatal(err)
	}
	if c := changed.Contender(); c.Name != "hot" || *c.Settings.Temperature != 1 {
		t.Errorf("the pane is %v", c)
	}
	if changed.Info.Price.Price.Output != 2 {
		t.Errorf("the price of the pane was lost: %+v", changed.Info.Price)
	}
	now.Name = "cold"
	if again, err := reg.OpenContender(now); err != nil || again.Info.Price.Price.Output != 2 || *again.Contender().Settings.Temperature != 1 {
		t.Errorf("reopened, the changed pane has the price %+v, %v", again.Info.Price, err)
	}
	now.Ref = providers.RefOf("up/other")
	if other, err := reg.Change(pane.Contender(), now); err != nil || other.Info.Price.Price.Output != 0 {
		t.Errorf("another model has the price of the former one: %+v, %v", other.Info.Price, err)
	}
}

// Fault: a line-up's schema and tools went to any pane of the same model, and those of a line-up's own pane were lost where the
// config had such a pane without them.
func TestWhatALineupDeclaresIsForItsPanes(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"any.json": "{}", "tools.json": `[{"type":"function","function":{"name":"now"}}]`} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const text = `[providers.up]
base_url = "http://127.0.0.1:1/v1"
[lineups.json]
panes = [{ model = "up/m", schema = "any.json" }, { model = "up/m", tools = "tools.json" }, "up/m"]
`
	cfg, err := config.Parse(filepath.Join(dir, "config.toml"), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	reg := registry.New(cfg, registry.Options{})
	if bare, err := reg.OpenContender(providers.Bare("up/m")[0]); err != nil || bare.Schema != nil || bare.Tools != nil {
		t.Errorf("a bare model is asked with %v, %v: %v", bare.Schema, bare.Tools, err)
	}
	got, err := reg.OpenLineup(reg.Lineups()[0])
	if err != nil || len(got) != 3 || got[0].Schema == nil || len(got[1].Tools) != 1 || got[2].Schema != nil || got[2].Tools != nil {
		t.Fatalf("the line-up opens %v, %v", got, err)
	}
	if got[0].DeclaresAs(got[2]) || got[1].DeclaresAs(got[2]) || !got[1].DeclaresAs(got[1]) {
		t.Error("panes that declare other things are taken for the same")
	}
}
