package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/tmaxmax/go-sse"

	"lineup/providers"
	"lineup/providers/price"
)

// seedBodies adds the bodies of the captures, and what the conformance cases are about, to a fuzz target's corpus.
func seedBodies(f *testing.F, add func(body []byte)) {
	files, err := filepath.Glob("testdata/captures/*/*.txt")
	if err != nil || len(files) == 0 {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		_, body, _ := bytes.Cut(data, []byte("\r\n\r\n"))
		if len(body) < 8<<10 {
			add(body)
		}
	}
	for _, s := range []string{"", "data", "data:a\r\rdata: b\r\n\r\n", "\xef\xbb\xbfdata: x\n\n", ": c\n\nevent: error\ndata: {\"message\":\"m\"}\n\n",
		"data: {\"choices\":[{\"delta\":{\"content\":\"<think>a</think>b\"},\"finish_reason\":\"stop\"}]}", "{\"error\":\"x\"}\n\n{\"done\":true}",
		"data: {\"choices\":[{\"delta\":null}]}\n\n", "data: {\"a\":\ndata: 1}\n\n", "<html><title>t</title>"} {
		add([]byte(s))
	}
}

// sizes of the reads by which a fuzz target cuts a body.
func cuts(seed uint16) []int { return []int{int(seed%7) + 1, int(seed/7%13) + 1, int(seed / 91 % 29)} }

// framesOf renders all frames of a reader and its end.
func framesOf(r frameReader) string {
	frames, err := readFrames(r)
	var broken *brokenError
	return fmt.Sprintf("%q %v %v", frames, err, errors.As(err, &broken))
}

func FuzzSSEReader(f *testing.F) {
	seedBodies(f, func(b []byte) { f.Add(b, uint16(0)) })
	f.Fuzz(func(t *testing.T, body []byte, seed uint16) {
		whole := framesOf(newSSEReader(bytes.NewReader(body), time.Now))
		if cut := framesOf(newSSEReader(&chunked{data: body, sizes: cuts(seed)}, time.Now)); cut != whole {
			t.Fatalf("cut: %s\nwhole: %s", cut, whole)
		}
		// The reference knows no byte order mark but the first, and hands on events without data. It also leaves alone
		// a document without "data:", which ends an event here.
		if bytes.Contains(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), []byte("\xef\xbb\xbf")) ||
			bytes.ContainsAny(body, "\n\r") && unframedDocument.Match(body) {
			return
		}
		ended := append(bytes.Clone(body), "\n\n"...)
		var want, got []string
		for ev, err := range sse.Read(bytes.NewReader(ended), &sse.ReadConfig{MaxEventSize: 1 << 26}) {
			if err != nil {
				t.Fatal(err)
			}
			if ev.Data != "" {
				want = append(want, ev.Type+"="+ev.Data)
			}
		}
		for r := newSSEReader(bytes.NewReader(ended), time.Now); ; {
			fr, err := r.next()
			if err != nil {
				break
			}
			if fr.kind == frameData && len(fr.data) > 0 {
				got = append(got, fr.event+"="+string(fr.data))
			}
		}
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Fatalf("%q:\n%q\ngo-sse: %q", ended, got, want)
		}
	})
}

var unframedDocument = regexp.MustCompile(`[\r\n][{\[]`)

func FuzzNDJSONReader(f *testing.F) {
	seedBodies(f, func(b []byte) { f.Add(b, uint16(0)) })
	f.Fuzz(func(t *testing.T, body []byte, seed uint16) {
		whole := framesOf(newNDJSONReader(bytes.NewReader(body), time.Now))
		if cut := framesOf(newNDJSONReader(&chunked{data: body, sizes: cuts(seed)}, time.Now)); cut != whole {
			t.Fatalf("cut: %s\nwhole: %s", cut, whole)
		}
		// Every byte that is no white space and no part of a torn end comes out, in order.
		var out []byte
		for r := newNDJSONReader(bytes.NewReader(body), time.Now); ; {
			fr, err := r.next()
			if err != nil {
				break
			}
			out = append(out, fr.data...)
		}
		if !subsequence(string(out), string(body)) {
			t.Fatalf("%q is no subsequence of %q", out, body)
		}
	})
}

