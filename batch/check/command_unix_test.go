//go:build unix

package check_test

import (
	"os"
	"path/filepath"
	"testing"

	"lineup/batch/check"
)

func TestCommand(t *testing.T) {
	folder := t.TempDir()
	script := func(name, text string) {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("#!/bin/sh\n"+text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	script("ok.sh", `read line; case "$line" in *'"text":"안녕"'*) echo "first"; echo "seen in $(basename "$PWD") $1";; *) exit 7;; esac`)
	script("bad.sh", "echo reason >&2\necho; exit 3")
	script("silent.sh", "exit 3")
	script("signal.sh", "kill -9 $$")
	script("child.sh", "sleep 300 & echo done; exit 0")
	base := filepath.Base(folder)
	for _, c := range []struct {
		check string
		pass  bool
		why   string
	}{
		{`{ command = ["./ok.sh", "a b; {{x}}"] }`, true, "seen in " + base + " a b; $(touch no)"},
		{`{ not_command = ["./ok.sh", "x"] }`, false, "seen in " + base + " x"},
		{`{ command = ["./bad.sh"] }`, false, "reason"},
		{`{ not_command = ["./bad.sh"] }`, true, "reason"},
		{`{ command = ["./silent.sh"] }`, false, "exit code 3"},
		{`{ not_command = ["./signal.sh"] }`, false, "signal: killed"},
		{`{ command = ["./child.sh"] }`, true, "done"},
		{`{ command = ["true"] }`, true, ""},
	} {
		got := runIn(t, folder, c.check, reply("안녕"), map[string]any{"x": "$(touch no)"}, check.Env{})
		if *got.Pass != c.pass || got.Why != c.why {
			t.Errorf("%s: pass %v, %q; want %v, %q", c.check, *got.Pass, got.Why, c.pass, c.why)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, "no")); err == nil {
		t.Error("an argument went through a shell")
	}
}
