package registry_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"lineup/config"
	"lineup/providers"
	"lineup/registry"
)

// ask asks a model of a config and returns its error and notes.
func ask(t *testing.T, text, ref string) (notes []string, failed *providers.Error) {
	t.Helper()
	cfg, err := config.Parse("c.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	reg := registry.New(cfg, registry.Options{Getenv: func(string) string { return "k-123456" }})
	spec, err := reg.Open(ref)
	if err != nil {
		t.Fatal(err)
	}
	req := providers.Request{Messages: []providers.Message{{Role: providers.User, Content: "hi"}}}
	for ev, err := range spec.Model.Stream(t.Context(), req) {
		if ev.Type == providers.EventNote {
			notes = append(notes, ev.Text)
		}
		if err != nil {
			errors.As(err, &failed)
		}
	}
	return notes, failed
}

// Regression: a refused key was tried on every model of its provider in a chain. Another provider's
// models have another key.
func TestARefusedKeyIsNotTriedAgain(t *testing.T) {
	var mu sync.Mutex
	asked := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		for _, m := range []string{"one", "two", "three"} {
			if strings.Contains(string(body), `"`+m+`"`) {
				asked[m]++
			}
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		io.WriteString(w, `{"error":{"message":"no such key"}}`)
	}))
	defer server.Close()
	notes, failed := ask(t, `
[providers.gw]
base_url = "`+server.URL+`/v1"
api_key_env = "K"
[providers.other]
base_url = "`+server.URL+`/v1"
api_key_env = "L"
[models."gw/one"]
fallback = ["gw/two", "other/three"]
`, "gw/one")
	if asked["one"] != 1 || asked["two"] != 0 || asked["three"] != 1 {
		t.Errorf("asked %v, want one and three once", asked)
	}
	if failed == nil || failed.Kind != providers.Auth || len(notes) != 1 || !strings.Contains(notes[0], "gw/two left out") {
		t.Errorf("it ends with %v, notes %q", failed, notes)
	}
}

// Regression: "gw/nope: the model does not exist; the server has nope".
func TestAHintDoesNotOfferWhatWasRefused(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Method == http.MethodGet {
			io.WriteString(w, `{"object":"list","data":[{"id":"nope"},{"id":"noon"}]}`)
			return
		}
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, `{"error":{"message":"The model does not exist","code":"model_not_found"}}`)
	}))
	defer server.Close()
	text := "[providers.gw]\nbase_url = \"" + server.URL + "/v1\"\n"
	if _, failed := ask(t, text, "gw/nope"); failed == nil || strings.Contains(failed.Hint, "has nope") ||
		!strings.Contains(failed.Hint, "the server lists it all the same") {
		t.Errorf("%+v", failed)
	}
	if _, failed := ask(t, text, "gw/nopa"); failed == nil || !strings.Contains(failed.Hint, "the server has nope") {
		t.Errorf("%+v", failed)
	}
}

// Regression: doctor said "check kind and base_url" where ask says that /v1 is missing: one-api
// answers GET /models with its web page.
func TestAWebPageInPlaceOfTheListOfModels(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "\n<!doctype html><title>One API</title>")
	}))
	defer server.Close()
	cfg, err := config.Parse("c.toml", []byte("[providers.one]\nbase_url = \""+server.URL+"\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	offers := registry.New(cfg, registry.Options{}).Offers(t.Context())
	var e *providers.Error
	if !errors.As(offers[0].Err, &e) || !strings.Contains(e.Hint, "needs /v1") || !strings.Contains(e.Message, "web page") {
		t.Errorf("%+v", offers[0].Err)
	}
}
