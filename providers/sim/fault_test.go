package sim

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// raw sends a request over a bare connection and returns every byte that comes
// back and how the connection ended; nil is an orderly end.
func raw(t *testing.T, server, dialect, body string) (head, rest string, end error) {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: sim\r\nConnection: close\r\nAnthropic-Version: 2023-06-01\r\nContent-Length: %d\r\n\r\n%s",
		chatPath(dialect), len(body), body)
	all, end := io.ReadAll(conn)
	head, rest, _ = strings.Cut(string(all), "\r\n\r\n")
	return head, rest, end
}

// dechunk undoes the chunked encoding and tells whether it is complete.
func dechunk(rest string) (body string, complete bool) {
	data, err := io.ReadAll(httputil.NewChunkedReader(bufio.NewReader(strings.NewReader(rest))))
	return string(data), err == nil
}

// wasReset reports whether a connection was reset. Windows has a number of its own for that, WSAECONNRESET.
func wasReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || runtime.GOOS == "windows" && errors.Is(err, syscall.Errno(10054))
}

// What a client sees on the wire of each fault in a stream after five tokens.
func TestFaultsOnTheWire(t *testing.T) {
	url, over := serve(t, Config{Models: []Model{{Name: "m", Tokens: 20, TokensPerChunk: 3}}})
	errorObject := map[string]string{
		"ollama":    `{"error":"an error was encountered while running the model: unexpected EOF"}` + "\n",
		"openai":    `data: {"error":{"message":"Overloaded","type":"overloaded_error","param":null,"code":null}}` + "\n\n",
		"anthropic": "event: error\n" + `data: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}` + "\n\n",
		"responses": `"error":{"code":"overloaded_error","message":"Overloaded"},"incomplete_details":null`,
	}
	for _, d := range dialects {
		for _, c := range []struct {
			fault    string
			tokens   int
			complete bool // the chunked body ends in order
			reset    bool // the connection ends by a reset, else in order
		}{
			{"cut:5", 5, true, false},
			{"cut:0", 0, true, false},
			{"cut:1000", 20, true, false},
			{"broken:5", 5, false, false},
			{"broken:0", 0, false, false},
			{"reset:5", 5, false, true},
			{"reset:0", 0, false, true},
			{"reset:1000", 20, false, true},
			{"error:5:status=529", 5, true, false},
			{"error:0:status=529", 0, true, false},
		} {
			t.Run(d+" "+c.fault, func(t *testing.T) {
				head, rest, end := raw(t, url, d, ask("m@fault="+c.fault, "hello", true, nil))
				if !strings.HasPrefix(head, "HTTP/1.1 200 OK\r\n") {
					t.Fatalf("head %q", head)
				}
				if wasReset(end) != c.reset || end != nil && !c.reset {
					t.Errorf("the connection ended with %v; a reset: %v", end, c.reset)
				}
				body, complete := dechunk(rest)
				if complete != c.complete {
					t.Errorf("chunked body complete: %v, want %v", complete, c.complete)
				}
				kind, _, _ := strings.Cut(c.fault, ":")
				if kind == "error" {
					rest, found := strings.CutSuffix(body, errorObject[d])
					if last := strings.LastIndex(body, "event: response.failed\n"); d == "responses" && last >= 0 { // holds all that came before
						rest, found = body[:last], strings.Contains(body[last:], errorObject[d])
					}
					if body = rest; !found {
						t.Errorf("no error object at the end of %q", body)
					}
				}
				if kind == "reset" { // the torn object is the last line
					line := strings.LastIndexByte(body, '{')
					if line < 0 || strings.HasSuffix(body, "\n") {
						t.Fatalf("no torn object in %q", body)
					}
					body = body[:strings.LastIndexByte(body, '\n')+1]
				}
				if kind != "reset" && body != "" && !strings.HasSuffix(body, "}\n") && !strings.HasSuffix(body, "}\n\n") {
					t.Errorf("does not end between two objects: %q", body)
				}
				if _, text := said(t, body); countTokens(text) != c.tokens {
					t.Errorf("text %q, want %d tokens", text, c.tokens)
				}
				for _, marker := range []string{`"done":true`, `"finish_reason":"`, "[DONE]", "message_delta", "message_stop",
					"response.completed", "response.incomplete"} {
					if strings.Contains(body, marker) {
						t.Errorf("end marker %s in %q", marker, body)
					}
				}
				if r := <-over; r.Tokens != c.tokens || r.Status != 200 || r.Cancelled {
					t.Errorf("record %+v", r)
				}
			})
		}
	}
}

// The same faults where the answer is one object.
func TestFaultsOfWholeAnswers(t *testing.T) {
	url, _ := serve(t, Config{Models: []Model{{Name: "m", Tokens: 20}}})
	for _, d := range dialects {
		for fault, want := range map[string]struct {
			complete, reset bool
		}{"cut:5": {true, false}, "broken:5": {false, false}, "reset:5": {false, true}} {
			head, rest, end := raw(t, url, d, ask("m@fault="+fault, "hello", false, nil))
			body, complete := dechunk(rest)
			if !strings.Contains(head, "200 OK") || complete != want.complete || wasReset(end) != want.reset || end != nil && !want.reset {
				t.Errorf("%s %s: %q, complete %v, end %v", d, fault, head, complete, end)
			}
			if !strings.HasPrefix(body, "{") || strings.HasSuffix(strings.TrimSpace(body), "}") {
				t.Errorf("%s %s: not half an object: %q", d, fault, body)
			}
		}
		head, _, end := raw(t, url, d, ask("m@fault=error:5:status=503", "hello", false, nil))
		if !strings.HasPrefix(head, "HTTP/1.1 503 ") || end != nil {
			t.Errorf("%s error: %q, %v", d, head, end)
		}
	}
}

