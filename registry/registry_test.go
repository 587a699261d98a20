package registry_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lineup/config"
	"lineup/providers"
	"lineup/registry"
	"lineup/session"
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

// Regression: the makers' models had no price behind a gateway that no catalogue knows. They have
// their maker's list price, marked as such: never where the gateway, the config or a machine of one's
// own says better, nor where the name is not the maker's.
func TestTheMakersPriceBehindAnUnknownGateway(t *testing.T) {
	cfg, err := config.Parse("c.toml", []byte(`
[providers.gate]
base_url = "https://gate.example/v1"
[providers.home]
base_url = "http://127.0.0.1:1/v1"
[providers.anthropic]
kind = "anthropic"
base_url = "https://api.anthropic.com"
[models."gate/gemini-2.5-flash"]
price = { input = 9, output = 9 }
`))
	if err != nil {
		t.Fatal(err)
	}
	reg := registry.New(cfg, registry.Options{})
	for ref, maker := range map[string]string{
		"gate/claude-haiku-4-5-20251001":           "anthropic",
		"gate/anthropic/claude-haiku-4-5-20251001": "anthropic",
		"gate/models/gemini-2.5-pro":               "gemini",
		"gate/google/gemini-2.5-pro":               "gemini",
		"gate/openai/claude-haiku-4-5-20251001":    "?",
		"gate/claude-haiku-4-5":                    "?",
		"gate/gemini-2.5-flash":                    "",
		"home/claude-haiku-4-5-20251001":           "?",
		"anthropic/claude-haiku-4-5-20251001":      "",
	} {
		info, err := reg.Info(ref)
		if err != nil {
			t.Fatal(err)
		}
		got := info.Price.Maker
		if !info.Price.Known() {
			got = "?"
		}
		if got != maker {
			t.Errorf("%s: %q, want %q (%+v)", ref, got, maker, info.Price)
		}
	}
	info, _ := reg.Info("gate/claude-haiku-4-5-20251001")
	if words := info.Price.Words(); !strings.Contains(words, "~catalog: anthropic") || !strings.Contains(words, "price = {") {
		t.Errorf("it says %q", words)
	}
	r := session.NewReply(0, info, providers.Request{}, time.Now())
	r.Apply(providers.Event{Type: providers.EventAttemptStart, At: time.Now()})
	r.Apply(providers.Event{Type: providers.EventText, Text: "hi", At: time.Now()})
	r.Apply(providers.Event{Type: providers.EventUsage, Usage: &providers.Usage{Input: 1e6, Output: 1}, At: time.Now()})
	if r.Cost.Source != "~catalog" || r.Cost.USD == nil || *r.Cost.USD < 0.9 {
		t.Errorf("the cost is %+v", r.Cost)
	}
}

// Panes side by side wait for one another; a run asks as much at once as a server takes.
func TestLimitsOfARunFollowTheServersUnlessTheConfigSaysThem(t *testing.T) {
	cfg, err := config.Parse("c.toml", []byte("[providers.near]\nbase_url = \"http://127.0.0.1:1/v1\"\n"+
		"[providers.far]\nbase_url = \"https://far.example/v1\"\n"+
		"[providers.said]\nbase_url = \"https://said.example/v1\"\nmax_concurrent = 7\n"))
	if err != nil {
		t.Fatal(err)
	}
	reg := registry.New(cfg, registry.Options{})
	limits := func() (out []int) {
		for _, ref := range []string{"near/m", "far/m", "said/m"} {
			s, err := reg.Open(ref)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, s.Provider.Queue().Limit())
		}
		return out
	}
	if got := limits(); !slices.Equal(got, []int{1, 10, 7}) {
		t.Errorf("of panes: %v, want 1, 10, 7", got)
	}
	reg.Adapt()
	if got := limits(); !slices.Equal(got, []int{1, 4, 7}) {
		t.Errorf("of a run: %v, want 1, 4, 7", got)
	}
}
