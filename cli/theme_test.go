package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lineup/config"
)

// GLAMOUR_STYLE counts where the config says nothing of a theme, and a mistake in it is said.
func TestGlamourStyle(t *testing.T) {
	dir := t.TempDir()
	good, bad := filepath.Join(dir, "good.json"), filepath.Join(dir, "bad.json")
	for file, text := range map[string]string{good: `{"h1": {"color": "5"}}`, bad: "{\n\"h1\": {\"colour\": \"5\"}}"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ env, config, want, says string }{
		{"", "", "auto", ""},
		{"dracula", "", "dracula", ""},
		{"light", "", "light", ""},
		{good, "", good, ""},
		{"dracula", "[ui]\ntheme = 'auto'", "auto", ""},
		{"dracula", "[ui]\ntheme = 'good.json'", "good.json", ""},
		{"nonesuch", "", "auto", `GLAMOUR_STYLE: "nonesuch" is none of Glamour's styles`},
		{bad, "", "", "GLAMOUR_STYLE: " + bad + `:2: h1.colour: unknown key; did you mean "color"?`},
		{filepath.Join(dir, "none.json"), "", "", "none.json: no such file or directory"},
	} {
		var said bytes.Buffer
		g := &globals{env: env{err: &said, getenv: func(key string) string {
			if key == "GLAMOUR_STYLE" {
				return c.env
			}
			return ""
		}}}
		cfg, err := config.Parse(filepath.Join(dir, "config.toml"), []byte(c.config), g.configOptions()...)
		if err != nil {
			t.Fatal(err)
		}
		l := g.look(cfg)
		if l.name != c.want || !strings.Contains(said.String(), c.says) || c.says == "" && said.Len() > 0 {
			t.Errorf("GLAMOUR_STYLE=%s, %s: theme %q, %q", c.env, c.config, l.name, &said)
		}
		if _, own := l.own[l.name]; own != config.IsStyleFile(l.name) {
			t.Errorf("GLAMOUR_STYLE=%s: the file is a theme: %t", c.env, own)
		}
	}
}
