package report

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// writeBench writes a result file of n lines of about 1.7 kB, three contenders a case.
func writeBench(b *testing.B, n, seed int) string {
	b.Helper()
	file := filepath.Join(b.TempDir(), fmt.Sprintf("%d.jsonl", seed))
	f, err := os.Create(file)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(f)
	text := strings.Repeat("토큰화는 the quick brown fox, 42 ms later ", 12)
	for i := range n {
		c, pass := "abc"[i%3:i%3+1], (i*7919+seed)%10 > 1
		fmt.Fprintf(w, `{"type":"reply","slot":%d,"model":"p/%s","served_by":"p/%s","served_model":"%s","status":"done","text":"%s%d","reasoning":"","finish_reason":"stop","error":null,`+
			`"metrics":{"ttft_ms":%d.5,"visible_ttft_ms":100.5,"duration_ms":%d.25,"tokens_per_second":81.25,"load_ms":null,"queue_ms":0,"chunk_gaps":{"n":92,"p50_ms":0,"p95_ms":0.06,"max_ms":0.5},"from_enter_ms":188.173,"server":{}},`+
			`"usage":{"input":60,"output":120,"reasoning":0,"cache_read":0,"cache_write":0,"source":"reported"},"cost":{"usd":0.0003,"source":"config"},`+
			`"attempts":[{"model":"p/%s","started_ms":0,"ended_ms":183.203,"outcome":"done","status":200,"wait_ms":0,"phases":{"dns_ms":0,"connect_ms":0.173,"tls_ms":0,"headers_ms":0.592,"reused":false}}],`+
			`"contender":{"id":"%s","model":"p/%s","label":"p/%s","settings":{"temperature":0}},"params":{"temperature":0},"id":"case-%06d","prompt":"Translate into Korean: sentence %d","prompt_id":"plain","vars":{"language":"Korean","text":"sentence %d"},`+
			`"checks":[{"check":"contains 안녕","pass":%v,"score":%d,"why":""},{"check":"max_ms 5000","pass":true,"score":1,"why":""}],"pass":%v}`+"\n",
			i%3, c, c, c, text, i/100, 100+(i*31+seed)%400, 500+(i*17+seed)%3000, c, strings.Repeat(c, 12), c, c, i/3, i/3, i/3, pass, map[bool]int{true: 1}[pass], pass)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return file
}

// reportMemory tells the memory that the process has from the system, which is its peak.
func reportMemory(b *testing.B) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/1e6, "MB-peak")
}

func BenchmarkReport100000Lines(b *testing.B) {
	file := writeBench(b, 100_000, 1)
	for b.Loop() {
		run, err := Open(b.Context(), file, NewHashes())
		if err != nil {
			b.Fatal(err)
		}
		if s := run.Summaries(); len(s) != 3 || len(run.Worst(10)) != 10 || len(run.Rows()) != 33_334 {
			b.Fatal("the run is not what was written")
		}
		_ = run.Close()
	}
	reportMemory(b)
}

func BenchmarkCompareTwice100000Lines(b *testing.B) {
	older, newer := writeBench(b, 100_000, 1), writeBench(b, 100_000, 2)
	for b.Loop() {
		h := NewHashes()
		old, err := Open(b.Context(), older, h)
		if err != nil {
			b.Fatal(err)
		}
		now, err := Open(b.Context(), newer, h)
		if err != nil {
			b.Fatal(err)
		}
		list, err := Compare(old, now, Same(old, now), Options{})
		if err != nil || len(list) != 3 || list[0].Better == 0 {
			b.Fatalf("%+v, %v", list, err)
		}
		_, _ = old.Close(), now.Close()
	}
	reportMemory(b)
}

func BenchmarkHTML10000Lines(b *testing.B) {
	run, err := Open(b.Context(), writeBench(b, 10_000, 1), NewHashes())
	if err != nil {
		b.Fatal(err)
	}
	defer run.Close()
	for b.Loop() {
		if err := WriteHTML(io.Discard, run); err != nil {
			b.Fatal(err)
		}
	}
	reportMemory(b)
}
