package registry_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"lineup/config"
	"lineup/providers"
	"lineup/registry"
)

// The log and the suggestions stood between a fallback chain and what its models know of themselves: an endpoint that
// had just failed was asked again by every prompt.
func TestAnEndpointThatFailedIsLeftOutByTheChainsOfTheConfig(t *testing.T) {
	var asked atomic.Int32
	down := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer down.Close()
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"choices":[{"message":{"content":"Hello"},"finish_reason":"stop"}]}`)
	}))
	defer up.Close()
	cfg, err := config.Parse("c.toml", []byte(strings.NewReplacer("DOWN", down.URL, "UP", up.URL).Replace(`
[retry]
max = 0
[providers.down]
base_url = "DOWN/v1"
[providers.up]
base_url = "UP/v1"
[models."down/m"]
fallback = ["up/m"]
`)))
	if err != nil {
		t.Fatal(err)
	}
	spec, err := registry.New(cfg, registry.Options{}).Open("down/m")
	if err != nil {
		t.Fatal(err)
	}
	for i, leftOut := range []bool{false, true} {
		text, told := "", false
		for ev, err := range spec.Model.Stream(t.Context(), providers.Request{}) {
			if err != nil {
				t.Fatal(err)
			}
			switch ev.Type {
			case providers.EventText:
				text += ev.Text
			case providers.EventNote:
				told = told || strings.Contains(ev.Text, "down/m left out")
			}
		}
		if text != "Hello" || told != leftOut || asked.Load() != 1 {
			t.Errorf("prompt %d: %q, told that it is left out: %v, asked %d times", i, text, told, asked.Load())
		}
	}
}
