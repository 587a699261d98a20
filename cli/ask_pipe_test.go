//go:build unix

package cli_test

import (
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// "lineup ask … | head" was ended by a signal when the reader left, and what had been printed was not saved.
func TestAskKeepsWhatAReaderThatLeftHasSeen(t *testing.T) {
	t.Parallel()
	server, url := startSim(t)
	l := install(t, program(t), configFor(url, endless+"1"))
	cmd := l.command("ask", "count")
	var told strings.Builder
	cmd.Stderr = &told
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	seen := make([]byte, 100)
	if _, err := io.ReadFull(out, seen); err != nil {
		t.Fatal(err)
	}
	out.Close()
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("it ended with %v, want exit code 1", err)
	}
	if told.String() != "" {
		t.Errorf("it says what the reader knows: %s", told.String())
	}
	replies := l.replies(t)
	if len(replies) != 1 || replies[0].Status != "cancelled" || !strings.HasPrefix(replies[0].Text, strings.TrimSpace(string(seen))) {
		t.Errorf("%q was printed; saved is %+v", seen, replies)
	}
	for tick := time.NewTicker(10 * time.Millisecond); len(server.Log()) == 0; <-tick.C { // the server finds out a little later
	}
	if r := server.Log()[0]; !r.Cancelled {
		t.Errorf("the server was not told to stop: %+v", r)
	}
}
