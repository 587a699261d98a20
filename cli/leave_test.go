package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"lineup/providers/sim"
	"lineup/session"
	"lineup/turn"
)

// fullPipe gives the end of a pipe that takes nothing more and that nobody reads.
func fullPipe(t *testing.T) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = r.Close(), w.Close() })
	err = w.SetWriteDeadline(time.Now().Add(20 * time.Millisecond))
	switch {
	case err != nil && runtime.GOOS == "windows":
		t.Skip("Windows does not tell that a pipe is full: ", err)
	case err != nil:
		t.Fatal(err)
	}
	for err == nil {
		_, err = w.Write(make([]byte, 1<<16))
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal(err)
	}
	if err := w.SetWriteDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	return w
}

// beginning tells when the first write has begun.
type beginning struct {
	*os.File
	once    sync.Once
	written chan struct{}
}

func (b *beginning) Write(p []byte) (int, error) {
	b.once.Do(func() { close(b.written) })
	return b.File.Write(p)
}

// Regression: the first signal did not end a command whose output nobody read; an answer was lost
// with the second.
func TestAnInterruptionEndsEveryWrite(t *testing.T) {
	server := sim.New(sim.Config{})
	running, err := server.Start("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { running.Close() })
	for _, command := range []string{"sessions export last", "sessions export last --format html",
		"sessions export last --format json", "sessions export last --format jsonl",
		"sessions export last --format cast", "sessions show last", "sessions show last --json",
		"sessions list", "sessions list --json", "sessions search kept", "stats", "stats --json", "stats --csv",
		"config path", "cost", "man", "--help", "ask hello", "ask --json hello", "ask --plain hello"} {
		for name, tty := range map[string]bool{"pipe": false, "terminal": true} {
			t.Run(command+"/"+name, func(t *testing.T) {
				t.Parallel()
				e, _, said := world(t)
				getenv := e.getenv
				e.getenv = func(n string) string {
					if n == "TERM" {
						return "xterm"
					}
					return getenv(n)
				}
				store := filledStore(t, e)
				config := filepath.Join(t.TempDir(), "config.toml")
				text := fmt.Sprintf("panes = [\"here/flash-sim@ttft=0s,tokens=5,seed=1\"]\n"+
					"[providers.here]\nkind = \"openai\"\nbase_url = %q\n", running.URL+"/v1")
				if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				out := &beginning{File: fullPipe(t), written: make(chan struct{})}
				e.out, e.tty = out, func(any) bool { return tty }
				ctx, interrupt := context.WithCancel(t.Context())
				code := make(chan int, 1)
				go func() { code <- run(ctx, e, append([]string{"--config", config}, strings.Fields(command)...)) }()
				select {
				case <-out.written:
				case got := <-code:
					t.Fatalf("it wrote nothing: exit code %d, %s", got, said.String())
				}
				interrupt()
				if got := <-code; got != exitInterrupted {
					t.Errorf("exit code %d, %s", got, said.String())
				}
				if !strings.HasPrefix(command, "ask") {
					return
				}
				list, err := store.Sessions(t.Context(), session.Filter{})
				if err != nil || len(list) != 2 {
					t.Fatalf("%d sessions, %v", len(list), err)
				}
				asked, err := store.Session(t.Context(), list[0].ID)
				if err != nil {
					t.Fatal(err)
				}
				if r := asked.Turns[0].Replies[0]; r.Text == "" && !tty || !r.Status.Final() {
					t.Errorf("the answer is not saved: %s", r.Status)
				}
			})
		}
	}
}

// filledStore is the store of an environment, with a session that has an answer.
func filledStore(t *testing.T, e env) *session.Store {
	t.Helper()
	store, err := session.Open(t.Context(), filepath.Join(e.getenv("LINEUP_DATA_DIR"), "lineup.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	sess := turn.NewSession("kept", "", nil, time.Now().Add(-time.Hour))
	reply := &session.Reply{Model: "a/b", ServedBy: "a/b", Text: strings.Repeat("word ", 30000),
		Status: session.Done, EndedAt: time.Now()}
	sess.Turns = []*session.Turn{{Prompt: "kept", Replies: []*session.Reply{reply}}}
	if err := store.Insert(t.Context(), sess); err != nil {
		t.Fatal(err)
	}
	return store
}

// What a reader takes is still written after an interruption, such as the record of a stopped answer.
func TestAfterAnInterruptionAReaderGetsTheRest(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	var b bytes.Buffer
	w, o := leaving(ctx, &b, "standard output")
	for range 3 {
		if _, err := io.WriteString(w, "rest "); err != nil {
			t.Error(err)
		}
	}
	if b.String() != "rest rest rest " || o.gone() != nil {
		t.Errorf("%q, %v", b.String(), o.gone())
	}
}

// fullDisk takes nothing.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) {
	return 0, &fs.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}
}

// Fault: lineup man > FILE on a full disk said that /dev/stdout cannot be read; a page of help was lost without a word.
func TestEveryCommandTellsThatItsOutputIsLost(t *testing.T) {
	for _, args := range []string{"man", "completion bash", "config path", "--help", "ask --help", "help", "help checks", "--version",
		"stats --csv", "cost --json", "doctor"} {
		e, _, _ := world(t)
		var said strings.Builder
		e.out, e.err = fullDisk{}, &said
		got := run(t.Context(), e, strings.Fields(args))
		if want := "lineup: standard output: the disk is full; free some space"; got != exitFailed || strings.Count(said.String(), want) != 1 {
			t.Errorf("%s: exit code %d, said %q", args, got, said.String())
		}
	}
}

// Fault: a log on a full disk was empty, and nobody knew.
func TestALogThatIsNotWholeIsTold(t *testing.T) {
	var said strings.Builder
	g := &globals{env: env{err: &said}, logFile: &logFile{to: fullDisk{}, path: "lineup.log"}}
	g.tellLog()
	for range 2 {
		if _, err := io.WriteString(g.logFile, "a line\n"); err == nil {
			t.Error("a full disk takes a line")
		}
	}
	g.tellLog()
	want := "lineup: the log is not whole: lineup.log: the disk is full; free some space, or name another file\n"
	if said.String() != want {
		t.Errorf("said %q, want %q", said.String(), want)
	}
}

// Fault: that a config could not be written was told as one that cannot be read.
func TestAConfigThatCannotBeWritten(t *testing.T) {
	e, _, _ := world(t)
	var said strings.Builder
	e.err = &said
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(file, "config.toml")
	got := run(t.Context(), e, []string{"--config", path, "config", "init"})
	if got != exitFailed || runtime.GOOS != "windows" && said.String() != "lineup: "+path+": "+file+" is no folder; name another file\n" {
		t.Errorf("exit code %d, said %q", got, said.String())
	}
}

// What the program says on a terminal is broken between words; paths stay whole.
func TestLinesAreFoldedBetweenWords(t *testing.T) {
	for _, c := range []struct {
		write, want string
		width       int
	}{
		{"lineup: short\n", "lineup: short\n", 40},
		{"lineup: dead/gone: nothing answers at 127.0.0.1:9: connection refused\n",
			"lineup: dead/gone: nothing answers at\n        127.0.0.1:9: connection refused\n", 40},
		{"lineup: see /a/very/long/path/that/is/longer/than/the/line/of/the/terminal\n",
			"lineup: see\n        /a/very/long/path/that/is/longer/than/the/line/of/the/terminal\n", 40},
		{"lineup:   1 model, 3 attempts, each of them long ago\n", "lineup:   1 model, 3 attempts, each of\n        them long ago\n", 40},
		{"sim/한글-모델: TTFT 0.18s · 0.84s · 166 tok/s\n", "sim/한글-모델: TTFT 0.18s ·\n  0.84s · 166 tok/s\n", 30},
		{"lineup: a question without an end of its line? ", "lineup: a question without an end of its line? ", 20},
		{"two lines of words\nat once, which are kept\n", "two lines of words\nat once, which are kept\n", 10},
		{"\x1b[1mbold words that are long\x1b[m\n", "\x1b[1mbold words that are long\x1b[m\n", 10},
	} {
		if got := string(folded([]byte(c.write), c.width)); got != c.want {
			t.Errorf("at %d cells %q became %q, want %q", c.width, c.write, got, c.want)
		}
	}
}

// In a list on a narrow terminal each session has a line, in which its title counts most.
func TestAListOfSessionsKeepsToItsLines(t *testing.T) {
	list := []session.Summary{{ID: "20261129-035202-mpxrq", Title: "How many moons does Saturn have?", Turns: 12, Panes: make([]string, 3)},
		{ID: "20261129-035147-wg1td", Title: "나라말: a run with a rather long title", Turns: 4}}
	for _, width := range []int{40, 80, 120} {
		for _, line := range strings.Split(sessionTable(list, width), "\n") {
			if ansi.StringWidth(line) > width {
				t.Errorf("at %d cells: %q", width, line)
			}
		}
	}
	if got := sessionTable(list, 40); !strings.Contains(got, "mpxrq") || !strings.Contains(got, "How many moon") {
		t.Errorf("at 40 cells:\n%s", got)
	}
	if got := sessionTable(list, 1000); !strings.Contains(got, "20261129-035202-mpxrq") || !strings.Contains(got, "     12      3  How many moons does Saturn have?\n") {
		t.Errorf("in a pipe:\n%s", got)
	}
}
