//go:build unix

package cli_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// tortured is text that programs like to change: line ends, tabs, indentation, blanks at the ends of lines, mathematics,
// joiners, digits, characters for private use, decomposed letters, and what looks like markup.
const tortured = "    indented\n\ttab\ttab  \n\n\nthree breaks\n" +
	"$$\\int_0^1 x^2\\,dx = \\frac{1}{3} \\\\ y$$ \\(a_b*c*d\\) \\[ x \\] $5 and $6 $a*b*c$\n" +
	"7\n007 1e3 ٣ ४ 1_000 −5 ½ NaN\n" +
	"क्\u200dष नहीं\u200c ภาษา\u200bไทย 👩\u200d💻 👨\u200d👩\u200d👧 🇰🇷 ❤\ufe0f ⚠\ufe0e 1\ufe0f\u20e3 e\u0301 é \u1112\u1161\u11ab 한\n" +
	"\ue000\uf8ff\U000f0000\U00100000\U00100abc\U0010fffd \ue200cite\ue202turn0search1\ue201\n" +
	"*a* _b_ <b>e</b> &amp; ~~h~~ | i | \\\\ \\*\n" +
	"```go\n\tif a < b && c > d {\n\t}\n```\n> q\n<|end|> [INST] </s> {{code}} /quit\n" +
	"nbsp:\u00a0 thin:\u2009 ideographic:\u3000 zwnbsp:\ufeff soft:\u00ad inv:\u2063\n" +
	"ls:\u2028 ps:\u2029 nel:\u0085 rlo:\u202e pdf:\u202c alm:\u061c lrm:\u200e rlm:\u200f fsi:\u2068 pdi:\u2069 csi:\u009b31m ann:\ufff9 end"

// obeyed is what a terminal would obey besides. A terminal pastes hardly any of it; files and servers may hold all.
const obeyed = "\nesc:\x1b[31m\x1b]0;TITLE\x07 \x1b]52;c;UFdO\x07 bel:\x07 nul:\x00 bs:\b vt:\v ff:\f del:\x7f crlf:\r\nlone cr:\rend"

// echoes is a server of all four dialects that says one text to every prompt, and keeps what it was asked.
type echoes struct {
	says  string
	mu    sync.Mutex
	asked map[string][][]string // by path: the strings in each request
}

func (e *echoes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		http.NotFound(w, r)
		return
	}
	var body any
	data, _ := io.ReadAll(r.Body)
	if err := json.Unmarshal(data, &body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	e.mu.Lock()
	if e.asked == nil {
		e.asked = map[string][][]string{}
	}
	e.asked[r.URL.Path] = append(e.asked[r.URL.Path], stringsOf(body))
	e.mu.Unlock()
	frames := map[string][3]string{ // the beginning, a piece, the end
		"/v1/chat/completions": {"", "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":%s}}]}\n\n", "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"},
		"/v1/messages": {"event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"model\":\"m\",\"usage\":{\"input_tokens\":5,\"output_tokens\":1}}}\n\n" +
			"event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n",
			"event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":%s}}\n\n",
			"event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n" +
				"event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":9}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"},
		"/api/chat": {"", "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":%s},\"done\":false}\n", "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\"}\n"},
		"/v1/responses": {"event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"id\":\"r\",\"model\":\"m\",\"status\":\"in_progress\"}}\n\n",
			"event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"output_index\":0,\"content_index\":0,\"delta\":%s}\n\n",
			"event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"id\":\"r\",\"model\":\"m\",\"status\":\"completed\",\"usage\":{\"input_tokens\":5,\"output_tokens\":9}}}\n\n"},
	}[r.URL.Path]
	if r.URL.Path == "/api/chat" {
		w.Header().Set("Content-Type", "application/x-ndjson")
	} else {
		w.Header().Set("Content-Type", "text/event-stream")
	}
	io.WriteString(w, frames[0])
	runes := []rune(e.says)
	for i := 0; i < len(runes); i += 3 {
		piece, _ := json.Marshal(string(runes[i:min(i+3, len(runes))]))
		fmt.Fprintf(w, frames[1], piece)
	}
	io.WriteString(w, frames[2])
}

// stringsOf are all strings in a JSON value.
func stringsOf(v any) (all []string) {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		for _, e := range v {
			all = append(all, stringsOf(e)...)
		}
	case map[string]any:
		for _, e := range v {
			all = append(all, stringsOf(e)...)
		}
	}
	return all
}

