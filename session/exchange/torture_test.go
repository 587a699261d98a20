package exchange

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"lineup/providers"
	"lineup/session"
)

// torture is text that programs like to change: line breaks, tabs, indentation, blanks at both ends of lines, mathematics,
// joiners, marks of direction, digits, characters for private use, decomposed letters, and what looks like markup.
const torture = "  indented first line\n\ttab\n\n\nthree breaks  \ntwo blanks at the end\n" +
	"$$\\int_0^1 x^2\\,dx = \\frac{1}{3}$$ and \\(a_b*c*d\\) \\[ x \\] $5 and $6\n" +
	"1\\. 2. 3) 007 1e3 ٣ ४ 1_000 −5 ½\n" +
	"क्\u200dष नहीं\u200c ภาษา\u200bไทย 👩\u200d💻 🇰🇷 ❤️ e\u0301 가 \u1100\u1161\n" +
	"\ue000\uf8ff\U000f0000 \ue200cite\ue202turn0search1\ue201\n" +
	"*a* _b_ **c** `d` <b>e</b> &amp; &#39; [f](g) ~~h~~ | i | \\\\ \\*\n" +
	"```go\n\tif a < b && c > d {\n\t}\n```\n- [ ] x\n    code\n> q\n<|end|> [INST] </s>\n" +
	"nbsp:\u00a0 thin:\u2009 ideographic:\u3000 zwnbsp:\ufeff soft:\u00ad\n" +
	"trailing blanks   "

// controls are characters that may not go to a terminal and are kept in the record all the same.
const controls = "esc:\x1b[31m bel:\a nul-like:\x01 del:\x7f csi:\u009b cr:\r\nlone cr:\rend ls:\u2028 ps:\u2029 rlo:\u202e alm:\u061c lrm:\u200e rlm:\u200f pdi:\u2069"

func tortured() *session.Session {
	all := torture + "\n" + controls
	r := answered(0, "p/one", all)
	r.Reasoning, r.System = all, all
	r.Notes = []string{controls}
	return &session.Session{Title: "t", System: all, Panes: providers.Bare("p/one"), CreatedAt: enter(), UpdatedAt: enter(),
		Turns: []*session.Turn{{Prompt: all, CreatedAt: enter(), Replies: []*session.Reply{r}}}}
}

// TestNothingThatWasWrittenChanges sends texts through the record and every export and import, and compares bytes.
func TestNothingThatWasWrittenChanges(t *testing.T) {
	want := tortured()
	all := want.Turns[0].Prompt
	same := func(way string, s *session.Session) {
		t.Helper()
		r := s.Turns[0].Replies[0]
		for name, got := range map[string]string{"prompt": s.Turns[0].Prompt, "answer": r.Text, "reasoning": r.Reasoning, "system prompt": s.System, "reply's system prompt": r.System} {
			if got != all {
				t.Errorf("%s: the %s is\n%q, want\n%q", way, name, got, all)
			}
		}
		if r.Notes[0] != controls {
			t.Errorf("%s: the note is %q", way, r.Notes[0])
		}
	}
	store := newStore(t)
	res, err := store.Import(context.Background(), want)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := store.Session(context.Background(), res.ID)
	if err != nil {
		t.Fatal(err)
	}
	same("the record", stored)
	doc := exported(t, stored)
	same("JSON", one(t, doc))
	forked, err := store.Fork(context.Background(), res.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	same("a fork", forked)

	var lines strings.Builder
	if err := WriteJSONL(&lines, stored); err != nil {
		t.Fatal(err)
	}
	var line struct {
		Messages []struct{ Content string }
	}
	if err := json.Unmarshal([]byte(lines.String()), &line); err != nil {
		t.Fatal(err)
	}
	for _, m := range line.Messages {
		if m.Content != all {
			t.Errorf("JSONL: %q", m.Content)
		}
	}
	for way, text := range map[string]string{"JSON": doc, "JSONL": lines.String()} {
		if at := strings.IndexAny(text, "\x1b\a\x01\x7f\u009b\r\u2028\u2029\u202e\u061c\u200e\u200f\u2069"); at >= 0 {
			t.Errorf("%s has a character that acts: %q", way, text[at:at+10])
		}
	}
}

// TestDocumentsShowWhatWasWritten: in Markdown and in HTML the words stand as they are, and what acts is shown.
func TestDocumentsShowWhatWasWritten(t *testing.T) {
	s := tortured()
	s.Turns[0].Prompt, s.Turns[0].Replies[0].Text = torture, torture
	var b strings.Builder
	if err := WriteMarkdown(&b, s); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\n" + torture + "\n", "\n> " + strings.ReplaceAll(torture, "\n", "\n> ") + "\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("Markdown lacks\n%q\nin\n%q", want, b.String())
		}
	}
	page := htmlOf(t, s)
	inspect(t, page)
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "div" && len(n.Attr) > 0 && n.Attr[0].Val == "prompt" && n.Parent.Data == "section" {
			if got := n.FirstChild.Data; got != torture {
				t.Errorf("HTML has the prompt\n%q, want\n%q", got, torture)
			}
		}
	}
	for _, text := range []string{"क्\u200dष नहीं\u200c ภาษา\u200bไทย 👩\u200d💻", "007 1e3 ٣ ४", "\ue000\uf8ff\U000f0000", "e\u0301 가 \u1100\u1161", "\tif a &lt; b &amp;&amp; c &gt; d {\n\t}", "nbsp:\u00a0 thin:\u2009 ideographic:\u3000"} {
		if strings.Count(page, text) < 2 { // in the prompt and in the answer
			t.Errorf("HTML lacks %q", text)
		}
	}
}

// TestImportsKeepWhatWasWritten: in files of others too.
func TestImportsKeepWhatWasWritten(t *testing.T) {
	all := torture + "\n" + controls
	marked, _ := withoutMarks(all) // what ChatGPT's own marks stand for
	quoted, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	said := func(role string) string {
		return fmt.Sprintf(`{"author": {"role": %q}, "content": {"content_type": "text", "parts": [%s]}}`, role, quoted)
	}
	s := one(t, gpt(`"title": "x"`, said("user"), said("assistant")))
	if s.Turns[0].Prompt != all || s.Turns[0].Replies[0].Text != marked || strings.ReplaceAll(all, "\ue200cite\ue202turn0search1\ue201", "") != marked {
		t.Errorf("ChatGPT: %q, %q", s.Turns[0].Prompt, s.Turns[0].Replies[0].Text)
	}
	sql := strings.ReplaceAll(all, "'", "''")
	p := readDB(t, `CREATE TABLE responses (id TEXT, model TEXT, prompt TEXT, system TEXT, response TEXT, conversation_id TEXT, datetime_utc TEXT);
		INSERT INTO responses VALUES ('r', 'm', '`+sql+`', '`+sql+`', '`+sql+`', 'c', '2024-06-01 10:00:00')`)[0]
	if t1 := p.Session.Turns[0]; t1.Prompt != all || t1.Replies[0].Text != all || p.Session.System != all {
		t.Errorf("llm: %q, %q", t1.Prompt, t1.Replies[0].Text)
	}
}
