package wire

import (
	"strings"
	"testing"

	"lineup/providers"
)

// splitIn writes a text in pieces of n bytes.
func splitIn(text string, n int) (reasoning, answer string) {
	var s thinkSplitter
	add := func(got split) {
		if got.moved {
			reasoning, answer = reasoning+answer, ""
		}
		reasoning, answer = reasoning+got.reasoning, answer+got.answer
	}
	for len(text) > 0 {
		k := min(n, len(text))
		add(s.write(text[:k]))
		text = text[k:]
	}
	add(s.close())
	return reasoning, answer
}

func TestInlineThinking(t *testing.T) {
	for _, c := range []struct{ name, in, reasoning, answer string }{
		{"none", "Hello", "", "Hello"},
		{"at the start", "<think>hm, well</think>Hello", "hm, well", "Hello"},
		{"white space around the tags goes", "\n <think>\nhm\n</think>\n\nHello\n", "hm\n", "Hello\n"},
		{"white space stays where no tag follows", "\n Hello", "", "\n Hello"},
		{"an empty one", "<think>\n\n</think>\n\nHello", "", "Hello"},
		{"never closed", "<think>hm </thin", "hm </thin", ""},
		{"nothing but the tag", "<think>", "", ""},
		{"a beginning that is none", "<thinks>Hello", "", "<thinks>Hello"},
		{"a beginning at the end", "<thi", "", "<thi"},
		{"later in the answer", "I say <think>no</think>", "", "I say <think>no</think>"},
		{"a second one is text", "<think>a</think>b<think>c</think>", "a", "b<think>c</think>"},
		{"signs that look like the end tag", "<think>a </ b <</think>c", "a </ b <", "c"},
		{"white space alone", " \n", "", " \n"},
		{"far too much white space", strings.Repeat(" ", 80) + "<think>a", "", strings.Repeat(" ", 80) + "<think>a"},
	} {
		for n := 1; n <= len(c.in); n++ {
			if r, a := splitIn(c.in, n); r != c.reasoning || a != c.answer {
				t.Errorf("%s, pieces of %d: reasoning %q, answer %q; want %q, %q", c.name, n, r, a, c.reasoning, c.answer)
				break
			}
		}
	}
}

func TestReasoningIsNotHeldBackWithoutNeed(t *testing.T) {
	var s thinkSplitter
	for _, c := range [][2]string{{"<think>hm", "hm"}, {" well", " well"}, {" a < b", " a < b"}, {" so<", " so"}, {"/thi", ""}, {"s", "</this"}} {
		if got := s.write(c[0]); got != (split{reasoning: c[1]}) {
			t.Errorf("%q gives %+v at once, want %q", c[0], got, c[1])
		}
	}
}

func TestHeldBackTextKeepsItsTime(t *testing.T) {
	d := chatDecoder{}
	var out []providers.Event
	for i, s := range []string{"\\n", "Hello"} {
		at := frame{data: []byte(`{"choices":[{"delta":{"content":"` + s + `"}}]}`), at: epoch(i)}
		out, _ = d.decode(at, out)
	}
	if len(out) != 2 || out[0].Text != "\n" || out[0].At != epoch(0) || out[1].Text != "Hello" || out[1].At != epoch(1) {
		t.Errorf("%+v; want two texts, each with the time at which it came", out)
	}
}
