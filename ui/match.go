package ui

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// How well one word of a search fits a command, the best first. Whole words come before parts, and
// its own name before its synonyms.
const (
	fitsNot     = 0
	fitsLetters = 1 // its letters stand in the name, in their order, from the beginnings of words
	fitsPieces  = 2 // it is the beginnings of words, one after the other
	beginsAlso  = 3 // a synonym begins with it
	beginsName  = 4 // a word of the name begins with it
	fitsAlso    = 5
	fitsName    = 6
	isName      = 100 // the whole search is a name that it has elsewhere
)

// wording is what a command can be found by.
type wording struct {
	name  string   // on the screen
	names []string // elsewhere, such as in [keys]; lower-case words with blanks between them
	also  []string // lower-case words that mean the same
}

// wordsOf splits a text into lower-case words of letters and digits.
func wordsOf(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !inWord(r) })
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// match looks for every word of a search. hits are the bytes of the name at which the letters found
// begin. The score is 0 where a word is missing.
func (w wording) match(search []string) (score int, hits []int) {
	if slices.Contains(w.names, strings.Join(search, " ")) {
		score = isName
	}
	for _, word := range search {
		fit, at := w.fit(word)
		if fit == fitsNot && score < isName {
			return 0, nil
		}
		score += fit
		hits = append(hits, at...)
	}
	return score, hits
}

// fit is how one lower-case word fits.
func (w wording) fit(word string) (fit int, hits []int) {
	starts := wordStarts(w.name)
	for _, from := range starts {
		rest := w.name[from:]
		if len(rest) < len(word) || !strings.EqualFold(rest[:len(word)], word) {
			continue
		}
		now := beginsName
		if r, _ := utf8.DecodeRuneInString(rest[len(word):]); !inWord(r) {
			now = fitsName
		}
		if now > fit {
			fit, hits = now, bytesOf(w.name, from, from+len(word))
		}
	}
	for _, also := range w.also {
		now := fitsNot
		switch {
		case also == word:
			now = fitsAlso
		case strings.HasPrefix(also, word), declined(word, also):
			now = beginsAlso
		}
		if now > fit {
			fit, hits = now, nil
		}
	}
	if fit != fitsNot {
		return fit, hits
	}
	if hits, ok := scattered([]rune(word), w.name, starts, true); ok {
		return fitsPieces, hits
	}
	if hits, ok := scattered([]rune(word), w.name, starts, false); ok {
		return fitsLetters, hits
	}
	return fitsNot, nil
}

// declined reports whether a Korean word is a synonym with an ending, such as 하기 in
// 복사하기.
func declined(word, also string) bool {
	first, n := utf8.DecodeRuneInString(also)
	return unicode.Is(unicode.Hangul, first) && len(also) > n && strings.HasPrefix(word, also)
}

// wordStarts are the bytes at which the words of a name begin.
func wordStarts(name string) []int {
	var out []int
	before := false
	for i, r := range name {
		if inWord(r) && !before {
			out = append(out, i)
		}
		before = inWord(r)
	}
	return out
}

// scattered finds letters in a name, in their order. The first one begins a word. Each further one
// is later in the same word, or next to the one before where close is set, or begins a later word.
func scattered(letters []rune, name string, starts []int, close bool) (hits []int, ok bool) {
	if len(letters) == 0 {
		return nil, true
	}
	for n, from := range starts {
		end := len(name)
		if n+1 < len(starts) {
			end = starts[n+1]
		}
		if found, ok := fromWord(letters, name, from, end, starts[n+1:], close); ok {
			return found, true
		}
	}
	return nil, false
}

// fromWord is scattered where the first letter stands in the word from a byte of the name to
// another. later are the bytes at which further words begin.
func fromWord(
	letters []rune, name string, from, end int, later []int, close bool,
) (hits []int, ok bool) {
	for i, r := range name[from:end] {
		if unicode.ToLower(r) != letters[0] {
			if close || i == 0 {
				return nil, false
			}
			continue
		}
		hits = append(hits, from+i)
		letters = letters[1:]
		if rest, ok := scattered(letters, name, later, close); ok {
			return append(hits, rest...), true
		}
	}
	return nil, false
}

// bytesOf are the bytes at which the characters of a part of a text begin.
func bytesOf(s string, from, to int) []int {
	var out []int
	for i := range s[from:to] {
		out = append(out, from+i)
	}
	return out
}
