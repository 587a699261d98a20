package session

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"lineup/providers"
)

// streamerEnv makes this binary a lineup that streams into the database it names.
const streamerEnv = "LINEUP_TEST_STREAMER"

// streamer stores a turn of three panes and streams one of them, a word every ten milliseconds of its own time, each
// when a line comes in, saving as a live turn does. It answers each line, first with the session's id.
func streamer(path string, in io.Reader, out io.Writer) int {
	ctx := context.Background()
	s, err := Open(ctx, path)
	if err != nil {
		fmt.Fprintln(out, err)
		return 1
	}
	sess := &Session{Title: "t"}
	if err := s.CreateSession(ctx, sess); err != nil {
		fmt.Fprintln(out, err)
		return 1
	}
	replies := asked(3)
	turn, err := s.AddTurn(ctx, sess.ID, "prompt", replies)
	if err == nil {
		err = s.FinishReply(ctx, turn.ID, answer(replies[2], "whole"))
	}
	if err != nil {
		fmt.Fprintln(out, err)
		return 1
	}
	fmt.Fprintln(out, sess.ID)
	saver := NewSaver(turn.ID)
	apply(replies[0], start(0, info("p/fallback", priced())))
	lines := bufio.NewScanner(in)
	for n := 1; lines.Scan(); n++ {
		apply(replies[0], text(float64(10*n), word(n)))
		if saver.Due(at(float64(10 * n))) {
			batch := saver.Batch(replies)
			if err := s.AppendPartial(ctx, batch); err != nil {
				fmt.Fprintln(out, err)
				return 1
			}
			saver.Saved(batch)
		}
		fmt.Fprintln(out, n)
	}
	return 0
}

func word(n int) string { return fmt.Sprintf("토큰%d ", n) }

// process is a streamer under test.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	in   io.Writer
	out  *bufio.Scanner
	sess string
}

func startStreamer(t *testing.T, path string) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), streamerEnv+"="+path)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, cmd: cmd, in: in, out: bufio.NewScanner(out)}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	p.sess = p.line()
	return p
}

func (p *process) line() string {
	p.t.Helper()
	if !p.out.Scan() {
		p.t.Fatalf("the streamer is silent: %v", p.out.Err())
	}
	return p.out.Text()
}

// words lets so many words come.
func (p *process) words(n int) {
	p.t.Helper()
	for range n {
		if _, err := fmt.Fprintln(p.in); err != nil {
			p.t.Fatal(err)
		}
		p.line()
	}
}

func (p *process) kill() {
	p.t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		p.t.Fatal(err)
	}
	_ = p.cmd.Wait() // says that it was killed
}

// TestKilledWhileStreaming is the promise: at most the last 250 ms are lost, and the truth is told.
func TestKilledWhileStreaming(t *testing.T) {
	const words = 137 // 1.37 s
	path := dbPath(t)
	other := openAt(t, path, settings{})
	mine := create(t, other, "mine")
	addTurn(t, other, mine.ID, "still running", asked(1))
	p := startStreamer(t, path)
	p.words(words)

	alive := load1(t, other, p.sess).Turns[0].Replies
	if alive[0].Status != Streaming || alive[1].Status != Waiting || alive[2].Status != Done {
		t.Errorf("of a living lineup: %s, %s, %s", alive[0].Status, alive[1].Status, alive[2].Status)
	}
	updated := load1(t, other, p.sess).UpdatedAt
	p.kill()

	for _, s := range []*Store{other, openAt(t, path, settings{})} {
		sess := load1(t, s, p.sess)
		checkOrphans(t, sess.Turns[0].Replies, words)
		if !sess.UpdatedAt.Equal(updated) {
			t.Error("the repair counts as use of the session")
		}
		if got := load1(t, s, mine.ID).Turns[0].Replies[0].Status; got != Waiting {
			t.Errorf("the living one's reply is %s", got)
		}
	}
	if n := count(t, other, `SELECT count(*) FROM reply_parts`); n != 0 {
		t.Errorf("%d parts stay behind the repair", n)
	}
	if n := count(t, other, `SELECT count(*) FROM replies WHERE owner IS NOT NULL`); n != 1 {
		t.Errorf("%d replies have an owner", n)
	}
	locks, err := filepath.Glob(filepath.Join(filepath.Dir(path), "run", "*.lock"))
	if err != nil || len(locks) != 1 {
		t.Errorf("locks %v, %v", locks, err)
	}
	if hits, err := other.Search(context.Background(), "토큰17", Filter{}); err != nil || len(hits) != 1 {
		t.Errorf("the text that was saved is found %d times, %v", len(hits), err)
	}
}

