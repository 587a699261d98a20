//go:build unix

package cli_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// What a server sends unasked behind its answer, net/http wrote to stderr, which is the screen.
func TestNothingIsWrittenIntoTheScreenByNetHTTP(t *testing.T) {
	t.Parallel()
	const body = `{"choices":[{"message":{"content":"Hello"},"finish_reason":"stop"}]}`
	left := make(chan struct{})
	leave := sync.OnceFunc(func() { close(left) }) // the price list is asked for too
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked, _ := io.ReadAll(r.Body); strings.Contains(string(asked), `"second"`) {
			<-left // the program lives until it has seen what comes unasked
			io.WriteString(w, body)
			return
		}
		c, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%sunasked", len(body), body)
		io.Copy(io.Discard, c) // until the client closes it
		leave()
	}))
	defer server.Close()
	l := install(t, program(t), fmt.Sprintf("panes = [\"here/first\", \"here/second\"]\n[providers.here]\nkind = \"openai\"\n"+
		"base_url = %q\nmax_concurrent = 2\n", server.URL+"/v1"))
	if _, told, code := l.run(t, "ask", "--json", "hello"); told != "" || code != 0 {
		t.Errorf("exit code %d, written: %s", code, told)
	}
}
