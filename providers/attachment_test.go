package providers

import (
	"strings"
	"testing"
)

func TestATextFileIsABlockThatItsContentCannotLeave(t *testing.T) {
	file := func(name, text string) Attachment { return Attachment{Name: name, Type: TypeText, Data: []byte(text)} }
	for _, c := range []struct {
		files []Attachment
		want  string
	}{
		{nil, "why?"},
		{[]Attachment{{Name: "a.png", Type: "image/png"}}, "why?"},
		{[]Attachment{file("a.go", "x := 1\n")}, "```a.go\nx := 1\n```\n\nwhy?"},
		{[]Attachment{file("a.txt", "no newline")}, "```a.txt\nno newline\n```\n\nwhy?"},
		{[]Attachment{file("a.md", "```\ncode\n````\n")}, "`````a.md\n```\ncode\n````\n`````\n\nwhy?"},
		{[]Attachment{file("a", "1"), file("b", "2")}, "```a\n1\n```\n\n```b\n2\n```\n\nwhy?"},
		{[]Attachment{file("od`d\n\x1bname", "1")}, "```od'd ␛name\n1\n```\n\nwhy?"},
	} {
		m := Message{Role: User, Content: "why?", Attachments: c.files}
		if got := m.Text(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func FuzzTextFileStaysInItsBlock(f *testing.F) {
	f.Add("plain")
	f.Add("```\n````")
	f.Fuzz(func(t *testing.T, text string) {
		m := Message{Content: "q", Attachments: []Attachment{{Name: "f", Type: TypeText, Data: []byte(text)}}}
		got := m.Text()
		fence, rest, _ := strings.Cut(got, "f\n")
		body, ok := strings.CutSuffix(rest, "\n"+fence+"\n\nq")
		if !ok || strings.Contains(body, fence) {
			t.Errorf("%q is not fenced by %q", body, fence)
		}
	})
}
