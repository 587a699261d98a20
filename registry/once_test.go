package registry_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"lineup/config"
	"lineup/providers"
	"lineup/registry"
)

func TestAContenderForOneAttemptHasItsOwnSettingsAlone(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer server.Close()
	cfg, err := config.Parse("c.toml", []byte(`[params]
temperature = 0.3
[providers.up]
base_url = "`+server.URL+`/v1"
params = { top_p = 0.5 }
max_concurrent = 7
retry = { max = 4, base = "1ms" }
body = { own = 1 }
[models."up/m"]
temperature = 1
seed = 3
system = "Other."
fallback = ["up/n"]
body = { further = 1 }
`))
	if err != nil {
		t.Fatal(err)
	}
	reg := registry.New(cfg, registry.Options{})
	hot := 2.0
	c := providers.Contender{Ref: providers.RefOf("up/m"), Settings: providers.Settings{Params: providers.Params{TopP: &hot}}}
	spec, retry, err := reg.OpenOnce(c)
	if err != nil {
		t.Fatal(err)
	}
	got := spec.Info.Params
	if got.Temperature != nil || got.Seed != nil || *got.TopP != 2 || spec.Info.Contender.Settings.System != nil {
		t.Errorf("the settings are %+v", spec.Info.Contender)
	}
	if body := spec.Info.Contender.Settings.Body; len(body) != 1 || body["own"] == nil {
		t.Errorf("the body has %v", body)
	}
	if retry.Max != 4 || retry.Base != time.Millisecond {
		t.Errorf("the retry is %+v", retry)
	}
	req := providers.Request{Messages: []providers.Message{{Role: providers.User, Content: "?"}}}
	providers.Ask(t.Context(), providers.Call{Model: spec.Model, Request: req}, func(providers.Event) {})
	if asked != 1 {
		t.Errorf("it was asked %d times", asked)
	}
	if n, err := reg.MaxConcurrent("up"); n != 7 || err != nil {
		t.Errorf("%d at a time, %v", n, err)
	}
	if _, err := reg.MaxConcurrent("none"); err == nil {
		t.Error("a provider that is not there has a limit")
	}
}
