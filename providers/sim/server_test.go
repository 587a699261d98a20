package sim

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// timeout is a context that ends after d.
func timeout(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// A real client that hangs up after the first token ends the work at once.
func TestClientHangsUp(t *testing.T) {
	url, over := serve(t, Config{Models: []Model{{Name: "m", TokensPerSecond: 1000, Tokens: maxTokens}}})
	for _, d := range dialects {
		ctx, cancel := context.WithCancel(t.Context())
		resp, err := http.DefaultClient.Do(request("POST", url+chatPath(d), ask("m", "hello", true, map[string]any{"max_tokens": maxTokens})).WithContext(ctx))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := bufio.NewReader(resp.Body).ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		cancel()
		resp.Body.Close()
		if r := <-over; !r.Cancelled || r.Tokens >= maxTokens || r.Dialect != d {
			t.Errorf("%s: record %+v", d, r)
		}
	}
}

// Closing the server ends what is under way and leaves it in the log.
func TestCloseEndsRequests(t *testing.T) {
	s := New(Config{Models: []Model{{Name: "m", Tokens: 1, TTFT: time.Hour}}})
	running, err := s.Start("")
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(request("POST", running.URL+"/v1/chat/completions", ask("m", "hello", true, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := running.Close(); err != nil {
		t.Error(err)
	}
	if log := s.Log(); len(log) != 1 || !log[0].Cancelled {
		t.Errorf("log %+v", log)
	}
	if _, err := io.ReadAll(resp.Body); err == nil {
		t.Error("the client saw an orderly end")
	}
	again, err := s.Start(strings.TrimPrefix(running.URL, "http://"))
	if err != nil {
		t.Fatalf("the port is not free: %v", err)
	}
	if _, err := s.Start(strings.TrimPrefix(running.URL, "http://")); err == nil || !strings.Contains(err.Error(), "try another port") {
		t.Errorf("a port that is taken: %v", err)
	}
	again.Close()
}

func TestManyClients(t *testing.T) {
	url, over := serve(t, Config{})
	bodies := make([]string, 24)
	var clients sync.WaitGroup
	for i := range bodies {
		clients.Go(func() {
			_, bodies[i] = do(t, request("POST", url+chatPath(dialects[i%3]), ask("hangul-sim@tps=0,ttft=0s,tokens=300", "토큰화", true, nil)))
		})
	}
	clients.Wait()
	ids := make(map[string]bool)
	for range bodies {
		ids[(<-over).ID] = true
	}
	if len(ids) != len(bodies) {
		t.Errorf("%d ids for %d requests", len(ids), len(bodies))
	}
	_, want := said(t, bodies[0])
	for i, body := range bodies {
		if _, text := said(t, body); text != want || text == "" {
			t.Errorf("client %d got %.60q, want %.60q", i, text, want)
		}
	}
}

func TestLogKeepsTheNewest(t *testing.T) {
	var l log
	for i := range 2*maxRecords + 5 {
		l.add(Record{Tokens: i})
	}
	all := l.all()
	if len(all) != maxRecords || all[len(all)-1].Tokens != 2*maxRecords+4 || all[0].Tokens != maxRecords+5 {
		t.Errorf("%d records, from %d to %d", len(all), all[0].Tokens, all[len(all)-1].Tokens)
	}
}

// BenchmarkFullSpeed is how many tokens a second one server sends to one
// client that reads and throws away, a token a chunk.
func BenchmarkFullSpeed(b *testing.B) {
	for _, d := range dialects {
		b.Run(d, func(b *testing.B) {
			url, _ := serve(b, Config{Models: []Model{quick("m")}})
			stream(b, url, d, b.N)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tokens/s")
		})
	}
}

// BenchmarkFullSpeed16 is the same for 16 clients at once.
func BenchmarkFullSpeed16(b *testing.B) {
	url, _ := serve(b, Config{Models: []Model{quick("m")}})
	each := max(1, b.N/16)
	b.ResetTimer()
	var clients sync.WaitGroup
	for range 16 {
		clients.Go(func() { stream(b, url, "openai", each) })
	}
	clients.Wait()
	b.ReportMetric(float64(16*each)/b.Elapsed().Seconds(), "tokens/s")
}

// stream asks for an answer of n tokens and reads it to the end.
func stream(b *testing.B, url, dialect string, n int) {
	resp, err := http.DefaultClient.Do(request("POST", url+chatPath(dialect),
		ask("m", "hello", true, map[string]any{"model": "m@tokens=" + strconv.Itoa(min(n, maxTokens)), "max_tokens": maxTokens})))
	if err != nil {
		b.Error(err)
		return
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		b.Error(err)
	}
}

// BenchmarkPrompts is how long a whole request of 20 tokens takes one client
// against an instant model.
func BenchmarkPrompts(b *testing.B) {
	url, _ := serve(b, Config{Models: []Model{{Name: "m", Tokens: 20}}})
	b.ReportAllocs()
	for b.Loop() {
		do(b, request("POST", url+"/v1/chat/completions", ask("m", "hello", true, nil)))
	}
}

// BenchmarkPunctuality streams to eight readers at 100 tokens a second each and
// reports how far behind its schedule the server writes.
func BenchmarkPunctuality(b *testing.B) {
	s := New(Config{Models: []Model{quick("m")}})
	var late []time.Duration
	for b.Loop() {
		tapes := make([]*tape, 8)
		var streams sync.WaitGroup
		for i := range tapes {
			tapes[i] = newTape()
			streams.Go(func() {
				s.ServeHTTP(tapes[i], request("POST", "/api/chat", ask("m@tps=100,tokens=100", "hello", true, nil)))
			})
		}
		streams.Wait()
		for _, w := range tapes {
			for i, at := range w.at[:100] {
				late = append(late, at-time.Duration(i)*10*time.Millisecond)
			}
		}
	}
	slices.Sort(late)
	b.ReportMetric(float64(late[len(late)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(late[len(late)*99/100].Microseconds()), "p99-µs")
}
