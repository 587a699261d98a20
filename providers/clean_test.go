package providers

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain\ttext\n":             "plain\ttext\n",
		"한국어 日本語 😀 e\u0301":         "한국어 日本語 😀 e\u0301",
		"\x1b[31mred\x1b]0;t\x07":   "␛[31mred␛]0;t␇",
		"a\r\nb\rc":                 "a\nbc",
		"del\x7f c1\u009b31m":       "del␡ c1␦31m",
		"\u202egnp.exe\u2069":       "␦gnp.exe␦",
		"bad \xff\xfe utf8":         "bad \ufffd\ufffd utf8",
		"\x00":                      "␀",
		"\x1b\ta\n":                 "␛\ta\n",
		"\u0080\u009f\u00a0":        "␦␦\u00a0",
		"\u2029\u202a\u202e\u202f":  "␦␦␦\u202f",
		"\u2065\u2066\u2069\u206a":  "\u2065␦␦\u206a",
		"\u2027\u2028":              "\u2027␦",
		"family 👨\u200d👩\u200d👧 ok": "family 👨\u200d👩\u200d👧 ok",
	} {
		if got := Clean(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := CleanLine(" a \n\t b\r\nc\x1b "); got != "a b c␛" {
		t.Errorf("CleanLine: %q", got)
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "plain", "\x1b[2J", "\xff\xfe", "\u202e\u009b", "a\r\n", "한\x00국"} {
		f.Add(s, 1)
	}
	f.Fuzz(func(t *testing.T, s string, cut int) {
		got := Clean(s)
		if !utf8.ValidString(got) {
			t.Fatalf("%q gives invalid UTF-8: %q", s, got)
		}
		for _, r := range got {
			if unicode.IsControl(r) && r != '\n' && r != '\t' || reorders(r) {
				t.Fatalf("%q keeps %U", s, r)
			}
		}
		if Clean(got) != got {
			t.Fatalf("cleaning twice changes %q", got)
		}
		if cut >= 0 && cut <= len(s) && (cut == len(s) || utf8.RuneStart(s[cut])) && utf8.ValidString(s) {
			if pieces := Clean(s[:cut]) + Clean(s[cut:]); pieces != got {
				t.Fatalf("%q cut at %d gives %q, whole %q", s, cut, pieces, got)
			}
		}
		if line := CleanLine(s); strings.ContainsAny(line, "\n\t") {
			t.Fatalf("CleanLine(%q) = %q", s, line)
		}
	})
}
