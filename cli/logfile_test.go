package cli

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// pipeFile makes a named pipe.
func pipeFile(t *testing.T) string {
	t.Helper()
	pipe := filepath.Join(t.TempDir(), "pipe")
	switch err := makePipe(pipe); {
	case err != nil && runtime.GOOS == "windows":
		t.Skip("Windows has no pipes among its files: ", err)
	case err != nil:
		t.Fatal(err)
	}
	return pipe
}

// Regression: the program hung at its start where --log named a pipe without a reader.
func TestALogThatNobodyReads(t *testing.T) {
	pipe := pipeFile(t)
	e, _, _ := world(t)
	var said strings.Builder
	e.err = &said
	if got := run(t.Context(), e, []string{"--log", pipe, "sessions", "list"}); got != exitUsage {
		t.Errorf("exit code %d", got)
	}
	if want := pipe + ": nobody reads this pipe; start its reader first, or name a file"; !strings.Contains(said.String(), want) {
		t.Errorf("said %q, want %q", said.String(), want)
	}
}

func TestALogGoesIntoAPipe(t *testing.T) {
	pipe := pipeFile(t)
	reader, err := os.OpenFile(pipe, os.O_RDWR, 0) // for reading alone it would wait for the log
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	w, err := openLogFile(pipe)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, "a line\n"); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 7)
	if _, err := io.ReadFull(reader, line); err != nil || string(line) != "a line\n" {
		t.Errorf("%q, %v", line, err)
	}
}

// A reader that stands still holds nobody up for longer than one line.
func TestALogWhoseReaderStandsStill(t *testing.T) {
	pipe := pipeFile(t)
	reader, err := os.OpenFile(pipe, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	w, err := openLogFile(pipe)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, 1<<20)); err == nil {
		t.Fatal("a pipe took a megabyte that nobody read")
	}
	if n, err := io.WriteString(w, "lost\n"); err == nil || n > 0 {
		t.Errorf("%d bytes, %v", n, err)
	}
}
