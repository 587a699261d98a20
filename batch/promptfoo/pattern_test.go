package promptfoo

import "testing"

// A unit of UTF-16 is white space or not, in a class and outside of one.
func TestWhiteSpaceOfPatterns(t *testing.T) {
	var patterns []pattern
	for _, text := range []string{`^\s$`, `^\S$`, `^[\s]$`, `^[^\S]$`} {
		p, err := compilePattern(text)
		if err != nil {
			t.Fatal(err)
		}
		patterns = append(patterns, p)
	}
	spaces := 0
	for r := range rune(0x10000) {
		if r >= 0xd800 && r < 0xe000 {
			continue
		}
		var found [4]bool
		for i, p := range patterns {
			found[i], _ = p.matches(string(r))
		}
		if found[0] {
			spaces++
		}
		if found[0] == found[1] || found[0] != found[2] || found[0] != found[3] {
			t.Fatalf("%U: %v", r, found)
		}
	}
	if spaces != 25 { // ECMA-262, WhiteSpace and LineTerminator
		t.Errorf("%d white spaces", spaces)
	}
}
