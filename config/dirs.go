package config

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// errNoHome is returned where nothing says where a user's files are.
var errNoHome = errors.New("no home folder is known; set HOME, or name the file with --config " +
	"and the folder with --data-dir")

// Path is the config file that applies: flag, else LINEUP_CONFIG, else
// DefaultPath. named says that a person chose it, so that it must exist.
func Path(flag string, getenv func(string) string) (path string, named bool, err error) {
	for _, path := range []string{flag, getenv("LINEUP_CONFIG")} {
		if path != "" {
			return ExpandHome(path, getenv), true, nil
		}
	}
	path, err = DefaultPath(getenv)
	return path, false, err
}

// ExpandHome puts the home folder in the place of ~, alone or before a slash, at the beginning of a
// path. Shells do that for a word of their own, but not for variables, quotes and --flag=PATH.
func ExpandHome(path string, getenv func(string) string) string {
	rest, ok := strings.CutPrefix(path, "~")
	home := getenv(homeVariable(runtime.GOOS))
	if !ok || home == "" || rest != "" && !os.IsPathSeparator(rest[0]) {
		return path
	}
	return filepath.Join(home, rest)
}

// DefaultPath is where the config file is looked for:
// $XDG_CONFIG_HOME/lineup/config.toml, else ~/.config/lineup/config.toml on
// Unix. On macOS without that folder it is in ~/Library/Application Support, on
// Windows in %AppData%.
func DefaultPath(getenv func(string) string) (string, error) {
	d := dirs{goos: runtime.GOOS, getenv: getenv, exists: exists}
	folder, err := d.find("XDG_CONFIG_HOME", ".config", "AppData")
	if err != nil {
		return "", err
	}
	return filepath.Join(folder, "config.toml"), nil
}

// DataDir is the folder of the saved sessions: flag, else LINEUP_DATA_DIR, else
// $XDG_DATA_HOME/lineup, else ~/.local/share/lineup on Unix. On macOS without
// that folder it is in ~/Library/Application Support, on Windows in
// %LocalAppData%.
func DataDir(flag string, getenv func(string) string) (string, error) {
	for _, path := range []string{flag, getenv("LINEUP_DATA_DIR")} {
		if path != "" {
			return ExpandHome(path, getenv), nil
		}
	}
	d := dirs{goos: runtime.GOOS, getenv: getenv, exists: exists}
	return d.find("XDG_DATA_HOME", filepath.Join(".local", "share"), "LocalAppData")
}

// Path resolves a path in the file: ~ is the home folder, and a relative path
// starts at the folder of the config file.
func (c Config) Path(path string, getenv func(string) string) string {
	path = ExpandHome(path, getenv)
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(c.File), path)
}

// dirs finds a user's folders on one operating system.
type dirs struct {
	goos   string
	getenv func(string) string
	exists func(string) bool
}

// find is lineup's folder under a base directory: the XDG variable where it is
// an absolute path (the specification has relative ones ignored), else the usual
// place of the system. unixPath is relative to the home folder.
func (d dirs) find(xdg, unixPath, windowsVariable string) (string, error) {
	if base := ExpandHome(d.getenv(xdg), d.getenv); filepath.IsAbs(base) {
		return filepath.Join(base, "lineup"), nil
	}
	if d.goos == "windows" {
		if base := d.getenv(windowsVariable); base != "" {
			return filepath.Join(base, "lineup"), nil
		}
	}
	home := d.getenv(homeVariable(d.goos))
	if home == "" {
		return "", errNoHome
	}
	folder := filepath.Join(home, unixPath, "lineup")
	if d.goos == "darwin" && !d.exists(folder) {
		folder = filepath.Join(home, "Library", "Application Support", "lineup")
	}
	return folder, nil
}

func homeVariable(goos string) string {
	if goos == "windows" {
		return "USERPROFILE"
	}
	return "HOME"
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
