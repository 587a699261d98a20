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
	whole   []bool // a character begins with letter i
	size    int    // characters
	last    rune   // the last character
}

// compileName prepares a name. Between its words, and between letters and digits, a separator may
// stand or not. ok is false for what is too short to be a name.
func compileName(name string) (n maskName, ok bool) {
	gap := false
	for _, c := range name {
		l := letterOf(c)
		if l.separates() || l.n == 0 {
			gap = true
			continue
		}
		for i, part := range l.parts[:l.n] {
			if k := len(n.letters); i == 0 && k > 0 && digit(part) != digit(n.letters[k-1]) {
				gap = true
			}
			n.letters = append(n.letters, part)
			n.open = append(n.open, gap && len(n.letters) > 1)
			n.whole = append(n.whole, i == 0)
			gap = false
		}
		n.size, n.last = n.size+1, fold(c)
	}
	return n, n.size > 1
}

// leastMarked is how many letters a name needs to be found with marks inside or spelled out: x_ai
// and "y, i" are formulas. Formulas have letters that are written with blanks between words.
const leastMarked = 3

// marked reports whether the name is found with marks inside.
func (n *maskName) marked() bool { return n.size >= leastMarked || !wordLetter(n.last) }

// match gives the length of the name at the beginning of a text, 0 if it is not there. more is true
// where the text ends before that is known.
func (n *maskName) match(r reading) (length int, more bool) {
	i, more := n.letterByLetter(r, 0)
	if i == 0 && !more && n.marked() { // [Cl][1]aude
		r.labels = true
		i, more = n.letterByLetter(r, 0)
	}
	if more || i == 0 {
		return 0, more
	}
	return n.ending(r, i)
}

// letterByLetter gives the end of the letters of the name, 0 if they are not there.
func (n *maskName) letterByLetter(r reading, i int) (end int, more bool) {
	pass := r.skip
	if n.marked() {
		pass = r.marks
	}
	for k := 0; k < len(n.letters); {
		if k > 0 {
			if i, more = pass(i); more {
				return 0, true
			}
		}
		l, size, more := r.letter(i)
		if more {
			return 0, true
		}
		if n.open[k] && l.separates() {
			if i, more = pass(i + size); more {
				return 0, true
			}
			if l, size, more = r.letter(i); more {
				return 0, true
			}
		}
		if size == 0 || !n.has(k, l) {
			return 0, false
		}
		k += l.n
		i += size
	}
	return i, false
}

// has reports whether a character is there at letter k.
func (n *maskName) has(k int, l letter) bool {
	if l.n == 0 || k+l.n > len(n.letters) {
		return false
	}
	for i, c := range l.parts[:l.n] {
		if want := n.letters[k+i]; c != want && looksLike(c) != want {
			return false
		}
	}
	return true
}

// longestGap is how many separators may stand between letters of a name that is spelled out.
const longestGap = 3

// spelled gives the length of the name where each of its characters stands by itself, as in
// C-l-a-u-d-e, with what follows it in the same way: G P T - 4 o.
func (n *maskName) spelled(r reading) (length int, more bool) {
	if n.size < leastMarked {
		return 0, false
	}
	i := 0
	for k := 0; k < len(n.letters); {
		if k > 0 && n.whole[k] {
			next, more := r.gap(i)
			if more || next == i {
				return 0, more
			}
			i = next
		}
		l, size, more := r.letter(i)
		if more || size == 0 || !n.has(k, l) {
			return 0, more
		}
		k += l.n
		i += size
	}
	if on, more := r.goesOn(i); more || on {
		return 0, more
	}
	for digits := false; ; {
		at, more := r.gap(i)
		if more {
			return 0, true
		}
		l, size, more := r.letter(at)
		if more {
			return 0, true
		}
		c := l.first()
		if at == i || size == 0 || !digit(c) && !(digits && wordLetter(c)) {
			return i, false
		}
		on, more := r.goesOn(at + size)
		if more {
			return 0, true
		}
		if on && !digit(c) {
			return i, false
		}
		digits, i = true, at+size
	}
}

// goesOn reports whether a word goes on at a place.
func (r reading) goesOn(i int) (on, more bool) {
	l, _, more := r.letter(i)
	return wordLetter(l.first()), more
}

// gap passes over separators, with marks among them. It stays where there is none.
func (r reading) gap(i int) (next int, more bool) {
	at, seen := i, 0
	for {
		if at, more = r.marks(at); more {
			return 0, true
		}
		l, size, more := r.letter(at)
		switch {
		case more:
			return 0, true
		case l.separates() && seen < longestGap:
			seen++
			at += size
		case seen == 0:
			return i, false
		default:
			return at, false
		}
	}
}

// mayFollow reports whether the name may begin after a character.
func (n *maskName) mayFollow(before rune, first letter) bool {
	switch {
	case unicode.IsLower(before) && unicode.IsUpper(first.as): // myGPT
		return true
	case unicode.Is(unicode.Hangul, first.as):
		return n.size > 2 || !unicode.Is(unicode.Hangul, before)
	case katakana(first.as):
		return !katakana(before)
	}
	return !wordLetter(first.first()) || !wordLetter(before)
}

// ending gives the end of the name, with an ending of its language, 0 where the word goes on.
func (n *maskName) ending(r reading, i int) (length int, more bool) {
	last := n.last
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
		goesOn := c >= firstSyllable && c <= lastSyllable && !strings.ContainsRune(particles, c)
		if n.size <= 2 && goesOn {
			return 0, false
		}
	case katakana(last):
		if n.size <= 2 && katakana(c) {
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

// separates reports whether a character may stand between the parts of a name.
func (l letter) separates() bool { return separator(l.as) || l.n == 1 && separator(l.parts[0]) }

func separator(c rune) bool {
	switch fold(c) {
	case '\n', '\t', '_', '.', ':', '/', '·', '・', '•', '‧', '+', '\u2212', '\u2800':
		return true
	}
	return unicode.In(fold(c), unicode.Zs, unicode.Pd)
}

// invisible reports whether a character takes no room, such as a joiner or a soft hyphen.
func invisible(c rune) bool {
	return unicode.In(c, unicode.Cf, unicode.Variation_Selector,
		unicode.Other_Default_Ignorable_Code_Point)
}

func digit(c rune) bool { return c >= '0' && c <= '9' || c >= '０' && c <= '９' }

// wordLetter reports whether a letter is of a script that writes blanks between words.
func wordLetter(c rune) bool {
	if c < utf8.RuneSelf {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	}
	return unicode.In(c, unicode.Latin, unicode.Cyrillic, unicode.Greek)
}

func katakana(c rune) bool { return unicode.Is(unicode.Katakana, c) || c == 'ー' }

// startsVersion reports whether a folded word with a digit is a version or a size: 4o, v3, r1, 70b.
func startsVersion(w string) bool {
	c, _ := utf8.DecodeRuneInString(w)
	return digit(c) || strings.IndexFunc(w, digit) <= 2
}
