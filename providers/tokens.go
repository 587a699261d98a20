package providers

import "unicode"

// Weights of the estimator: tokens a character, by kind of character. They stand between the vocabularies of
// Llama 3 (128k) and o200k; languages of one kind differ by ±20 %, which is why an estimate is always marked.
const (
	latinTokens  = 0.23 // letters of words, with the space before them
	digitTokens  = 0.38 // up to three digits make a token
	markTokens   = 0.70 // punctuation; what makes code denser than prose
	spaceTokens  = 0.02
	lineTokens   = 0.45
	hangulTokens = 0.68 // a syllable
	kanaTokens   = 0.70
	hanTokens    = 0.78
	otherTokens  = 0.42 // Cyrillic, Greek, Arabic, Devanagari, Thai …
	emojiTokens  = 1.8
)

// EstimateTokens estimates how many tokens a text has. The estimate of a text is the sum of the estimates of its
// pieces, so that a stream can be counted as it comes.
func EstimateTokens(s string) float64 {
	n := 0.0
	for _, r := range s {
		n += runeTokens(r)
	}
	return n
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
