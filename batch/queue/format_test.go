package queue_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"lineup/batch"
	"lineup/batch/batchtest"
	"lineup/batch/queue"
)

// lines is a log that a test reads while it is written.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) count(word string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), word)
}

func TestAJobOfAnotherFormatIsPutBack(t *testing.T) {
	t.Parallel()
	q, url := ready(t)
	g := batchtest.NewGateway(t, nil)
	text := batchtest.Section("g", g.URL, noWait)
	p := planOf(t, text, batchtest.Numbered(5), "g/a")
	r := newRun(t, p, batchtest.OutFile(t), batch.Options{})
	if _, err := q.Enqueue(t.Context(), "r", r.Run); err != nil {
		t.Fatal(err)
	}
	// two of the jobs come from a later version, whose arguments have other types
	rowsOf(t, url, `WITH changed AS (UPDATE river_job SET args = '{"format": 99, "run": {"new": true}, "line": [1]}'
		WHERE id IN (SELECT id FROM river_job ORDER BY id LIMIT 2) RETURNING id) SELECT count(*) FROM changed`)
	var log lines
	w, err := queue.Open(t.Context(), url, queue.Server)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- w.Work(ctx, queue.Worker{Registry: registryOf(t, text), Providers: []string{"g"}, Name: "old",
			Log: slog.New(slog.NewTextHandler(&log, nil))})
	}()
	until(t, url, func() bool {
		return rowsOf(t, url, "SELECT count(*) FROM lineup_result") == 3 && log.count("format=99") > 0
	})
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if n := rowsOf(t, url, `SELECT count(*) FROM river_job WHERE args->>'format' = '99'
		AND state IN ('available', 'scheduled') AND attempt = 0`); n != 2 {
		t.Errorf("%d jobs of the later version are back, not 2", n)
	}
	if n := log.count("format=99"); n != 1 {
		t.Errorf("it was said %d times", n)
	}
	r.end(t)
}
