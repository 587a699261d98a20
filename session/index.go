package session

import (
	"context"
	"database/sql"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// index puts a text into a search table in place of what the row held.
func index(ctx context.Context, tx *sql.Tx, table string, row int64, text string) error {
	words := indexText(text)
	if strings.TrimSpace(words) == "" {
		_, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE rowid = ?`, row)
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO `+table+` (rowid, body) VALUES (?, ?)`,
		row, words)
	return err
}

// indexText prepares a text for the tokeniser, which takes what lies between spaces and marks for
// one word. In Chinese, Japanese and Korean that finds too little: 검색 stands inside 재검색어를, and
// Chinese has no spaces at all. So a run of such characters becomes its pairs and, alone, its last
// character: 재검색 is 재검 검색 색. A query of two characters or more is then a phrase of pairs that is
// found anywhere in a word, one of a single character is the beginning of a pair, and both come out
// of the index; scanning the texts with LIKE instead takes a second where there are 100,000.
// Symbols go the same way, so that C++, C# and emoji can be searched. Compatibility forms
// (full-width letters, half-width kana, decomposed Hangul) become the usual ones.
func indexText(text string) string {
	text = norm.NFKC.String(text)
	var b strings.Builder
	b.Grow(len(text) + len(text)/4)
	var last rune // of the run, 0 outside one
	for _, r := range text {
		switch {
		case unicode.IsMark(r) && spaceless(last): // a vowel or a tone within the run
			continue
		case !paired(r):
			if last != 0 {
				b.WriteRune(last)
				b.WriteByte(' ')
				last = 0
			}
			b.WriteRune(r)
			continue
		case last != 0:
			b.WriteRune(last)
			b.WriteRune(r)
		}
		b.WriteByte(' ')
		last = r
	}
	if last != 0 {
		b.WriteRune(last)
	}
	return b.String()
}

// paired reports whether a character is indexed in pairs. Its symbols are those of the tokeniser's
// settings in the schema: it takes any other for a space.
func paired(r rune) bool {
	switch {
	case r < 0x80:
		return r == '+' || r == '#' || r == '$' || r >= '<' && r <= '>' || r == '|' || r == '~'
	case r >= 0xac00 && r <= 0xd7a3, r >= 0x4e00 && r <= 0x9fff:
		return true
	}
	return unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana,
		unicode.Sm, unicode.Sc, unicode.So) ||
		spaceless(r) && !unicode.IsMark(r) && unicode.IsLetter(r)
}

// spaceless reports whether a character is of a further script that writes no spaces between words:
// of Thai, Lao, Burmese, Khmer, Tibetan and their relatives. Their marks are left out of the index,
// as the tokeniser would do.
func spaceless(r rune) bool {
	return r >= 0xe00 && unicode.In(r, unicode.Thai, unicode.Lao, unicode.Tibetan, unicode.Myanmar,
		unicode.Khmer, unicode.Tai_Le,
		unicode.New_Tai_Lue, unicode.Tai_Tham, unicode.Tai_Viet, unicode.Javanese, unicode.Balinese,
		unicode.Cham, unicode.Yi, unicode.Bopomofo)
}

// What of a query is looked at; the rest of a page that was pasted makes it no better.
const (
	maxQueryRunes = 200
	maxQueryWords = 16
)

// query is what a user searches for.
type query struct {
	text  string   // as typed, on one line
	words []string // of text
	match string   // in the language of FTS5, "" where no word has a letter, a digit or a symbol
}

// parseQuery reads a search as words that must all be there, each of them the beginning of a word.
// Nothing in it is an operator: every word becomes a quoted phrase without punctuation.
func parseQuery(text string) query {
	text = norm.NFKC.String(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, text))
	if r := []rune(text); len(r) > maxQueryRunes {
		text = string(r[:maxQueryRunes])
	}
	q := query{text: strings.TrimSpace(text)}
	var phrases []string
	for _, word := range strings.Fields(text) {
		if len(q.words) == maxQueryWords {
			break
		}
		q.words = append(q.words, word)
		if p := phrase(word); p != "" {
			phrases = append(phrases, p)
		}
	}
	q.match = strings.Join(phrases, " AND ")
	return q
}

// phrase makes an FTS5 phrase of a word, "" where it is nothing but punctuation.
func phrase(word string) string {
	var tokens []string
	var run []rune // all paired or none
	flush := func(end bool) {
		switch {
		case len(run) == 0:
		case !paired(run[0]):
			tokens = append(tokens, string(run))
		default:
			for i := 0; i+1 < len(run); i++ {
				tokens = append(tokens, string(run[i:i+2]))
			}
			// the last one alone, as in the index, where the word goes on
			if !end || len(run) == 1 {
				tokens = append(tokens, string(run[len(run)-1:]))
			}
		}
		run = run[:0]
	}
	for _, r := range word {
		switch inWord := unicode.IsLetter(r) || unicode.IsNumber(r); {
		case unicode.IsMark(r) && len(run) > 0 && spaceless(run[len(run)-1]):
		case unicode.IsMark(r) && len(run) > 0 && !paired(run[0]):
			run = append(run, r)
		case !inWord && !paired(r):
			flush(false)
		default:
			if len(run) > 0 && paired(run[0]) != paired(r) {
				flush(false)
			}
			run = append(run, r)
		}
	}
	flush(true)
	if len(tokens) == 0 {
		return ""
	}
	return `"` + strings.Join(tokens, " ") + `"*`
}
