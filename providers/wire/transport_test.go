package wire_test

import (
	"compress/gzip"
	"context"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"lineup/providers"
	"lineup/providers/policy"
	"lineup/providers/wire"
	"lineup/session"
)

func wantError(t *testing.T, r *session.Reply, kind providers.Kind, words ...string) {
	t.Helper()
	if r.Error == nil || r.Error.Kind != kind {
		t.Fatalf("status %s, error %+v; want %s", r.Status, r.Error, kind)
	}
	for _, w := range words {
		if !strings.Contains(r.Error.Message+"\n"+r.Error.Hint, w) {
			t.Errorf("message %q, hint %q; want %q in them", r.Error.Message, r.Error.Hint, w)
		}
	}
	if r.Error.Hint == "" {
		t.Error("no hint")
	}
}

func TestNobodyListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	for kind, hint := range map[string]string{"openai": "start the server", "ollama": "ollama serve; or correct base_url"} {
		s := rawServer{url: "http://" + l.Addr().String()}
		r, _ := ask(t, s.model(t, kind))
		wantError(t, r, providers.Unreachable, "nothing answers at 127.0.0.1", hint)
	}
}

func TestAResetBeforeTheAnswer(t *testing.T) {
	s := serveRaw(t, func(c *rawConn, _ *http.Request) { c.reset() })
	r, _ := ask(t, s.model(t, "openai"))
	wantError(t, r, providers.ConnectionLost, "before an answer came")
}

func TestAResetAfterText(t *testing.T) {
	s := serveRaw(t, func(c *rawConn, _ *http.Request) {
		c.begin()
		c.chunk(`data: {"choices":[{"delta":{"content":"Hello"}}]}` + "\n\n")
		c.chunk(`data: {"choi`)
		c.reset()
	})
	r, _ := ask(t, s.model(t, "openai"))
	wantError(t, r, providers.ConnectionLost)
	if r.Status != session.Interrupted || r.Text != "Hello" {
		t.Errorf("%s, %q; want interrupted with what had come", r.Status, r.Text)
	}
}

func TestTLSToAPlainServer(t *testing.T) {
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	s := rawServer{url: strings.Replace(plain.URL, "http:", "https:", 1)}
	r, _ := ask(t, s.model(t, "openai"))
	wantError(t, r, providers.Unreachable, "does not speak TLS", "http://")
}

// A plain server may wait for the rest of what it takes for a request, as llama-server does with the beginning of TLS.
func TestAConnectionThatDoesNotAnswerInTLS(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() // what it never accepts is connected all the same
	s := rawServer{url: "https://" + l.Addr().String()}
	r, _ := ask(t, policy.WithDeadlines(s.model(t, "openai"), policy.Deadlines{Connect: 50 * time.Millisecond}))
	wantError(t, r, providers.TimeoutConnect, "does not answer in TLS: no connection within 50ms", "write http://")

	p, err := wire.New(wire.Config{Name: "test", Kind: "openai", BaseURL: s.url})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = p.List(ctx)
	var e *providers.Error
	if !errors.As(err, &e) || e.Kind != providers.TimeoutTotal || !strings.Contains(e.Message+e.Hint, "does not answer in TLS: no answer in time") {
		t.Errorf("the list of models: %+v", e)
	}
}

func TestPlainHTTPToAPortForTLS(t *testing.T) {
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	defer s.Close()
	plain := rawServer{url: strings.Replace(s.URL, "https:", "http:", 1)}
	r, _ := ask(t, plain.model(t, "openai"))
	wantError(t, r, providers.BadRequest, "HTTPS server", "write https://")
	alert := serveRaw(t, func(c *rawConn, _ *http.Request) { io.WriteString(c, "\x15\x03\x03\x00\x02\x02\x0a") }) // OpenSSL's
	r, _ = ask(t, alert.model(t, "openai"))
	wantError(t, r, providers.Protocol, "speaks TLS", "write https://")
}

