//go:build unix

package wire_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"lineup/providers"
	"lineup/providers/policy"
	"lineup/providers/sim"
	"lineup/providers/wire"
	"lineup/session"
)

// serveSim, set in the environment, makes the test binary a simulated server in a process of its own, so that its
// work is not counted as the client's. It prints its address, then a line of JSON for each request.
const serveSim = "LINEUP_TEST_SERVE_SIM"

func TestMain(m *testing.M) {
	if os.Getenv(serveSim) == "" {
		os.Exit(m.Run())
	}
	var mu sync.Mutex
	out := json.NewEncoder(os.Stdout)
	server := sim.New(sim.Config{
		Models: []sim.Model{{Name: "bench-sim", TTFT: 100 * time.Millisecond, TokensPerSecond: 200, Script: sim.English}},
		Observe: func(r sim.Record) {
			mu.Lock()
			defer mu.Unlock()
			out.Encode(r)
		},
	})
	running, err := server.Start("")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(running.URL)
	bufio.NewReader(os.Stdin).ReadByte() // until the parent closes the pipe, or dies
}

// simProcess is a simulated server in another process.
type simProcess struct {
	url     string
	records *json.Decoder
}

func startSim(b *testing.B) *simProcess {
	b.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), serveSim+"=1")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		in.Close()
		cmd.Wait()
	})
	r := bufio.NewReader(out)
	url, err := r.ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return &simProcess{strings.TrimSpace(url), json.NewDecoder(r)}
}

// provider is the server in one of its dialects.
func (s *simProcess) provider(b *testing.B, kind string) *wire.Provider {
	b.Helper()
	base := s.url
	if kind == "openai" || kind == "responses" {
		base += "/v1"
	}
	p, err := wire.New(wire.Config{Name: "sim", Kind: kind, BaseURL: base})
	if err != nil {
		b.Fatal(err)
	}
	return p
}

// calls asks n models of the server, each for an answer of its own, over connections that are open already.
func calls(b *testing.B, p *wire.Provider, n, tokens int) []providers.Call {
	b.Helper()
	var out []providers.Call
	var warm sync.WaitGroup
	for i := range n {
		warm.Go(func() {
			if err := p.Warm(b.Context()); err != nil {
				b.Error(err)
			}
		})
		ref := providers.Ref{Provider: "sim", Model: fmt.Sprintf("bench-sim@tokens=%d,seed=%d", tokens, i+1)}
		out = append(out, providers.Call{
			Model: p.Model(wire.ModelConfig{Info: providers.Info{Ref: ref}, Deadlines: policy.Deadlines{Connect: 5 * time.Second,
				Headers: 30 * time.Second, FirstToken: 30 * time.Second, Idle: 45 * time.Second, Total: 10 * time.Minute}}),
			Request: providers.Request{Messages: []providers.Message{{Role: providers.User, Content: "benchmark"}}},
		})
	}
	warm.Wait()
	return out
}

// race runs the calls, folding events into replies thirty times a second as a screen would, and gives the replies.
func race(b *testing.B, calls []providers.Call) []*session.Reply {
	b.Helper()
	replies := make([]*session.Reply, len(calls))
	for i, c := range calls {
		replies[i] = session.NewReply(i, providers.Info{}, c.Request, time.Now())
	}
	run := providers.Start(b.Context(), calls)
	frame := time.NewTicker(time.Second / 30)
	defer frame.Stop()
	var buf []providers.Event
	for done := false; !done; {
		select {
		case <-frame.C:
		case <-run.Done():
			done = true
		}
		for i := range calls {
			buf = run.Take(i, buf[:0])
			for _, ev := range buf {
				replies[i].Apply(ev)
			}
		}
	}
	for _, r := range replies {
		if r.Status != session.Done && r.Status != session.Length {
			b.Fatalf("%s: %+v", r.Status, r.Error)
		}
	}
	return replies
}

// cpu is the time that this process has had on any core.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkManyStreams is the share of one core that 64 streams of 200 tokens a second take, without a screen.
func BenchmarkManyStreams(b *testing.B) {
	for _, kind := range wire.Kinds() {
		b.Run(kind, func(b *testing.B) {
			s := startSim(b)
			p := s.provider(b, kind)
			var used, took time.Duration
			for b.Loop() {
				all := calls(b, p, 64, 1000)
				before, start := cpu(b), time.Now()
				race(b, all)
				used, took = used+cpu(b)-before, took+time.Since(start)
				for range all { // a server whose records nobody reads stands still in the end
					if err := s.records.Decode(new(sim.Record)); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(100*float64(used)/float64(took), "%core")
			b.ReportMetric(float64(used)/float64(b.N)/64_000, "cpu-ns/token")
		})
	}
}

// BenchmarkBareStreams is the same with nothing but net/http and a buffer, for comparison.
func BenchmarkBareStreams(b *testing.B) {
	s := startSim(b)
	client := &http.Client{Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 64}}
	for b.Loop() {
		used, start := cpu(b), time.Now()
		var all sync.WaitGroup
		for range 64 {
			all.Go(func() {
				resp, err := client.Post(s.url+"/v1/chat/completions", "application/json", strings.NewReader(
					`{"model":"bench-sim@tokens=1000","stream":true,"messages":[{"role":"user","content":"benchmark"}]}`))
				if err != nil {
					b.Error(err)
					return
				}
				defer resp.Body.Close()
				io.CopyBuffer(struct{ io.Writer }{io.Discard}, resp.Body, make([]byte, 16<<10))
			})
		}
		all.Wait()
		b.ReportMetric(100*float64(cpu(b)-used)/float64(time.Since(start)), "%core")
	}
}

// BenchmarkTruth is how far the reported times are from the simulator's own clock at 16 streams of 200 tokens a
// second: the time to the first token, and the duration. For a p99 that means something: -benchtime 8x.
func BenchmarkTruth(b *testing.B) {
	for _, kind := range wire.Kinds() {
		b.Run(kind, func(b *testing.B) {
			s := startSim(b)
			p := s.provider(b, kind)
			var ttft, duration []float64
			for b.Loop() {
				replies := race(b, calls(b, p, 16, 400))
				server := map[string]sim.Record{}
				for range replies {
					var r sim.Record
					if err := s.records.Decode(&r); err != nil {
						b.Fatal(err)
					}
					server[r.Model] = r
				}
				for i, r := range replies {
					rec, ok := server[fmt.Sprintf("bench-sim@tokens=400,seed=%d", i+1)]
					if !ok {
						b.Fatalf("the server knows nothing of request %d", i)
					}
					ttft = append(ttft, math.Abs(*r.Metrics.TTFT-ms(rec.FirstToken.Sub(rec.Received))))
					duration = append(duration, math.Abs(*r.Metrics.Duration-ms(rec.LastToken.Sub(rec.Received))))
				}
			}
			slices.Sort(ttft)
			slices.Sort(duration)
			b.ReportMetric(percentile(ttft, 50), "ttft-p50-ms")
			b.ReportMetric(percentile(ttft, 99), "ttft-p99-ms")
			b.ReportMetric(percentile(duration, 50), "duration-p50-ms")
			b.ReportMetric(percentile(duration, 99), "duration-p99-ms")
		})
	}
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// percentile interpolates linearly in a sorted sample.
func percentile(sorted []float64, p float64) float64 {
	at := p / 100 * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}
