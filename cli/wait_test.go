package cli

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lineup/session"
)

// asking is a stream of errors that tells when something was written to it.
type asking struct {
	bytes.Buffer
	asked chan struct{}
}

func (a *asking) Write(p []byte) (int, error) {
	defer func() {
		if strings.Contains(string(p), "[y/N]") {
			close(a.asked)
		}
	}()
	return a.Buffer.Write(p)
}

// world is an environment with a data folder of its own, in which nobody types.
func world(t *testing.T) (env, *io.PipeWriter, *asking) {
	t.Helper()
	dir := t.TempDir()
	in, typed := io.Pipe()
	t.Cleanup(func() { _ = typed.Close() })
	said := &asking{asked: make(chan struct{})}
	vars := map[string]string{"HOME": dir, "LINEUP_DATA_DIR": filepath.Join(dir, "data"), "TERM": "dumb"}
	return env{in: in, out: io.Discard, err: said, getenv: func(n string) string { return vars[n] },
		tty: func(any) bool { return true }, exit: func(int) {}}, typed, said
}

// Regression: Ctrl+C did nothing while a question waited, and a y after it still deleted.
func TestAnInterruptionAnswersAQuestion(t *testing.T) {
	e, typed, said := world(t)
	path := filepath.Join(e.getenv("LINEUP_DATA_DIR"), "lineup.db")
	store, err := session.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := store.CreateSession(t.Context(), &session.Session{Title: "kept"}); err != nil {
		t.Fatal(err)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	code := make(chan int)
	go func() { code <- run(ctx, e, []string{"sessions", "rm", "last"}) }()
	<-said.asked
	interrupt()
	if got := <-code; got != exitInterrupted {
		t.Errorf("exit code %d", got)
	}
	go func() { _, _ = io.WriteString(typed, "y\n") }() // the read that was left alone takes it
	if list, err := store.Sessions(t.Context(), session.Filter{}); err != nil || len(list) != 1 {
		t.Errorf("%d sessions, %v", len(list), err)
	}
}

// Regression: nothing but kill -9 ended a command that waited for standard input or a pipe.
func TestAnInterruptionEndsEveryWait(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	cfg := filepath.Join(t.TempDir(), "config.toml")
	text := "panes = ['p/m']\n[providers.p]\nkind = 'openai'\nbase_url = 'http://127.0.0.1:9/v1'\n"
	if err := os.WriteFile(cfg, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	commands := [][]string{{"ask", "-"}, {"sessions", "import", "-"}}
	if makePipe(pipe) == nil {
		commands = append(commands, []string{"sessions", "import", pipe}, []string{"report", pipe},
			[]string{"ask", "hi", "--config", pipe}, []string{"--config", cfg, "run", "-o", pipe + ".jsonl", pipe},
			[]string{"--config", cfg, "ask", "hi", "--schema", pipe}, []string{"--config", cfg, "ask", "hi", "--tools", pipe})
	}
	for _, args := range commands {
		e, _, said := world(t)
		ctx, interrupt := context.WithCancel(t.Context())
		reading := make(chan struct{})
		e.in = &announced{e.in, reading}
		code := make(chan int)
		go func() { code <- run(ctx, e, args) }()
		if args[len(args)-1] == pipe {
			close(reading) // it opens in its own time
		}
		<-reading
		interrupt()
		if got := <-code; got != exitInterrupted {
			t.Errorf("%v: exit code %d, %s", args, got, said.String())
		}
	}
	if f, err := os.OpenFile(pipe, os.O_RDWR, 0); err == nil { // lets the opening that was left alone end
		_ = f.Close()
	}
}

// Regression: a pipe was looked into for the results of a run, and was empty when it was read.
func TestAnImportReadsAPipe(t *testing.T) {
	pipe := pipeFile(t)
	e, _, said := world(t)
	exported, err := os.ReadFile(filepath.Join("..", "session", "exchange", "testdata", "everything.json"))
	if err != nil {
		t.Fatal(err)
	}
	written := make(chan error)
	go func() { written <- os.WriteFile(pipe, exported, 0o600) }()
	if got := run(t.Context(), e, []string{"sessions", "import", pipe}); got != exitOK {
		t.Errorf("exit code %d, %s", got, said.String())
	}
	if err := <-written; err != nil {
		t.Error(err)
	}
}

// announced tells of the first read.
type announced struct {
	io.Reader
	reading chan struct{}
}

func (a *announced) Read(p []byte) (int, error) {
	close(a.reading)
	return a.Reader.Read(p)
}

// Regression: an export to a named pipe that nobody read took two signals to end.
func TestAnInterruptionEndsAnExportToAPipe(t *testing.T) {
	pipe := pipeFile(t)
	e, _, said := world(t)
	filledStore(t, e)
	ctx, interrupt := context.WithCancel(t.Context())
	code := make(chan int)
	go func() { code <- run(ctx, e, []string{"sessions", "export", "last", "-o", pipe}) }()
	reader, err := os.Open(pipe) // waits for the export to open it, and reads nothing
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	interrupt()
	if got := <-code; got != exitInterrupted {
		t.Errorf("exit code %d, %s", got, said.String())
	}
}
