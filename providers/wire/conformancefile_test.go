package wire_test

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"lineup/jsoncheck"
)

// conformanceCase is one file of testdata/conformance:
//
//	# what goes in → what must show
//	setting: value
//	-- answer --
//	HTTP/1.1 200 OK
//	Content-Type: text/event-stream
//
//	data: …
//	-- want --
//	{"status": "done", "text": "Hello"}
//
// There may be several answers, for the first request, the second and so on; the last one serves all further ones.
// A body is sent chunked unless the head has a Content-Length, whose value is filled in. Within a body
//
//	⟦|⟧         ends a chunk
//	⟦CR⟧ ⟦BOM⟧  are those bytes, ⟦x E2 82⟧ any bytes
//	⟦9*ab⟧      is "ab" nine times
//	⟦wait⟧      ends a chunk and waits 40 ms
//	⟦end⟧       is the end, so that the line end ahead of the next section does not count
//
// and ⟦date+2⟧ in a head is the HTTP date in two seconds. Nothing may be shown but what is wanted; "…" stands there for any
// text. Settings:
//
//	end         how the body ends: close (properly; the default), cut (without the last chunk), reset, hold (never),
//	            bare (head and body go out as they stand, then the connection closes)
//	repeat      what is sent behind the body every 10 ms until the client leaves
//	eol         crlf or cr: how lines end, in place of LF
//	gzip        yes: the body is compressed, and flushed at each end of a chunk
//	first_token the deadline
//	retry       how often the client may ask again
//	cancel      yes: the client leaves at the first text
//	key         the provider's key
//	tools       names of tools that the request declares
//	schema      a JSON Schema that the answer is to fit
type conformanceCase struct {
	dialect    string
	answers    []caseAnswer
	want       map[string]any
	end        string
	repeat     string
	eol        string
	gzip       bool
	firstToken time.Duration
	retry      int
	cancel     bool
	key        string
	tools      []jsoncheck.Tool
	schema     *jsoncheck.Schema
}

type caseAnswer struct{ head, body string }

var caseSection = regexp.MustCompile(`(?m)^-- (answer|want) --\n`)

func readCase(t testing.TB, file string) conformanceCase {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c := conformanceCase{dialect: strings.TrimPrefix(filepath.Ext(strings.TrimSuffix(file, ".txt")), "."), end: "close"}
	marks := caseSection.FindAllStringSubmatchIndex(string(data), -1)
	if len(marks) < 2 {
		t.Fatalf("%s: no answer or no want", file)
	}
	for line := range strings.Lines(string(data[:marks[0][0]])) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && !strings.HasPrefix(line, "#") {
			c.set(t, name, value)
		}
	}
	for i, m := range marks {
		end := len(data)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		section := string(data[m[1]:end])
		if string(data[m[2]:m[3]]) == "want" {
			if err := json.Unmarshal([]byte(expand(section, "")), &c.want); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			continue
		}
		head, body, _ := strings.Cut(section, "\n\n")
		c.answers = append(c.answers, caseAnswer{strings.TrimSuffix(head, "\n"), body})
	}
	return c
}

