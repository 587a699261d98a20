package markdown

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"

	"lineup/session/cjk"
)

// foresee closes the bold words or code that the last line of the open end has begun. They look so
// from their first word on, and their marks do not flash up. Marks at the very end may become
// anything; they are not shown yet. A line that has ended is read as it is.
func (d *drawing) foresee(open piece) piece {
	const markers = " *`"
	block := lastText(open.doc)
	if block == nil || bytes.HasSuffix(open.src, []byte("\n")) {
		return open
	}
	text := bytes.TrimRight(block.Lines().Value(open.src), markers)
	if len(text) == 0 { // as of a list's item that begins in bold
		block.RemoveChildren(block)
		return open
	}
	src := bytes.TrimRight(open.src, markers)
	marks := unclosed(string(text))
	line := text[bytes.LastIndexByte(text, '\n')+1:]
	switch {
	// nothing is begun, no mark came last
	case marks == "" && len(src) == len(bytes.TrimRight(open.src, " ")):
		return open
	// there, marks would not be what they are here
	case len(line) == 0, !bytes.HasSuffix(src, line), line[len(line)-1] == '\\':
		return open
	}
	closed := d.parse(slices.Concat(src, []byte(marks)), d.refs)
	if closed.doc == nil || !begins(closed.doc, open.doc, false) {
		return open
	}
	return closed
}

// lastText returns the last block of a document if it is running text.
func lastText(n ast.Node) ast.Node {
	for n.LastChild() != nil && n.LastChild().Type() == ast.TypeBlock {
		n = n.LastChild()
	}
	switch n.Kind() {
	case ast.KindParagraph, ast.KindTextBlock, ast.KindHeading:
		if n.Lines().Len() > 0 {
			return n
		}
	}
	return nil
}

// unclosed returns the marks that would close the code and strong emphasis left open by a text. The
// text ends in no mark. It is read as in CommonMark 0.31 (§6.1, §6.2): within code nothing else
// counts; strong emphasis begins before a word and ends after one. Single asterisks are left alone,
// for they are as often multiplications, and so are those within a Latin word or a number.
func unclosed(text string) string {
	strong := false
	before := ' '
	for i := 0; i < len(text); {
		c, n := utf8.DecodeRuneInString(text[i:])
		switch c {
		case '\\':
			_, escaped := utf8.DecodeRuneInString(text[i+n:])
			n += escaped
		case '`':
			n = runOf(text[i:], '`')
			code := text[i+n:]
			end := codeEnd(code, n)
			if end < 0 {
				return strings.Repeat("`", n) + strongEnd(strong)
			}
			n += end
		case '*':
			n = runOf(text[i:], '*')
			if n != 2 {
				break
			}
			after, _ := utf8.DecodeRuneInString(text[i+n:])
			switch {
			case !strong && opens(before, after):
				strong = true
			case strong && cjk.Closes(before, after):
				strong = false
			case strong:
				return "" // whatever it becomes
			}
		}
		before, _ = utf8.DecodeLastRuneInString(text[:i+n])
		i += n
	}
	return strongEnd(strong)
}

func strongEnd(strong bool) string {
	if strong {
		return "**"
	}
	return ""
}

// runOf is how often text begins with a character.
func runOf(text string, c byte) (n int) {
	for n < len(text) && text[n] == c {
		n++
	}
	return n
}

// codeEnd returns where code that n backticks began is closed, after the marks, or -1.
func codeEnd(text string, n int) int {
	for i := 0; i < len(text); {
		if text[i] != '`' {
			i++
			continue
		}
		run := runOf(text[i:], '`')
		i += run
		if run == n {
			return i
		}
	}
	return -1
}

// opens reports whether two asterisks between two characters begin strong emphasis.
func opens(before, after rune) bool {
	latin := before < utf8.RuneSelf && (unicode.IsLetter(before) || unicode.IsDigit(before))
	return !latin && cjk.Opens(before, after)
}