// last waits until each dialect was asked n times, and gives the strings of each one's last request.
func (e *echoes) last(t *testing.T, n int) map[string][]string {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	out := map[string][]string{}
	for path, asked := range e.asked {
		if len(asked) != n {
			t.Errorf("%s was asked %d times, want %d", path, len(asked), n)
		}
		out[path] = asked[len(asked)-1]
	}
	if len(out) != 4 {
		t.Errorf("%d dialects were asked, want 4", len(out))
	}
	return out
}

// nothingActs fails where a text holds anything that a terminal would obey; colours, links, line ends and tabs may be in it.
func nothingActs(t *testing.T, way, text string) {
	t.Helper()
	for s := text; s != ""; {
		seq, _, n, _ := ansi.DecodeSequence(s, 0, nil)
		s = s[n:]
		r := []rune(seq)[0]
		switch {
		case seq == "\n", seq == "\t", seq == "\r" && strings.HasPrefix(s, "\n"):
		case strings.HasPrefix(seq, "\x1b[") && strings.HasSuffix(seq, "m"), strings.HasPrefix(seq, "\x1b]8;"):
		case seq == "\r" && strings.HasPrefix(s, "\x1b["), strings.HasPrefix(seq, "\x1b[") && strings.ContainsAny(seq[2:], "AK"): // what is drawn again
		case unicode.Is(unicode.Cc, r), strings.ContainsRune("\u061c\u200f\u2028\u2029\u202c\u202e\u2068\u2069\u206f\ufff9", r):
			t.Errorf("%s: %q acts on a terminal, before %.40q", way, seq, s)
			return
		}
	}
}

// TestTorture sends one text through every way that text takes, and compares bytes.
func TestTorture(t *testing.T) {
	t.Parallel()
	server := &echoes{says: tortured + obeyed}
	running := httptest.NewServer(server)
	defer running.Close()
	var config strings.Builder
	config.WriteString("panes = [\"o/m\", \"a/m\", \"l/m\", \"r/m\"]\n[templates]\nt = \"\\tBefore {{x}}  after\\u200b\"\n")
	for name, kind := range map[string][2]string{"o": {"openai", "/v1"}, "a": {"anthropic", ""}, "l": {"ollama", ""}, "r": {"responses", "/v1"}} {
		fmt.Fprintf(&config, "[providers.%s]\nkind = %q\nbase_url = %q\n", name, kind[0], running.URL+kind[1])
	}
	l := install(t, program(t), config.String())
	editor, written := filepath.Join(l.home, "editor"), filepath.Join(l.home, "written")
	writeFile(t, editor, "#!/bin/sh\ncp \"$1\" \"$1.was\"; cp \"$1.was\" '"+l.home+"/was'; cp '"+written+"' \"$1\"\n", 0o700)
	writeFile(t, written, tortured+obeyed, 0o600)
	l.env = []string{"EDITOR=" + editor}

	term := l.open(t, 160, 50)
	clips := clipboardOf(term)
	paste := func(s string) string { return "\x1b[200~" + strings.ReplaceAll(s, "\n", "\r") + "\x1b[201~" }
	term.shows("ready to be asked")

	var prompts []string
	sent := func(way, prompt string) {
		t.Helper()
		prompts = append(prompts, prompt)
		n := len(prompts)
		term.until("four answers to prompt "+fmt.Sprint(n), func(s screen) bool {
			server.mu.Lock()
			defer server.mu.Unlock()
			total := 0
			for _, a := range server.asked {
				total += len(a)
			}
			return total == 4*n && strings.Count(s.String(), "✓ done") == 4 && !strings.Contains(s.String(), "waiting")
		})
		nothingActs(t, way+", on the screen", term.screen().String())
		for path, all := range server.last(t, n) {
			if !slices.Contains(all, prompt) {
				t.Errorf("%s, %s: the request does not hold\n%q, it holds\n%q", way, path, prompt, all)
			}
			if n > 1 && !slices.Contains(all, server.says) {
				t.Errorf("%s, %s: the answer before went back changed", way, path)
			}
		}
	}
	typed := strings.NewReplacer("\n", "", "\t", "", "\u0085", "", "\u009b", "").Replace(tortured)
	term.press(typed)
	term.shows("fsi")
	term.press(enter)
	sent("typed", strings.TrimLeft(typed, "\n"))

	term.press(paste(tortured))
	term.shows("ann")
	term.press(enter)
	sent("pasted", tortured)

	long := strings.Repeat(tortured+"\n", 4) + "end"
	term.press("x" + paste(long) + "y")
	term.shows("x[pasted")
	term.press(enter)
	sent("a chip", "x"+long+"y")

	term.press("\x1b[A")
	term.shows("x[pasted")
	term.press(enter)
	sent("recalled", "x"+long+"y")

	term.press(paste("a\n\tb"))
	term.shows("> a")
	term.press("\x05")
	term.shows("> ", "lone cr:␍")
	term.press(enter)
	sent("the editor", tortured+obeyed)
	if was, _ := os.ReadFile(filepath.Join(l.home, "was")); string(was) != "a\n\tb" {
		t.Errorf("the editor got %q", was)
	}

	term.press("/template t")
	term.shows("> /template t")
	term.press(enter)
	term.shows("enter insert")
	term.press(paste(tortured))
	term.shows("indented")
	term.press(enter)
	term.shows("end  after")
	term.press(enter)
	sent("a template", "\tBefore "+tortured+"  after\u200b")

	term.press("\x1b1y")
	clips.wants(term, server.says)
	term.shows("characters to") // the words on the copy before would come over those on this one
	term.press("Y")
	clips.wants(term, "> "+strings.ReplaceAll(prompts[len(prompts)-1], "\n", "\n> ")+"\n"+strings.Repeat("\n## %\n\n"+server.says+"\n", 4))

	term.shows("sent the turn")
	term.press("Ge")
	term.shows("Editing turn")
	term.press(enter)
	sent("a branch", prompts[len(prompts)-1])
	term.quit()
	if got := term.screen().String(); strings.Contains(got, "\x1b") || !strings.Contains(got, "lineup --session") {
		t.Errorf("on leaving the screen shows\n%s", got)
	}
	prompts = prompts[:len(prompts)-1]
	tortureRecord(t, l, prompts, server.says)
	tortureAsk(t, l, server)
}