// Such as the port of SSH: the same request would meet the same end.
func TestAServerThatSpeaksNoHTTP(t *testing.T) {
	s := serveRaw(t, func(c *rawConn, _ *http.Request) { io.WriteString(c, "SSH-2.0-OpenSSH_9.6p1 Ubuntu-3\r\n") })
	r, _ := ask(t, s.model(t, "openai"))
	wantError(t, r, providers.Protocol, "does not speak HTTP", "check host and port in base_url")
	if (&providers.Error{Kind: r.Error.Kind}).Retryable() {
		t.Error("it would be asked again")
	}
}

func TestCertificates(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, answer) }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // it would report the refused certificate
	s.StartTLS()
	defer s.Close()
	raw := rawServer{url: s.URL}
	r, _ := ask(t, raw.model(t, "openai"))
	wantError(t, r, providers.Unreachable, "not trusted", "ca_file")

	ca := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(ca, block, 0o600); err != nil {
		t.Fatal(err)
	}
	p := raw.provider(t, "openai", func(c *wire.Config) { c.CAFile = ca })
	r, events := ask(t, p.Model(wire.ModelConfig{Info: info("m")}))
	if r.Status != session.Done || r.Text != "Hello there" {
		t.Fatalf("with ca_file: %s, %q, %+v", r.Status, r.Text, r.Error)
	}
	for _, ev := range events {
		if ev.Type == providers.EventConnected && (ev.Phases.Reused || ev.Phases.TLS <= 0 || ev.Phases.Connect <= 0) {
			t.Errorf("phases %+v, want the time of TCP and of TLS", *ev.Phases)
		}
	}
	// The certificate is for 127.0.0.1 and example.com.
	p = raw.provider(t, "openai", func(c *wire.Config) {
		c.CAFile, c.BaseURL = ca, strings.Replace(s.URL, "127.0.0.1", "localhost", 1)
	})
	r, _ = ask(t, p.Model(wire.ModelConfig{Info: info("m")}))
	wantError(t, r, providers.Unreachable, "another host's", "base_url")
	for _, bad := range []string{filepath.Join(t.TempDir(), "missing"), os.Args[0]} {
		if _, err := wire.New(wire.Config{Name: "x", Kind: "openai", BaseURL: s.URL, CAFile: bad}); err == nil {
			t.Errorf("ca_file %s is accepted", bad)
		}
	}
}

func TestNoRedirectIsFollowedWithAKey(t *testing.T) {
	thief := serveRaw(t, func(c *rawConn, _ *http.Request) { c.reply(200, answer) })
	s := serveRaw(t, func(c *rawConn, _ *http.Request) { c.reply(307, "", "Location", thief.url+"/steal") })
	p := s.provider(t, "openai", func(c *wire.Config) {
		c.Key = wire.EnvKey("K", func(string) string { return "sk-0123456789" })
	})
	r, _ := ask(t, p.Model(wire.ModelConfig{Info: info("m")}))
	wantError(t, r, providers.Protocol, thief.url, "base_url")
	if requests, _ := thief.seen(); len(requests) != 0 {
		t.Error("the redirect was followed")
	}
	requests, _ := s.seen()
	if got := requests[0].Header.Get("Authorization"); got != "Bearer sk-0123456789" {
		t.Errorf("the provider itself got Authorization %q", got)
	}
}

func TestAGzipStreamIsShownAsItComes(t *testing.T) {
	next := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Type", "text/event-stream")
		z := gzip.NewWriter(w)
		for _, part := range strings.SplitAfter(answer, "\n\n") {
			io.WriteString(z, part)
			z.Flush()
			w.(http.Flusher).Flush()
			<-next // the server goes on when the client has shown this part
		}
		z.Close()
	}))
	defer s.Close()
	var text strings.Builder
	raw := rawServer{url: s.URL}
	for ev, err := range raw.model(t, "openai").Stream(t.Context(), providers.Request{}) {
		if err != nil {
			t.Fatal(err)
		}
		switch ev.Type {
		case providers.EventText:
			text.WriteString(ev.Text)
			next <- struct{}{}
		case providers.EventFinish:
			close(next)
		}
	}
	if text.String() != "Hello there" {
		t.Errorf("text %q", text.String())
	}
}

