package wire_test

import (
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"lineup/providers"
	"lineup/providers/wire"
)

// busyProgram is a program that does something else while the first token comes. The server and it take turns.
type busyProgram struct {
	busy, written, read chan bool
}

func newBusyProgram() *busyProgram {
	return &busyProgram{make(chan bool), make(chan bool), make(chan bool)}
}

// serve is the server's part: head is written before the program is busy, token while it is, end behind it.
func (p *busyProgram) serve(head, token, end func()) {
	head()
	<-p.busy
	token()
	p.written <- true
	<-p.read
	end()
}

// check is the program's part: it is busy from an event on, and the token must count from when it came.
func (p *busyProgram) check(t *testing.T, m providers.Model, from providers.EventType) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells when bytes came")
	}
	var sent, back, token time.Time
	for range 500 { // the kernel begins to stamp some time after it was asked to
		for ev, err := range m.Stream(t.Context(), providers.Request{}) {
			switch {
			case err != nil:
				t.Fatal(err)
			case ev.Type == providers.EventSent:
				sent = ev.At
			case ev.Type == providers.EventText:
				token = ev.At
				p.read <- true
			}
			if ev.Type == from {
				p.busy <- true
				<-p.written
				back = time.Now()
			}
		}
		if !token.Before(sent) && token.Before(back) {
			return
		}
	}
	t.Errorf("the token came %v after the request; it was there after %v", token.Sub(sent), back.Sub(sent))
}

// Ollama's headers come with the first token, so that there the program is busy from the request on.
func TestABusyProgramIsNotASlowServer(t *testing.T) {
	for kind, c := range map[string]struct{ token, end string }{
		"openai": {`data: {"choices":[{"delta":{"content":"Hi"}}]}` + "\n\n", `data: {"choices":[{"delta":{},"finish_reason":"stop"}]}` + "\n\n"},
		"anthropic": {
			`data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}` + "\n\n",
			`data: {"type":"message_delta","delta":{"stop_reason":"end_turn"}}` + "\n\n" + `data: {"type":"message_stop"}` + "\n\n",
		},
		"ollama": {`{"message":{"content":"Hi"}}` + "\n", `{"message":{"content":""},"done":true,"done_reason":"stop"}` + "\n"},
	} {
		t.Run(kind, func(t *testing.T) {
			late := kind == "ollama"
			p := newBusyProgram()
			s := serveRaw(t, func(conn *rawConn, _ *http.Request) {
				p.serve(func() {
					if !late {
						conn.begin()
					}
				}, func() {
					if late {
						conn.begin()
					}
					conn.chunk(c.token)
				}, func() {
					conn.chunk(c.end)
					conn.chunk("")
				})
			})
			from := providers.EventHeaders
			if late {
				from = providers.EventSent
			}
			p.check(t, s.model(t, kind), from)
		})
	}
}

func TestABusyProgramIsNotASlowServerOverTLS(t *testing.T) {
	for name, http2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2.0": true} {
		t.Run(name, func(t *testing.T) {
			p := newBusyProgram()
			s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Proto != name {
					t.Errorf("%s, want %s", r.Proto, name)
				}
				write := func(s string) {
					io.WriteString(w, s)
					w.(http.Flusher).Flush()
				}
				p.serve(func() { write(": here\n\n") },
					func() { write(`data: {"choices":[{"delta":{"content":"Hi"}}]}` + "\n\n") },
					func() { write(`data: {"choices":[{"delta":{},"finish_reason":"stop"}]}` + "\n\n") })
			}))
			s.EnableHTTP2 = http2
			s.StartTLS()
			defer s.Close()
			ca := filepath.Join(t.TempDir(), "ca.pem")
			if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
				t.Fatal(err)
			}
			raw := rawServer{url: s.URL}
			m := raw.provider(t, "openai", func(c *wire.Config) { c.CAFile = ca }).Model(wire.ModelConfig{Info: info("m")})
			p.check(t, m, providers.EventHeaders)
		})
	}
}
