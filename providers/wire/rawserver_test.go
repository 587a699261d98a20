package wire_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"lineup/providers"
	"lineup/providers/wire"
	"lineup/session"
)

// rawServer answers on a loopback port with whatever bytes a test writes, so that nothing between the test and the
// client tidies a fault away.
type rawServer struct {
	url    string
	answer func(c *rawConn, r *http.Request)

	mu       sync.Mutex
	requests []*http.Request
	bodies   [][]byte
	open     map[net.Conn]bool
	running  sync.WaitGroup
}

// rawConn is one connection, on which a request has been read.
type rawConn struct {
	*net.TCPConn
	n int // how many requests came before, on all connections
}

// reset makes the kernel send RST, as after a crash.
func (c *rawConn) reset() {
	c.SetLinger(0)
	c.Close()
}

// hold waits until the client leaves.
func (c *rawConn) hold() { io.Copy(io.Discard, c) }

// reply writes a status line, headers and a body of known length.
func (c *rawConn) reply(status int, body string, headers ...string) {
	fmt.Fprintf(c, "HTTP/1.1 %d %s\r\n", status, http.StatusText(status))
	for i := 0; i+1 < len(headers); i += 2 {
		fmt.Fprintf(c, "%s: %s\r\n", headers[i], headers[i+1])
	}
	fmt.Fprintf(c, "Content-Length: %d\r\n\r\n%s", len(body), body)
}

// begin writes the head of a chunked event stream.
func (c *rawConn) begin() {
	io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
}

// chunk writes one chunk of a chunked body; the empty one ends it.
func (c *rawConn) chunk(s string) { fmt.Fprintf(c, "%x\r\n%s\r\n", len(s), s) }

// serveRaw calls answer for every request, until the test ends.
func serveRaw(t testing.TB, answer func(c *rawConn, r *http.Request)) *rawServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &rawServer{url: "http://" + l.Addr().String(), answer: answer, open: map[net.Conn]bool{}}
	s.running.Add(1)
	go func() {
		defer s.running.Done()
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.running.Add(1)
			go s.serve(c.(*net.TCPConn))
		}
	}()
	t.Cleanup(func() {
		l.Close()
		s.mu.Lock()
		for c := range s.open {
			c.Close()
		}
		s.mu.Unlock()
		s.running.Wait()
	})
	return s
}

func (s *rawServer) serve(c *net.TCPConn) {
	defer s.running.Done()
	s.mu.Lock()
	s.open[c] = true
	s.mu.Unlock()
	defer func() {
		c.Close()
		s.mu.Lock()
		delete(s.open, c)
		s.mu.Unlock()
	}()
	br := bufio.NewReader(c)
	for {
		r, err := http.ReadRequest(br)
		if err != nil {
			return
		}
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		n := len(s.requests)
		s.requests, s.bodies = append(s.requests, r), append(s.bodies, body)
		s.mu.Unlock()
		s.answer(&rawConn{c, n}, r)
	}
}

// seen returns the requests so far and their bodies.
func (s *rawServer) seen() ([]*http.Request, [][]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests, s.bodies
}

// provider makes a provider of the server; set changes its config.
func (s *rawServer) provider(t testing.TB, kind string, set func(*wire.Config)) *wire.Provider {
	t.Helper()
	cfg := wire.Config{Name: "test", Kind: kind, BaseURL: s.url, Local: true}
	if set != nil {
		set(&cfg)
	}
	p, err := wire.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// model makes a model named m of a fresh provider.
func (s *rawServer) model(t testing.TB, kind string) providers.Model {
	t.Helper()
	return s.provider(t, kind, nil).Model(wire.ModelConfig{Info: info("m")})
}

func info(model string) providers.Info {
	return providers.Info{Ref: providers.Ref{Provider: "test", Model: model}}
}

// ask gathers the events of one question and folds them into a reply, as the program does.
func ask(t testing.TB, m providers.Model) (*session.Reply, []providers.Event) {
	t.Helper()
	req := providers.Request{Messages: []providers.Message{{Role: providers.User, Content: "hello"}}}
	r := session.NewReply(0, info("m"), req, time.Now())
	run := providers.Start(t.Context(), []providers.Call{{Model: m, Request: req}})
	<-run.Done()
	events := run.Take(0, nil)
	for _, ev := range events {
		r.Apply(ev)
	}
	return r, events
}

// answer is a short whole stream in OpenAI's dialect.
const answer = `data: {"choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":null}]}` + "\n\n" +
	`data: {"choices":[{"index":0,"delta":{"content":" there"},"finish_reason":"stop"}]}` + "\n\n" + "data: [DONE]\n\n"
