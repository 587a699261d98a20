package providers

import "unicode"

// Weights of the estimator: tokens a character, by kind of character. On English, Korean, Japanese
// and Chinese prose, on answers of models and on code of Go and Python they come within 5 % of
// o200k, and a stretch of 1,200 characters within 10 % mostly. Vocabularies differ by far more: the
// older cl100k takes 45 % more tokens for Korean. So an estimate is always marked, and corrected by
// the reports of a model's servers.
const (
	latinTokens  = 0.24 // letters of words, with the space before them
	digitTokens  = 0.38 // up to three digits make a token
	markTokens   = 0.71 // punctuation; what makes code denser than prose
	spaceTokens  = 0.02
	lineTokens   = 0.45
	hangulTokens = 0.82 // a syllable
	kanaTokens   = 0.76
	hanTokens    = 0.82
	otherTokens  = 0.42 // Cyrillic, Greek, Arabic, Devanagari, Thai …
	emojiTokens  = 1.8
	runTokens    = 0.1 // of a mark that has come twice already, as a part of its own weight
)

// TextKinds is how many kinds of text the estimator tells apart; a vocabulary may be good at one
// and bad at another.
const TextKinds = 5

// The kinds of text.
const (
	latinText = iota // words of Latin letters, and the spaces between them
	markText         // punctuation, digits and line ends: much of code, little of prose
	hangulText
	kanaHanText
	otherText
)

// EstimateTokens estimates how many tokens a text has. The estimate of a text is the sum of the
// estimates of its pieces, except for runs of one mark that are cut. So a stream can be counted as
// it comes.
func EstimateTokens(s string) float64 {
	n := 0.0
	for _, v := range EstimateByKind(s) {
		n += v
	}
	return n
}

// EstimateByKind is EstimateTokens, apart for each kind of text.
func EstimateByKind(s string) (n [TextKinds]float64) {
	last, run := rune(-1), 0
	for _, r := range s {
		if run++; r != last {
			last, run = r, 1
		}
		v := runeTokens(r)
		// vocabularies have long lines of dots, dashes and blanks as single tokens
		if run > 2 && isMark(r) {
			v *= runTokens
		}
		n[textKind(r)] += v
	}
	return n
}

// isMark reports whether a character is punctuation, a symbol, or white space.
func isMark(r rune) bool {
	if r < 0x80 {
		return r|0x20 < 'a' && (r < '0' || r > '9') || r|0x20 > 'z'
	}
	return r < 0x1f000 && (unicode.IsPunct(r) || unicode.IsSymbol(r))
}

func textKind(r rune) int {
	switch {
	case r == ' ', r < 0x80 && (r|0x20 >= 'a' && r|0x20 <= 'z'):
		return latinText
	case r < 0x80:
		return markText
	case r >= 0xac00 && r <= 0xd7a3:
		return hangulText
	case r >= 0x3040 && r <= 0x30ff, r >= 0x4e00 && r <= 0x9fff, r >= 0x3400 && r <= 0x4dbf:
		return kanaHanText
	}
	return otherText
}

func runeTokens(r rune) float64 {
	switch {
	case r == '\n':
		return lineTokens
	case r <= ' ':
		return spaceTokens
	case r >= '0' && r <= '9':
		return digitTokens
	case r < 0x80:
		if r|0x20 >= 'a' && r|0x20 <= 'z' {
			return latinTokens
		}
		return markTokens
	case r >= 0xac00 && r <= 0xd7a3:
		return hangulTokens
	case r >= 0x3040 && r <= 0x30ff:
		return kanaTokens
	case r >= 0x4e00 && r <= 0x9fff || r >= 0x3400 && r <= 0x4dbf:
		return hanTokens
	case r >= 0x1f000:
		return emojiTokens
	case unicode.Is(unicode.Latin, r):
		return 2 * latinTokens // accented letters fall into pieces
	case unicode.IsPunct(r) || unicode.IsSymbol(r):
		return 1
	}
	return otherTokens
}
