package config

import (
	"errors"
	"path/filepath"
	"runtime"
	"testing"
)

func TestDirsOfSystems(t *testing.T) {
	never := func(string) bool { return false }
	always := func(string) bool { return true }
	for _, c := range []struct {
		name, goos string
		vars       map[string]string
		exists     func(string) bool
		want       string
	}{
		{"XDG", "linux", map[string]string{"XDG_CONFIG_HOME": "/x", "HOME": "/h"}, never, "/x/lineup"},
		{"relative XDG is ignored", "linux", map[string]string{"XDG_CONFIG_HOME": "x", "HOME": "/h"}, never, "/h/.config/lineup"},
		{"Linux", "linux", map[string]string{"HOME": "/h"}, never, "/h/.config/lineup"},
		{"macOS, XDG", "darwin", map[string]string{"XDG_CONFIG_HOME": "/x", "HOME": "/h"}, never, "/x/lineup"},
		{"macOS, .config", "darwin", map[string]string{"HOME": "/h"}, always, "/h/.config/lineup"},
		{"macOS", "darwin", map[string]string{"HOME": "/h"}, never, "/h/Library/Application Support/lineup"},
		{"Windows", "windows", map[string]string{"AppData": "/a", "USERPROFILE": "/h"}, never, "/a/lineup"},
		{"Windows without AppData", "windows", map[string]string{"USERPROFILE": "/h"}, never, "/h/.config/lineup"},
	} {
		got, err := dirs{c.goos, env(c.vars), c.exists}.find("XDG_CONFIG_HOME", ".config", "AppData")
		if err != nil || filepath.ToSlash(got) != c.want {
			t.Errorf("%s: %s, %v, want %s", c.name, got, err, c.want)
		}
	}
	if _, err := (dirs{"linux", env(nil), never}).find("XDG_CONFIG_HOME", ".config", "AppData"); !errors.Is(err, errNoHome) {
		t.Errorf("no home: %v", err)
	}
}

func TestPaths(t *testing.T) {
	vars := map[string]string{"LINEUP_CONFIG": "env.toml", "LINEUP_DATA_DIR": "envdata", "XDG_CONFIG_HOME": t.TempDir(), "XDG_DATA_HOME": t.TempDir()}
	usual := map[string]string{"XDG_CONFIG_HOME": vars["XDG_CONFIG_HOME"], "XDG_DATA_HOME": vars["XDG_DATA_HOME"]}
	for _, c := range []struct {
		flag      string
		vars      map[string]string
		wantPath  string
		wantNamed bool
		wantData  string
	}{
		{"flag", vars, "flag", true, "flag"},
		{"", vars, "env.toml", true, "envdata"},
		{"", usual, filepath.Join(vars["XDG_CONFIG_HOME"], "lineup", "config.toml"), false, filepath.Join(vars["XDG_DATA_HOME"], "lineup")},
	} {
		path, named, err := Path(c.flag, env(c.vars))
		if err != nil || path != c.wantPath || named != c.wantNamed {
			t.Errorf("Path(%q) = %q, %v, %v", c.flag, path, named, err)
		}
		if data, err := DataDir(c.flag, env(c.vars)); err != nil || data != c.wantData {
			t.Errorf("DataDir(%q) = %q, %v", c.flag, data, err)
		}
	}
}

func TestConfigPath(t *testing.T) {
	home, folder := t.TempDir(), t.TempDir()
	c := Config{File: filepath.Join(folder, "config.toml")}
	for path, want := range map[string]string{
		"":                        "",
		"~/ca.pem":                filepath.Join(home, "ca.pem"),
		"ca.pem":                  filepath.Join(folder, "ca.pem"),
		filepath.Join(home, "ca"): filepath.Join(home, "ca"),
	} {
		if got := c.Path(path, env(map[string]string{homeVariable(runtime.GOOS): home})); got != want {
			t.Errorf("Path(%q) = %q, want %q", path, got, want)
		}
	}
}

// Regression: LINEUP_DATA_DIR='~/data' made a folder called ~ wherever one was. Environment files,
// systemd, docker and --flag=~/x leave the ~ to the program.
func TestHomeInEveryPath(t *testing.T) {
	home := filepath.Join(string(filepath.Separator), "home", "ada")
	env := map[string]string{"HOME": home, "USERPROFILE": home, "LINEUP_CONFIG": "~/c.toml", "LINEUP_DATA_DIR": "~/data"}
	getenv := func(name string) string { return env[name] }
	if path, named, err := Path("", getenv); path != filepath.Join(home, "c.toml") || !named || err != nil {
		t.Errorf("LINEUP_CONFIG: %s", path)
	}
	if path, _, _ := Path("~/flag.toml", getenv); path != filepath.Join(home, "flag.toml") {
		t.Errorf("--config: %s", path)
	}
	if path, _ := DataDir("", getenv); path != filepath.Join(home, "data") {
		t.Errorf("LINEUP_DATA_DIR: %s", path)
	}
	if path, _ := DataDir("~", getenv); path != home {
		t.Errorf("--data-dir: %s", path)
	}
	delete(env, "LINEUP_DATA_DIR")
	env["XDG_DATA_HOME"] = "~/share"
	if path, _ := DataDir("", getenv); path != filepath.Join(home, "share", "lineup") {
		t.Errorf("XDG_DATA_HOME: %s", path)
	}
	for path, want := range map[string]string{
		"~": home, "~/a/b": filepath.Join(home, "a", "b"), "~ada/x": "~ada/x", "a~": "a~", "": "", "./~/x": "./~/x",
	} {
		if got := ExpandHome(path, getenv); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
	if got := ExpandHome("~/x", func(string) string { return "" }); got != "~/x" {
		t.Errorf("without a home: %s", got)
	}
}
