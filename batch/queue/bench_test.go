package queue_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"lineup/batch"
	"lineup/batch/batchtest"
	"lineup/providers"
)

// BenchmarkEnqueue tells how many lines a second a fresh run enqueues, and one of which half is there.
func BenchmarkEnqueue(b *testing.B) {
	const lines = 20_000
	text := batchtest.Section("g", "http://127.0.0.1:1", noWait)
	for _, known := range []int{0, lines / 2} {
		b.Run(fmt.Sprintf("known=%d", known), func(b *testing.B) {
			for range b.N {
				b.StopTimer()
				q, _ := ready(b)
				if known > 0 {
					p := planOf(b, text, batchtest.Numbered(known), "g/a")
					if _, err := q.Enqueue(b.Context(), "r", batch.New(p, batch.Nothing(p), batch.Options{})); err != nil {
						b.Fatal(err)
					}
				}
				p := planOf(b, text, batchtest.Numbered(lines), "g/a")
				r := batch.New(p, batch.Nothing(p), batch.Options{})
				b.StartTimer()
				begun := time.Now()
				e, err := q.Enqueue(b.Context(), "r", r)
				if err != nil || e.Enqueued != lines-known {
					b.Fatal(e, err)
				}
				b.ReportMetric(float64(lines-known)/time.Since(begun).Seconds(), "lines/s")
			}
		})
	}
}

// BenchmarkWork tells how many lines a second one to three workers ask of a server that answers at once, all on this
// machine with PostgreSQL, and how fast they are in the result file.
func BenchmarkWork(b *testing.B) {
	const lines = 10_000
	g := batchtest.NewGateway(b, func(w http.ResponseWriter, _ string, _ int) { batchtest.Says(w, "fine", 3) })
	text := batchtest.Section("g", g.URL, "max_concurrent = 64", noWait)
	for _, workers := range []int{1, 2, 3} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			for range b.N {
				b.StopTimer()
				q, url := ready(b)
				p := planOf(b, text, batchtest.Numbered(lines), "g/a")
				r := newRun(b, p, batchtest.OutFile(b), batch.Options{})
				if _, err := q.Enqueue(b.Context(), "r", r.Run); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				for range workers {
					start(b, url, text, "g")
				}
				begun := firstRow(b, url)
				if _, err := q.Follow(b.Context(), "r", r.Run); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(lines/time.Since(begun).Seconds(), "lines/s")
				r.end(b)
			}
		})
	}
	b.Run("bare", func(b *testing.B) {
		p := planOf(b, text, batchtest.Numbered(1), "g/a")
		spec, request := p.Specs[0], providers.Request{
			Messages: []providers.Message{{Role: providers.User, Content: "prompt"}}}
		for range b.N {
			places := make(chan struct{}, 64)
			begun := time.Now()
			for range lines {
				places <- struct{}{}
				go func() {
					defer func() { <-places }()
					batch.Ask(b.Context(), nil, 0, spec, request, nil)
				}()
			}
			for range cap(places) {
				places <- struct{}{}
			}
			b.ReportMetric(lines/time.Since(begun).Seconds(), "lines/s")
		}
	})
}

// firstRow waits for the first result, and says when it was there.
func firstRow(b *testing.B, url string) time.Time {
	until(b, url, func() bool {
		return rowsOf(b, url, "SELECT count(*) FROM (SELECT FROM lineup_result LIMIT 1) AS one") > 0
	})
	return time.Now()
}
