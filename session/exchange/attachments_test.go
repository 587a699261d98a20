package exchange

import (
	"encoding/base64"
	"strings"
	"testing"

	"lineup/providers"
	"lineup/providers/attach"
	"lineup/session"
)

const dotGIF = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"

// withFiles is a session whose prompt had a text, an image and a PDF.
func withFiles(t *testing.T) *session.Session {
	t.Helper()
	gif, err := base64.StdEncoding.DecodeString(dotGIF)
	if err != nil {
		t.Fatal(err)
	}
	turn := &session.Turn{ID: "01m8", Prompt: "What is it?", CreatedAt: enter(), Replies: []*session.Reply{answered(0, "p/one", "A dot.")}}
	for name, data := range map[string][]byte{"a<b>.txt": []byte("</pre><script>1\x1b[2J"), "dot.gif": gif, "d.pdf": []byte("%PDF-1.4\n<</Type/Page >>")} {
		a, err := attach.New(name, data)
		if err != nil {
			t.Fatal(err)
		}
		turn.Attachments = append(turn.Attachments, a)
	}
	return &session.Session{ID: "20261123-130412-aaz0v", Title: "files", CreatedAt: enter(), UpdatedAt: enter(), Panes: providers.Bare("p/one"), Turns: []*session.Turn{turn}}
}

func TestFilesSurviveTheRoundTrip(t *testing.T) {
	first := exported(t, withFiles(t))
	list := parsed(t, first, FormatAuto)
	if len(list) != 1 || list[0].Err != nil {
		t.Fatalf("%+v", list)
	}
	if second := exported(t, list[0].Session); second != first {
		t.Errorf("exported again:\n%s\nwant\n%s", second, first)
	}
	for _, a := range list[0].Session.Turns[0].Attachments {
		if a.Type == "image/gif" && (a.Width != 1 || a.Height != 1) {
			t.Errorf("%+v", a)
		}
	}
}

func TestAFileThatIsNotWhatItsHashSaysIsNamed(t *testing.T) {
	doc := exported(t, withFiles(t))
	for what, bad := range map[string]string{
		"turns[0].attachments[": strings.Replace(doc, dotGIF, base64.StdEncoding.EncodeToString([]byte("another text")), 1),
		"neither text":          strings.Replace(doc, dotGIF, base64.StdEncoding.EncodeToString([]byte{0, 1, 2}), 1),
		"it is empty":           strings.Replace(doc, dotGIF, "", 1),
	} {
		if list := parsed(t, bad, FormatAuto); len(list) != 1 || list[0].Err == nil || !strings.Contains(list[0].Err.Error(), what) {
			t.Errorf("%s: %+v", what, list)
		}
	}
}

func TestFilesInOtherFormats(t *testing.T) {
	s := withFiles(t)
	var html, md, lines strings.Builder
	if err := WriteHTML(&html, s); err != nil {
		t.Fatal(err)
	}
	page := html.String()
	for _, want := range []string{`src="data:image/gif;base64,` + dotGIF + `"`, "; img-src data:", "dot.gif (GIF, 1×1, 42 B)", "d.pdf (PDF, 1 page, 24 B)", "a&lt;b&gt;.txt (text", "&lt;/pre&gt;&lt;script&gt;1␛[2J"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	s.Turns[0].Attachments = nil
	html.Reset()
	if err := WriteHTML(&html, s); err != nil || strings.Contains(html.String(), "img-src") {
		t.Errorf("a page without pictures allows them (%v)", err)
	}
	s = withFiles(t)
	if err := WriteMarkdown(&md, s); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Attached: ", "dot.gif (GIF, 1×1, 42 B)", "d.pdf (PDF, 1 page, 24 B)"} {
		if !strings.Contains(md.String(), want) {
			t.Errorf("the Markdown lacks %q:\n%s", want, md.String())
		}
	}
	if err := WriteJSONL(&lines, s); err != nil {
		t.Fatal(err)
	}
	if got := lines.String(); !strings.Contains(got, `{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/gif;base64,`+dotGIF+`"}},{"type":"text","text":"`+"```a<b>.txt") || strings.Contains(got, "%PDF") {
		t.Errorf("the line is %s", got)
	}
	s.Turns[0].Attachments = []providers.Attachment{}
	lines.Reset()
	if err := WriteJSONL(&lines, s); err != nil || !strings.Contains(lines.String(), `{"role":"user","content":"What is it?"}`) {
		t.Errorf("%s, %v", lines.String(), err)
	}
}
