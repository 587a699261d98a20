package session

import (
	"slices"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"lineup/providers"
)

// An excerpt shows so many characters before and after the place.
const (
	before = 30
	behind = 90
)

// excerptOf gives an excerpt of the first text in which a word is to be seen, or of the first text.
func excerptOf(texts, words []string) (line string, marks []Mark) {
	for _, text := range texts {
		if line, marks := excerpt(text, words); len(marks) > 0 {
			return line, marks
		}
	}
	if len(texts) == 0 {
		return "", nil
	}
	return excerpt(texts[0], words)
}

// excerpt gives one line around the first place of one of the words, with all words marked. If none
// is visible, it gives the beginning of the text: index and eye may differ about letters.
func excerpt(text string, words []string) (line string, marks []Mark) {
	runes := []rune(norm.NFC.String(text))
	folded := foldAll(runes)
	at := -1
	var looked [][]rune
	for _, w := range words {
		word := foldAll([]rune(w))
		looked = append(looked, word)
		if i := find1st(folded, word); i >= 0 && (at < 0 || i < at) {
			at = i
		}
	}
	from := max(0, at-before)
	to := min(len(runes), max(at, 0)+behind)
	line = providers.CleanLine(string(runes[from:to]))
	if from > 0 {
		line = "…" + line
	}
	if to < len(runes) {
		line += "…"
	}
	if at >= 0 {
		marks = markWords(line, looked)
	}
	return line, marks
}

// markWords finds folded words in a line. Marks never overlap.
func markWords(line string, words [][]rune) []Mark {
	runes := []rune(line)
	folded := foldAll(runes)
	offsets := make([]int, len(runes)+1) // of each character in bytes
	for i, r := range runes {
		offsets[i+1] = offsets[i] + len(string(r))
	}
	marked := make([]bool, len(runes))
	for _, word := range words {
		for i := 0; len(word) > 0 && i+len(word) <= len(folded); i++ {
			if hasPrefix(folded[i:], word) && wordBegins(folded, i) {
				for j := range word {
					marked[i+j] = true
				}
			}
		}
	}
	if !slices.Contains(marked, true) { // only within words
		for _, word := range words {
			if i := find1st(folded, word); i >= 0 && len(word) > 0 {
				for j := range word {
					marked[i+j] = true
				}
			}
		}
	}
	var marks []Mark
	for i := 0; i < len(marked); i++ {
		if !marked[i] {
			continue
		}
		j := i
		for j < len(marked) && marked[j] {
			j++
		}
		marks = append(marks, Mark{offsets[i], offsets[j]})
		i = j
	}
	return marks
}

// find1st gives the first place of a word in a text, better one at the beginning of a word; -1 for
// none.
func find1st(text, word []rune) int {
	inside := -1
	for i := 0; i+len(word) <= len(text); i++ {
		if !hasPrefix(text[i:], word) {
			continue
		}
		if wordBegins(text, i) {
			return i
		}
		if inside < 0 {
			inside = i
		}
	}
	return inside
}

// wordBegins reports whether a search may find what begins at i.
func wordBegins(text []rune, i int) bool {
	return i == 0 || !unicode.IsLetter(text[i-1]) || paired(text[i])
}

func hasPrefix(text, word []rune) bool {
	for i, r := range word {
		if text[i] != r {
			return false
		}
	}
	return true
}

func foldAll(runes []rune) []rune {
	folded := make([]rune, len(runes))
	for i, r := range runes {
		folded[i] = fold(r)
	}
	return folded
}

// fold makes letters equal that a search takes for the same: small, without accents, of usual
// width.
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
