package compare

import (
	"maps"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/words"
)

// token is a word of a text, or a piece of what stands between words.
type token struct {
	from, to int    // bytes of the text
	key      string // of a word: its characters without Markdown marks; "" between words
	code     bool   // it stands in a fenced code block
}

func (t token) word() bool { return t.key != "" }

// passage is a text in tokens. They cover it without a gap.
type passage struct {
	text   string
	tokens []token
	holes  []span // the Markdown marks inside words, in order
}

// span is a part of a text, in bytes.
type span struct{ from, to int }

// parse cuts a text at the word boundaries of Unicode (UAX 29), as they are without the Markdown
// marks inside words: `**결론**은` is one word, like `결론은`. An underscore at the edge of a word is
// punctuation.
func parse(text string) *passage {
	p := &passage{text: text, tokens: make([]token, 0, len(text)/3+1)}
	blocks := fences(text)
	p.holes = innerMarks(text, blocks)
	bare := without(text, p.holes)
	at, hole, block := 0, 0, 0 // at: of text
	it := words.FromString(bare)
	for it.Next() {
		for hole < len(p.holes) && p.holes[hole].from == at { // between two words after all
			p.add(token{from: at, to: p.holes[hole].to})
			at = p.holes[hole].to
			hole++
		}
		t := token{from: at}
		at += len(it.Value())
		for hole < len(p.holes) && p.holes[hole].from < at {
			at += p.holes[hole].to - p.holes[hole].from
			hole++
		}
		t.to = at
		for block < len(blocks) && blocks[block].to <= t.from {
			block++
		}
		t.code = block < len(blocks) && blocks[block].from <= t.from
		p.addWord(t, it.Value())
	}
	return p
}

// addWord adds a token with its characters, and its outer underscores as tokens of their own.
func (p *passage) addWord(t token, chars string) {
	if !isWord(chars) || !t.code && numbersItem(p.text, t) {
		p.add(t)
		return
	}
	t.key = strings.Trim(chars, "_")
	if len(t.key) == len(chars) {
		p.add(t)
		return
	}
	lead := len(chars) - len(strings.TrimLeft(chars, "_"))
	trail := len(chars) - lead - len(t.key)
	p.add(token{from: t.from, to: t.from + lead, code: t.code})
	p.add(token{from: t.from + lead, to: t.to - trail, key: t.key, code: t.code})
	p.add(token{from: t.to - trail, to: t.to, code: t.code})
}

func (p *passage) add(t token) {
	if t.from < t.to {
		p.tokens = append(p.tokens, t)
	}
}

// numbersItem reports whether a token is the number of a list item: a Markdown mark like a bullet.
func numbersItem(text string, t token) bool {
	after := text[t.to:]
	if t.to-t.from > 9 || strings.Trim(text[t.from:t.to], "0123456789") != "" || len(after) < 2 ||
		after[0] != '.' && after[0] != ')' || after[1] != ' ' && after[1] != '\t' {
		return false
	}
	before := strings.TrimRight(text[:t.from], " \t>")
	return before == "" || strings.HasSuffix(before, "\n")
}

