package compare

import (
	"html"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// reading is a text whose end may not be there yet.
type reading struct {
	text    string
	end     bool       // nothing follows
	foreign []maskName // variants in scripts without blanks
	labels  bool       // the name of an address after a link, as in [this][1], is a mark too
}

// at gives the character at a place, and its size. more is true where it is not there yet. At the
// end the size is 0.
func (r reading) at(i int) (c rune, size int, more bool) {
	rest := r.text[i:]
	if !r.end && !utf8.FullRuneInString(rest) {
		return 0, 0, true
	}
	if rest == "" {
		return 0, 0, false
	}
	c, size = utf8.DecodeRuneInString(rest)
	return c, size, false
}

// letter is a character as it is compared: without case, width, style and accents. A Korean
// syllable is the letters it is made of.
type letter struct {
	as    rune // as it is written
	parts [4]rune
	n     int // how many parts there are
}

// first is the first part, 0 for none.
func (l letter) first() rune { return l.parts[0] }

// letter reads the character at a place. A character reference and the \u0041 of JSON are what they
// stand for. At the end the size is 0.
func (r reading) letter(i int) (l letter, size int, more bool) {
	if r.plain(i) {
		return asciiLetter(rune(r.text[i])), 1, false
	}
	c, size, more := r.at(i)
	if more || size == 0 {
		return letter{}, 0, more
	}
	if c == '&' || c == '\\' {
		as, long, more := r.coded(i)
		if more {
			return letter{}, 0, true
		}
		if long > 0 {
			c, size = as, long
		}
	}
	return letterOf(c), size, false
}

// plain reports whether an ASCII character is there that stands for itself.
func (r reading) plain(i int) bool {
	return i < len(r.text) && r.text[i] < utf8.RuneSelf && r.text[i] != '&' && r.text[i] != '\\'
}

func asciiLetter(c rune) letter {
	l := letter{as: c, n: 1}
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
	}
	l.parts[0] = c
	return l
}

// Bounds of what a letter or the marks between two letters may be, in bytes: a stream must not be
// held back without end.
const (
	longestReference = 40   // as Markdown is rendered
	longestTag       = 1000 // or the address of a link
	longestMarks     = 2000
)

// coded reads a character that is written by its name or its number. The size is 0 where there is
// none.
func (r reading) coded(i int) (c rune, size int, more bool) {
	rest := r.text[i:]
	if rest[0] == '\\' {
		const long = len(`\u0041`)
		for k := 1; k < min(long, len(rest)); k++ {
			if k == 1 && rest[k] != 'u' || k > 1 && !isHex(rest[k]) {
				return 0, 0, false
			}
		}
		if len(rest) < long {
			return 0, 0, !r.end
		}
		n, err := strconv.ParseUint(rest[2:long], 16, 32)
		if err != nil || n == 0 {
			return 0, 0, false
		}
		return rune(n), long, false
	}
	for k := 1; k < min(longestReference, len(rest)); k++ {
		switch b := rest[k]; {
		case b == ';':
			s := html.UnescapeString(rest[:k+1])
			c, n := utf8.DecodeRuneInString(s)
			if n != len(s) {
				return 0, 0, false
			}
			return c, k + 1, false
		case b != '#' && !isHex(b) && !(b >= 'g' && b <= 'z') && !(b >= 'G' && b <= 'Z'):
			return 0, 0, false
		}
	}
	return 0, 0, !r.end && len(rest) < longestReference
}

func isHex(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F'
}

// skip passes over characters that cannot be seen.
func (r reading) skip(i int) (next int, more bool) {
	for {
		if r.plain(i) {
			return i, false
		}
		l, size, more := r.letter(i)
		if more || size == 0 || l.n > 0 {
			return i, more
		}
		i += size
	}
}

// marks passes over what does not part the letters of a word when it is drawn, or hardly does:
// marks of Markdown, tags, the address of a link, and characters that cannot be seen.
func (r reading) marks(i int) (next int, more bool) {
	labelled := false
	for start := i; i-start < longestMarks; {
		if i, more = r.skip(i); more {
			return 0, true
		}
		c, size, more := r.at(i)
		switch {
		case more:
			return 0, true
		case c == '<':
			size, more = r.until(i, '>', "/!?")
		case c == '(' && r.follows(i, ']'):
			size, more = r.address(i)
		case c == '[' && r.labels && !labelled && r.follows(i, ']'):
			size, more = r.until(i, ']', "")
			labelled = true
		case c == '!':
			if c, _, more = r.at(i + size); !more && c != '[' {
				return i, false
			}
		case c == ' ': // code may have a blank at either end that is not shown
			if c, _, more = r.at(i + size); !more && c != '`' && !r.follows(i, '`') {
				return i, false
			}
		case c == '\\':
			_, long, unknown := r.coded(i)
			if more = unknown; long > 0 {
				return i, false
			}
		case !strings.ContainsRune("*_~`[]", c):
			return i, false
		}
		if more {
			return 0, true
		}
		if size == 0 {
			return i, false
		}
		i += size
	}
	return i, false
}

// follows reports whether a character stands before a place.
func (r reading) follows(i int, c byte) bool { return i > 0 && r.text[i-1] == c }