func TestAnEncodingThatNobodyAskedFor(t *testing.T) {
	s := serveRaw(t, func(c *rawConn, _ *http.Request) { c.reply(200, "\x0b\x02\x80", "Content-Encoding", "br") })
	r, _ := ask(t, s.model(t, "openai"))
	wantError(t, r, providers.Protocol, "br")
}

func TestAnErrorWhoseBodyCannotBeReadKeepsItsStatus(t *testing.T) {
	for _, encoding := range []string{"gzip", "br"} {
		s := serveRaw(t, func(c *rawConn, _ *http.Request) { c.reply(401, "", "Content-Encoding", encoding) })
		r, _ := ask(t, s.model(t, "openai"))
		wantError(t, r, providers.Auth)
	}
}

func TestAProxyThatRefuses(t *testing.T) {
	proxy := serveRaw(t, func(c *rawConn, r *http.Request) {
		if r.Method != http.MethodConnect {
			t.Errorf("%s to the proxy", r.Method)
		}
		c.reply(407, "")
	})
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	for address, want := range map[string]string{proxy.url: "407 Proxy Authentication Required", "http://" + gone.Addr().String(): "cannot be reached"} {
		at, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		server := rawServer{url: "https://api.example.com/v1"} // never reached
		p := server.provider(t, "openai", nil)
		p.UseProxy(at)
		r, _ := ask(t, p.Model(wire.ModelConfig{Info: info("m")}))
		wantError(t, r, providers.Unreachable, want, "HTTPS_PROXY", "NO_PROXY")
	}
}

// A SOCKS proxy that refused passed for a server that had dropped the connection.
func TestASOCKSProxyThatRefuses(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			io.ReadFull(c, make([]byte, 4)) // version 5, two methods: none, and a password (RFC 1928 §3)
			c.Write([]byte{5, 2})
			io.ReadFull(c, make([]byte, 1+1+2+1+6)) // version 1, "me", "secret" (RFC 1929 §2)
			c.Write([]byte{1, 1})
			c.Close()
		}
	}()
	server := rawServer{url: "https://api.example.com/v1"} // never reached
	p := server.provider(t, "openai", nil)
	p.UseProxy(&url.URL{Scheme: "socks5", User: url.UserPassword("me", "secret"), Host: l.Addr().String()})
	r, _ := ask(t, p.Model(wire.ModelConfig{Info: info("m")}))
	wantError(t, r, providers.Unreachable, "authentication failed", "HTTPS_PROXY")
	if strings.Contains(r.Error.Message+r.Error.Hint, "secret") {
		t.Errorf("the password shows: %+v", r.Error)
	}
}

func TestAProxyIsGoneThrough(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, answer) }))
	defer s.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	proxy := serveRaw(t, func(c *rawConn, r *http.Request) {
		to, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil || r.Host != "example.com:443" { // the certificate's
			t.Errorf("to %s: %v", r.Host, err)
			return
		}
		defer to.Close()
		io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
		go io.Copy(to, c)
		io.Copy(c, to)
	})
	at, err := url.Parse(proxy.url)
	if err != nil {
		t.Fatal(err)
	}
	server := rawServer{url: "https://example.com/v1"}
	p := server.provider(t, "openai", func(c *wire.Config) { c.CAFile = ca })
	p.UseProxy(at)
	if r, _ := ask(t, p.Model(wire.ModelConfig{Info: info("m")})); r.Status != session.Done || r.Text != "Hello there" {
		t.Errorf("%s, %q, %+v", r.Status, r.Text, r.Error)
	}
}

