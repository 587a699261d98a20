package main_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"lineup/cli"
	"lineup/providers/sim"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"lineup": func() { os.Exit(cli.Main()) }})
}

// TestScripts runs the program as a user does, against simulated servers.
func TestScripts(t *testing.T) {
	database := newPostgres(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			server, err := sim.New(sim.Config{}).Start("")
			if err != nil {
				return err
			}
			e.Defer(func() { server.Close() })
			e.Setenv("SIM", server.URL)
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("XDG_CONFIG_HOME", filepath.Join(e.WorkDir, "config"))
			e.Setenv("XDG_DATA_HOME", filepath.Join(e.WorkDir, "data"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code":   exitCode,
			"simcfg": writeSimConfig,
			"field":  checkField,
			"bytes":  writeBytes,

			"postgres": database.command,
		},
		Condition: database.condition,
	})
}

// exitCode runs a program that must end with a code: code N PROGRAM ARGS….
func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N program args…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// writeSimConfig writes a config file that reaches the simulated servers; $SIM in the given file is replaced.
func writeSimConfig(ts *testscript.TestScript, _ bool, args []string) {
	text := strings.ReplaceAll(ts.ReadFile(args[0]), "$SIM", ts.Getenv("SIM"))
	file := ts.MkAbs("config/lineup/config.toml")
	ts.Check(os.MkdirAll(filepath.Dir(file), 0o755))
	ts.Check(os.WriteFile(file, []byte(text), 0o600))
}

// writeBytes writes a file of bytes that no archive of text can hold: bytes FILE BASE64.
func writeBytes(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: bytes file base64")
	}
	data, err := base64.StdEncoding.DecodeString(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o600))
}

// checkField looks at a record of standard output: field LINE a.b.0.c WANT. WANT is JSON; "*" is anything but null,
// and a leading "~" asks for a part of a string.
func checkField(ts *testscript.TestScript, neg bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	lines := strings.Split(strings.TrimSpace(ts.ReadFile("stdout")), "\n")
	if n >= len(lines) {
		ts.Fatalf("standard output has %d lines", len(lines))
	}
	var v any
	ts.Check(json.Unmarshal([]byte(lines[n]), &v))
	for _, name := range strings.Split(args[1], ".") {
		if i, err := strconv.Atoi(name); err == nil {
			v = v.([]any)[i]
			continue
		}
		object, ok := v.(map[string]any)
		if !ok {
			ts.Fatalf("%s: %v is no object", args[1], v)
		}
		if v, ok = object[name]; !ok {
			ts.Fatalf("%s is missing", args[1])
		}
	}
	got, err := json.Marshal(v)
	ts.Check(err)
	ok := string(got) == args[2]
	switch {
	case args[2] == "*":
		ok = v != nil
	case strings.HasPrefix(args[2], "~"):
		ok = strings.Contains(fmt.Sprint(v), args[2][1:])
	}
	if ok == neg {
		ts.Fatalf("%s is %s, want %s", args[1], got, args[2])
	}
}