// address is how far it is past the address of a link, which may have a title, 0 where there is
// none. Parentheses in it come in pairs.
func (r reading) address(i int) (size int, more bool) {
	rest := r.text[i:]
	var closer byte
	depth := 0
	for k := 0; k < min(longestTag, len(rest)); k++ {
		switch b := rest[k]; {
		case b == '\\':
			k++
		case b == closer:
			closer = 0
		case closer != 0:
		case b == '<':
			closer = '>'
		case (b == '"' || b == '\'') && strings.IndexByte(" \n", rest[k-1]) >= 0:
			closer = b
		case b == '(':
			depth++
		case b == ')':
			if depth--; depth == 0 {
				return k + 1, false
			}
		}
	}
	if !r.end && len(rest) < longestTag {
		return 0, true
	}
	return r.until(i, ')', "")
}

// until is how far it is to past the end of a tag or an address on the same line, 0 where there is
// no such thing. A tag begins with a letter or one of others.
func (r reading) until(i int, end byte, others string) (size int, more bool) {
	rest := r.text[i:]
	for k := 1; k < min(longestTag, len(rest)); k++ {
		switch b := rest[k]; {
		case b == end:
			return k + 1, false
		case b == '\n', k == 1 && others != "" && !isLetter(b) && strings.IndexByte(others, b) < 0:
			return 0, false
		}
	}
	return 0, !r.end && len(rest) < longestTag
}

func isLetter(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' }

// letterOf folds a character. What cannot be seen has no parts.
func letterOf(c rune) letter {
	if c < utf8.RuneSelf {
		return asciiLetter(c)
	}
	l := letter{as: c}
	switch {
	case c >= firstSyllable && c <= lastSyllable:
		at := c - firstSyllable
		l.add(nth(leads, at/(vowelCount*tailCount)))
		l.add(firstVowel + at/tailCount%vowelCount)
		if tail := at % tailCount; tail > 0 {
			l.add(nth(tails, tail-1))
		}
		return l
	case invisible(c):
		return l
	case c >= '🅐' && c <= '🅩':
		l.add('a' + c - '🅐')
		return l
	case c >= '🅰' && c <= '🆉':
		l.add('a' + c - '🅰')
		return l
	case c >= '🇦' && c <= '🇿':
		l.add('a' + c - '🇦')
		return l
	}
	var buf [utf8.UTFMax]byte
	forms := norm.NFKD.Properties(buf[:utf8.EncodeRune(buf[:], c)]).Decomposition()
	if forms == nil || utf8.RuneCount(forms) > len(l.parts) {
		l.add(fold(c))
		return l
	}
	for len(forms) > 0 {
		part, size := utf8.DecodeRune(forms)
		forms = forms[size:]
		l.add(fold(part))
	}
	return l
}

func (l *letter) add(c rune) {
	if accent(c) {
		return
	}
	l.parts[l.n] = jamo(c)
	l.n++
}

// accent reports whether a character is a mark on the letter before it, which stays the same
// letter. The marks of kana and of Indic and Arabic scripts make another one.
func accent(c rune) bool {
	return c >= 0x300 && c <= 0x36f || c >= 0x1ab0 && c <= 0x1aff || c >= 0x1dc0 && c <= 0x1dff ||
		c >= 0x20d0 && c <= 0x20ff || c >= 0xfe20 && c <= 0xfe2f
}

// Korean syllables and the letters they are made of, by the arithmetic of the Unicode Standard,
// section 3.12.
const (
	firstSyllable, lastSyllable = 0xac00, 0xd7a3
	vowelCount, tailCount       = 21, 28
	firstVowel                  = 'ㅏ'
	firstLead, lastLead         = 0x1100, 0x1112
	firstMiddle, lastMiddle     = 0x1161, 0x1175
	firstTail, lastTail         = 0x11a8, 0x11c2

	leads = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
	tails = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
)

// nth is a letter of a list, counted from 0. Each of them has three bytes.
func nth(list string, n rune) rune {
	c, _ := utf8.DecodeRuneInString(list[3*n:])
	return c
}

// jamo gives one form for the forms of a Korean letter: that of one which stands by itself.
func jamo(c rune) rune {
	switch {
	case c >= firstLead && c <= lastLead:
		return nth(leads, c-firstLead)
	case c >= firstMiddle && c <= lastMiddle:
		return firstVowel + c - firstMiddle
	case c >= firstTail && c <= lastTail:
		return nth(tails, c-firstTail)
	}
	return c
}

// looksLike is the Latin letter that a small letter of another script is drawn like, in one of its
// cases, 0 where there is none.
func looksLike(c rune) rune {
	const others = "авеԁһіјкӏмнорԛѕтухсԝαβεηικμνορτυχζѡɡı" +
		"ᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢ"
	const latin = "abedhijklmhopqstyxcwabenikmvoptuxzwgi" +
		"abcdeghijklmnoprtuvwyz"
	if c < 'ı' || c > 'ᴢ' { // most are outside
		return 0
	}
	k := 0
	for _, o := range others {
		if o == c {
			return rune(latin[k])
		}
		k++
	}
	return 0
}
