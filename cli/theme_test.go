package cli

import (
	"bytes"
	"errors"
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
		{filepath.Join(dir, "none.json"), "", "", "none.json: there is no such file"},
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

// Fault: the demo and a replay had no --theme.
func TestThemeOfAFlag(t *testing.T) {
	cfg, err := config.Parse("config.toml", []byte("[ui]\ntheme = 'dark'\n[themes.mine]\nbase = 'light'\n"))
	if err != nil {
		t.Fatal(err)
	}
	g := &globals{env: env{err: &bytes.Buffer{}, getenv: func(string) string { return "" }}}
	for name, want := range map[string]string{"": "dark", "light": "light", "mine": "mine", "auto": "auto"} {
		if l, err := g.lookNamed(cfg, name); err != nil || l.name != want {
			t.Errorf("--theme %q: %q, %v", name, l.name, err)
		}
	}
	for _, name := range []string{"nonesuch", "none.json"} {
		var usage usageError
		if _, err := g.lookNamed(cfg, name); !errors.As(err, &usage) {
			t.Errorf("--theme %s: %v", name, err)
		}
	}
	root := newRoot(g)
	for _, name := range []string{"demo", "replay"} {
		if c, _, err := root.Find([]string{name}); err != nil || c.Flags().Lookup("theme") == nil {
			t.Errorf("%s has no --theme", name)
		}
	}
}
