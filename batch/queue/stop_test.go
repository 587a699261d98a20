package queue_test

import (
	"net/http"
	"syscall"
	"testing"
	"time"

	"lineup/batch"
	"lineup/batch/batchtest"
)

// A worker that is told to stop finishes what it can, and puts back what takes longer: nothing is lost, and nothing that
// was answered is asked again.
func TestAStoppedWorkerLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	q, url := ready(t)
	begun, over, release := make(chan string, 20), make(chan struct{}), make(chan struct{})
	g := batchtest.NewGateway(t, func(w http.ResponseWriter, prompt string, n int) {
		if n == 1 {
			begun <- prompt
			if prompt == "prompt 0" {
				<-over // longer than a worker may take to stop
				return
			}
			<-release
		}
		batchtest.Says(w, "fine", 3)
	})
	t.Cleanup(func() { close(over) })
	text := batchtest.Section("g", g.URL, "max_concurrent = 2", noWait)
	first := start(t, url, text, "g")
	run := newRun(t, planOf(t, text, batchtest.Numbered(6), "g/a"), batchtest.OutFile(t), batch.Options{})
	if _, err := q.Enqueue(t.Context(), "r", run.Run); err != nil {
		t.Fatal(err)
	}
	<-begun
	<-begun
	told := time.Now()
	if err := first.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-first.stops
	close(release) // the other line of the two is answered
	err := <-first.ended
	if took := time.Since(told); err != nil || took > 45*time.Second {
		t.Errorf("after %s the worker ended with %v", took, err)
	}
	if n := len(g.Prompts()); n != 2 {
		t.Errorf("%d lines were begun, not the two that were there before the signal", n)
	}
	if n := rowsOf(t, url, "SELECT count(*) FROM lineup_result"); n != 1 {
		t.Errorf("%d lines are answered, not 1", n)
	}
	if n := rowsOf(t, url, "SELECT count(*) FROM river_job WHERE state = 'available'"); n != 5 {
		t.Errorf("%d lines are back, not 5", n)
	}
	work(t, url, text, "g")
	sum, err := q.Follow(t.Context(), "r", run.Run)
	run.end(t)
	if err != nil || sum.Answers != 6 || len(linesOf(t, run.path)) != 6 || len(g.Prompts()) != 7 {
		t.Errorf("%+v, %v, %d requests", sum, err, len(g.Prompts()))
	}
}
