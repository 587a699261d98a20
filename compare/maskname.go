package compare

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maskName is a name to look for.
type maskName struct {
	letters []rune // folded
	open    []bool // a separator may stand before letter i
}

// compileName prepares a name. Between its words, and between letters and digits, a separator may
// stand or not. ok is false for what is too short to be a name.
func compileName(name string) (n maskName, ok bool) {
	gap := false
	for _, c := range name {
		if separator(c) || invisible(c) {
			gap = true
			continue
		}
		c = fold(c)
		if k := len(n.letters); k > 0 && digit(c) != digit(n.letters[k-1]) {
			gap = true
		}
		n.letters, n.open = append(n.letters, c), append(n.open, gap && len(n.letters) > 0)
		gap = false
	}
	return n, len(n.letters) > 1
}

// match gives the length of the name at the beginning of a text, 0 if it is not there. more is true
// where the text ends before that is known.
func (n maskName) match(r reading) (length int, more bool) {
	i := 0
	for k, want := range n.letters {
		if i, more = r.skip(i); more {
			return 0, true
		}
		c, size, more := r.at(i)
		if more {
			return 0, true
		}
		if n.open[k] && separator(c) {
			i += size
			if c, size, more = r.at(i); more {
				return 0, true
			}
		}
		if size == 0 || fold(c) != want {
			return 0, false
		}
		i += size
	}
	return n.ending(r, i)
}

// mayFollow reports whether the name may begin after a character.
func (n maskName) mayFollow(before, first rune) bool {
	switch {
	case unicode.IsLower(before) && unicode.IsUpper(first): // myGPT
		return true
	case unicode.Is(unicode.Hangul, first):
		return len(n.letters) > 2 || !unicode.Is(unicode.Hangul, before)
	case katakana(first):
		return !katakana(before)
	}
	return !wordLetter(first) || !wordLetter(before)
}

// ending gives the end of the name, with an ending of its language, 0 where the word goes on.
func (n maskName) ending(r reading, i int) (length int, more bool) {
	last := n.letters[len(n.letters)-1]
	c, size, more := r.at(i)
	if more {
		return 0, true
	}
	before, _ := utf8.DecodeLastRuneInString(r.text[:i])
	switch {
	case size == 0, digit(c): // version sees to digits
		return i, false
	case digit(last): // 4o must not end as 4
		if wordLetter(c) {
			return 0, false
		}
	case unicode.Is(unicode.Hangul, last):
		goesOn := unicode.Is(unicode.Hangul, c) && !strings.ContainsRune(particles, c)
		if len(n.letters) <= 2 && goesOn {
			return 0, false
		}
	case katakana(last):
		if len(n.letters) <= 2 && katakana(c) {
			return 0, false
		}
	case unicode.Is(unicode.Cyrillic, last):
		return r.inflected(i)
	case wordLetter(last) && wordLetter(c):
		if unicode.IsLower(before) && unicode.IsUpper(c) { // ClaudeBot
			return i, false
		}
		return r.plural(i)
	}
	return i, false
}

// particles are the syllables that begin what Korean hangs on a name.
const particles = "은는이가을를의에와과도로으입예야라처보만께한부까랑들인였"

// plural passes over an s that ends a word: llamas, Claudes.
func (r reading) plural(i int) (next int, more bool) {
	c, size, _ := r.at(i) // it is there: the caller saw it
	if fold(c) != 's' {
		return 0, false
	}
	after, _, more := r.at(i + size)
	if more || wordLetter(after) || digit(after) {
		return 0, more
	}
	return i + size, false
}

// longestInflection is how many letters Russian and its neighbours add to a name: Клодом.
const longestInflection = 2

func (r reading) inflected(i int) (next int, more bool) {
	for range longestInflection + 1 {
		c, size, more := r.at(i)
		if more {
			return 0, true
		}
		if !unicode.Is(unicode.Cyrillic, c) {
			return i, false
		}
		i += size
	}
	return 0, false
}

// fold gives one form for the forms of a letter: small, and of the usual width.
func fold(c rune) rune {
	const wide, narrow, last = 0xff01, 0x21, 0xff5e
	if c >= wide && c <= last {
		c += narrow - wide
	}
	return unicode.ToLower(unicode.ToUpper(c))
}

func foldAll(s string) string { return strings.Map(fold, s) }

// separator reports whether a character may stand between the parts of a name.
func separator(c rune) bool {
	switch fold(c) {
	case ' ', '\n', '-', '_', '.', ':', '/', '\u00a0', '\u2010', '\u2011', '\u2013', '\u3000',
		'·', '・', '\u202f', '+':
		return true
	}
	return false
}

// invisible reports whether a character takes no room, such as a joiner or a soft hyphen.
func invisible(c rune) bool {
	return c == '\u00ad' || unicode.Is(unicode.Cf, c) || unicode.Is(unicode.Variation_Selector, c)
}

func digit(c rune) bool { return c >= '0' && c <= '9' || c >= '０' && c <= '９' }

// wordLetter reports whether a letter is of a script that writes blanks between words.
func wordLetter(c rune) bool {
	return unicode.In(c, unicode.Latin, unicode.Cyrillic, unicode.Greek)
}

func katakana(c rune) bool { return unicode.Is(unicode.Katakana, c) || c == 'ー' }

// startsVersion reports whether a folded word with a digit is a version or a size: 4o, v3, r1, 70b.
func startsVersion(w string) bool {
	c, _ := utf8.DecodeRuneInString(w)
	return digit(c) || strings.IndexFunc(w, digit) <= 2
}
