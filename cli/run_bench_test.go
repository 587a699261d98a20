//go:build linux

package cli_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// BenchmarkRun runs the built program over many prompts against simulated servers of its own process, and a bare
// loop of net/http with the same requests beside it. It reports the time of each prompt, how many times as long as
// the bare loop the program takes, and its peak memory. The best of three pairs counts; the machine may be busy.
//
//	go test -run '^$' -bench Run/ -benchtime 1x ./cli
func BenchmarkRun(b *testing.B) {
	bin := build(b)
	for _, c := range []struct {
		name    string
		prompts int
		model   string
		pairs   int
	}{
		{"10k", 10_000, "flash-sim@ttft=0s,tps=0", 3},
		{"10k-short", 10_000, "flash-sim@ttft=0s,tps=0,tokens=10", 3},
		{"100k-short", 100_000, "flash-sim@ttft=0s,tps=0,tokens=10", 1},
	} {
		b.Run(c.name, func(b *testing.B) {
			benchRun(b, bin, c.prompts, c.model, c.pairs)
			b.ReportMetric(0, "ns/op") // says nothing here
		})
	}
}

const runAtOnce = 64

func benchRun(b *testing.B, bin string, prompts int, model string, pairs int) {
	url, sim := simProcess(b, bin)
	dir := b.TempDir()
	var text strings.Builder
	for i := range prompts {
		fmt.Fprintf(&text, "Tell me about the number %d, please.\n", i)
	}
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
		return path
	}
	file := write("prompts.txt", text.String())
	cfg := write("config.toml", fmt.Sprintf("[providers.sim]\nkind = \"openai\"\nbase_url = %q\nmax_concurrent = %d\n", url+"/v1", runAtOnce))
	var best, ratio, work, peak float64
	for pair := range pairs {
		direct := loopOf(b, sim, func() string {
			own := cpuOf(b, "self")
			bareLoop(b, url+"/v1/chat/completions", model, prompts)
			return fmt.Sprint(int64(cpuOf(b, "self") - own))
		})
		out := filepath.Join(dir, fmt.Sprintf("out%d.jsonl", pair))
		with := loopOf(b, sim, func() string {
			cmd := exec.Command(bin, "--config", cfg, "--data-dir", dir, "run", file, "-m", "sim/"+model, "-o", out)
			high, err := highWater(cmd)
			if err != nil {
				b.Fatal(err)
			}
			peak = max(peak, high)
			return fmt.Sprint(int64(cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()))
		})
		b.Logf("bare %v, run %v; %.0f MB", direct, with, peak/1e6)
		if r := with.took.Seconds() / direct.took.Seconds(); ratio == 0 || r < ratio {
			best, ratio = with.took.Seconds(), r
		}
		if w := (with.cpu + with.server).Seconds() / (direct.cpu + direct.server).Seconds(); work == 0 || w < work {
			work = w
		}
		if lines, err := countLines(out); err != nil || lines != prompts {
			b.Fatalf("%d lines, %v", lines, err)
		}
	}
	b.ReportMetric(best*1e6/float64(prompts), "µs/prompt")
	b.ReportMetric(ratio, "times-bare")
	b.ReportMetric(work, "cpu-times-bare") // of client and server together: it hardly depends on what else runs
	b.ReportMetric(peak/1e6, "peak-MB")
}

// loop is what a loop took, with the CPU time of its client and of its server.
type loop struct{ took, cpu, server time.Duration }

func (l loop) String() string {
	return fmt.Sprintf("%.2f s (CPU %.2f s, server %.2f s)", l.took.Seconds(), l.cpu.Seconds(), l.server.Seconds())
}

// loopOf measures a loop, which returns its own CPU time in nanoseconds.
func loopOf(b *testing.B, server string, run func() string) (l loop) {
	before, began := cpuOf(b, server), time.Now()
	cpu, err := strconv.ParseInt(run(), 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return loop{time.Since(began), time.Duration(cpu), cpuOf(b, server) - before}
}

// highWater runs a command and gives its peak memory in bytes. The kernel's sum for ended children would do, did it not
// count the memory of this process, which the child had for a moment.
func highWater(cmd *exec.Cmd) (peak float64, err error) {
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			if err != nil {
				err = fmt.Errorf("%w: %s", err, &said)
			}
			return peak, err
		case <-tick.C:
			status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
			if _, rest, ok := strings.Cut(string(status), "VmHWM:"); err == nil && ok {
				kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
				peak = max(peak, kb*1024)
			}
		}
	}
}

func countLines(path string) (n int, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	buf := make([]byte, 64<<10)
	for {
		k, err := f.Read(buf)
		n += bytes.Count(buf[:k], []byte("\n"))
		if err != nil {
			return n, nil
		}
	}
}

// simProcess starts lineup sim as a process of its own and gives its address and its process id.
func simProcess(b *testing.B, bin string) (url, pid string) {
	b.Helper()
	cmd := exec.Command(bin, "sim", "--listen", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	var head [256]byte
	n, err := io.ReadAtLeast(out, head[:], len("# Simulated servers at http://127.0.0.1:00000;"))
	if err != nil {
		b.Fatal(err)
	}
	go io.Copy(io.Discard, out)
	_, rest, _ := strings.Cut(string(head[:n]), " at ")
	url, _, _ = strings.Cut(rest, ";")
	return url, strconv.Itoa(cmd.Process.Pid)
}

// bareLoop asks the same without lineup: as many requests at once, each answer read to its end.
func bareLoop(b *testing.B, url, model string, prompts int) time.Duration {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: runAtOnce, DisableCompression: true}}
	next := make(chan int)
	var all sync.WaitGroup
	began := time.Now()
	for range runAtOnce {
		all.Go(func() {
			for i := range next {
				body := fmt.Sprintf(`{"model":%q,"messages":[{"role":"user","content":"Tell me about the number %d, please."}],"stream":true,"stream_options":{"include_usage":true}}`, model, i)
				resp, err := client.Post(url, "application/json", strings.NewReader(body))
				if err != nil {
					b.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
		})
	}
	for i := range prompts {
		next <- i
	}
	close(next)
	all.Wait()
	return time.Since(began)
}
