package wire

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"lineup/providers"
	"lineup/providers/policy"
)

// chunksOf are ordinary pieces of a stream in each dialect, as real servers write them.
func chunksOf() map[string]string {
	return map[string]string{
		"openai":    `{"id":"chatcmpl-142","object":"chat.completion.chunk","created":1795413623,"model":"tiny-slow","system_fingerprint":"fp_ollama","choices":[{"index":0,"delta":{"role":"assistant","content":" 겨울 winter"},"finish_reason":null}]}`,
		"ollama":    `{"model":"tiny","created_at":"2026-11-23T06:10:54.032023932Z","message":{"role":"assistant","content":" 겨울 winter"},"done":false}`,
		"anthropic": `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" 겨울 winter"}}`,
		"responses": `{"content_index":0,"delta":" 겨울 winter","item_id":"msg_691185","logprobs":[],"output_index":0,"sequence_number":4,"type":"response.output_text.delta"}`,
	}
}

// BenchmarkDecode is one chunk from its frame to its event.
func BenchmarkDecode(b *testing.B) {
	for _, kind := range Kinds() {
		b.Run(kind, func(b *testing.B) {
			p, err := New(Config{Name: "p", Kind: kind, BaseURL: "http://127.0.0.1"})
			if err != nil {
				b.Fatal(err)
			}
			d := p.dialect.decoder()
			f := frame{data: []byte(chunksOf()[kind]), at: time.Now(), bytes: 200}
			var events []providers.Event
			b.ReportAllocs()
			for b.Loop() {
				events, err = d.decode(f, events[:0])
				if err != nil || len(events) == 0 || events[len(events)-1].Type != providers.EventText {
					b.Fatal(events, err)
				}
			}
		})
	}
}

// endless is a stream that repeats one chunk n times.
type endless struct {
	piece []byte
	left  int
	rest  []byte
}

func (e *endless) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(e.rest) == 0 {
			if e.left == 0 {
				return n, io.EOF
			}
			e.left--
			e.rest = e.piece
		}
		k := copy(p[n:], e.rest)
		n, e.rest = n+k, e.rest[k:]
	}
	return n, nil
}

// BenchmarkStream is one chunk from its bytes on the wire through reader, decoder, redaction and deadlines to the
// consumer.
func BenchmarkStream(b *testing.B) {
	for _, kind := range Kinds() {
		b.Run(kind, func(b *testing.B) {
			p, err := New(Config{Name: "p", Kind: kind, BaseURL: "http://127.0.0.1"})
			if err != nil {
				b.Fatal(err)
			}
			piece := "data: " + chunksOf()[kind] + "\n\n"
			if kind == "ollama" {
				piece = chunksOf()[kind] + "\n"
			}
			body := &endless{piece: []byte(piece), left: b.N}
			source := modelFunc(func(ctx context.Context, yield func(providers.Event, error) bool) {
				m := &remote{provider: p, model: "m"}
				resp := &http.Response{StatusCode: 200, Body: io.NopCloser(bytes.NewReader(nil))}
				m.read(ctx, &answer{resp, time.Now}, body, guarded([]string{"sk-0123456789abcdefghijklmnop"}, yield))
			})
			m := policy.WithAttempt(policy.WithDeadlines(source, policy.Deadlines{Connect: time.Second, Headers: time.Minute, FirstToken: time.Minute,
				Idle: time.Minute, Total: time.Hour}), providers.Info{})
			b.ReportAllocs()
			b.ResetTimer()
			n := 0
			for ev := range m.Stream(b.Context(), providers.Request{}) {
				if ev.Type == providers.EventText {
					n++
				}
			}
			if n != b.N {
				b.Fatalf("%d of %d chunks", n, b.N)
			}
		})
	}
}
