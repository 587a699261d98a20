package wire

import (
	"bytes"
	"strings"
	"testing"

	"lineup/providers"
)

func files() []providers.Attachment {
	return []providers.Attachment{
		{Name: "a.txt", Type: providers.TypeText, Data: []byte("one\n")},
		{Name: "p.png", Type: "image/png", Data: []byte("png"), Width: 6, Height: 4},
		{Name: "d.pdf", Type: providers.TypePDF, Data: []byte("pdf"), Pages: 1},
	}
}

// fieldsOf is the body of a request as it goes out.
func fieldsOf(t *testing.T, kind string, messages ...providers.Message) string {
	t.Helper()
	p, err := New(Config{Name: "test", Kind: kind, BaseURL: "http://x.example"})
	if err != nil {
		t.Fatal(err)
	}
	m := &remote{provider: p, model: "m"}
	return asJSON(t, m.fields(providers.Request{System: "be brief", Messages: messages}))
}

func TestAttachmentsInEachDialect(t *testing.T) {
	text := "```a.txt\\none\\n```\\n\\nwhat is it?"
	for kind, want := range map[string]string{
		"openai": `"messages":[{"role":"system","content":"be brief"},{"role":"user","content":[` +
			`{"image_url":{"url":"data:image/png;base64,cG5n"},"type":"image_url"},` +
			`{"file":{"file_data":"data:application/pdf;base64,cGRm","filename":"d.pdf"},"type":"file"},` +
			`{"text":"` + text + `","type":"text"}]}]`,
		"anthropic": `"messages":[{"role":"user","content":[` +
			`{"source":{"data":"cG5n","media_type":"image/png","type":"base64"},"type":"image"},` +
			`{"source":{"data":"cGRm","media_type":"application/pdf","type":"base64"},"title":"d.pdf","type":"document"},` +
			`{"text":"` + text + `","type":"text"}]}]`,
		"ollama": `"messages":[{"role":"system","content":"be brief"},{"role":"user","content":"` + text + `","images":["cG5n"]}]`,
		"responses": `"input":[{"type":"message","role":"user","content":[` +
			`{"image_url":"data:image/png;base64,cG5n","type":"input_image"},` +
			`{"file_data":"data:application/pdf;base64,cGRm","filename":"d.pdf","type":"input_file"},` +
			`{"type":"input_text","text":"` + text + `"}]}]`,
	} {
		all := files()
		if kind == "ollama" {
			all = all[:2] // it has no place for a PDF; Refuses says so
		}
		got := fieldsOf(t, kind, providers.Message{Role: providers.User, Content: "what is it?", Attachments: all})
		if !strings.Contains(got, want) {
			t.Errorf("%s sends %s\nwant in it %s", kind, got, want)
		}
	}
}

// A message without files keeps the form that it had before there were any.
func TestTextAloneStaysPlainText(t *testing.T) {
	for _, kind := range Kinds() {
		bare := fieldsOf(t, kind, providers.Message{Role: providers.User, Content: "```a.txt\none\n```\n\nhi"})
		with := fieldsOf(t, kind, providers.Message{Role: providers.User, Content: "hi", Attachments: files()[:1]})
		if bare != with {
			t.Errorf("%s: %s\nwant the same as %s", kind, with, bare)
		}
	}
}

// A server reuses what it has read only while a conversation grows at its end.
func TestTheNextTurnBeginsAsTheLastOne(t *testing.T) {
	for _, kind := range Kinds() {
		all := files()
		if kind == "ollama" {
			all = all[:2]
		}
		turn := []providers.Message{{Role: providers.User, Content: "look", Attachments: all}}
		first := messagesOf(t, fieldsOf(t, kind, turn...))
		turn = append(turn, providers.Message{Role: providers.Assistant, Content: "a cat"}, providers.Message{Role: providers.User, Content: "sure?"})
		second := messagesOf(t, fieldsOf(t, kind, turn...))
		if !bytes.HasPrefix(second, first) {
			t.Errorf("%s: the second turn\n%s\ndoes not begin with the first\n%s", kind, second, first)
		}
	}
}

// messagesOf is the list of messages in a body, without its end.
func messagesOf(t *testing.T, body string) []byte {
	t.Helper()
	for _, name := range []string{`"messages":`, `"input":`} {
		if _, rest, ok := strings.Cut(body, name); ok {
			list, _, _ := strings.Cut(rest, `],"model"`)
			list, _, _ = strings.Cut(list, `],"instructions"`)
			return []byte(list)
		}
	}
	t.Fatalf("no messages in %s", body)
	return nil
}

func TestListsTellWhoSees(t *testing.T) {
	for entry, want := range map[string]string{
		`{"id":"m","architecture":{"input_modalities":["text","image"],"modality":"text+image->text"}}`: "yes", // OpenRouter
		`{"id":"m","architecture":{"input_modalities":["text"],"output_modalities":["image"]}}`:         "no",
		`{"id":"m","architecture":{"modality":"text->text+image"}}`:                                     "no",
		`{"id":"m","capabilities":{"completion_chat":true,"vision":false}}`:                             "no", // Mistral
		`{"id":"m","capabilities":{"vision":true}}`:                                                     "yes",
		`{"id":"m","capabilities":{"image_input":{"supported":true}}}`:                                  "yes", // Anthropic
		`{"id":"m","capabilities":{"supports":{"vision":true}}}`:                                        "yes", // GitHub Copilot
		`{"id":"m","model_info":{"supports_vision":false}}`:                                             "no",  // LiteLLM
		`{"id":"m","modalities":{"input":["text","image"]}}`:                                            "yes", // models.dev
		`{"id":"m","capabilities":["completion","multimodal"]}`:                                         "yes", // llama.cpp
		`{"id":"m","capabilities":["completion"]}`:                                                      "no",
		`{"id":"m","capabilities":["tools"]}`:                                                           "",
		`{"id":"m","modality":"chat"}`:                                                                  "",
		`{"id":"m","context_length":8192}`:                                                              "",
	} {
		list, err := openAI{}.decodeList([]byte(`{"data":[` + entry + `]}`))
		got := ""
		if err == nil && len(list) == 1 && list[0].Vision != nil {
			got = map[bool]string{true: "yes", false: "no"}[*list[0].Vision]
		}
		if got != want {
			t.Errorf("%s: %q, %v; want %q", entry, got, err, want)
		}
	}
}
