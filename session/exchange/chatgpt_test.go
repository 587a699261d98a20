package exchange

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"lineup/session"
)

// chatGPTExample has what exports of ChatGPT have: a root without a message, custom instructions, an edited prompt and a
// regenerated answer beside the path, thinking, a tool, an image, a source, and a conversation without any prompt.
const chatGPTExample = `[{
  "title": "Tokens", "create_time": 1736209400.25, "update_time": 1736209800.5, "current_node": "a3",
  "default_model_slug": "gpt-4o", "conversation_id": "8f3a2b1c-0000", "id": "8f3a2b1c-0000", "is_archived": false, "plugin_ids": null,
  "mapping": {
    "root": {"id": "root", "message": null, "parent": null, "children": ["sys"]},
    "sys": {"id": "sys", "parent": "root", "children": ["ctx"], "message": {"author": {"role": "system"}, "weight": 0, "recipient": "all",
      "content": {"content_type": "text", "parts": [""]}, "metadata": {"is_visually_hidden_from_conversation": true}}},
    "ctx": {"id": "ctx", "parent": "sys", "children": ["u1", "u1old"], "message": {"author": {"role": "user"}, "weight": 1,
      "content": {"content_type": "user_editable_context", "user_profile": "I am a baker.", "user_instructions": "Be short."},
      "metadata": {"is_visually_hidden_from_conversation": true}}},
    "u1old": {"id": "u1old", "parent": "ctx", "children": [], "message": {"author": {"role": "user"}, "recipient": "all",
      "content": {"content_type": "text", "parts": ["What is a tokn?"]}, "metadata": {}}},
    "u1": {"id": "u1", "parent": "ctx", "children": ["t1", "a1old"], "message": {"author": {"role": "user"}, "create_time": 1736209412.345, "recipient": "all",
      "content": {"content_type": "multimodal_text", "parts": [{"content_type": "image_asset_pointer", "asset_pointer": "file-service://x"}, "What is a token?"]},
      "metadata": {"attachments": [{"name": "bread.png"}]}}},
    "a1old": {"id": "a1old", "parent": "u1", "children": [], "message": {"author": {"role": "assistant"}, "recipient": "all",
      "content": {"content_type": "text", "parts": ["An older answer."]}, "metadata": {"model_slug": "gpt-4o"}}},
    "t1": {"id": "t1", "parent": "u1", "children": ["c1"], "message": {"author": {"role": "assistant"}, "recipient": "all",
      "content": {"content_type": "thoughts", "thoughts": [{"summary": "Recalling", "content": "Pieces of words."}]}, "metadata": {"model_slug": "o3"}}},
    "c1": {"id": "c1", "parent": "t1", "children": ["r1"], "message": {"author": {"role": "assistant"}, "recipient": "python",
      "content": {"content_type": "code", "language": "python", "text": "print(1)"}, "metadata": {"model_slug": "o3"}}},
    "r1": {"id": "r1", "parent": "c1", "children": ["a1"], "message": {"author": {"role": "tool", "name": "python"}, "recipient": "all",
      "content": {"content_type": "execution_output", "text": "1"}, "metadata": {}}},
    "a1": {"id": "a1", "parent": "r1", "children": ["a2"], "message": {"author": {"role": "assistant"}, "recipient": "all", "status": "finished_successfully",
      "content": {"content_type": "text", "parts": ["A piece of text."]}, "metadata": {"model_slug": "o3", "finish_details": {"type": "stop"}}}},
    "a2": {"id": "a2", "parent": "a1", "children": ["u2"], "message": {"author": {"role": "assistant"}, "recipient": "all", "status": "finished_successfully",
      "content": {"content_type": "text", "parts": ["토큰 \ue200cite\ue202turn0search0\ue201."]}, "metadata": {"model_slug": "o3"}}},
    "u2": {"id": "u2", "parent": "a2", "children": ["a3"], "message": {"author": {"role": "user"}, "create_time": 1736209700.0,
      "content": {"content_type": "text", "parts": ["And a byte?"]}}},
    "a3": {"id": "a3", "parent": "u2", "children": [], "message": {"author": {"role": "assistant"}, "status": "finished_successfully",
      "content": {"content_type": "text", "parts": ["Eight bits, of wh"]}, "metadata": {"model_slug": "gpt-4o", "finish_details": {"type": "max_tokens"}}}}
  }},
  {"title": "Nothing said", "create_time": 1736209400, "current_node": "r", "mapping": {"r": {"message": null, "parent": null, "children": []}}}
]`

