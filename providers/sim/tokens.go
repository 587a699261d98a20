package sim

import (
	"unicode"
	"unicode/utf8"
)

// split cuts text into token-like pieces. Joined they are the text again, and
// no piece ends inside a UTF-8 character.
func split(text string) []string {
	pieces := make([]string, 0, len(text)/4+1)
	for text != "" {
		n := pieceLen(text)
		pieces = append(pieces, text[:n])
		text = text[n:]
	}
	return pieces
}

// countTokens returns how many pieces split makes.
func countTokens(text string) (n int) {
	for ; text != ""; n++ {
		text = text[pieceLen(text):]
	}
	return n
}

// class is what a piece is made of, with the most characters a piece takes.
type class struct {
	member func(rune) bool
	most   int
}

// pieceLen returns the length in bytes of the first piece of a text. It copies
// the manners of byte-pair encodings: a space goes with the word after it;
// English comes to about four characters a token, Korean to one or two
// syllables, Chinese and Japanese to one character.
func pieceLen(text string) int {
	space := 0
	first, _ := utf8.DecodeRuneInString(text)
	if first == ' ' && len(text) > 1 {
		next, _ := utf8.DecodeRuneInString(text[1:])
		if !unicode.IsSpace(next) {
			space, first = 1, next
		}
	}
	c := classOf(first)
	end, count := space, 0
	for end < len(text) && count < c.most {
		r, size := utf8.DecodeRuneInString(text[end:])
		if !c.member(r) {
			break
		}
		end, count = end+size, count+1
	}
	return end
}

func classOf(r rune) class {
	switch {
	case r == '\n':
		return class{func(x rune) bool { return x == '\n' }, 2}
	case unicode.IsSpace(r):
		return class{func(x rune) bool { return x != '\n' && unicode.IsSpace(x) }, 16}
	case unicode.Is(unicode.Hangul, r):
		return class{func(x rune) bool { return unicode.Is(unicode.Hangul, x) }, 2}
	case unicode.Is(unicode.Latin, r):
		return class{func(x rune) bool { return unicode.Is(unicode.Latin, x) }, 8}
	case r >= '0' && r <= '9':
		return class{func(x rune) bool { return x >= '0' && x <= '9' }, 3}
	case r < utf8.RuneSelf: // punctuation, of one sort: "```", "---", "**"
		return class{func(x rune) bool { return x == r }, 4}
	}
	return class{func(rune) bool { return true }, 1}
}
