package markdown

import (
	"slices"
	"strings"
	"testing"
)

// A raw stream has the lines of the text, whatever the pieces were, and takes back none that it has committed.
func TestRawEqualsTheText(t *testing.T) {
	for name, doc := range corpus(t) {
		want := Wrap(strings.TrimSuffix(doc, "\n"), 38)
		if doc == "" {
			want = nil
		}
		for i, c := range chunkings {
			s := unhurried(Dark("").Raw(), 38)
			before, after := stream(t, s, 38, chunks(doc, c.next, uint64(i)))
			if d := diffRows(after, want); d != "" {
				t.Errorf("%s in %s: %s", name, c.name, d)
			}
			if d := diffRows(before, want); d != "" && strings.HasSuffix(doc, "\n") {
				t.Errorf("%s in %s, before Finish: %s", name, c.name, d)
			}
		}
		s := unhurried(Dark(""), 60)
		s.Write(doc)
		s.Render(1)
		s.Restyle(Dark("").Raw())
		s.Resize(38)
		s.Finish()
		if d := diffRows(rows(s.Render(1)), want); d != "" {
			t.Errorf("%s, made raw: %s", name, d)
		}
	}
}

// A stream that is reset draws the text that comes then, and nothing of the one before.
func TestReset(t *testing.T) {
	s := unhurried(Plain(), 40)
	s.Write("one\n\n**two")
	old := s.Render(1)
	s.Reset()
	s.Write("three")
	f := s.Render(1)
	if got := stripped(all(f)); !slices.Equal(got, []string{"three"}) || f.Version == old.Version || f.Epoch == old.Epoch {
		t.Errorf("%q, version %d after %d, epoch %d after %d", got, f.Version, old.Version, f.Epoch, old.Epoch)
	}
	s.Finish()
	s.Render(1)
	s.Reset()
	if got := all(s.Render(1)); len(got) > 0 {
		t.Errorf("an empty text has %q", got)
	}
}

// FuzzGlamour reads anything: a style or mistakes, each within the text.
func FuzzGlamour(f *testing.F) {
	for _, s := range []string{"", "{}", `{"h1":{"color":"1"}}`, `{"x":[{}]}`, "{\n\"h1\":1", `{"code_block":{"chroma":{"keyword":{"bold":true}}}}`, "null", "{}{"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		style, mistakes := ParseGlamour([]byte(s))
		for _, m := range mistakes {
			if m.Line < 1 || m.Line > 1+strings.Count(s, "\n") || m.Message == "" {
				t.Fatalf("%q: %+v", s, m)
			}
		}
		if len(mistakes) == 0 {
			draw(style, 20, "# a\n- *b* `c`")
		}
	})
}