func checkOrphans(t *testing.T, replies []*Reply, words int) {
	t.Helper()
	r := replies[0]
	if r.Status != Interrupted || r.Error == nil || r.Error.Kind != providers.ConnectionLost || r.Error.Message != "lineup ended before the answer did" {
		t.Errorf("%s, %+v", r.Status, r.Error)
	}
	all := ""
	for n := range words {
		all += word(n + 1)
	}
	saved := len(r.Chunks)
	if !strings.HasPrefix(all, r.Text) || strings.Count(r.Text, " ") != saved {
		t.Errorf("%d chunks of text %q", saved, r.Text)
	}
	if lost := time.Duration(words-saved) * 10 * time.Millisecond; lost > SaveEvery {
		t.Errorf("%v are lost", lost)
	}
	near(t, "TTFT", r.Metrics.TTFT, 10)
	near(t, "duration", r.Metrics.Duration, float64(10*saved))
	if r.Model != "p/m" || r.ServedBy != "p/fallback" || r.Usage.Source != Estimated || r.Usage.Output == 0 || r.Cost.Source != "unknown" || r.Cost.USD != nil {
		t.Errorf("served by %s, usage %+v, cost %+v", r.ServedBy, r.Usage, r.Cost)
	}
	if r := replies[1]; r.Status != Cancelled || r.Text != "" || r.Error == nil || r.Error.Kind != providers.Cancelled || r.Metrics.TTFT != nil {
		t.Errorf("without a token: %s, %+v", r.Status, r.Error)
	}
	if r := replies[2]; r.Status != Done || r.Text != "whole" {
		t.Errorf("finished before: %s %q", r.Status, r.Text)
	}
}

// TestOrphansOfReadOnlyFile: what cannot be repaired is still shown right.
func TestOrphansOfReadOnlyFile(t *testing.T) {
	path := dbPath(t)
	p := startStreamer(t, path)
	p.words(50)
	p.kill()
	s := openAt(t, path, settings{mode: "ro"})
	checkOrphans(t, load1(t, s, p.sess).Turns[0].Replies, 50)
	if n := count(t, s, `SELECT count(*) FROM replies WHERE owner IS NOT NULL`); n != 2 {
		t.Errorf("%d replies wait for their repair", n)
	}
	checkOrphans(t, load1(t, openAt(t, path, settings{}), p.sess).Turns[0].Replies, 50)
}