func (c *conformanceCase) set(t testing.TB, name, value string) {
	t.Helper()
	var err error
	switch name {
	case "end":
		c.end = value
	case "repeat":
		c.repeat = value
	case "eol":
		c.eol = value
	case "gzip":
		c.gzip = value == "yes"
	case "first_token":
		c.firstToken, err = time.ParseDuration(value)
	case "retry":
		c.retry, err = strconv.Atoi(value)
	case "cancel":
		c.cancel = value == "yes"
	case "key":
		c.key = value
	case "schema":
		c.schema, err = jsoncheck.Parse("shape", []byte(value))
	case "tools":
		var list []string
		for name := range strings.SplitSeq(value, ", ") {
			list = append(list, `{"type":"function","function":{"name":"`+name+`"}}`)
		}
		c.tools, err = jsoncheck.ParseTools([]byte("[" + strings.Join(list, ",") + "]"))
	default:
		t.Fatalf("no setting %q", name)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// cuttable reports whether the body may be sent byte by byte with the same result.
func (c conformanceCase) cuttable() bool {
	if c.end != "close" && c.end != "cut" || c.gzip || c.cancel || c.repeat != "" {
		return false
	}
	for _, a := range c.answers {
		if strings.Contains(a.head, "Content-Length") || strings.Contains(a.head, "⟦") || len(expand(a.body, "")) > 5000 ||
			strings.Contains(a.body, "⟦wait⟧") {
			return false
		}
	}
	return true
}

var caseMarker = regexp.MustCompile(`⟦[^⟧]*⟧`)

// expand replaces the markers of a text; cut stands in for the end of a chunk.
func expand(s, cut string) string {
	s, _, _ = strings.Cut(s, "⟦end⟧")
	return caseMarker.ReplaceAllStringFunc(s, func(m string) string {
		m = strings.TrimSuffix(strings.TrimPrefix(m, "⟦"), "⟧")
		if n, what, ok := strings.Cut(m, "*"); ok {
			count, _ := strconv.Atoi(n)
			return strings.Repeat(what, count)
		}
		if x, ok := strings.CutPrefix(m, "x "); ok {
			b, _ := hex.DecodeString(strings.ReplaceAll(x, " ", ""))
			return string(b)
		}
		if d, ok := strings.CutPrefix(m, "date+"); ok {
			seconds, _ := strconv.Atoi(d)
			return time.Now().Add(time.Duration(seconds) * time.Second).UTC().Format(http.TimeFormat)
		}
		return map[string]string{"|": cut, "wait": cut, "CR": "\r", "BOM": "\xef\xbb\xbf"}[m]
	})
}

// serve answers one request.
func (c conformanceCase) serve(conn *rawConn, byteByByte bool) {
	a := c.answers[min(conn.n, len(c.answers)-1)]
	head := strings.ReplaceAll(expand(a.head, ""), "\n", "\r\n")
	if c.end == "bare" {
		fmt.Fprintf(conn, "%s\r\n\r\n%s", head, expand(a.body, ""))
		conn.Close()
		return
	}
	if strings.Contains(head, "Content-Length:") {
		body := expand(a.body, "")
		fmt.Fprintf(conn, "%s %d\r\n\r\n%s", strings.TrimRight(head, " "), len(body), body)
	} else {
		fmt.Fprintf(conn, "%s\r\nTransfer-Encoding: chunked\r\n\r\n", head)
		c.serveBody(conn, a.body, byteByByte)
	}
	switch c.end {
	case "reset":
		conn.reset()
	case "cut":
		conn.Close()
	case "hold":
		c.serveForever(conn)
	case "close":
		if !strings.Contains(head, "Content-Length:") {
			conn.chunk("")
		}
	}
}

func (c conformanceCase) serveBody(conn *rawConn, body string, byteByByte bool) {
	switch c.eol {
	case "crlf":
		body = strings.ReplaceAll(body, "\n", "\r\n")
	case "cr":
		body = strings.ReplaceAll(body, "\n", "\r")
	}
	const cut = "\x00cut\x00" // no zero byte alone: compressed bodies have some
	var z *gzip.Writer
	var packed bytes.Buffer
	if c.gzip {
		z = gzip.NewWriter(&packed)
	}
	for i, stretch := range strings.Split(body, "⟦wait⟧") {
		if i > 0 {
			<-time.After(40 * time.Millisecond)
		}
		for piece := range strings.SplitSeq(expand(stretch, cut), cut) {
			switch {
			case z != nil:
				io.WriteString(z, piece)
				z.Flush()
				conn.chunk(packed.String())
				packed.Reset()
			case byteByByte:
				for j := range len(piece) {
					conn.chunk(piece[j : j+1])
				}
			case piece != "":
				conn.chunk(piece)
			}
		}
	}
	if z != nil {
		z.Close()
		conn.chunk(packed.String())
	}
}

// serveForever keeps the answer open until the client leaves.
func (c conformanceCase) serveForever(conn *rawConn) {
	if c.repeat == "" {
		conn.hold()
		return
	}
	gone := make(chan struct{})
	go func() {
		conn.hold()
		close(gone)
	}()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			conn.chunk(strings.ReplaceAll(c.repeat, `\n`, "\n"))
		case <-gone:
			return
		}
	}
}