// isWord reports whether a token has a letter or a digit. Fractions and raised digits are digits
// here: m² is not m³.
func isWord(s string) bool {
	for _, r := range s {
		if wordRune(r) {
			return true
		}
	}
	return false
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

// without gives a text without some of its parts.
func without(text string, parts []span) string {
	if len(parts) == 0 {
		return text
	}
	var b strings.Builder
	at := 0
	for _, s := range parts {
		b.WriteString(text[at:s.from])
		at = s.to
	}
	b.WriteString(text[at:])
	return b.String()
}

// fences finds the lines inside fenced code blocks. A block without an end goes on to the end of
// the text, as in CommonMark; a fence may be indented by any width, as it is in lists.
func fences(text string) []span {
	if !strings.Contains(text, "```") && !strings.Contains(text, "~~~") {
		return nil
	}
	var out []span
	open, start, at := "", 0, 0
	for line := range strings.Lines(text) {
		fence, rest := cutFence(line)
		switch {
		case open == "" && fence != "" && !(fence[0] == '`' && strings.Contains(rest, "`")):
			open, start = fence, at+len(line)
		case open != "" && strings.HasPrefix(fence, open) && strings.TrimSpace(rest) == "":
			out = append(out, span{start, at})
			open = ""
		}
		at += len(line)
	}
	if open != "" {
		out = append(out, span{start, at})
	}
	return out
}

// cutFence gives the fence that a line begins with, "" for none, and the rest of the line.
func cutFence(line string) (fence, rest string) {
	s := strings.TrimLeft(line, " \t")
	for _, mark := range []string{"`", "~"} {
		rest := strings.TrimLeft(s, mark)
		if n := len(s) - len(rest); n >= 3 {
			return s[:n], rest
		}
	}
	return "", line
}

// innerMarks finds the marks of emphasis, strikethrough and code that have a letter or a digit on
// both sides, and escapes of an underscore. A mark counts where another one of its kind opens or
// closes it in the same paragraph; between two digits an asterisk multiplies.
func innerMarks(text string, blocks []span) []span {
	if !strings.ContainsAny(text, "*~`_\\") {
		return nil
	}
	var out []span
	at := 0
	for _, b := range append(blocks, span{len(text), len(text)}) {
		for start := at; start < b.from; {
			end := start + paragraph(text[start:b.from])
			out = appendInner(out, text, pairedMarks(text, start, end))
			start = end
		}
		at = b.to
	}
	return out
}

// paragraph gives the length of a text up to its first blank line, that line included.
func paragraph(text string) int {
	n := 0
	for line := range strings.Lines(text) {
		n += len(line)
		if strings.TrimSpace(line) == "" {
			break
		}
	}
	return n
}

// pairedMarks gives the marks of one paragraph that open or close something, in order.
func pairedMarks(text string, from, to int) []span {
	var runs []span
	var paired []bool
	waiting := map[string]int{} // marks that may open, by their text
	for i := from; i < to; i++ {
		c := text[i]
		if c == '\\' && i+1 < to && text[i+1] == '_' { // snake\_case
			runs, paired = append(runs, span{i, i + 1}), append(paired, true)
			i++
			continue
		}
		if c != '*' && c != '~' && c != '`' && c != '_' {
			continue
		}
		s := span{i, i + 1}
		for s.to < to && text[s.to] == c {
			s.to++
		}
		i = s.to - 1
		if n := s.to - s.from; n > 3 && c != '`' || c == '~' && n != 2 {
			continue
		}
		opens, closes := flanks(text, s)
		runs, paired = append(runs, s), append(paired, false)
		first, open := waiting[text[s.from:s.to]]
		switch {
		case open && closes:
			paired[first], paired[len(paired)-1] = true, true
			delete(waiting, text[s.from:s.to])
			if c == '`' { // what stands in code is no mark
				clear(paired[first+1 : len(paired)-1])
				maps.DeleteFunc(waiting, func(_ string, n int) bool { return n > first })
			}
		case opens:
			waiting[text[s.from:s.to]] = len(runs) - 1
		}
	}
	marks := runs[:0]
	for i, s := range runs {
		if paired[i] {
			marks = append(marks, s)
		}
	}
	return marks
}

// flanks reports whether marks may open and close something where they stand. Underscores inside a
// word join it, as in snake_case; a Korean particle may follow them.
func flanks(text string, s span) (opens, closes bool) {
	before, after := around(text, s)
	opens, closes = !unicode.IsSpace(after), !unicode.IsSpace(before)
	if text[s.from] == '_' {
		opens = opens && !wordRune(before)
		closes = closes && (!wordRune(after) || eastAsian(after))
	}
	return opens, closes
}

// appendInner adds those marks that stand inside a word. Marks side by side are one.
func appendInner(out []span, text string, marks []span) []span {
	for i := 0; i < len(marks); i++ {
		s := marks[i]
		for i+1 < len(marks) && marks[i+1].from == s.to {
			i++
			s.to = marks[i].to
		}
		before, after := around(text, s)
		if wordRune(before) && (wordRune(after) || after == '_') &&
			!(unicode.IsDigit(before) && unicode.IsDigit(after)) {
			out = append(out, s)
		}
	}
	return out
}

// around gives the characters next to a part of a text; a space where the text ends.
func around(text string, s span) (before, after rune) {
	before, after = ' ', ' '
	if s.from > 0 {
		before, _ = utf8.DecodeLastRuneInString(text[:s.from])
	}
	if s.to < len(text) {
		after, _ = utf8.DecodeRuneInString(text[s.to:])
	}
	return before, after
}
