package sim

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSplit(t *testing.T) {
	for text, want := range map[string][]string{
		"":                      {},
		"The cat sat.":          {"The", " cat", " sat", "."},
		"안녕하세요 여러분":             {"안녕", "하세", "요", " 여러", "분"},
		"東京は":                   {"東", "京", "は"},
		"## A\n\n```go\n":       {"##", " A", "\n\n", "```", "go", "\n"},
		"    return 12345":      {"    ", "return", " 123", "45"},
		"👍🏽 ok":                 {"👍", "🏽", " ok"},
		"tokenisation":          {"tokenisa", "tion"},
		"a\xffb":                {"a", "\xff", "b"},
		" ":                     {" "},
		"\t \n x":               {"\t ", "\n", " x"},
		"-----":                 {"----", "-"},
		strings.Repeat(" ", 20): {strings.Repeat(" ", 16), "    "},
	} {
		if got := split(text); !slices.Equal(got, want) {
			t.Errorf("split(%q) = %q, want %q", text, got, want)
		}
	}
}

func FuzzSplit(f *testing.F) {
	for _, texts := range newLibrary().answers {
		for _, x := range texts {
			f.Add(strings.Join(x.pieces, ""))
		}
	}
	f.Add("👩‍👩‍👧 é ᄒ\xf0\x9f")
	f.Fuzz(func(t *testing.T, text string) {
		pieces := split(text)
		if strings.Join(pieces, "") != text {
			t.Fatalf("%q does not join to %q", pieces, text)
		}
		if n := countTokens(text); n != len(pieces) {
			t.Fatalf("counted %d tokens, split into %d", n, len(pieces))
		}
		for _, p := range pieces {
			if p == "" || utf8.ValidString(text) && !utf8.ValidString(p) {
				t.Fatalf("bad piece %q of %q", p, text)
			}
		}
	})
}

// Prose has the usual number of characters a token: about four in English,
// between one and two syllables, spaces aside, in Korean.
func TestTokenLength(t *testing.T) {
	reasoning := newLibrary().reasoning // prose without Markdown
	for script, bounds := range map[Script][2]float64{English: {3.8, 5}, Korean: {1.5, 2.6}} {
		for _, x := range reasoning[script] {
			perToken := float64(utf8.RuneCountInString(strings.Join(x.pieces, ""))) / float64(len(x.pieces))
			if perToken < bounds[0] || perToken > bounds[1] {
				t.Errorf("%s: %.2f characters a token, want %v", script, perToken, bounds)
			}
		}
	}
}

func BenchmarkSplit(b *testing.B) {
	text := strings.Join(newLibrary().answers[English][0].pieces, "")
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		split(text)
	}
}