func TestEmptyAndBlank(t *testing.T) {
	url, _ := serve(t, Config{Models: []Model{{Name: "m", Think: 3}}})
	markers := map[string]string{"ollama": `"done":true,"done_reason":"stop"`, "openai": "data: [DONE]", "anthropic": `"stop_reason":"end_turn"`,
		"responses": "event: response.completed\n"}
	for _, d := range dialects {
		resp, body := do(t, request("POST", url+chatPath(d), ask("m@fault=empty", "hello", true, nil)))
		if resp.StatusCode != http.StatusOK || body != "" || resp.Header.Get("Content-Type") == "" {
			t.Errorf("%s empty: %d %q %v", d, resp.StatusCode, body, resp.Header)
		}
		resp, body = do(t, request("POST", url+chatPath(d), ask("m@fault=blank", "hello", true, nil)))
		reasoning, text := said(t, body)
		if resp.StatusCode != http.StatusOK || reasoning+text != "" || !strings.Contains(body, markers[d]) {
			t.Errorf("%s blank: %d %q", d, resp.StatusCode, body)
		}
	}
}

func TestStatusFaults(t *testing.T) {
	url, _ := serve(t, Config{Models: []Model{quick("m")}})
	for _, c := range []struct{ dialect, fault, header, says string }{
		{"openai", "429:retry=1500ms", "2", `"type":"requests","param":null,"code":"rate_limit_exceeded"}}`},
		{"openai", "402", "", `"code":"insufficient_quota"`},
		{"openai", "404", "", `"code":"model_not_found"`},
		{"openai", "502", "", "<title>502 Bad Gateway</title>"},
		{"openai", "524", "", "<title>sim.invalid | 524: A timeout occurred</title>"},
		{"openai", "555", "", `"message":"status 555"`},
		{"anthropic", "429:retry=2s", "2", `{"type":"error","error":{"type":"rate_limit_error","message":"Rate limit`},
		{"anthropic", "529", "", `"error":{"type":"overloaded_error","message":"Overloaded"}`},
		{"anthropic", "500", "", `"type":"api_error"`},
		{"ollama", "503", "", `{"error":"server busy, please try again.  maximum pending requests exceeded"}`},
		{"ollama", "404", "", `' not found"}`},
	} {
		resp, body := do(t, request("POST", url+chatPath(c.dialect), ask("m@fault=status:"+c.fault, "hello", true, nil)))
		if fmt.Sprint(resp.StatusCode) != c.fault[:3] || !strings.Contains(body, c.says) || resp.Header.Get("Retry-After") != c.header {
			t.Errorf("%s %s: %d %v %s", c.dialect, c.fault, resp.StatusCode, resp.Header, body)
		}
		if html := strings.HasPrefix(body, "<html>"); html != strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
			t.Errorf("%s %s: %q as %s", c.dialect, c.fault, body, resp.Header.Get("Content-Type"))
		}
	}
}

func TestOwnErrorBodyAndHeaders(t *testing.T) {
	fault := Fault{Kind: FaultStatus, Status: 429, Body: `{"oops":1}`, Header: http.Header{"retry-after-ms": {"40"}}}
	w := local(New(Config{Models: []Model{{Name: "m", Fault: fault}}}), "POST", "/v1/chat/completions", ask("m", "hello", true, nil))
	if w.Body.String() != `{"oops":1}` || w.Header().Get("Retry-After-Ms") != "40" || w.Code != 429 {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}

// Times counts by full name: each client can have its own first failure.
func TestTimes(t *testing.T) {
	s := New(Config{})
	status := func(name string) int {
		return local(s, "POST", "/v1/chat/completions", ask(name, "hello", true, nil)).Code
	}
	one, two := "busy-sim@tps=0,ttft=0s", "busy-sim@tps=0,ttft=0s,seed=2"
	got := []int{status(one), status(one), status(two), status(two), status(two)}
	if want := []int{429, 200, 429, 200, 200}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("statuses %v, want %v", got, want)
	}
}

// A stalled stream is silent, a kept-alive one is not, and neither ends.
func TestStallAndKeepAlive(t *testing.T) {
	pings := map[string]string{
		"ollama": "\n", "openai": ": OPENROUTER PROCESSING\n\n", "anthropic": "event: ping\ndata: {\"type\":\"ping\"}\n\n",
		"responses": "event: keepalive\n", // and a number that counts on
	}
	for _, d := range dialects {
		for fault, want := range map[string]int{"stall:3": 0, "keepalive:3:10s": 7} {
			synctest.Test(t, func(t *testing.T) {
				s := New(Config{Models: []Model{{Name: "m", Tokens: 20}}})
				w := newTape()
				r := request("POST", chatPath(d), ask("m@fault="+fault, "hello", true, nil))
				r = r.WithContext(timeout(t, 65*time.Second))
				s.ServeHTTP(w, r)
				if _, text := said(t, w.body()); countTokens(text) != 3 {
					t.Errorf("%s %s: text %q", d, fault, text)
				}
				alive := 0
				for i, write := range w.writes {
					if i >= len(w.writes)-want && (write == pings[d] || d == "responses" && strings.HasPrefix(write, pings[d])) {
						alive++
					}
				}
				if alive != want {
					t.Errorf("%s %s: %d signs of life at the end of %q, want %d", d, fault, alive, w.writes, want)
				}
				if now := time.Since(w.start); now != 65*time.Second || !s.Log()[0].Cancelled {
					t.Errorf("%s %s: ended after %v", d, fault, now)
				}
			})
		}
	}
}
