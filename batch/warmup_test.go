package batch

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"lineup/batch/batchtest"
)

// The time that a local model took to load counted as that of its first answer, in reports and in comparisons of two runs.
func TestTheAnswerThatAModelWasLoadedForIsAWarmUp(t *testing.T) {
	var asked atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		load := []int{900, 20, 900}[min(int(asked.Add(1))-1, 2)] // the third: another program had it unloaded
		fmt.Fprintf(w, `{"model":"m","message":{"content":"x"},"done":true,"done_reason":"stop","total_duration":1000000000,"load_duration":%d,"prompt_eval_count":1,"eval_count":1}`+"\n", load*1_000_000)
	}))
	t.Cleanup(s.Close)
	ollama := fmt.Sprintf("[providers.o]\nkind = \"ollama\"\nbase_url = %q\nlocal = true\nmax_concurrent = 1\n", s.URL)
	path := batchtest.OutFile(t)
	do(t, planOf(t, ollama, batchtest.Numbered(3), "o/m"), path, Options{})
	var warmups []bool
	for _, l := range linesOf(t, path) {
		if l.Metrics.Load == nil {
			t.Fatalf("no time of loading: %+v", l.Metrics)
		}
		warmups = append(warmups, l.Warmup)
	}
	if fmt.Sprint(warmups) != "[true false false]" {
		t.Errorf("warm-ups %v, want the first alone", warmups)
	}
}
