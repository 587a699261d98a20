package wire_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"lineup/jsoncheck"
	"lineup/providers"
	"lineup/providers/wire"
	"lineup/session"
)

var update = flag.Bool("update", false, "write the expected replies again; look at every changed one")

// capture is what a real server once answered, as curl saw it.
type capture struct {
	dialect string // by the path that was asked, or, for anything but a chat, by the server
	chat    bool   // what was asked is the path of a chat
	list    string // the dialect whose list of models this is, or ""
	model   string
	head    string // status line and headers
	body    []byte
	broken  bool // the connection broke before the body's end
}

var (
	captureModel = regexp.MustCompile(`model\\":\\"([^\\]+)`)
	captureSize  = regexp.MustCompile(`\n### http=\d+ .*bytes=(\d+)\s*$`)
)

// readCapture reads a file: the request, the answer byte for byte, curl's own view.
func readCapture(t testing.TB, file string) capture {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var c capture
	request, rest, _ := bytes.Cut(data, []byte("\n"))
	url := strings.Fields(string(request))[2]
	c.dialect, c.chat = "openai", true
	switch {
	case strings.HasSuffix(url, "/chat/completions"):
	case strings.HasSuffix(url, "/api/chat"), strings.HasSuffix(url, "/api/generate"): // read there too
		c.dialect = "ollama"
	case strings.HasSuffix(url, "/messages"):
		c.dialect = "anthropic"
	case strings.HasSuffix(url, "/responses"):
		c.dialect = "responses"
	default:
		c.chat = false
		switch {
		case strings.HasSuffix(url, "/api/tags"):
			c.list = "ollama"
		case strings.HasSuffix(url, "/v1/models"):
			c.list = "openai"
		}
		if strings.Contains(file, "/ollama/") {
			c.dialect = "ollama"
		}
	}
	c.model = "m"
	if m := captureModel.FindSubmatch(request); m != nil {
		c.model = string(m[1])
	}
	head, body, ok := bytes.Cut(rest, []byte("\r\n\r\n"))
	size := captureSize.FindSubmatch(body)
	if !ok || size == nil {
		t.Fatalf("%s is no capture", file)
	}
	n := 0
	fmt.Sscan(string(size[1]), &n)
	c.head, c.body = string(head), body[:n]
	if !strings.Contains(strings.SplitN(c.head, "\r\n", 2)[0], " 200 ") {
		c.list = ""
	}
	c.broken = bytes.Contains(body[n:], []byte("curl: (18)"))
	return c
}

// send plays the answer: a chunked body a line at a time, as it was written.
func (c capture) send(conn *rawConn) {
	fmt.Fprintf(conn, "%s\r\n\r\n", c.head)
	if !strings.Contains(strings.ToLower(c.head), "transfer-encoding: chunked") {
		conn.Write(c.body)
		return
	}
	for line := range bytes.Lines(c.body) {
		conn.chunk(string(line))
	}
	if c.broken {
		conn.Close()
		return
	}
	conn.chunk("")
}

// record is what is compared of a reply: everything but times.
type record struct {
	Status       session.Status     `json:"status"`
	Text         string             `json:"text"`
	Reasoning    string             `json:"reasoning,omitempty"`
	FinishReason string             `json:"finish_reason,omitempty"`
	ServedModel  string             `json:"served_model,omitempty"`
	Error        *session.ErrorInfo `json:"error,omitempty"`
	Usage        session.Usage      `json:"usage"`
	Server       map[string]float64 `json:"server,omitempty"`
	Notes        []string           `json:"notes,omitempty"`
	Dropped      []string           `json:"dropped_params,omitempty"`
	JSON         *jsoncheck.Result  `json:"json,omitempty"`
	ToolCalls    []session.ToolCall `json:"tool_calls,omitempty"`
	Attempts     []string           `json:"attempts"`
}

