package registry_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"lineup/config"
	"lineup/registry"
)

// An unknown cost is nothing to pay on one's own machine alone. A gateway on one's own network has prices too.
func TestWhichServersAreOnesOwn(t *testing.T) {
	listing := func(header, owner string) string {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if header != "" {
				w.Header().Set(header, "llama.cpp")
			}
			fmt.Fprintf(w, `{"object":"list","data":[{"id":"m","object":"model","owned_by":%q}]}`, owner)
		}))
		t.Cleanup(srv.Close)
		return srv.URL + "/v1"
	}
	for name, c := range map[string]struct {
		url, section string
		own, local   bool
	}{
		"an unknown server":        {listing("", "openai"), "", false, true},
		"a model without an owner": {listing("", ""), "", false, true},
		"LiteLLM before vLLM":      {listing("X-Litellm-Version", "vllm"), "", false, true},
		"llama.cpp by its header":  {listing("Server", ""), "", true, true},
		"llama.cpp by its list":    {listing("", "llamacpp"), "", true, true},
		"vLLM":                     {listing("", "vllm"), "", true, true},
		"LM Studio":                {listing("", "organization_owner"), "", true, true},
		"vLLM, said to be none":    {listing("", "vllm"), "local = false", false, false},
		"unknown, said to be own":  {listing("", ""), "local = true", true, true},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, err := config.Parse("c.toml", []byte(fmt.Sprintf("[providers.p]\nbase_url = %q\n%s\n", c.url, c.section)))
			if err != nil {
				t.Fatal(err)
			}
			r := registry.New(cfg, registry.Options{})
			r.Offers(t.Context())
			info, err := r.Info("p/m")
			if err != nil || info.Own != c.own || info.Local != c.local || info.Price.Known() {
				t.Errorf("%+v, %v; want own %v, local %v, and no price", info, err, c.own, c.local)
			}
		})
	}
	for ref, want := range map[string]bool{"near/llama3": true, "near/gpt-oss:120b-cloud": false, "far/llama3": false, "lan/m": true} {
		cfg, err := config.Parse("c.toml", []byte(`[providers.near]
kind = "ollama"
base_url = "http://127.0.0.1:11434"
[providers.far]
kind = "ollama"
base_url = "https://ollama.example.com"
[providers.lan]
base_url = "https://gpu.example.com/v1"
local = true
`))
		if err != nil {
			t.Fatal(err)
		}
		if info, err := registry.New(cfg, registry.Options{}).Info(ref); err != nil || info.Own != want {
			t.Errorf("%s: own %v, %v", ref, info.Own, err)
		}
	}
}
