//go:build unix

package cli_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// lineup is the program in a home of its own.
type lineup struct {
	bin   string
	home  string
	fault string   // see main_test.go
	loose bool     // the terminal is nobody's: closing it sends no signal
	term  string   // what TERM says; "" is xterm-256color
	env   []string // further variables, NAME=value
}

// program is the test binary, which is the program where its environment says so.
func program(tb testing.TB) string {
	tb.Helper()
	bin, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	return bin
}

// build builds the program as users have it, for benchmarks.
func build(tb testing.TB) string {
	tb.Helper()
	bin := filepath.Join(tb.TempDir(), "lineup")
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", bin, ".")
	cmd.Dir = ".."
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("%s: %v\n%s", cmd, err, out)
	}
	return bin
}

// install gives the program an empty home with a config file.
func install(tb testing.TB, bin, config string) lineup {
	tb.Helper()
	l := lineup{bin: bin, home: tb.TempDir(), fault: noFault}
	dir := filepath.Join(l.home, "config", "lineup")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), []byte(config), 0o600); err != nil {
		tb.Fatal(err)
	}
	return l
}

// command is the program with nothing of our own environment but where programs are.
func (l lineup) command(args ...string) *exec.Cmd {
	cmd := exec.Command(l.bin, args...)
	cmd.Dir = l.home
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + l.home, "TMPDIR=" + l.home, "LANG=C.UTF-8",
		"XDG_CONFIG_HOME=" + filepath.Join(l.home, "config"), "XDG_DATA_HOME=" + filepath.Join(l.home, "data"),
		"XDG_STATE_HOME=" + filepath.Join(l.home, "state"), "XDG_CACHE_HOME=" + filepath.Join(l.home, "cache"),
		"TERM=" + cmp.Or(l.term, "xterm-256color"), "COLORTERM=truecolor", asProgram + "=" + l.fault}
	cmd.Env = append(cmd.Env, l.env...)
	return cmd
}

// run runs a command without a terminal.
func (l lineup) run(tb testing.TB, args ...string) (stdout, stderr string, code int) {
	tb.Helper()
	var out, err bytes.Buffer
	cmd := l.command(args...) // standard input is the null device
	cmd.Stdout, cmd.Stderr = &out, &err
	var exit *exec.ExitError
	if e := cmd.Run(); e != nil && !errors.As(e, &exit) {
		tb.Fatal(e)
	}
	return out.String(), err.String(), cmd.ProcessState.ExitCode()
}

// savedReply is what the tests read of the record of a reply.
type savedReply struct {
	Model   string `json:"model"`
	Status  string `json:"status"`
	Text    string `json:"text"`
	Metrics struct {
		TTFT            *float64 `json:"ttft_ms"`
		Duration        *float64 `json:"duration_ms"`
		TokensPerSecond *float64 `json:"tokens_per_second"`
	} `json:"metrics"`
}

// savedTurn is what the tests read of the record of a turn.
type savedTurn struct {
	Prompt  string       `json:"prompt"`
	Replies []savedReply `json:"replies"`
}

// turns reads the newest session back.
func (l lineup) turns(tb testing.TB) []savedTurn {
	tb.Helper()
	out, stderr, code := l.run(tb, "sessions", "show", "last", "--json")
	var session struct{ Turns []savedTurn }
	if err := json.Unmarshal([]byte(out), &session); err != nil || code != 0 {
		tb.Fatalf("sessions show last --json: exit code %d, %v\n%s%s", code, err, out, stderr)
	}
	return session.Turns
}

// replies reads the replies of the one turn there is.
func (l lineup) replies(tb testing.TB) []savedReply {
	tb.Helper()
	turns := l.turns(tb)
	if len(turns) != 1 {
		tb.Fatalf("the session has %d turns, want one", len(turns))
	}
	return turns[0].Replies
}