// subsequence reports whether s is what is left of t when some of its bytes are left out.
func subsequence(s, t string) bool {
	for i := 0; i < len(s); i++ {
		j := strings.IndexByte(t, s[i])
		if j < 0 {
			return false
		}
		t = t[j+1:]
	}
	return true
}

// mayHoldTags reports whether a text may hold tags around reasoning, as far as that can be told without looking for them.
func mayHoldTags(text string) bool {
	return strings.ContainsAny(text, "<[◁") || strings.HasPrefix(strings.TrimLeft(text, thinkSpace), bareHead) ||
		strings.Contains(strings.ToLower(text), "thought process")
}

func FuzzThinkSplitter(f *testing.F) {
	for _, s := range []string{"", "Hello", "<think>a</think>b", " \n<think>\na</thi</think>\n\nb<think>", "<thi", "<think>", "<<think>",
		".a</think>\n <|channel|> <|end|>b", "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>b<|return|>", "[THINK]a[/THINK]b", "a `</think>` b",
		`<think id="1">a</think>b`, "<THINKING a=b\tc='>' >a</thinking>b", "<think about it>", "<antThinking>a</antThinking>b", `<think id="`} {
		f.Add(s, 1)
	}
	f.Fuzz(func(t *testing.T, text string, n int) {
		if n < 1 {
			n = 1
		}
		r, a := splitIn(text, max(1, len(text)))
		if rc, ac := splitIn(text, n); rc != r || ac != a {
			t.Fatalf("pieces of %d: %q, %q; whole %q, %q", n, rc, ac, r, a)
		}
		if !subsequence(r+a, text) {
			t.Fatalf("%q + %q is no subsequence of %q", r, a, text)
		}
		if mayHoldTags(text) {
			return
		}
		if r != "" || a != text {
			t.Fatalf("%q without a tag gives %q, %q", text, r, a)
		}
	})
}

func FuzzRedactor(f *testing.F) {
	f.Add("sk-0123456789abcdef", "my key is sk-0123456789abcdef!", 3)
	f.Add("aaaaaaab", "aaaaaaaaaaab", 1)
	f.Add("abcabcabd", "abcabcabcabd", 2)
	f.Fuzz(func(t *testing.T, secret, text string, n int) {
		if len(secret) < 4 || len(secret) > 200 {
			return
		}
		n = max(1, n)
		whole := redactPieces(secret, text, max(1, len(text)))
		if cut := redactPieces(secret, text, n); cut != whole {
			t.Fatalf("pieces of %d: %q, whole %q", n, cut, whole)
		}
		want := strings.ReplaceAll(text, secret, secret[:shownOfKey(secret)]+"[key]")
		if whole != want {
			t.Fatalf("%q without %q: %q, want %q", text, secret, whole, want)
		}
	})
}