func TestImportChatGPT(t *testing.T) {
	list := parsed(t, chatGPTExample, FormatAuto)
	if len(list) != 2 {
		t.Fatalf("%d conversations", len(list))
	}
	if e := list[1].Err; e == nil || !strings.Contains(e.Error(), "no prompt") || list[1].Name != "Nothing said" {
		t.Errorf("the empty one: %v", e)
	}
	s := list[0].Session
	if s == nil {
		t.Fatal(list[0].Err)
	}
	if s.Title != "Tokens" || s.System != "I am a baker.\n\nBe short." || fmt.Sprint(s.Panes) != "[chatgpt/gpt-4o]" {
		t.Errorf("title %q, system %q, panes %v", s.Title, s.System, s.Panes)
	}
	if want := time.UnixMilli(1736209400250).UTC(); !s.CreatedAt.Equal(want) {
		t.Errorf("begun %s, want %s", s.CreatedAt, want)
	}
	if len(s.Turns) != 2 {
		t.Fatalf("%d turns", len(s.Turns))
	}
	first, second := s.Turns[0], s.Turns[1]
	if first.Prompt != "[image]\nWhat is a token?" || !first.CreatedAt.Equal(time.UnixMilli(1736209412345)) {
		t.Errorf("prompt %q at %s", first.Prompt, first.CreatedAt)
	}
	r := first.Replies[0]
	if r.Text != "A piece of text.\n\n토큰 ." || r.Reasoning != "Recalling\n\nPieces of words." || r.Model != "chatgpt/o3" || r.Status != session.Done {
		t.Errorf("%+v", r)
	}
	if r.Usage.Source != session.Estimated || r.Usage.Output == 0 || r.Cost.USD != nil {
		t.Errorf("usage %+v, cost %+v", r.Usage, r.Cost)
	}
	if alt := first.Alternatives; len(alt) != 1 || alt[0].Text != "An older answer." || alt[0].Take != 1 || r.Take != 0 || alt[0].Model != "chatgpt/gpt-4o" {
		t.Errorf("alternatives %+v", alt)
	}
	if r := second.Replies[0]; r.Status != session.Length || r.Text != "Eight bits, of wh" {
		t.Errorf("%+v", r)
	}
	want := "1 image; 1 attached file; 2 messages to and from tools; 1 link to a source; 1 message on another branch"
	if got := strings.Join(list[0].LeftOut, "; "); got != want {
		t.Errorf("left out: %s\nwant: %s", got, want)
	}
}

// TestImportChatGPTZip takes the export as it comes, also where it is in several files.
func TestImportChatGPTZip(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"user.json", "export/conversations-000.json", "export/conversations-001.json", "chat.html"} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(chatGPTExample)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	list := parsed(t, b.String(), FormatAuto)
	if len(list) != 4 || list[2].Session == nil {
		t.Errorf("%d conversations", len(list))
	}
}

// TestChatGPTTreesThatAreDamaged end, whatever their links say.
func TestChatGPTTreesThatAreDamaged(t *testing.T) {
	const said = `"message": {"author": {"role": "user"}, "content": {"content_type": "text", "parts": ["hi"]}}`
	for name, tree := range map[string]string{
		"a circle":        `"a": {` + said + `, "parent": "b", "children": ["b"]}, "b": {"parent": "a", "children": ["a"]}}, "current_node": "a"`,
		"no current node": `"a": {` + said + `, "parent": null, "children": []}}`,
		"answers that the prompt does not know": `"a": {` + said + `, "children": ["d", "d", "a", "zzz"]}, "b": {"parent": "a", "message": {"author": {"role": "assistant"}, "content": {"parts": ["x"]}}},
			"d": {"parent": "a", "message": {"author": {"role": "assistant"}, "content": {"parts": ["y"]}}, "children": ["d"]}}, "current_node": "b"`,
		"one that is gone":   `"a": {` + said + `, "parent": "gone", "children": []}}, "current_node": "zzz"`,
		"a node that is nil": `"a": {` + said + `, "parent": "b"}, "b": null}, "current_node": "a"`,
	} {
		s := one(t, `[{"mapping": {`+tree+`}]`)
		keepable(t, s)
		if len(s.Turns) != 1 || s.Turns[0].Prompt != "hi" || s.Title != "hi" {
			t.Errorf("%s: %+v", name, s)
		}
	}
}