func recordOf(r *session.Reply) record {
	out := record{Status: r.Status, Text: r.Text, Reasoning: r.Reasoning, FinishReason: r.FinishReason, ServedModel: r.ServedModel,
		Error: r.Error, Usage: r.Usage, Server: r.Metrics.Server, Notes: r.Notes, Dropped: r.DroppedParams,
		JSON: r.JSON, ToolCalls: r.ToolCalls}
	for _, a := range r.Attempts {
		out.Attempts = append(out.Attempts, fmt.Sprintf("%s %d", a.Outcome, a.Status))
	}
	return out
}

// golden encodes what is expected of a capture; the port of the test's server is left out.
func golden(t testing.TB, r any, url string) []byte {
	t.Helper()
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r); err != nil {
		t.Fatal(err)
	}
	return bytes.ReplaceAll(buf.Bytes(), []byte(strings.TrimPrefix(url, "http://")), []byte("HOST"))
}

// captureFiles lists the captures of all servers.
func captureFiles(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/captures/*/*.txt")
	if err != nil || len(files) < 110 {
		t.Fatalf("%d captures, %v", len(files), err)
	}
	return files
}

// TestReplays plays what real servers answered to a chat and compares the whole reply.
func TestReplays(t *testing.T) {
	for _, file := range captureFiles(t) {
		if c := readCapture(t, file); c.chat {
			t.Run(captureName(file), func(t *testing.T) { c.replay(t, file) })
		}
	}
}

// TestNothingElsePassesForAnAnswer plays what real servers answered to other questions (their health, a model's
// properties, an embedding's tokens, another protocol's stream) as if a chat had been asked there: none of it is a
// success, and each tells what to do.
func TestNothingElsePassesForAnAnswer(t *testing.T) {
	for _, file := range captureFiles(t) {
		c := readCapture(t, file)
		if c.chat {
			continue
		}
		t.Run(captureName(file), func(t *testing.T) {
			r := c.replay(t, file)
			if r.Error == nil || r.Error.Hint == "" || r.Text != "" {
				t.Errorf("%s, %q, %+v; want an error with a hint", r.Status, r.Text, r.Error)
			}
		})
	}
}

// replay plays the capture and compares the reply with the file beside it.
func (c capture) replay(t *testing.T, file string) *session.Reply {
	t.Helper()
	s := serveRaw(t, func(conn *rawConn, _ *http.Request) {
		if conn.n > 0 { // a server that was loading its model is asked again
			conn.reply(200, answer)
			return
		}
		c.send(conn)
	})
	p := s.provider(t, c.dialect, nil)
	r, _ := ask(t, p.Model(wire.ModelConfig{Info: info(c.model)}))
	compareGolden(t, strings.TrimSuffix(file, ".txt")+".json", golden(t, recordOf(r), s.url))
	return r
}

// TestListsOfRealServers reads the lists of models that real servers gave.
func TestListsOfRealServers(t *testing.T) {
	lists := 0
	for _, file := range captureFiles(t) {
		c := readCapture(t, file)
		if c.list == "" {
			continue
		}
		lists++
		t.Run(captureName(file), func(t *testing.T) {
			s := serveRaw(t, func(conn *rawConn, _ *http.Request) { c.send(conn) })
			list, err := s.provider(t, c.list, nil).List(t.Context())
			if err != nil || len(list) == 0 {
				t.Fatalf("%d models, %v", len(list), err)
			}
			var rows []string
			for _, m := range list {
				row := fmt.Sprintf("%s, context %d, of %s", m.ID, m.Context, m.Modified.Format(time.DateOnly))
				if state := m.Memory.State; state != providers.MemoryUnknown {
					row += ", " + string(state)
				}
				rows = append(rows, row)
			}
			compareGolden(t, strings.TrimSuffix(file, ".txt")+".list.json", golden(t, rows, s.url))
		})
	}
	if lists < 4 {
		t.Errorf("%d lists of models among the captures", lists)
	}
}

func captureName(file string) string {
	return strings.TrimSuffix(strings.TrimPrefix(file, "testdata/captures/"), ".txt")
}

func compareGolden(t *testing.T, golden string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; got\n%s\nwant\n%s", golden, got, want)
	}
}
