package wire

import (
	"fmt"
	"testing"
)

func TestTemplates(t *testing.T) {
	doc := `{"id":"c1","choices":[{"delta":{"content":" a"}}],"pad":"xyz"}`
	tm := learnTemplate([]byte(doc), []byte(`" a"`), []byte(`"c1"`), []byte(`"xyz"`))
	for _, c := range []struct {
		doc, want string
		ok        bool
	}{
		{doc, " a", true},
		{`{"id":"c2","choices":[{"delta":{"content":"한국 \n\u0041\""}}],"pad":""}`, "한국 \nA\"", true},
		{`{"id":"","choices":[{"delta":{"content":""}}],"pad":"p"}`, "", true},
		{`{"id":"c2","choices":[{"delta":{"content":"x"}}],"pad":"xyz"} `, "", false},
		{`{"id":"c2","choices":[{"delta":{"content":"x"}}],"pad":"xyz","more":1}`, "", false},
		{`{"id":"c2","choices":[{"delta":{"content":null}}],"pad":"xyz"}`, "", false},
		{`{"id":"c2","choices":[{"delta":{"content":"x`, "", false},
		{"{\"id\":\"c2\",\"choices\":[{\"delta\":{\"content\":\"x\n\"}}],\"pad\":\"xyz\"}", "", false}, // no JSON
		{`{"id":"c2","choices":[{"delta":{"content":"\q"}}],"pad":"xyz"}`, "", false},
		{`{"id":"\q","choices":[{"delta":{"content":"x"}}],"pad":"xyz"}`, "", false},
	} {
		if got, _, ok := tm.match([]byte(c.doc)); ok != c.ok || ok && got != c.want {
			t.Errorf("%s: %q, %v; want %q, %v", c.doc, got, ok, c.want, c.ok)
		}
	}
	counted := `{"n":7,"delta":"a"}`
	tm = learnTemplate([]byte(counted), []byte(`"a"`), []byte(`"n":7`))
	for doc, want := range map[string]bool{counted: true, `{"n":18,"delta":"a"}`: true, `{"n":null,"delta":"a"}`: false, `{"n":,"delta":"a"}`: false, `{"n":07,"delta":"a"}`: false,
		`{"n":1.5,"delta":"a"}`: false, `{"n":"7","delta":"a"}`: false} {
		if _, _, ok := tm.match([]byte(doc)); ok != want {
			t.Errorf("%s fits: %v", doc, ok)
		}
	}
	if learnTemplate([]byte(`{"a":"stop","content":"stop"}`), []byte(`"stop"`)) != nil {
		t.Error("a piece that stands twice has no certain place")
	}
}

// forget makes a decoder read every document in full.
func forget(d decoder) {
	switch d := d.(type) {
	case *chatDecoder:
		d.text, d.reasoning = nil, nil
	case *ollamaDecoder:
		d.text, d.reasoning = nil, nil
	case *messageDecoder:
		d.text, d.reasoning = nil, nil
	case *responseDecoder:
		d.text.form, d.reasoning.form = nil, nil
	}
}

// FuzzTemplates decodes three documents one after the other, with and without what was learned from those before.
func FuzzTemplates(f *testing.F) {
	for kind, chunk := range chunksOf() {
		f.Add(kind, chunk, chunk, chunk)
	}
	f.Add("openai", `{"id":"a","choices":[{"delta":{"content":"x"}}]}`, `{"id":"b","choices":[{"delta":{"content":"\n"}}]}`, `{"id":"b","choices":[{"delta":{"content":""},"finish_reason":"stop"}]}`)
	f.Add("openai", `{"choices":[{"delta":{"reasoning":"x","content":""}}]}`, `{"choices":[{"delta":{"reasoning":"y","content":""}}]}`, `{"choices":[{"delta":{"content":"z","reasoning":""}}]}`)
	f.Add("ollama", `{"message":{"thinking":"a","content":""}}`, `{"message":{"thinking":"b","content":""}}`, `{"message":{"content":"c"},"done":true}`)
	f.Add("anthropic", `{"type":"content_block_delta","delta":{"thinking":"a"}}`, `{"type":"content_block_delta","delta":{"thinking":"b"}}`, `{"type":"content_block_delta","delta":{"text":"c"}}`)
	f.Add("responses", `{"type":"response.output_text.delta","delta":"a","output_index":0}`, `{"type":"response.output_text.delta","delta":"b","output_index":1}`, `{"type":"response.output_text.done","text":"c","output_index":0}`)
	f.Fuzz(func(t *testing.T, kind, a, b, c string) {
		run := func(learn bool) (out []string) {
			p, err := New(Config{Name: "p", Kind: kind, BaseURL: "https://x.example"})
			if err != nil {
				return nil
			}
			d := p.dialect.decoder()
			for _, doc := range []string{a, b, c} {
				if !learn {
					forget(d)
				}
				events, err := d.decode(frame{data: []byte(doc)}, nil)
				for _, ev := range events {
					out = append(out, fmt.Sprintf("%d %q %v %v", ev.Type, ev.Text, ev.Usage, ev.Timings))
				}
				s := *d.state()
				out = append(out, fmt.Sprint(err, s.text, s.reasoning, s.tools, s.hidden, s.finish, s.payload))
			}
			return out
		}
		if fast, slow := fmt.Sprintf("%q", run(true)), fmt.Sprintf("%q", run(false)); fast != slow {
			t.Fatalf("learned: %s\nin full: %s", fast, slow)
		}
	})
}

// The events of the Responses API count on; that must not cost them their form.
func TestNumberedEventsKeepTheirForm(t *testing.T) {
	d := &responseDecoder{}
	for n, doc := range []string{
		`{"type":"response.output_text.delta","sequence_number":9,"output_index":0,"delta":"a","obfuscation":"xyz"}`,
		`{"type":"response.output_text.delta","sequence_number":10,"output_index":0,"delta":"b","obfuscation":"x"}`,
	} {
		if _, _, fits := d.text.form.match([]byte(doc)); fits != (n > 0) {
			t.Errorf("event %d fits the form of the one before: %v", n, fits)
		}
		if _, err := d.decode(frame{data: []byte(doc)}, nil); err != nil {
			t.Errorf("event %d: %v", n, err)
		}
	}
}
