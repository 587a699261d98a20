package cli

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"lineup/blind/blindtest"
	"lineup/session"
)

// blindHome is a home folder whose store holds the blind session of a cast, and a revealed one of nobody.
func blindHome(t *testing.T, variant int) string {
	t.Helper()
	dir := t.TempDir()
	store, err := session.Open(context.Background(), filepath.Join(dir, "lineup.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := store.Insert(context.Background(), blindtest.CastOf(variant).Session()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// printed is what a command writes, to its output, to its errors and to files.
func printed(t *testing.T, home string, args ...string) (out, told string) {
	t.Helper()
	var o, e bytes.Buffer
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	work := t.TempDir()
	t.Chdir(work)
	world := env{in: strings.NewReader(""), out: &o, err: &e, tty: func(any) bool { return false }, exit: func(int) {},
		getenv: func(key string) string {
			return map[string]string{"HOME": home, "XDG_CONFIG_HOME": home, "TZ": "UTC"}[key]
		}}
	run(ctx, world, append([]string{"--data-dir", home, "--config", filepath.Join(home, "config.toml")}, args...))
	files, err := os.ReadDir(work)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if text, err := os.ReadFile(f.Name()); err == nil && f.Name() != "x.db" {
			o.Write(text)
		}
	}
	clean := strings.NewReplacer(home, "HOME", work, "WORK")
	return blindtest.Shown(clean.Replace(o.String())), blindtest.Shown(clean.Replace(e.String()))
}

// elsewhere are commands that look at no saved session: they ask servers, or read a config or files of their own.
func elsewhere() []string {
	return []string{"ask", "demo", "sim", "models", "doctor", "config", "man", "completion", "help", "run", "bench", "worker", "queue",
		"report", "results", "suite", "load"}
}

// wholeRecords are the ways to get all of a session, with who is who. They say so.
func wholeRecords(args []string) bool {
	line := strings.Join(args, " ") + " "
	return strings.HasPrefix(line, "sessions backup ") || strings.HasPrefix(line, "sessions show ") && strings.Contains(line, "--json ") ||
		strings.HasPrefix(line, "sessions export ") && strings.Contains(line, "--format=json ") || strings.Contains(line, "-o x.json ")
}

// calls are ways to call a command: with what it takes, and with each of its flags.
func calls(c *cobra.Command) [][]string {
	path := strings.Fields(c.CommandPath())[1:]
	with := func(more ...string) []string { return append(slices.Clone(path), more...) }
	var args [][]string
	switch use := c.Use; {
	case strings.Contains(use, "TITLE"), strings.Contains(use, "TAG"):
		args = [][]string{with("last", "word")}
	case strings.Contains(use, "ID"):
		args = [][]string{with("last")}
	case strings.Contains(use, "WORD"):
		for _, word := range []string{"alpha", "nothing", "line", "called"} {
			args = append(args, with(word))
		}
	case strings.Contains(use, "FILE"):
		args = [][]string{with("x.db")}
	default:
		args = [][]string{with()}
	}
	values := map[string][]string{"format": {"md", "html", "jsonl", "cast", "json"}, "by": {"model", "provider", "day", "contender"},
		"output": {"x.md", "x.html", "x.jsonl", "x.cast", "x.json"}, "turn": {"1", "2", "3"}, "panes": {"1,3", "2,5"}, "model": {"a", "local", "pro"},
		"status": {"done", "error", "length", "empty", "truncated"}, "tag": {"demo"}, "contender": {"a"}, "limit": {"1"}, "by-judge": {"local/x"},
		"since": {"2020-01-01"}, "until": {"2040-01-01"}}
	c.Flags().VisitAll(func(f *pflag.Flag) {
		for _, base := range args[:1] {
			if f.Value.Type() == "bool" {
				args = append(args, append(slices.Clone(base), "--"+f.Name))
			}
			for _, v := range values[f.Name] {
				args = append(args, append(slices.Clone(base), "--"+f.Name+"="+v))
				if f.Name == "output" {
					args[len(args)-1] = append(slices.Clone(base), "-o", v)
				}
			}
		}
	})
	for _, base := range args[1:] { // in JSON too
		if c.Flags().Lookup("json") != nil && !slices.Contains(base, "--json") {
			args = append(args, append(slices.Clone(base), "--json"))
		}
	}
	return args
}

// Whatever a command prints of a blind session: no secret is in it, and it is the same whoever answered. It goes over the tree of
// commands with each of their flags, so that a new command is looked at too.
func TestNoCommandTellsWhoIsWho(t *testing.T) {
	var leaves []*cobra.Command
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			if !slices.Contains(elsewhere(), sub.Name()) {
				walk(sub)
			}
		}
		if c.Runnable() && c.HasParent() {
			leaves = append(leaves, c)
		}
	}
	walk(newRoot(&globals{}))
	if len(leaves) < 15 {
		t.Fatalf("%d commands were found", len(leaves))
	}
	var homes [blindtest.Variants]fs.FS // as new; each call has a copy of its own
	for i := range homes {
		homes[i] = os.DirFS(blindHome(t, i))
	}
	for _, c := range leaves {
		t.Run(c.CommandPath(), func(t *testing.T) {
			for _, args := range calls(c) {
				var outs, tolds [blindtest.Variants]string
				for i := range outs {
					home := t.TempDir()
					if err := os.CopyFS(home, homes[i]); err != nil {
						t.Fatal(err)
					}
					outs[i], tolds[i] = printed(t, home, args...)
					if wholeRecords(args) {
						if !strings.Contains(tolds[i], "tells who is who") {
							t.Errorf("%v does not say that it tells who is who: %q", args, tolds[i])
						}
						continue
					}
					if secret := blindtest.CastOf(i).Secret(outs[i] + tolds[i]); secret != "" {
						t.Errorf("%v prints %q:\n%s\n%s", args, secret, outs[i], tolds[i])
					}
				}
				if !wholeRecords(args) && (outs[0] != outs[1] || tolds[0] != tolds[1]) {
					t.Errorf("%v tells who is who:\n%s%s\n%s%s", args, outs[0], tolds[0], outs[1], tolds[1])
				}
			}
		})
	}
}

// A revealed session tells all.
func TestARevealedSessionTells(t *testing.T) {
	home := blindHome(t, 0)
	store, err := session.Open(context.Background(), filepath.Join(home, "lineup.db"))
	if err != nil {
		t.Fatal(err)
	}
	id, err := store.Resolve(context.Background(), "last")
	if err == nil {
		err = store.SetBlind(context.Background(), id, true, true)
	}
	if err := fmt.Sprint(err, store.Close()); err != "<nil> <nil>" {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"sessions", "show", "last"}, {"sessions", "export", "last", "--format", "html"}, {"stats"}, {"sessions", "list", "--json"}} {
		if out, _ := printed(t, home, args...); !strings.Contains(out, "quibbleton") {
			t.Errorf("%v does not tell: %s", args, out)
		}
	}
}
