package wire

import "testing"

func TestHalvesAreJoined(t *testing.T) {
	for _, c := range []struct {
		name   string
		pieces []string
		want   string
	}{
		{"escapes", []string{`"Hi \ud83d"`, `"\ude00 bye"`}, "Hi 😀 bye"},
		{"capital digits", []string{`"Hi \uD83D"`, `"\uDE00"`}, "Hi 😀"},
		{"three pieces, one empty", []string{`"\ud83d"`, `""`, `"\ude00"`}, "😀"},
		{"bytes of UTF-8", []string{"\"\xf0\"", "\"\x9f\x98\"", "\"\x80!\""}, "😀!"},
		{"Korean by bytes", []string{"\"\xed\"", "\"\x95\"", "\"\x9c\""}, "한"},
		{"Korean by two bytes", []string{"\"\xed\x95\"", "\"\x9c글\""}, "한글"},
		{"halves as bytes", []string{"\"\xed\xa0\xbd\"", "\"\xed\xb8\x80\""}, "😀"},
		{"halves as bytes, cut within", []string{"\"\xed\xa0\xbd\xed\"", "\"\xb8\x80\""}, "😀"},
		{"a half as an escape, the other one as bytes", []string{`"\ud83d"`, "\"\xed\xb8\x80\""}, "😀"},
		{"no other half", []string{`"a\ud83d"`, `"b"`}, "a\uFFFDb"},
		{"no other half at the end", []string{`"a\ud83d"`}, "a\uFFFD"},
		{"the low half alone", []string{`"a\ude00b"`}, "a\uFFFDb"},
		{"bytes of nothing", []string{"\"a\xffb\""}, "a\uFFFDb"},
		{"both in one", []string{`"\ud83d\ude00"`}, "😀"},
		{"every escape", []string{`"\"\\\/\b\f\n\r\t\u00e9"`}, "\"\\/\b\f\n\r\té"},
	} {
		var h halves
		got := ""
		for _, p := range c.pieces {
			s, ok := unquote([]byte(p))
			if !ok {
				t.Errorf("%s: %q is no literal", c.name, p)
			}
			got += h.write(s)
		}
		if got += h.close(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
