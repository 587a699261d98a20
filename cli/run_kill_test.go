//go:build unix

package cli_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// counted is a gateway that counts how often each prompt is asked, and calls came for each request.
type counted struct {
	*httptest.Server
	mu    sync.Mutex
	asked map[string]int
	came  func(n int)
	hold  chan struct{} // closed: answers are given; nil: at once
	n     int
}

func newCounted(t *testing.T) *counted {
	g := &counted{asked: map[string]int{}}
	g.Server = httptest.NewServer(http.HandlerFunc(g.serve))
	t.Cleanup(g.Close)
	return g
}

func (g *counted) serve(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Messages []struct{ Content string }
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || len(body.Messages) == 0 {
		http.Error(w, "no", http.StatusBadRequest)
		return
	}
	g.mu.Lock()
	g.asked[body.Messages[0].Content]++
	g.n++
	n, came, hold := g.n, g.came, g.hold
	g.mu.Unlock()
	if came != nil {
		came(n)
	}
	if hold != nil {
		select {
		case <-hold:
		case <-r.Context().Done():
			return
		}
	}
	w.Header().Set("Content-Type", "text/event-stream")
	fmt.Fprintf(w, "data: {\"choices\":[{\"delta\":{\"content\":%q}}]}\n\n", strings.Repeat("an answer of some length ", 40))
	io.WriteString(w, "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")
}

// requests are how many there were, and how many of them for a prompt that was asked before.
func (g *counted) requests() (all, again int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, n := range g.asked {
		all += n
		again += n - 1
	}
	return all, again
}

// told is what a program has said so far.
type told struct {
	mu   sync.Mutex
	text bytes.Buffer
	word string        // that somebody waits for
	came chan struct{} // closed when it is there
}

func (s *told) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.text.Write(p)
	s.look()
	return n, err
}

func (s *told) look() {
	if s.came != nil && strings.Contains(s.text.String(), s.word) {
		close(s.came)
		s.came = nil
	}
}

// wait waits until a word has been said.
func (s *told) wait(word string) {
	s.mu.Lock()
	came := make(chan struct{})
	s.word, s.came = word, came
	s.look()
	s.mu.Unlock()
	<-came
}

func (s *told) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// runOf prepares a run of the built program against a gateway. Each call of start starts it once more.
func runOf(t *testing.T, url string, prompts, atOnce int) (start func() *exec.Cmd, out string) {
	t.Helper()
	bin, dir := build(t), t.TempDir()
	var text strings.Builder
	for i := range prompts {
		fmt.Fprintf(&text, "프롬프트 %d\r\n", i)
	}
	out = filepath.Join(dir, "out.jsonl")
	for name, content := range map[string]string{"prompts.txt": "\ufeff" + text.String(),
		"config.toml": fmt.Sprintf("[providers.g]\nkind = \"openai\"\nbase_url = %q\nmax_concurrent = %d\n", url+"/v1", atOnce)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return func() *exec.Cmd {
		cmd := exec.Command(bin, "--config", filepath.Join(dir, "config.toml"), "--data-dir", dir, "run",
			filepath.Join(dir, "prompts.txt"), "-m", "g/m", "-o", out)
		cmd.Stderr = &told{}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}, out
}

// runLines reads a result file, in which each line is whole and stands once, and gives the number of lines.
func runLines(t *testing.T, out string) int {
	t.Helper()
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		var l struct{ ID, Prompt, Status string }
		if err := json.Unmarshal([]byte(line), &l); err != nil || !strings.HasSuffix(line, "\n") {
			t.Fatalf("%q: %v", line, err)
		}
		if seen[l.ID] || l.Prompt != "프롬프트 "+l.ID || l.Status != "done" {
			t.Errorf("%+v; there before: %v", l, seen[l.ID])
		}
		seen[l.ID] = true
	}
	return len(seen)
}

// A run that is killed at any moment goes on: each line stands there once, and no more prompts are asked twice than
// were on their way. LINEUP_KILLS says how often it is killed, for a longer test by hand.
func TestARunSurvivesBeingKilled(t *testing.T) {
	kills, atOnce := 6, 8
	if n, err := strconv.Atoi(os.Getenv("LINEUP_KILLS")); err == nil {
		kills = n
	}
	prompts := 60 * kills
	g := newCounted(t)
	start, out := runOf(t, g.URL, prompts, atOnce)
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 0))
	for range kills {
		after, delay := 1+r.IntN(50), time.Duration(r.IntN(2000))*time.Microsecond
		due := make(chan struct{})
		g.mu.Lock()
		from := g.n
		g.came = func(n int) {
			if n == from+after {
				close(due)
			}
		}
		g.mu.Unlock()
		cmd := start()
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case <-due:
			<-time.After(delay) // any moment of a request
			_ = cmd.Process.Kill()
			<-ended
		case err := <-ended:
			if err != nil {
				t.Fatalf("seed %d: %v\n%s", seed, err, cmd.Stderr)
			}
		}
	}
	cmd := start()
	if err := cmd.Wait(); err != nil {
		t.Fatalf("seed %d: %v\n%s", seed, err, cmd.Stderr)
	}
	if n := runLines(t, out); n != prompts {
		t.Errorf("seed %d: %d lines, want %d", seed, n, prompts)
	}
	all, again := g.requests()
	if again > kills*atOnce {
		t.Errorf("seed %d: %d prompts were asked again after %d kills with %d on their way", seed, again, kills, atOnce)
	}
	t.Logf("%d kills, %d prompts, %d requests, %d of them again", kills, prompts, all, again)
}

// The first Ctrl+C lets what is on its way end, the second one does not.
func TestCtrlCEndsARunInTwoSteps(t *testing.T) {
	for _, twice := range []bool{false, true} {
		g := newCounted(t)
		g.hold = make(chan struct{})
		four := make(chan struct{})
		g.came = func(n int) {
			if n == 4 {
				close(four)
			}
		}
		start, out := runOf(t, g.URL, 20, 4)
		cmd := start()
		<-four
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		cmd.Stderr.(*told).wait("no new requests")
		want := 4
		if twice {
			want = 0
			if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
		} else {
			close(g.hold)
		}
		var exit *exec.ExitError
		if err := <-ended; !errors.As(err, &exit) || exit.ExitCode() != 130 {
			t.Errorf("twice %v: %v, want exit code 130\n%s", twice, err, cmd.Stderr)
		}
		if twice {
			close(g.hold)
		}
		if n := runLines(t, out); n != want {
			t.Errorf("twice %v: %d lines, want %d", twice, n, want)
		}
		g.mu.Lock()
		g.came = nil
		g.mu.Unlock()
		cmd = start()
		if err := cmd.Wait(); err != nil {
			t.Errorf("twice %v: %v\n%s", twice, err, cmd.Stderr)
		}
		if n := runLines(t, out); n != 20 {
			t.Errorf("twice %v: %d lines in the end, want 20", twice, n)
		}
	}
}