// clips is what the program has handed to the terminal's clipboard.
type clips struct {
	mu   sync.Mutex
	last string
}

func clipboardOf(term *terminal) *clips {
	c := &clips{}
	term.mu.Lock()
	defer term.mu.Unlock()
	term.emulator.RegisterOscHandler(52, func(data []byte) bool {
		_, b64, _ := strings.Cut(strings.TrimPrefix(string(data), "52;"), ";")
		text, err := base64.StdEncoding.DecodeString(b64)
		if err != nil {
			text = data
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.last = string(text)
		return true
	})
	return c
}

// wants waits until a text has been copied; % stands for a heading.
func (c *clips) wants(term *terminal, want string) {
	term.tb.Helper()
	got := ""
	term.until("that it was copied", func(screen) bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		got, c.last = c.last, ""
		return got != ""
	})
	for _, name := range []string{"o/m", "a/m", "l/m", "r/m"} {
		want = strings.Replace(want, "## %", "## "+name, 1)
	}
	if got != want {
		term.tb.Errorf("copied is\n%q, want\n%q", got, want)
	}
}

// tortureRecord compares what is in the record, in every export and in an import of it.
func tortureRecord(t *testing.T, l lineup, prompts []string, answer string) {
	same := func(way string, turns []savedTurn) {
		t.Helper()
		if len(turns) != len(prompts) {
			t.Fatalf("%s: %d turns, want %d", way, len(turns), len(prompts))
		}
		for i, turn := range turns {
			if turn.Prompt != prompts[i] {
				t.Errorf("%s: prompt %d is\n%q, want\n%q", way, i, turn.Prompt, prompts[i])
			}
			for _, r := range turn.Replies {
				if r.Text != answer || r.Status != "done" {
					t.Errorf("%s: the answer of %s, %s, is\n%q, want\n%q", way, r.Model, r.Status, r.Text, answer)
				}
			}
		}
	}
	same("the record", l.turns(t))
	run := func(l lineup, args ...string) string {
		out, stderr, code := l.run(t, args...)
		if code != 0 {
			t.Errorf("%v: exit code %d, %s", args, code, stderr)
		}
		nothingActs(t, strings.Join(args, " "), out+stderr)
		return out
	}
	exported := map[string]string{}
	for _, format := range []string{"md", "json", "jsonl", "html", "cast"} {
		exported[format] = run(l, "sessions", "export", "last", "--format", format)
	}
	other := install(t, l.bin, "")
	writeFile(t, filepath.Join(other.home, "s.json"), exported["json"], 0o600)
	run(other, "sessions", "import", filepath.Join(other.home, "s.json"))
	same("an import", other.turns(t))

	for line := range strings.Lines(exported["jsonl"]) {
		var pane struct {
			Messages []struct{ Role, Content string }
		}
		if err := json.Unmarshal([]byte(line), &pane); err != nil || len(pane.Messages) != 2*len(prompts) {
			t.Fatalf("jsonl: %v, %d messages", err, len(pane.Messages))
		}
		for i, m := range pane.Messages {
			if want := []string{prompts[i/2], answer}[i%2]; m.Content != want {
				t.Errorf("jsonl: message %d is\n%q, want\n%q", i, m.Content, want)
			}
		}
	}
	for line := range strings.Lines(exported["cast"]) {
		if at := strings.IndexAny(line, "\x00\x07\x08\x0b\x7f\u0085\u009b\u202e\u2028\u061c"); at >= 0 {
			t.Errorf("cast: %.40q", line[at:])
		}
		var frame []any
		if json.Unmarshal([]byte(line), &frame) == nil && strings.ContainsAny(frame[2].(string), "\x00\x07\x08\x0b\x7f\u0085\u009b\u202e\u2028\u061c") {
			t.Errorf("cast: a frame has what acts: %.200q", frame[2])
		}
	}
	// What documents show: everything but what acts, which they make visible or drop.
	shown := strings.NewReplacer("\r", "", "\u2028", "\n", "\u2029", "\n", "\u061c", "", "\u200e", "", "\u200f", "",
		"\u0085", "␦", "\u009b", "␦", "\u202e", "␦", "\u202c", "␦", "\u2068", "␦", "\u2069", "␦", "\ufff9", "␦",
		"\x1b", "␛", "\x07", "␇", "\x00", "␀", "\b", "␈", "\v", "␋", "\f", "␌", "\x7f", "␡")
	for i, p := range prompts {
		if want := "\n> " + strings.ReplaceAll(shown.Replace(p), "\n", "\n> ") + "\n"; !strings.Contains(exported["md"], want) {
			t.Errorf("md: prompt %d is not in it:\n%q", i, want)
		}
		if !strings.Contains(html.UnescapeString(exported["html"]), shown.Replace(p)) {
			t.Errorf("html: prompt %d is not in it:\n%q", i, shown.Replace(p))
		}
	}
	if n := strings.Count(exported["md"], "\n\n"+shown.Replace(answer)+"\n"); n != 4*len(prompts) {
		t.Errorf("md: the answer is %d times in it, want %d", n, 4*len(prompts))
	}
	for _, args := range [][]string{{"list"}, {"search", "indented"}, {"search", "TITLE"}, {"show", "last"}, {"show", "last", "--json"}, {"list", "--json"}} {
		args = append([]string{"sessions"}, args...)
		run(l, args...)
		for _, more := range [][]string{nil, {"--plain"}} {
			if more != nil && args[1] != "show" {
				continue
			}
			out, code := l.plain(t, append(args, more...)...)
			if code != 0 {
				t.Errorf("%v: exit code %d", args, code)
			}
			nothingActs(t, "on a terminal: "+strings.Join(args, " "), out)
		}
	}
}

