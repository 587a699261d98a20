package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// What a line may be is what encoding/json takes for JSON, and its strings read the same.
func FuzzScanner(f *testing.F) {
	for _, s := range []string{``, `{}`, `[]`, `"a"`, `{"a":[1,-2.5e+3,true,false,null,"한\n\"\\\/\b\f\r\t\u00e9\ud83d\ude00"]}`, `"\ud83d"`, `"\ude00\ud83dx"`, `"\ud83d\u0041"`,
		` { "a" : 1 , "b" : { } } `, `{"a":1,}`, `[1,]`, `01`, `-`, `1.`, `1e`, `.5`, `+1`, `"\x"`, `"\u12g4"`, "\"a\nb\"", `nul`, `nulls`, `{"a"}`, `{a:1}`, `{} {}`, "\"\xff\xc0\"",
		`{"a":"`, `{"a":"\`, `{"a":"\u1`, `{"a":tr`, `[[[[`, `1e999`, "\ufeff{}", `"\u0000"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := scanner{b: []byte(text)}
		s.skip()
		ok := s.end()
		if want := json.Valid([]byte(text)); ok != want {
			t.Fatalf("%q: valid %v (%v), want %v", text, ok, s.err, want)
		}
		if !ok && errors.Is(s.err, errTorn) && s.i < len(text) {
			t.Fatalf("%q is said to be torn at %d of %d", text, s.i, len(text))
		}
		var want string
		if !ok || json.Unmarshal([]byte(text), &want) != nil || strings.TrimSpace(text) == "null" {
			return
		}
		s = scanner{b: []byte(text)}
		if got := s.text(nil); string(got) != want {
			t.Fatalf("%q reads %q, want %q", text, got, want)
		}
	})
}

// Every beginning of a line is torn, wherever it was cut, and never a mistake of another kind.
func TestEveryCutIsTorn(t *testing.T) {
	line := `{"id":"a","n":-1.5e+3,"s":"x\n\u00e9\ud83d\ude00 한","t":true,"f":false,"u":null,"o":{"a":[{},[],1,2]}}`
	for cut := range len(line) {
		s := scanner{b: []byte(line[:cut])}
		s.skip()
		if s.end(); !errors.Is(s.err, errTorn) {
			t.Errorf("cut at %d (%q): %v", cut, line[max(0, cut-5):cut], s.err)
		}
	}
}

func TestMistakesSayWhereTheyAre(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":1 "b":2}`:  `column 8: '"' where a comma or the end of the object is wanted`,
		`{"a":yes}`:      `column 6: 'y' where a value is wanted`,
		`{"a":"\q"}`:     `column 7: '\\' where an escape that JSON has is wanted`,
		`{}x`:            `column 3: 'x' where the end of the line is wanted`,
		"{\"a\":\"\t\"}": `column 7: '\t' where the end of the string is wanted`,
	} {
		s := scanner{b: []byte(text)}
		s.skip()
		if s.end(); s.err == nil || s.err.Error() != want {
			t.Errorf("%s: %v, want %s", text, s.err, want)
		}
	}
	deep := scanner{b: bytes.Repeat([]byte("["), maxDepth+1)}
	if deep.skip(); deep.err == nil || !strings.Contains(deep.err.Error(), "nested deeper") {
		t.Errorf("deep: %v", deep.err)
	}
}
