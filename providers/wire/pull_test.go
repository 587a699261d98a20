package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lineup/providers"
	"lineup/providers/sim"
)

func ollamaAt(t *testing.T, url string) *Provider {
	t.Helper()
	p, err := New(Config{Name: "local", Kind: "ollama", BaseURL: url, Local: true})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// simulated serves a simulator for the length of a test.
func simulated(t *testing.T, cfg sim.Config) *Provider {
	t.Helper()
	running, err := sim.New(cfg).Start("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { running.Close() })
	return ollamaAt(t, running.URL)
}

func listed(t *testing.T, p *Provider, id string) (providers.Listed, bool) {
	t.Helper()
	list, err := p.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		if m.ID == id {
			return m, true
		}
	}
	return providers.Listed{}, false
}

func TestAPulledModelIsThere(t *testing.T) {
	p := simulated(t, sim.Config{PullTime: time.Millisecond})
	if _, there := listed(t, p, "fresh-sim:latest"); there {
		t.Fatal("the model is there before it was pulled")
	}
	var last PullProgress
	seen := 0
	for at, err := range p.Pull(t.Context(), "fresh-sim") {
		if err != nil {
			t.Fatal(err)
		}
		if at.Completed < last.Completed || at.Completed > at.Total {
			t.Errorf("%d of %d bytes after %d", at.Completed, at.Total, last.Completed)
		}
		last = at
		seen++
	}
	if !last.Done || last.Total != 2_019_377_376+12_320 || last.Completed != last.Total || seen < 40 {
		t.Errorf("ended with %+v after %d lines", last, seen)
	}
	m, there := listed(t, p, "fresh-sim:latest")
	if !there || m.Context != 131072 || m.Memory.Loaded() || !m.Chat {
		t.Errorf("listed: %+v", m)
	}
}

func TestAPullThatFailsSaysWhy(t *testing.T) {
	for _, tt := range []struct{ answer, message, hint string }{
		{`{"status":"pulling manifest"}` + "\n" + `{"error":"pull model manifest: file does not exist"}` + "\n", "file does not exist", "ollama.com/library"},
		{`{"status":"pulling manifest"}` + "\n", "stopped before", "goes on where it stopped"},
		{`{"status":"pulling manifest"}` + "\n" + `{"stat`, "stopped before", "goes on where it stopped"},
		{"<html>\n", "does not answer a pull", "check base_url"},
		{`{"error":"\u001b[31mred"}`, "␛[31mred", "ollama.com/library"},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, tt.answer) }))
		err := lastError(ollamaAt(t, server.URL).Pull(t.Context(), "nobody/has:it"))
		server.Close()
		var e *providers.Error
		if !errors.As(err, &e) || !strings.Contains(e.Message, tt.message) || !strings.Contains(e.Hint, tt.hint) {
			t.Errorf("%q: %v", tt.answer, err)
		}
	}
	for _, tt := range []struct {
		answer http.HandlerFunc
		kind   providers.Kind
		hint   string
	}{
		{func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			io.WriteString(w, "\x8b\x0b\x80")
		}, providers.Protocol, "encoding"},
		{func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, providers.ConnectionLost, ""},
		{func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "99")
			io.WriteString(w, "\n \n{")
		}, providers.ConnectionLost, "goes on where it stopped"},
	} {
		server := httptest.NewServer(tt.answer)
		err := lastError(ollamaAt(t, server.URL).Pull(t.Context(), "m"))
		server.Close()
		var e *providers.Error
		if !errors.As(err, &e) || e.Kind != tt.kind || !strings.Contains(e.Hint, tt.hint) {
			t.Errorf("%v, want %s", err, tt.kind)
		}
	}
	var e *providers.Error
	none, _ := New(Config{Name: "local", Kind: "ollama", BaseURL: "http://127.0.0.1:1", Key: EnvKey("K", func(string) string { return "" })})
	if err := lastError(none.Pull(t.Context(), "x")); !errors.As(err, &e) || e.Kind != providers.Auth {
		t.Errorf("without its key: %v", err)
	}
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	if err := lastError(ollamaAt(t, server.URL).Pull(t.Context(), "x")); err == nil {
		t.Error("a 404 is no error")
	}
	other, _ := New(Config{Name: "gate", Kind: "openai", BaseURL: server.URL})
	if err := lastError(other.Pull(t.Context(), "x")); err == nil || !strings.Contains(err.Error(), "cannot fetch models") {
		t.Errorf("a gateway pulled: %v", err)
	}
}

func lastError(seq func(func(PullProgress, error) bool)) (last error) {
	for _, err := range seq {
		last = err
	}
	return last
}

func TestAPullCanBeCancelled(t *testing.T) {
	p := simulated(t, sim.Config{PullTime: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	var last error
	for at, err := range p.Pull(ctx, "fresh-sim") {
		if last = err; at.Total > 0 {
			cancel()
		}
	}
	cancel()
	var e *providers.Error
	if !errors.As(last, &e) || e.Kind != providers.Cancelled {
		t.Errorf("ended with %v", last)
	}
	if _, there := listed(t, p, "fresh-sim:latest"); there {
		t.Error("the model is there all the same")
	}
}

// What a server writes never makes a download go back, or beyond what there is of it.
func FuzzPullProgress(f *testing.F) {
	f.Add([]byte(`{"status":"pulling a","digest":"a","total":10,"completed":3}` + "\n" + `{"digest":"b","total":5}` + "\n" + `{"status":"success"}`))
	f.Add([]byte(`{"digest":"a","total":-1,"completed":9223372036854775807}` + "\n" + `{"error":{"message":"no"}}`))
	f.Add([]byte(`{"digest":"a","total":9223372036854775807,"completed":9223372036854775807}` + "\n" + `{"digest":"b","total":9223372036854775807,"completed":9223372036854775807}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		p := ollamaAt(t, "http://127.0.0.1:1")
		last := PullProgress{}
		ended := false
		p.readPull(t.Context(), "m", bytes.NewReader(body), func(at PullProgress, err error) bool {
			if ended {
				t.Fatal("it went on after its end")
			}
			if at.Completed < last.Completed || at.Completed > at.Total || at.Completed < 0 {
				t.Fatalf("%+v after %+v", at, last)
			}
			last, ended = at, err != nil || at.Done
			return true
		})
		if !ended {
			t.Fatalf("no end: %+v", last)
		}
	})
}