// TestClosedWithRunningReply: a Store that is closed owns nothing any more.
func TestClosedWithRunningReply(t *testing.T) {
	path := dbPath(t)
	a := openAt(t, path, settings{})
	sess := create(t, a, "t")
	addTurn(t, a, sess.ID, "p", asked(1))
	b := openAt(t, path, settings{})
	if got := load1(t, b, sess.ID).Turns[0].Replies[0].Status; got != Waiting {
		t.Errorf("before: %s", got)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if got := load1(t, b, sess.ID).Turns[0].Replies[0].Status; got != Cancelled {
		t.Errorf("behind: %s", got)
	}
}

// TestOwnerFiles: a name that is no id never leads to a file, and the files of dead processes go away.
func TestOwnerFiles(t *testing.T) {
	s, _ := newStore(t)
	sess := create(t, s, "t")
	outside := filepath.Join(filepath.Dir(s.Path()), "precious.lock")
	if err := os.WriteFile(outside, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	addTurn(t, s, sess.ID, "p", asked(1))
	if _, err := s.w.Exec(`UPDATE replies SET owner = '../precious'`); err != nil {
		t.Fatal(err)
	}
	if got := load1(t, s, sess.ID).Turns[0].Replies[0].Status; got != Cancelled {
		t.Errorf("of nobody: %s", got)
	}
	if _, err := os.Stat(outside); err != nil {
		t.Error(err)
	}
	run := s.owner.dir
	stale := filepath.Join(run, "01kq6w8w3v5n0a7c2f4x9y1z6b.lock")
	if err := os.WriteFile(stale, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	next := openAt(t, s.Path(), settings{})
	addTurn(t, next, sess.ID, "p", asked(1))
	if _, err := os.Stat(stale); !os.IsNotExist(err) {
		t.Errorf("the lock of a dead process stays: %v", err)
	}
	if got := load1(t, next, sess.ID).Turns[1].Replies[0].Status; got != Waiting {
		t.Errorf("own reply: %s", got)
	}
}

// TestCallsOfADeadProcess: calls of tools in the middle of a stream were lost with the process, and an answer that was nothing but
// a call counted as one that had not begun.
func TestCallsOfADeadProcess(t *testing.T) {
	path := dbPath(t)
	a := openAt(t, path, settings{})
	sess := create(t, a, "t")
	replies := asked(3)
	turn, err := a.AddTurn(context.Background(), sess.ID, "날씨?", replies)
	if err != nil {
		t.Fatal(err)
	}
	saver := NewSaver(turn.ID)
	save := func() {
		t.Helper()
		batch := saver.Batch(replies)
		for range 2 { // a write may be repeated
			if err := a.AppendPartial(context.Background(), batch); err != nil {
				t.Fatal(err)
			}
		}
		saver.Saved(batch)
	}
	call := func(ms float64, index int, name, piece string) providers.Event {
		return providers.Event{Type: providers.EventCall, At: at(ms), Text: piece, Call: &providers.ToolCall{Index: index, ID: name, Name: name}}
	}
	for _, r := range replies {
		apply(r, start(0, info("p/m", priced())))
	}
	apply(replies[0], text(10, "I look. "), call(20, 0, "weather", `{"city":"서`))
	apply(replies[1], call(30, 0, "weather", ""))
	save()
	if batch := saver.Batch(replies); batch != nil {
		t.Errorf("given twice: %+v", batch)
	}
	apply(replies[0], call(40, 0, "", `울"}`), call(50, 1, "time", `{"zone`), text(60, "And"))
	apply(replies[2], text(70, "no call"))
	save()
	b := openAt(t, path, settings{})
	if alive := load1(t, b, sess.ID).Turns[0].Reply(0); alive.Status != Streaming || len(alive.Calls()) != 2 || alive.VisibleText() != "I look. And" {
		t.Errorf("of a living lineup: %s %q, calls %+v", alive.Status, alive.VisibleText(), alive.Calls())
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 { // as it is read, and as it is repaired
		got := load1(t, b, sess.ID).Turns[0]
		want := [][]ToolCall{{{"weather", "weather", `{"city":"서울"}`}, {"time", "time", `{"zone`}}, {{"weather", "weather", ""}}, nil}
		for i, r := range got.Replies {
			if r.Status != Interrupted || !reflect.DeepEqual(r.ToolCalls, want[i]) || r.Text != []string{"I look. And", "", "no call"}[i] {
				t.Errorf("reply %d: %s %q, calls %+v", i, r.Status, r.Text, r.ToolCalls)
			}
			near(t, "TTFT", r.Metrics.TTFT, []float64{10, 30, 70}[i])
			near(t, "duration", r.Metrics.Duration, []float64{60, 30, 70}[i])
		}
	}
}
