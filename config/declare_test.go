package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSchemaAndToolsOfAModel(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"shape.json": `{"type":"object"}`,
		"tools.json": `[{"type":"function","function":{"name":"now"}}]`,
		"bad.json":   "{\n  \"type\": \"objekt\"\n}",
		"torn.json":  "[\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "config.toml")
	const head = "[providers.p]\nbase_url = \"http://127.0.0.1:1/v1\"\n[models.\"p/m\"]\n"
	c, err := Parse(file, []byte(head+"schema = \"shape.json\"\ntools = \"tools.json\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	eff, err := c.Resolve("p/m")
	if err != nil || eff.Schema == nil || eff.Schema.Name != "shape" || len(eff.Tools) != 1 || eff.Tools[0].Name != "now" {
		t.Errorf("%+v, %v", eff, err)
	}
	for line, want := range map[string]string{
		`schema = "bad.json"`:  `:4:10: models."p/m".schema: bad.json:2:11: this is no valid JSON Schema: /type: `,
		`schema = "none.json"`: `:4:10: models."p/m".schema: "none.json" cannot be read: `,
		`schema = ""`:          `:4:10: models."p/m".schema: must be the name of a file`,
		`schema = 1`:           `:4:10: models."p/m".schema: must be text in quotes`,
		`tools = "torn.json"`:  `:4:9: models."p/m".tools: torn.json:`,
		`tools = "shape.json"`: `:4:9: models."p/m".tools: shape.json:1:1: a list of tools is wanted`,
	} {
		if _, err := Parse(file, []byte(head+line+"\n")); err == nil || !strings.HasPrefix(err.Error(), file+want) {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// Fault: each reading compiles its schemas for itself, so a config with one seemed to have changed, and neither a line-up nor the
// settings of the screen could be saved.
func TestAConfigWithSchemasIsSavedTo(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "shape.json"), []byte(`{"type":"object"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	const head = "[providers.p]\nbase_url = \"http://127.0.0.1:1/v1\"\n"
	pane := "panes = [{ model = \"p/m\", schema = \"shape.json\" }]\n"
	for name, text := range map[string]string{
		"a model":   head + "[models.\"p/m\"]\nschema = \"shape.json\"\n",
		"a pane":    pane + head,
		"a line-up": head + "[lineups.json]\n" + pane,
	} {
		file := filepath.Join(dir, "config.toml")
		got, err := editLineup(file, []byte(text), mine([]Pane{{Ref: "p/m"}}))
		if err != nil || !strings.Contains(string(got), "[lineups.mine]") {
			t.Errorf("%s, a line-up: %q, %v", name, got, err)
		}
		ui := Default().UI
		ui.Theme = "dark"
		got, err = editUI(file, []byte(text), ui)
		if err != nil || !strings.Contains(string(got), `theme = "dark"`) {
			t.Errorf("%s, the screen: %q, %v", name, got, err)
		}
	}
}
