package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"lineup/providers"
)

// command runs lineup in this process with a config and a data folder of its own.
func command(t *testing.T, dir, config string, args ...string) (out, errs string, code int) {
	t.Helper()
	path := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	vars := map[string]string{"LINEUP_CONFIG": path, "LINEUP_DATA_DIR": filepath.Join(dir, "data"), "GATE_KEY": "sk-secret-of-the-gateway"}
	var o, e bytes.Buffer
	code = run(t.Context(), env{in: strings.NewReader(""), out: &o, err: &e, getenv: func(n string) string { return vars[n] },
		tty: func(any) bool { return false }}, args)
	return o.String(), e.String(), code
}

// gateway lists two models as OpenRouter does, at prices that may change.
func gateway(t *testing.T, input *string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1/models" {
			http.NotFound(w, r)
			return
		}
		fmt.Fprintf(w, `{"data":[{"id":"lab/one","name":"One\u001b[31m","context_length":200000,"pricing":{"prompt":%q,"completion":"0.000015"}},{"id":"lab/two","context_length":8192}]}`, *input)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestModels(t *testing.T) {
	input := "0.000003"
	url := gateway(t, &input)
	dir := t.TempDir()
	config := fmt.Sprintf(`
[providers.gate]
base_url = "%s/v1"
api_key_env = "GATE_KEY"
[providers.down]
base_url = "http://127.0.0.1:1/v1"
[models."gate/lab/two"]
price = { input = 1, output = 2 }
[models."down/box"]
[providers.down.cost]
watts = 1000
usd_per_kwh = 0.36
`, url)
	out, errs, code := command(t, dir, config, "models")
	if code != 0 || strings.ContainsRune(out, 0x1b) {
		t.Errorf("exit code %d:\n%s%s", code, out, errs)
	}
	for _, want := range []string{"gate/lab/one", "200k", "$3", "$15", "listed by the gateway, 20", "gate/lab/two", "8k", "the config",
		"down/box", "not listed", "your machine: 1000 W at $0.36 a kWh = $0.36 an hour of work"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if !strings.Contains(errs, "lineup: down: nothing answers at 127.0.0.1:1") || strings.Contains(errs, "gate") {
		t.Errorf("standard error:\n%s", errs)
	}
	if out, _, _ := command(t, dir, config, "models", "LAB", "two"); strings.Contains(out, "lab/one") || !strings.Contains(out, "lab/two") {
		t.Errorf("filtered:\n%s", out)
	}
	if _, _, code := command(t, dir, "[providers.down]\nbase_url = \"http://127.0.0.1:1/v1\"\n", "models"); code != 1 {
		t.Errorf("exit code %d where nobody answered", code)
	}
}

// What --refresh keeps counts at the next start, until it is refreshed again; a price in the config counts before it, and
// a list of another address does not count. The file holds no key and is for its owner alone.
func TestRefreshKeepsListedPrices(t *testing.T) {
	input := "0.000003"
	url := gateway(t, &input)
	dir := t.TempDir()
	config := "[providers.gate]\napi_key_env = \"GATE_KEY\"\nbase_url = \"" + url + "/v1\"\n"
	if out, errs, code := command(t, dir, config, "models", "--refresh"); code != 0 || !strings.Contains(errs, "1 listed prices are kept in") {
		t.Fatalf("exit code %d:\n%s%s", code, out, errs)
	}
	path := filepath.Join(dir, "data", "prices.json")
	text, err := os.ReadFile(path)
	if err != nil || bytes.Contains(text, []byte("secret")) {
		t.Errorf("%v:\n%s", err, text)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	priceOf := func(config string) (source, asOf string, input float64) {
		t.Helper()
		g := &globals{env: env{getenv: func(n string) string {
			return map[string]string{"LINEUP_CONFIG": filepath.Join(dir, "config.toml"), "LINEUP_DATA_DIR": filepath.Join(dir, "data")}[n]
		}}}
		if err := os.WriteFile(filepath.Join(dir, "config.toml"), []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
		reg, _, err := g.load(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		spec, err := reg.Open("gate/lab/one")
		if err != nil {
			t.Fatal(err)
		}
		q := spec.Info.Price
		return string(q.Source), q.AsOf, q.Price.Input
	}
	if source, asOf, in := priceOf(config); source != "listed" || len(asOf) != len("2026-11-25") || in != 3 {
		t.Errorf("kept: %s of %s, $%v", source, asOf, in)
	}
	if source, _, in := priceOf(config + "[models.\"gate/lab/one\"]\nprice = { input = 7, output = 8 }\n"); source != "config" || in != 7 {
		t.Errorf("with a price in the config: %s, $%v", source, in)
	}
	if source, _, _ := priceOf(strings.Replace(config, url, "http://127.0.0.1:1", 1)); source != "" {
		t.Errorf("at another address: %s", source)
	}
	input = "0.000004"
	out, _, _ := command(t, dir, config, "models", "--refresh", "--json")
	var r struct {
		Ref     string
		Context int
		Price   struct {
			Source string
			AsOf   string `json:"as_of"`
			Rates  struct{ Input float64 }
		}
	}
	if err := json.Unmarshal([]byte(strings.SplitN(out, "\n", 2)[0]), &r); err != nil || r.Ref != "gate/lab/one" || r.Context != 200000 ||
		r.Price.Source != "listed" || r.Price.Rates.Input != 4 {
		t.Errorf("%v, %+v:\n%s", err, r, out)
	}
	if _, _, in := priceOf(config); in != 4 {
		t.Errorf("refreshed: $%v", in)
	}
	if err := os.WriteFile(path, []byte("{torn"), 0o600); err != nil {
		t.Fatal(err)
	}
	if source, _, _ := priceOf(config); source != "" {
		t.Errorf("out of a damaged file: %s", source)
	}
}

// What a server tells of its memory is in the table, in the reader's zone; what it does not tell has no column.
func TestModelsInMemory(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/tags":
			fmt.Fprint(w, `{"models":[{"name":"엑사원:32b","size":19000000000},{"name":"small:latest","size":2000000000}]}`)
		case "/api/ps":
			fmt.Fprint(w, `{"models":[{"name":"엑사원:32b","size":23500000000,"size_vram":17000000000,"context_length":8192,"expires_at":"2026-11-28T22:18:19.2+09:00"}]}`)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	config := fmt.Sprintf("[providers.box]\nkind = \"ollama\"\nbase_url = %q\n", s.URL)
	out, errs, code := command(t, t.TempDir(), config, "models")
	if code != 0 || errs != "" {
		t.Fatalf("code %d, %s", code, errs)
	}
	for _, want := range []string{"MEMORY", "UNTIL", "17.0 GB GPU of 23.5 GB"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	out, _, _ = command(t, t.TempDir(), config, "models", "--json", "엑사원")
	for _, want := range []string{`"memory_gpu":17000000000`, `"memory_total":23500000000`, `"loaded_context":8192`, `"until":"2026-11-28T13:18:19.200Z"`} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s in %s", want, out)
		}
	}
	out, _, _ = command(t, t.TempDir(), config, "models", "small")
	if strings.Contains(out, "MEMORY") || strings.Contains(out, "UNTIL") {
		t.Errorf("columns of nothing:\n%s", out)
	}
	out, _, _ = command(t, t.TempDir(), config, "doctor")
	if !strings.Contains(out, "lists 2 models, loaded 엑사원:32b (17.0 GB GPU of 23.5 GB)") {
		t.Errorf("doctor says\n%s", out)
	}
}

// Narrower than all of its columns, a table puts memory below its model: what a model costs stays beside it.
func TestModelsOfANarrowTerminalKeepTheirPrices(t *testing.T) {
	now := time.Date(2026, 11, 28, 22, 0, 0, 0, time.UTC)
	gb := func(n float64) *int64 { return new(int64(n * 1e9)) }
	records := []modelRecord{
		{Ref: "local/엑사원-3.5:32b-instruct-q4_K_M", Context: new(131072), Listed: true,
			Price: &providers.Quote{Source: providers.CostConfig, Price: providers.Price{Input: 0.125, Output: 3.75}},
			memory: providers.Memory{State: providers.MemoryLoaded, GPU: gb(17), Total: gb(23.5),
				Until: now.Add(18 * time.Minute)}},
		{Ref: "gate/openai/gpt-5-mini", Listed: true, Price: &providers.Quote{Source: providers.CostListed,
			AsOf: "2026-11-28", Price: providers.Price{Input: 0.25, Output: 2, Request: 0.01,
				Tiers: []providers.Tier{{Above: 200000, Price: providers.Price{Input: 5, Output: 22.5}}}}}},
		{Ref: "gate/free"},
	}
	for _, width := range []int{100, 80, 64, 40} {
		out := modelTable(records, now, width)
		for line := range strings.Lines(out) {
			if w := ansi.StringWidth(strings.TrimSuffix(line, "\n")); w > width {
				t.Errorf("at %d cells a line has %d: %q", width, w, line)
			}
		}
		flat := strings.Join(strings.Fields(out), " ")
		if width == 40 { // regression: its last numbers stood on lines of their own
			flat = strings.NewReplacer(" in, ", " ", " out", "").Replace(flat)
		}
		for _, want := range []string{"$0.125 $3.75", "the config", "loaded, 17.0 GB GPU of 23.5 GB, until 22:18", "$0.25 $2",
			"listed by the gateway, 2026-11-28; above 200000 tokens $5 and $22.5; $0.01 a request", "gate/free", "not listed"} {
			if !strings.Contains(flat, want) {
				t.Errorf("at %d cells it does not say %q:\n%s", width, want, out)
			}
		}
		if width == 80 && !strings.Contains(out, "$3.75  the config\n") {
			t.Errorf("the price is not beside its model:\n%s", out)
		}
	}
	wide := modelTable(records, now, 0)
	if n := strings.Count(wide, "\n"); n != len(records)+1 || !strings.Contains(wide, "UNTIL") ||
		modelTable(records, now, 300) != wide {
		t.Errorf("in a pipe it has %d lines:\n%s", n, wide)
	}
}
