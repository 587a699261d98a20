package queue_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"lineup/batch"
	"lineup/batch/batchtest"
	"lineup/batch/queue"
	"lineup/batch/queue/pgtest"
)

// rounds is how often the test of exactly once does it all; LINEUP_ROUNDS may say more.
const rounds = 10

// Three workers in processes of their own, one of them killed, the database restarted, a server that refuses: each
// line is there once, and no more is asked again than the dead worker had. The rounds go on side by side, each with
// its own database and workers, round one restart.
func TestEachLineExactlyOnceWhateverDies(t *testing.T) {
	t.Parallel()
	n := rounds
	if text := os.Getenv("LINEUP_ROUNDS"); text != "" {
		n, _ = strconv.Atoi(text)
	}
	cluster := pgtest.Start(t)
	restarted := make(chan struct{})
	var killed, all sync.WaitGroup
	killed.Add(n)
	for i := range n {
		r := &round{restarted: restarted, killed: &killed}
		r.prepare(t, cluster, i)
		all.Go(func() { r.play(t) })
	}
	killed.Wait()
	cluster.Stop(t)
	cluster.StartAgain(t)
	close(restarted)
	all.Wait()
}

// round is one time that everything goes wrong.
type round struct {
	restarted <-chan struct{}
	killed    *sync.WaitGroup

	url, text string
	g         *batchtest.Gateway
	plan      *batch.Plan
	q         *queue.Queue
	path      string
	workers   []*process

	mu       sync.Mutex
	answered map[string]int
	some     chan struct{} // enough is answered for a worker to die
}

const (
	roundLines  = 120
	roundAtOnce = 3   // lines that a worker asks
	roundSome   = 20  // answers before a worker is killed
	roundHeld   = 100 // from this line on there is no answer before the restart
)

func (r *round) prepare(t *testing.T, cluster *pgtest.Cluster, i int) {
	r.url = cluster.Database(t)
	r.q = open(t, r.url)
	if err := r.q.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.answered, r.some = map[string]int{}, make(chan struct{})
	r.g = batchtest.NewGateway(t, r.answer)
	r.text = batchtest.Section("g", r.g.URL, fmt.Sprint("max_concurrent = ", roundAtOnce),
		`retry = { max = 9, base = "20ms" }`)
	r.plan = planOf(t, r.text, batchtest.Numbered(roundLines), "g/a")
	r.path = filepath.Join(t.TempDir(), fmt.Sprint(i, ".jsonl"))
	for range 3 {
		r.workers = append(r.workers, start(t, r.url, r.text, "g"))
	}
}

// answer refuses each ninth request, and keeps the last lines waiting until the database is back.
func (r *round) answer(w http.ResponseWriter, prompt string, _ int) {
	if len(r.g.Prompts())%9 == 0 {
		refuses(w, 20)
		return
	}
	if line, _ := strconv.Atoi(strings.TrimPrefix(prompt, "prompt ")); line >= roundHeld {
		<-r.restarted
	}
	batchtest.Says(w, "echo: "+prompt, 3)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answered[prompt]++
	if len(r.answered) == roundSome {
		close(r.some)
	}
}

func (r *round) play(t *testing.T) {
	run := newRun(t, r.plan, r.path, batch.Options{})
	if _, err := r.q.Enqueue(t.Context(), "r", run.Run); err != nil {
		t.Error(err)
		r.killed.Done()
		return
	}
	go func() {
		<-r.some
		r.workers[0].Process.Kill()
		r.killed.Done()
	}()
	sum, err := r.q.Follow(t.Context(), "r", run.Run)
	if err != nil || sum.Answers != roundLines {
		t.Errorf("%v, %+v", err, sum)
	}
	run.end(t)
	if lines := linesOf(t, r.path); len(lines) != roundLines {
		t.Errorf("%d lines, not %d", len(lines), roundLines)
	}
	if n := rowsOf(t, r.url, "SELECT count(*) FROM lineup_result"); n != roundLines {
		t.Errorf("%d rows in the table, not %d", n, roundLines)
	}
	again := 0
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range r.answered {
		again += n - 1
	}
	if again > roundAtOnce {
		t.Errorf("%d lines were answered again; the dead worker had at most %d", again, roundAtOnce)
	}
}

// rowsOf is the number that a query gives.
func rowsOf(t testing.TB, url, query string, args ...any) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Error(err)
		return -1
	}
	defer conn.Close(t.Context())
	if err := conn.QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Error(err)
	}
	return n
}

// What a living worker has stays with it meanwhile, however long it takes: the rescuer goes by time alone.
func TestTheLinesOfADeadWorkerComeBackWithin45Seconds(t *testing.T) {
	t.Parallel()
	q, url := ready(t)
	begun, back := make(chan struct{}, 10), make(chan struct{})
	var once sync.Once
	release := func() { once.Do(func() { close(back) }) }
	var rescued atomic.Int32
	g := batchtest.NewGateway(t, func(w http.ResponseWriter, prompt string, n int) {
		begun <- struct{}{}
		switch {
		case n == 1: // those of the dead worker, and one that the other has all the time
			<-back
		case prompt != "prompt 2" && rescued.Add(1) == 2:
			release()
		}
		batchtest.Says(w, "fine", 3)
	})
	t.Cleanup(release)
	text := batchtest.Section("g", g.URL, "max_concurrent = 2", noWait)
	victim := start(t, url, text, "g")
	run := newRun(t, planOf(t, text, batchtest.Numbered(3), "g/a"), batchtest.OutFile(t), batch.Options{})
	if _, err := q.Enqueue(t.Context(), "r", run.Run); err != nil {
		t.Fatal(err)
	}
	<-begun
	<-begun
	start(t, url, text, "g")
	<-begun
	victim.Process.Kill()
	died := time.Now()
	sum, err := q.Follow(t.Context(), "r", run.Run)
	run.end(t)
	took := time.Since(died)
	if err != nil || sum.Answers != 3 || took > 45*time.Second {
		t.Errorf("after %s: %+v, %v", took, sum, err)
	}
	t.Logf("after %s", took)
	if n := g.Times("prompt 2"); n != 1 {
		t.Errorf("the line of the living worker was asked %d times", n)
	}
}
