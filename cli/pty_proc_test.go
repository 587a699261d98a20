//go:build linux

package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// usage is what a process has used of the machine so far; see proc(5).
type usage struct {
	at       time.Time
	cpu      time.Duration // user and system, in steps of 10 ms
	switches int64         // voluntary context switches of all threads: how often they were woken
	written  int64         // bytes to the terminal
	rss      int64         // bytes
	peak     int64         // bytes, the most that rss has been
}

// tick is the unit of CPU times in /proc, 1/USER_HZ, which is the same on all systems that Go runs on.
const tick = 10 * time.Millisecond

// use reads what the program has used.
func (t *terminal) use() usage {
	t.tb.Helper()
	pid := t.cmd.Process.Pid
	u := usage{at: time.Now(), cpu: cpuOf(t.tb, strconv.Itoa(pid)), written: t.bytes()}
	status := readProc(t.tb, fmt.Sprintf("/proc/%d/status", pid))
	u.rss, u.peak = field(t.tb, status, "VmRSS:")*1024, field(t.tb, status, "VmHWM:")*1024
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
	if err != nil {
		t.tb.Fatal(err)
	}
	for _, thread := range threads {
		if text, err := os.ReadFile(thread); err == nil { // a thread may end at any time
			u.switches += field(t.tb, string(text), "voluntary_ctxt_switches:")
		}
	}
	return u
}

// cpuOf is the CPU time of a process, "self" for our own.
func cpuOf(tb testing.TB, pid string) time.Duration {
	tb.Helper()
	stat := readProc(tb, "/proc/"+pid+"/stat")
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:]) // from the third field on
	var ticks int64
	for _, i := range []int{14, 15} { // utime and stime
		n, err := strconv.ParseInt(fields[i-3], 10, 64)
		if err != nil {
			tb.Fatalf("/proc/%s/stat: %v", pid, err)
		}
		ticks += n
	}
	return time.Duration(ticks) * tick
}

func readProc(tb testing.TB, path string) string {
	tb.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

// field reads a number of a status file.
func field(tb testing.TB, status, name string) int64 {
	tb.Helper()
	for line := range strings.Lines(status) {
		if value, ok := strings.CutPrefix(line, name); ok {
			n, err := strconv.ParseInt(strings.Fields(value)[0], 10, 64)
			if err != nil {
				tb.Fatalf("%s %v", name, err)
			}
			return n
		}
	}
	tb.Fatalf("there is no %s in the status of a process", name)
	return 0
}

// spent is what was used between two readings.
type spent struct{ from, to usage }

func (s spent) seconds() float64 { return s.to.at.Sub(s.from.at).Seconds() }

// core is the CPU time in per cent of one core.
func (s spent) core() float64 { return 100 * (s.to.cpu - s.from.cpu).Seconds() / s.seconds() }

// kilobytes is what went to the terminal in kB a second.
func (s spent) kilobytes() float64 {
	return float64(s.to.written-s.from.written) / 1000 / s.seconds()
}

// wakeups is how often a thread of the program was woken, a second.
func (s spent) wakeups() float64 { return float64(s.to.switches-s.from.switches) / s.seconds() }
