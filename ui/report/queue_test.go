package report

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"lineup/batch/queue"
	"lineup/ui/theme"
)

// queueState is a queue with a run in Korean on its way, a finished one, and two workers.
func queueState() []queue.Status {
	at := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	workers := []queue.WorkerStatus{
		{Name: "desk-1", Connected: true, Providers: []string{"gateway", "홀리"}, Running: 8, Lines: 1234, Rate: 20.5},
		{Name: "한국-2", Lines: 3, Rate: 0.05},
	}
	return []queue.Status{
		{Name: "finished", Total: 10, Done: 10, Updated: at, Workers: workers,
			Providers: []queue.ProviderStatus{{Name: "local", Done: 10}}},
		{Name: "한국어-실행", Total: 9000, Done: 1000, Failed: 84, Running: 11, Waiting: 7900, Lost: 5,
			Rate: 31.2, ETA: 4*time.Minute + 13*time.Second, Workers: workers, Updated: at,
			Failures: map[string]int{"rate_limit": 4, "bad_request": 80},
			Providers: []queue.ProviderStatus{
				{Name: "gateway", Done: 900, Running: 10, Waiting: 2000, Rate: 26.5},
				{Name: "local", Done: 100, Failed: 84, Running: 1, Waiting: 5900, Rate: 4.7, Unserved: true},
			}},
	}
}

func TestQueueShowsWhatIsOnItsWayFirst(t *testing.T) {
	plain := theme.New("plain", nil, false, colorprofile.ASCII)
	for _, width := range []int{200, 80, 40, 20} {
		rows := QueueRows(plain, queueState(), width)
		for _, row := range rows {
			if got := ansi.StringWidth(row); got > width {
				t.Errorf("at %d cells a row has %d: %q", width, got, row)
			}
		}
		all := strings.Join(rows, "\n")
		if first, last := strings.Index(all, "한국어"), strings.Index(all, "finished"); first < 0 ||
			last < first {
			t.Errorf("at %d cells the finished run comes first:\n%s", width, all)
		}
	}
	all := strings.Join(QueueRows(plain, queueState(), 120), "\n")
	for _, want := range []string{"1,084/9,000 · 11 running · 7,900 waiting · 5 taken out · " +
		"31.2 lines/s · 4m13s left", "900/2,910", "failed: 80 bad_request, 4 rate_limit",
		"desk-1", "1,234", "gateway, 홀리", "gone", "10/10 · finished",
		"no connected worker serves local; where the config has it, start: lineup worker --providers local"} {
		if !strings.Contains(all, want) {
			t.Errorf("it does not say %q:\n%s", want, all)
		}
	}
}

// Narrow, nothing that is known of a run is cut off: it goes on in the next row.
func TestQueueWrapsTheNumbersOfARun(t *testing.T) {
	plain := theme.New("plain", nil, false, colorprofile.ASCII)
	state := queueState()
	state[1].Failures["context_length_exceeded"] = 3
	state[0].Workers, state[1].Providers[0].Done = nil, 9
	rows := QueueRows(plain, state, 40)
	all := strings.Join(strings.Fields(strings.Join(rows, " ")), " ")
	for _, want := range []string{"5 taken out", "31.2 lines/s", "4m13s left", "lineup worker --providers local",
		"3 context_length_exceeded", "26.5 lines/s", "4.70 lines/s", "lineup worker starts one."} {
		if !strings.Contains(all, want) {
			t.Errorf("at 40 cells it does not say %q:\n%s", want, all)
		}
	}
	state[1].Providers[0].Name, state[1].Providers[0].Waiting = "far", 9
	lengths := make(map[int]bool)
	for _, row := range QueueRows(plain, state[1:], 40) {
		if n := strings.Count(row, "━") + strings.Count(row, "─") + strings.Count(row, "╳"); n > 0 {
			lengths[n] = true
		}
	}
	if len(lengths) != 1 {
		t.Errorf("bars of different lengths: %v\n%s", lengths, strings.Join(rows, "\n"))
	}
	all = strings.Join(strings.Fields(strings.Join(QueueRows(plain, nil, 40), " ")), " ")
	if !strings.HasSuffix(all, "makes one.") {
		t.Errorf("an empty queue: %q", all)
	}
}

func TestQueueWithoutWorkersSaysHowToStartOne(t *testing.T) {
	plain := theme.New("plain", nil, false, colorprofile.ASCII)
	state := queueState()
	for i := range state {
		state[i].Workers = nil
	}
	if all := strings.Join(QueueRows(plain, state, 80), "\n"); !strings.Contains(all,
		"No worker is connected; lineup worker starts one.") {
		t.Error(all)
	}
	// Fault: where nothing waited it asked for a worker all the same.
	if all := strings.Join(QueueRows(plain, state[:1], 80), "\n"); !strings.Contains(all, "No worker is connected.") ||
		strings.Contains(all, "starts one") {
		t.Error(all)
	}
	if rows := QueueRows(plain, nil, 80); !strings.Contains(rows[0], "no runs") {
		t.Error(rows)
	}
	head := QueueHead(plain, "me@db/x", time.Now(), errors.New("it\x1b[2J is gone"), 60)
	if !strings.Contains(head, "is gone") || strings.Contains(head, "\x1b[2J") {
		t.Errorf("%q", head)
	}
}