// tortureAsk sends the text by way of ask.
func tortureAsk(t *testing.T, l lineup, server *echoes) {
	all := tortured + obeyed
	for _, args := range [][]string{{"ask", "--json", "-"}, {"ask", "-"}, {"ask", "--json", "--system", strings.ReplaceAll(all, "\x00", ""), strings.ReplaceAll(all, "\x00", "")}} {
		cmd := l.command(args...)
		cmd.Stdin = strings.NewReader(all)
		var out, told bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &told
		if err := cmd.Run(); err != nil {
			t.Errorf("%.40q: %v %s", args, err, told.String())
		}
		nothingActs(t, "ask", out.String()+told.String())
		want := all
		if args[len(args)-1] != "-" {
			want = args[len(args)-1]
		}
		if got := l.turns(t)[0]; got.Prompt != want || got.Replies[0].Text != server.says {
			t.Errorf("ask: the record is %+v", got)
		}
		server.mu.Lock() // a server may still write down what a program that has left asked it
		for path, asked := range server.asked {
			for _, s := range asked[len(asked)-1] {
				if strings.Contains(s, "indented") && s != want {
					t.Errorf("%.40q, %s: sent is %q", args, path, s)
				}
			}
		}
		server.mu.Unlock()
		if args[1] != "--json" {
			continue
		}
		for line := range strings.Lines(out.String()) {
			var r struct{ Prompt, Text string }
			if err := json.Unmarshal([]byte(line), &r); err != nil || r.Prompt != want || r.Text != server.says {
				t.Errorf("ask --json: %v %q", err, line)
			}
		}
	}
	for _, args := range [][]string{{"ask", tortured}, {"ask", "--plain", tortured}} {
		out, code := l.plain(t, args...)
		if code != 0 {
			t.Errorf("%.40q: exit code %d", args, code)
		}
		nothingActs(t, fmt.Sprintf("on a terminal: %.20q", args), out)
	}
}

func writeFile(t *testing.T, name, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}
