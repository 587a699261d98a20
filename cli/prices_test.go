package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// pricedGateway is a server with a price list, which counts how often that is asked for.
func pricedGateway(t *testing.T, list http.HandlerFunc) (config string, lists *atomic.Int32) {
	t.Helper()
	lists = new(atomic.Int32)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			if r.URL.Path == "/v1/models" {
				lists.Add(1)
			}
			list(w, r)
			return
		}
		fmt.Fprint(w, `{"model":"m","choices":[{"index":0,"message":{"content":"Hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100}}`)
	}))
	t.Cleanup(s.Close)
	return fmt.Sprintf("panes = [\"p/m\"]\n[providers.p]\nbase_url = \"%s/v1\"\n", s.URL), lists
}

// costOf is the cost that one ask tells.
func costOf(t *testing.T, dir, config string) (usd float64, source string) {
	t.Helper()
	out, errs, code := command(t, dir, config, "ask", "--json", "--no-save", "hi")
	var reply struct {
		Cost struct {
			USD    *float64
			Source string
		}
	}
	if err := json.Unmarshal([]byte(out), &reply); err != nil || code != 0 {
		t.Fatalf("exit code %d, %v: %s%s", code, err, out, errs)
	}
	if reply.Cost.USD != nil {
		usd = *reply.Cost.USD
	}
	return usd, reply.Cost.Source
}

// Regression: a gateway's own prices counted only after lineup models --refresh.
func TestPricesComeWithoutACommand(t *testing.T) {
	config, lists := pricedGateway(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"data":[{"id":"m","pricing":{"prompt":"0.000001","completion":"0.000010"}}]}`)
	})
	dir := t.TempDir()
	if _, source := costOf(t, dir, config); source != "unknown" {
		t.Errorf("the first answer: %s, want a cost that nobody knows yet", source)
	}
	for range 2 {
		if usd, source := costOf(t, dir, config); source != "listed" || usd != 0.002 {
			t.Errorf("an answer after it: $%g %s, want $0.002 listed", usd, source)
		}
	}
	if n := lists.Load(); n != 1 {
		t.Errorf("the list was fetched %d times in a day", n)
	}
}

// A provider without prices is asked once a day too, and one whose list hangs holds nothing up for long.
func TestAPriceListThatIsNone(t *testing.T) {
	for name, list := range map[string]http.HandlerFunc{
		"no prices": func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"data":[{"id":"m"}]}`) },
		"no list":   func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) },
	} {
		config, lists := pricedGateway(t, list)
		dir := t.TempDir()
		for range 2 {
			if _, source := costOf(t, dir, config); source != "unknown" {
				t.Errorf("%s: %s", name, source)
			}
		}
		if n := lists.Load(); n != 1 {
			t.Errorf("%s: asked %d times in a day", name, n)
		}
	}
	config, _ := pricedGateway(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	start := time.Now()
	costOf(t, t.TempDir(), config)
	if took := time.Since(start); took > 10*time.Second { // the list alone may take 15
		t.Errorf("a list that never comes held up the command for %s", took)
	}
}

// A list of another day is fetched again.
func TestPricesOfYesterdayAreFetchedAgain(t *testing.T) {
	config, lists := pricedGateway(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"data":[{"id":"m","pricing":{"prompt":"0.000002","completion":"0.000020"}}]}`)
	})
	dir := t.TempDir()
	costOf(t, dir, config)
	var path string
	filepath.WalkDir(dir, func(p string, _ os.DirEntry, _ error) error {
		if filepath.Base(p) == "prices.json" {
			path = p
		}
		return nil
	})
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	day := time.Now().UTC().Format(time.DateOnly)
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(data), day, "2026-01-01")), 0o600); err != nil {
		t.Fatal(err)
	}
	if usd, source := costOf(t, dir, config); source != "listed" || usd != 0.004 {
		t.Errorf("with a list of another day: $%g %s", usd, source)
	}
	if n := lists.Load(); n != 2 {
		t.Errorf("the list was fetched %d times, want 2", n)
	}
}
