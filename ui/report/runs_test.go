package report

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	runs "lineup/batch/report"
)

// openRun reads a run of 30 cases with two prompts and two contenders, in which the second contender passes less often
// than share says, and one reply fails.
func openRun(t *testing.T, h runs.Hashes, share int) *runs.Run {
	t.Helper()
	var b strings.Builder
	for i := range 30 {
		for _, prompt := range []string{"plain", "조심스럽게"} {
			for j, label := range []string{"local/llama3.1:8b", "딥시크"} {
				status, kind, pass := "done", "null", (i*7)%10 < 9-j*share
				if i == 3 && j == 1 {
					status, kind, pass = "error", `{"kind":"rate_limit","status":429}`, false
				}
				fmt.Fprintf(&b, `{"type":"reply","id":"case %d \u001b[31m","prompt":"p","prompt_id":%q,"model":"p/m","contender":{"id":"%012d","model":"p/m","label":%q},"status":%q,"error":%s,"text":"x",`+
					`"metrics":{"ttft_ms":%d,"duration_ms":%d,"tokens_per_second":50},"usage":{"output":10,"source":"reported"},"cost":{"usd":%s},"checks":[{"check":"x","pass":%v,"score":%d}],"pass":%v}`+"\n",
					i, prompt, j, label, status, kind, 100+i, 1000+100*i+share, []string{"null", "0.002"}[j], pass, map[bool]int{true: 1}[pass], pass)
			}
		}
	}
	file := filepath.Join(t.TempDir(), "out.jsonl")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	run, err := runs.Open(t.Context(), file, h)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { run.Close() })
	return run
}

func TestRunReports(t *testing.T) {
	h := runs.NewHashes()
	old, now := openRun(t, h, 1), openRun(t, h, 5)
	list, err := runs.Compare(old, now, runs.Same(old, now), runs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, width := range []int{120, 80, 40} {
		for name, text := range map[string]string{"run": Run(now, width), "comparison": Comparisons("old.jsonl", "new.jsonl", list, width)} {
			for line := range strings.Lines(text) {
				if w := ansi.StringWidth(strings.TrimSuffix(line, "\n")); w > width {
					t.Errorf("%s: %d cells in %d: %s", name, w, width, line)
				}
			}
			goldenText(t, fmt.Sprintf("%s-%d", name, width), ansi.Strip(text))
		}
	}
}
