package session

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"lineup/providers"
)

// An excerpt shows so many characters before and behind the place.
const (
	before = 30
	behind = 90
)

// excerpt gives one line around the first place at which one of the words begins, or the text's beginning where
// none is to be seen, which happens when the index and the eye differ about letters.
func excerpt(text string, words []string) string {
	runes := []rune(norm.NFC.String(text))
	folded := make([]rune, len(runes))
	for i, r := range runes {
		folded[i] = fold(r)
	}
	at := -1
	for _, w := range words {
		word := []rune(strings.Map(fold, w))
		if i := find1st(folded, word); i >= 0 && (at < 0 || i < at) {
			at = i
		}
	}
	from := max(0, at-before)
	to := min(len(runes), max(at, 0)+behind)
	s := providers.CleanLine(string(runes[from:to]))
	if from > 0 {
		s = "…" + s
	}
	if to < len(runes) {
		s += "…"
	}
	return s
}

// find1st gives the first place of a word in a text, better one at the beginning of a word; -1 for none.
func find1st(text, word []rune) int {
	inside := -1
	for i := 0; i+len(word) <= len(text); i++ {
		if !hasPrefix(text[i:], word) {
			continue
		}
		if i == 0 || !unicode.IsLetter(text[i-1]) || paired(text[i]) {
			return i
		}
		if inside < 0 {
			inside = i
		}
	}
	return inside
}

func hasPrefix(text, word []rune) bool {
	for i, r := range word {
		if text[i] != r {
			return false
		}
	}
	return true
}

// fold makes letters equal that a search takes for the same: small, without accents, of usual width.
func fold(r rune) rune {
	if r < 0x80 {
		return unicode.ToLower(r)
	}
	if paired(r) {
		return r
	}
	for _, base := range norm.NFKD.String(string(unicode.ToLower(r))) {
		return base
	}
	return r
}
