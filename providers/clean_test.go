package providers

import (
	"bytes"
	"encoding/json"
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
		"\u2029\u202a\u202e\u202f":  "\n␦␦\u202f",
		"\u2065\u2066\u2069\u206a":  "\u2065␦␦␦",
		"\u061c\u200d\u200e\u200f":  "\u200d",
		"\u2027\u2028":              "\u2027\n",
		"family 👨\u200d👩\u200d👧 ok": "family 👨\u200d👩\u200d👧 ok",
	} {
		if got := Clean(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	for r := rune(0); r <= 0x10ffff; r++ { // every mark that steers text
		steering := unicode.Is(unicode.Bidi_Control, r) || r >= 0x206a && r <= 0x206f || r >= 0xfff9 && r <= 0xfffb || r == 0x2028 || r == 0x2029
		if got := Clean(string(r)); steering && strings.ContainsRune(got, r) {
			t.Errorf("U+%04X stays: %q", r, got)
		} else if joins := unicode.Is(unicode.Join_Control, r) || r == 0x200b; joins && got != string(r) {
			t.Errorf("U+%04X, which letters need, becomes %q", r, got)
		}
	}
	if got := CleanLine("a title \u061c with a mark"); got != "a title with a mark" {
		t.Errorf("CleanLine: %q", got)
	}
	if got := CleanLine(" a \n\t b\r\nc\x1b "); got != "a b c␛" {
		t.Errorf("CleanLine: %q", got)
	}
}

func TestJSONIsSafeForATerminalAndTheSame(t *testing.T) {
	text := "a\x1b[2J\x7f\u009b31m \u202e\u061c\u200e one\u2028two 한 👨\u200d👩"
	var doc bytes.Buffer
	enc := json.NewEncoder(&doc)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(map[string]string{"text": text}); err != nil {
		t.Fatal(err)
	}
	safe := EscapeJSON(doc.Bytes())
	if got := Clean(string(safe)); got != string(safe) {
		t.Errorf("a terminal would obey something in %q", safe)
	}
	var back map[string]string
	if err := json.Unmarshal(safe, &back); err != nil || back["text"] != text {
		t.Errorf("%q became %q, %v", text, back["text"], err)
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
			if unicode.IsControl(r) && r != '\n' && r != '\t' || steers(r) || hints(r) {
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
