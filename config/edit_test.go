package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

var wantedUI = UI{Theme: "light", FrameRate: 15, Motion: "reduced", Mouse: false}

// Saving the screen's settings changes the values of [ui] and no other byte.
func TestSavingTheScreenKeepsEveryOtherByte(t *testing.T) {
	for name, tt := range map[string]struct{ before, after string }{
		"nothing":                  {"", "[ui]\ntheme = \"light\"\n"},
		"a file without a section": {"# mine\nsystem = \"hi\"  # kept", "# mine\nsystem = \"hi\"  # kept\n\n[ui]\ntheme = \"light\"\n"},
		"a line with a comment":    {"[ui] # the screen\n  theme =   \"dark\"   # as I like it\nmouse=true#x\n\n[keys]\nsend = [\"enter\"]\n", "[ui] # the screen\n  theme =   \"light\"   # as I like it\nmouse=true#x\n\n[keys]\nsend = [\"enter\"]\n"},
		"a section without it":     {"[ui]\nmouse = true\n[budget]\nday = 1\n", "[ui]\ntheme = \"light\"\nmouse = true\n[budget]\nday = 1\n"},
		"Windows' line ends":       {"[ui]\r\nmouse = true\r\n", "[ui]\r\ntheme = \"light\"\r\nmouse = true\r\n"},
		"single quotes":            {"[ui]\ntheme = 'dark' # \"x\"\n", "[ui]\ntheme = \"light\" # \"x\"\n"},
	} {
		got, err := editUI("c.toml", []byte(tt.before), UI{Theme: "light", FrameRate: 30, Motion: "auto", Mouse: true})
		if err != nil || string(got) != tt.after {
			t.Errorf("%s: %v\ngot  %q\nwant %q", name, err, got, tt.after)
		}
	}
	text := example
	got, err := editUI("c.toml", []byte(text), wantedUI)
	if err != nil {
		t.Fatal(err)
	}
	was, is := strings.Split(text, "\n"), strings.Split(string(got), "\n")
	changed := 0
	for i := range was {
		if was[i] != is[i] {
			changed++
			if !strings.HasPrefix(was[i], "theme") && !strings.HasPrefix(was[i], "frame_rate") && !strings.HasPrefix(was[i], "motion") && !strings.HasPrefix(was[i], "mouse") {
				t.Errorf("line %d is now %q", i+1, is[i])
			}
		}
	}
	if changed != 4 || len(was) != len(is) {
		t.Errorf("%d lines of %d changed, now there are %d", changed, len(was), len(is))
	}
}

// What cannot be changed in its line is left alone, and the error says what to write.
func TestAScreenThatIsSaidInAnotherWayIsLeftAlone(t *testing.T) {
	for _, text := range []string{
		"ui = { theme = \"dark\" }\n", "ui.theme = \"dark\"\n", "[ui]\ntheme = \"\"\"dark\"\"\"\n",
		"system = \"\"\"\n[ui]\ntheme = \"dark\"\n\"\"\"\n", "[ui]\ntheme = 7\n",
	} {
		got, err := editUI("c.toml", []byte(text), wantedUI)
		if err == nil || got != nil {
			t.Errorf("%q became %q", text, got)
		}
	}
	_, err := editUI("c.toml", []byte("ui.theme = \"dark\"\n"), wantedUI)
	if err == nil || !strings.Contains(err.Error(), `write there: theme = "light", frame_rate = 15`) {
		t.Errorf("the error is %v", err)
	}
}

func TestSavingTheScreenInAFile(t *testing.T) {
	dir := t.TempDir()
	fresh := filepath.Join(dir, "new", "config.toml")
	if err := SaveUI(fresh, wantedUI); err != nil {
		t.Fatal(err)
	}
	if c, err := Load(fresh); err != nil || c.UI != wantedUI {
		t.Errorf("%+v, %v", c.UI, err)
	}
	real, link := filepath.Join(dir, "dotfiles.toml"), filepath.Join(dir, "config.toml")
	if err := os.WriteFile(real, []byte("# mine\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	switch err := os.Symlink(real, link); {
	case err != nil && runtime.GOOS == "windows":
		t.Skip("Windows lets few users make links: ", err)
	case err != nil:
		t.Fatal(err)
	}
	if err := SaveUI(link, wantedUI); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(link)
	if err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is now %v, %v", info, err)
	}
	if info, err = os.Stat(real); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the file is now %v, %v", info, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".lineup-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := SaveUI(dir, wantedUI); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder: %v", err)
	}
}

// Whatever stands in a config: what is written in its place says the same but for the screen, or nothing is written.
func FuzzEditUI(f *testing.F) {
	f.Add([]byte("[ui]\ntheme = \"dark\" # x\n"))
	f.Add([]byte("a = '''\n[ui]\n'''\n[ui]\n[ui.x]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := editUI("c.toml", text, wantedUI)
		if err != nil {
			return
		}
		if c, err := Parse("c.toml", got); err != nil || c.UI != wantedUI {
			t.Fatalf("%q: %v, %v", got, c.UI, err)
		}
	})
}
