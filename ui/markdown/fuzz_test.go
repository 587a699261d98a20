package markdown

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// FuzzStream checks what holds of every document, chunking and width: no panic; no line too wide or unterminated at
// any moment; committed lines stay; and in the end the lines are those of drawing the document at once.
func FuzzStream(f *testing.F) {
	seed := uint64(0)
	for _, doc := range corpus(f) {
		for _, width := range []uint8{9, 37} {
			seed++
			f.Add(doc, width, seed)
		}
	}
	f.Fuzz(func(t *testing.T, doc string, width uint8, seed uint64) {
		if len(doc) > 4<<10 {
			return
		}
		random := func(_ string, r *rand.Rand) int { return 1 + r.IntN(1+r.IntN(60)) }
		var kept []byte // what Write keeps; an invalid byte among it
		for i := range len(doc) {
			if c := doc[i]; c >= ' ' && c != 0x7f || c == '\n' || c == '\t' {
				kept = append(kept, c)
			}
		}
		check(t, Dark(""), 1+int(width), string(kept), chunks(string(kept), random, seed))
	})
}

// fragments are what FuzzFragments builds documents from: the pieces of Markdown that change how what stands around
// them is read.
var fragments = []string{
	"\n", "\n\n", "\n", "\n\n", "\n\n\n", " ", "  ", "    ", "\t", "\n  ", "\n    ",
	"- ", "* ", "+ ", "-", "1. ", "2. ", "9) ", "10. ", "\n- ", "\n1. ", "\n   - ", "\n\n- ", "\n\n2. ", "\n  - ", "-\n", "- [x] ",
	"> ", ">", "\n> ", "> > ", "\n>\n", "> - ",
	"```", "\n```\n", "\n```go\n", "~~~", "\n```\n\n", "   ```\n", "````\n", "\n  ```\n",
	"# ", "\n## ", "\n===\n", "\n---\n", "***", "\n\n---\n\n", "\n-\n",
	"| a | b |\n|---|---|\n", "| c | d |\n", "|--|", "|", "\n|", "a|b\n-|-\n", "x | y\n",
	": ", "\n: def\n", "\n\n: def\n", "term", ":",
	"<div>", "\n<div>\n", "</div>\n", "<!--", "-->", "<script>\n", "</script>\n", "<br>", "<b>", "<?",
	"*", "**", "_", "~~", "`", "[", "](u)", "![", "\\", "&amp;", "&#27;", "  \n", "http://a.b/c ",
	"$", "$$", "\n$$\n", "$$ ", " $$\n", "\\(", "\\)", "\n\\[\n", "\\[", "\\]", "\n\\]\n", "\\begin{a}", "\\end{a}", "\\\\\n", "http://한국/글", "~", "||",
	"word", "a longer run of words that has to be wrapped", "한국어 문장입니다", "日本語、テスト", "👨‍👩‍👧", "e\u0301", "x", "func f() {}\n", "/* ", " */",
}

// FuzzFragments is FuzzStream for documents without link definitions made of fragments, each byte one of them, which
// gets at the block structure much faster than changing bytes does.
func FuzzFragments(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		doc := make([]byte, 5+r.IntN(40))
		for i := range doc {
			doc[i] = byte(r.Uint32())
		}
		f.Add(doc, uint8(10+r.IntN(60)), r.Uint64())
	}
	f.Fuzz(func(t *testing.T, picks []byte, width uint8, seed uint64) {
		if len(picks) > 200 {
			return
		}
		var doc strings.Builder
		for _, b := range picks {
			doc.WriteString(fragments[int(b)%len(fragments)])
		}
		random := func(_ string, r *rand.Rand) int { return 1 + r.IntN(1+r.IntN(60)) }
		check(t, Plain(), 1+int(width), doc.String(), chunks(doc.String(), random, seed))
	})
}
