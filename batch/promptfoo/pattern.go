package promptfoo

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
)

// patternTime bounds the time of a regular expression: some go back and forth for ever.
const patternTime = time.Second

// pattern is a regular expression as JavaScript has them without flags.
type pattern struct{ re *regexp2.Regexp }

// compilePattern reads a pattern. regexp2 has more than JavaScript has, and some of it by the same
// signs, so these are written in another way first.
func compilePattern(text string) (pattern, error) {
	written, err := ecmaPattern(text)
	if err != nil {
		return pattern{}, err
	}
	re, err := regexp2.Compile(written, regexp2.ECMAScript)
	if err != nil {
		return pattern{}, err
	}
	re.MatchTimeout = patternTime
	return pattern{re}, nil
}

// matches looks for the pattern in a text. JavaScript looks at units of UTF-16, each on its own.
func (p pattern) matches(text string) (bool, error) {
	all := utf16Of(text)
	units := make([]rune, len(all))
	for i, unit := range all {
		units[i] = rune(unit)
	}
	return p.re.MatchRunes(units)
}

// What JavaScript means by some signs: white space and all but it, and the boundary of words, in
// which only ASCII has letters.
const (
	ecmaSpace   = `\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff`
	ecmaNoSpace = `\0-\x08\x0e-\x1f!-\u009f\u00a1-\u167f\u1681-\u1fff\u200b-\u2027` +
		`\u202a-\u202e\u2030-\u205e\u2060-\u2fff\u3001-\ufefe\uff00-\uffff`
	ecmaDot        = `[^\n\r\u2028\u2029]`
	ecmaBoundary   = `(?:(?<=[0-9A-Za-z_])(?![0-9A-Za-z_])|(?<![0-9A-Za-z_])(?=[0-9A-Za-z_]))`
	ecmaNoBoundary = `(?:(?<=[0-9A-Za-z_])(?=[0-9A-Za-z_])|(?<![0-9A-Za-z_])(?![0-9A-Za-z_]))`
)

// errGroup is what JavaScript says of a group that it does not have.
var errGroup = errors.New("invalid group")

// ecmaPattern writes a pattern of JavaScript for regexp2.
func ecmaPattern(text string) (string, error) {
	var b strings.Builder
	inClass := false
	for rest := text; rest != ""; {
		taken := 1
		switch c := rest[0]; {
		case c == '\\' && len(rest) > 1:
			taken = 1 + writeEscape(&b, rest[1:], inClass)
		case c >= 0x80:
			taken = writeUnits(&b, rest)
		case inClass:
			inClass = c != ']'
			if c == '[' { // regexp2: the difference of two classes
				b.WriteByte('\\')
			}
			b.WriteByte(c)
		case strings.HasPrefix(rest, "[^]"):
			taken = len("[^]")
			b.WriteString(`[\s\S]`)
		case strings.HasPrefix(rest, "[]"):
			taken = len("[]")
			b.WriteString(`(?!)`)
		case c == '[':
			inClass = true
			b.WriteByte(c)
		case strings.HasPrefix(rest, "(?") && !knownGroup(rest[2:]):
			return "", errGroup
		case c == '.':
			b.WriteString(ecmaDot)
		case c == '$': // regexp2: before a line break at the end too
			b.WriteString(`(?![\s\S])`)
		default:
			b.WriteByte(c)
		}
		rest = rest[taken:]
	}
	return b.String(), nil
}

// knownGroup reports whether JavaScript has a group that begins so after its (?.
func knownGroup(rest string) bool {
	if name, ok := strings.CutPrefix(rest, "<"); ok {
		return name != "" && (strings.ContainsRune("=!_$", rune(name[0])) || name[0] >= 0x80 ||
			name[0]|0x20 >= 'a' && name[0]|0x20 <= 'z')
	}
	return rest != "" && strings.ContainsRune(":=!", rune(rest[0]))
}

// writeEscape writes what a backslash before rest says, and gives the length of what it took.
func writeEscape(b *strings.Builder, rest string, inClass bool) int {
	c := rest[0]
	isLetter := c|0x20 >= 'a' && c|0x20 <= 'z'
	switch {
	case c >= 0x80:
		return writeUnits(b, rest)
	case c == 's' || c == 'S':
		class := ecmaSpace
		if c == 'S' {
			class = ecmaNoSpace
		}
		if !inClass {
			class = "[" + class + "]"
		}
		b.WriteString(class)
	case c == 'b' && !inClass:
		b.WriteString(ecmaBoundary)
	case c == 'B' && !inClass:
		b.WriteString(ecmaNoBoundary)
	case isLetter && !slices.Contains([]byte("bBcdDfknrtuvwWx"), c): // it stands for itself
		b.WriteByte(c)
	default:
		b.WriteString(`\` + string(c))
	}
	return 1
}

// writeUnits writes the first character of a text in units of UTF-16, and gives its length.
func writeUnits(b *strings.Builder, text string) int {
	r, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return 0
	}
	for _, unit := range utf16.Encode([]rune{r}) {
		fmt.Fprintf(b, `\u%04x`, unit)
	}
	return size
}