func TestLeavingClosesTheConnectionAtOnce(t *testing.T) {
	type question struct {
		model   providers.Model
		ctx     context.Context
		cancel  context.CancelFunc
		arrived chan struct{} // closed when the server has read the request
	}
	for name, leave := range map[string]func(question){
		"break": func(q question) {
			for ev, err := range q.model.Stream(q.ctx, providers.Request{}) {
				if err != nil || ev.Type == providers.EventText {
					break
				}
			}
		},
		"cancel": func(q question) {
			for ev := range q.model.Stream(q.ctx, providers.Request{}) {
				if ev.Type == providers.EventText {
					q.cancel()
				}
			}
		},
		"cancel before the headers": func(q question) {
			for ev := range q.model.Stream(q.ctx, providers.Request{}) {
				if ev.Type == providers.EventConnected {
					<-q.arrived
					q.cancel()
				}
			}
		},
	} {
		arrived, closed := make(chan struct{}), make(chan struct{})
		s := serveRaw(t, func(c *rawConn, _ *http.Request) {
			close(arrived)
			if !strings.Contains(name, "headers") {
				c.begin()
				c.chunk(`data: {"choices":[{"delta":{"content":"Hello"}}]}` + "\n\n")
			}
			c.hold()
			close(closed)
		})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		leave(question{s.model(t, "openai"), ctx, cancel, arrived})
		select {
		case <-closed:
		case <-time.After(5 * time.Second):
			t.Errorf("%s: the connection stays open, and a local server goes on generating", name)
		}
		cancel()
	}
}

func TestASecondRequestUsesTheConnectionAgain(t *testing.T) {
	s := serveRaw(t, func(c *rawConn, _ *http.Request) {
		c.begin()
		c.chunk(answer)
		c.chunk("")
	})
	m := s.model(t, "openai")
	for _, want := range []bool{false, true, true} {
		_, events := ask(t, m)
		for _, ev := range events {
			if ev.Type == providers.EventConnected && ev.Phases.Reused != want {
				t.Errorf("reused %v, want %v", ev.Phases.Reused, want)
			}
		}
	}
}

func TestNothingButTheAPIIsBelieved(t *testing.T) {
	for name, body := range map[string]string{
		"a web page":   "<!DOCTYPE html><title>Welcome</title>",
		"plain text":   "Ollama is running",
		"another JSON": `{"hello":"world"}`,
	} {
		s := serveRaw(t, func(c *rawConn, _ *http.Request) { c.reply(200, body) })
		r, _ := ask(t, s.model(t, "openai"))
		if r.Error == nil || r.Error.Kind != providers.Protocol || !strings.Contains(r.Error.Hint, "base_url") || !strings.Contains(r.Error.Hint, "needs /v1") {
			t.Errorf("%s: %s, %+v; want a protocol error that names base_url", name, r.Status, r.Error)
		}
	}
}

func TestAKeptConnectionThatIsClosedCostsNoAttempt(t *testing.T) {
	var mu sync.Mutex
	served := map[net.Conn]bool{}
	s := serveRaw(t, func(c *rawConn, _ *http.Request) {
		mu.Lock()
		again := served[c.TCPConn]
		served[c.TCPConn] = true
		mu.Unlock()
		if again { // the server gave the connection up while the next request was on its way
			c.Close()
			return
		}
		c.begin()
		c.chunk(answer)
		c.chunk("")
	})
	m := s.model(t, "openai")
	for i := range 2 {
		if r, _ := ask(t, m); r.Status != session.Done || len(r.Attempts) != 1 {
			t.Errorf("question %d: %s, %d attempts, %+v", i, r.Status, len(r.Attempts), r.Error)
		}
	}
	if requests, _ := s.seen(); len(requests) != 3 || requests[2].Header.Get("Idempotency-Key") != "" {
		t.Errorf("%d requests, want 3", len(requests))
	}
}

func TestAnHTTP2StreamThatBreaks(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 {
			t.Errorf("%s, want HTTP/2", r.Proto)
		}
		io.WriteString(w, `data: {"choices":[{"delta":{"content":"Hello"}}]}`+"\n\n")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}))
	s.EnableHTTP2 = true
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	defer s.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	raw := rawServer{url: s.URL}
	r, _ := ask(t, raw.provider(t, "openai", func(c *wire.Config) { c.CAFile = ca }).Model(wire.ModelConfig{Info: info("m")}))
	wantError(t, r, providers.ConnectionLost)
	if r.Status != session.Interrupted || r.Text != "Hello" {
		t.Errorf("%s, %q", r.Status, r.Text)
	}
}