func FuzzParseErrorBody(f *testing.F) {
	seedBodies(f, func(b []byte) { f.Add(b) })
	f.Add([]byte(`[{"error":{"code":400,"message":"m","details":[{"loc":["a"],"msg":"x"}]}}]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		e := parseErrorBody(body)
		if strings.ContainsAny(e.message, "\n\t\x1b") || !utf8.ValidString(e.message) {
			t.Fatalf("%q gives message %q", body, e.message)
		}
		if e.status != 0 && (e.status < 400 || e.status > 599) {
			t.Fatalf("%q gives status %d", body, e.status)
		}
		p, err := New(Config{Name: "p", Kind: "openai", BaseURL: "https://x.example/v1"})
		if err != nil {
			t.Fatal(err)
		}
		for _, status := range []int{0, 400, 404, 429, 503} {
			c := p.classify("m", status, e)
			if c.Kind == "" || c.Message == "" || len(c.Message) > maxMessage+len("…") {
				t.Fatalf("%q under %d: %+v", body, status, c)
			}
		}
	})
}

// outcome is all that a decoded body shows, without times; what is written the same way twice is the same twice.
type outcome struct {
	text, reasoning strings.Builder
	rest            []string
}

// decodeAll decodes a body as the answer of a server, cut into reads of the given sizes.
func decodeAll(kind string, body []byte, sizes []int) string {
	p, err := New(Config{Name: "p", Kind: kind, BaseURL: "https://x.example/v1"})
	if err != nil {
		panic(err)
	}
	m := &remote{provider: p, model: "m"}
	var o outcome
	var src io.Reader = &chunked{data: body, sizes: sizes}
	resp := &http.Response{StatusCode: 200, Body: io.NopCloser(src)}
	m.read(context.Background(), &answer{resp, time.Now}, src, func(ev providers.Event, err error) bool {
		switch {
		case err != nil:
			e := providers.AsError(err)
			o.rest = append(o.rest, fmt.Sprintf("%s %d %s", e.Kind, e.Status, e.Message))
		case ev.Type == providers.EventText:
			o.text.WriteString(ev.Text)
		case ev.Type == providers.EventReasoning:
			o.reasoning.WriteString(ev.Text)
		case ev.Type == providers.EventAlive:
		default:
			ev.At = time.Time{}
			u, _ := json.Marshal(ev.Usage)
			o.rest = append(o.rest, fmt.Sprintf("%d %q %s %v %g", ev.Type, ev.Text, u, ev.Timings, ev.USD))
		}
		return true
	})
	return fmt.Sprintf("%q\n%q\n%q", o.text.String(), o.reasoning.String(), o.rest)
}

// fuzzDecoder checks that a decoder survives anything, that the cutting does not matter, that exactly one end comes,
// and that no control character gets into anything but the text.
func fuzzDecoder(f *testing.F, kind string) {
	seedBodies(f, func(b []byte) { f.Add(b, uint16(0)) })
	f.Fuzz(func(t *testing.T, body []byte, seed uint16) {
		whole := decodeAll(kind, body, []int{len(body) + 1})
		if cut := decodeAll(kind, body, cuts(seed)); cut != whole {
			t.Fatalf("cut:\n%s\nwhole:\n%s", cut, whole)
		}
		_, rest, _ := strings.Cut(whole, "\n") // the answer and the reasoning are as the model wrote them
		_, rest, _ = strings.Cut(rest, "\n")
		if strings.Contains(rest, `\x1b`) || strings.Contains(rest, `\u009b`) || strings.Contains(rest, `\u202e`) {
			t.Fatalf("a control character gets through: %s", whole)
		}
	})
}

func FuzzChatDecoder(f *testing.F)    { fuzzDecoder(f, "openai") }
func FuzzOllamaDecoder(f *testing.F)  { fuzzDecoder(f, "ollama") }
func FuzzMessageDecoder(f *testing.F) { fuzzDecoder(f, "anthropic") }

func FuzzResponseDecoder(f *testing.F) { fuzzDecoder(f, "responses") }

// FuzzTextOut sends a text in pieces through each dialect and wants it back as it was.
func FuzzTextOut(f *testing.F) {
	f.Add("Hello, 세계 😀 <b>\"quoted\"\\ \u2028\x1b[31m", 3)
	f.Add("</think> <think>", 1)
	f.Fuzz(func(t *testing.T, text string, n int) {
		if !utf8.ValidString(text) || mayHoldTags(text) || strings.Contains(text, talkRule) || text == "" {
			return
		}
		n = max(1, n)
		var chat, lines, messages, items bytes.Buffer
		messages.WriteString("data: {\"type\":\"message_start\",\"message\":{}}\n\n")
		for rest := []rune(text); len(rest) > 0; {
			k := min(n, len(rest))
			piece, _ := json.Marshal(string(rest[:k]))
			rest = rest[k:]
			fmt.Fprintf(&chat, "data: {\"choices\":[{\"delta\":{\"content\":%s}}]}\n\n", piece)
			fmt.Fprintf(&lines, "{\"message\":{\"content\":%s}}\n", piece)
			fmt.Fprintf(&messages, "data: {\"type\":\"content_block_delta\",\"delta\":{\"text\":%s}}\n\n", piece)
			fmt.Fprintf(&items, "data: {\"type\":\"response.output_text.delta\",\"delta\":%s}\n\n", piece)
		}
		want := fmt.Sprintf("%q\n", text)
		for kind, body := range map[string][]byte{"openai": chat.Bytes(), "ollama": lines.Bytes(),
			"anthropic": messages.Bytes(), "responses": items.Bytes()} {
			if got := decodeAll(kind, body, []int{1 << 20}); !strings.HasPrefix(got, want) {
				t.Fatalf("%s: %s, want %s", kind, got, want)
			}
		}
	})
}

// FuzzPriceLists: whatever a gateway lists, a price is a finite number that is not negative, and tiers are in order.
func FuzzPriceLists(f *testing.F) {
	f.Add(`{"data":[{"id":"a","pricing":{"prompt":"0.000003","completion":"0.000015","input_cache_read":"NaN","overrides":[{"min_prompt_tokens":200000,"prompt":"1e308"},{"min_prompt_tokens":-1}]}}]}`,
		`{"input_cost_per_token":0.000003,"output_cost_per_token":1e300,"input_cost_per_token_above_200k_tokens":-1}`)
	f.Add(`{"data":[{"id":"b","pricing":{"prompt":"Inf","completion":"-0"}}]}`, `{"input_cost_per_token":"3"}`)
	f.Fuzz(func(t *testing.T, list, info string) {
		var quotes []providers.Quote
		if models, err := (openAI{}).decodeList([]byte(list)); err == nil {
			for _, m := range models {
				quotes = append(quotes, m.Price)
			}
		}
		var v map[string]any
		if json.Unmarshal([]byte(info), &v) == nil {
			quotes = append(quotes, price.LiteLLMQuote(v))
		}
		for _, q := range quotes {
			last := 0
			for _, p := range append([]providers.Tier{{Above: 1, Price: q.Price}}, q.Price.Tiers...) {
				if cost := p.Price.Of(providers.Usage{Input: 1000, Output: 1000, CacheRead: 100, CacheWrite: 100, Images: 1}); !(cost >= 0) || math.IsInf(cost, 0) {
					t.Errorf("%+v costs %v", p, cost)
				}
				if p.Above < last {
					t.Errorf("tiers are out of order: %+v", q.Price.Tiers)
				}
				last = p.Above
			}
		}
	})
}

// FuzzMemory: whatever a server says of its memory, no amount is negative, no time is nonsense, and a model is loaded or not.
func FuzzMemory(f *testing.F) {
	for _, name := range []string{"ollama/ps", "ollama/ps-stays", "ollama/tags", "llamaserver/router-models-loaded", "llamaserver/router-models-failed"} {
		data, err := os.ReadFile("testdata/captures/" + name + ".txt")
		if err != nil {
			f.Fatal(err)
		}
		_, body, _ := bytes.Cut(data, []byte("\r\n\r\n"))
		body, _, _ = bytes.Cut(body, []byte("\n### "))
		f.Add(body)
	}
	f.Add([]byte(`{"models":[{"key":"g","type":"llm","loaded_instances":[{"id":"g","config":{"context_length":4096}},null,7],"size_bytes":-1}]}`))
	f.Add([]byte(`{"data":[{"id":"g","type":"vlm","state":"loaded","loaded_context_length":1e99}]}`))
	now := time.Date(2026, 11, 28, 22, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, body []byte) {
		var all []providers.Memory
		loaded, err := readLoaded(body, now)
		for _, m := range loaded {
			if err != nil || !m.Loaded() {
				t.Errorf("%+v, %v", m, err)
			}
			all = append(all, m)
		}
		if list, err := (openAI{}).decodeList(body); err == nil {
			for _, m := range list {
				all = append(all, m.Memory)
			}
		}
		l := providers.Listed{ID: "g"}
		for _, m := range readStudio(body) {
			l.ID = m.id
			addStudio(&l, m)
			all = append(all, l.Memory)
		}
		for _, m := range all {
			if m.GPU != nil && *m.GPU < 0 || m.Total != nil && *m.Total < 0 || m.Context < 0 || m.Stays && !m.Until.IsZero() || m.Until.Unix() > now.Add(forGood).Unix() {
				t.Errorf("%+v", m)
			}
			if !m.Loaded() && (m.GPU != nil || m.Total != nil || m.Stays) {
				t.Errorf("not loaded: %+v", m)
			}
		}
	})
}
