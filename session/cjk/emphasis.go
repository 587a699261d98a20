// Package cjk teaches goldmark emphasis in Chinese, Japanese and Korean text.
//
// By CommonMark 0.31 §6.2 two asterisks after a bracket and ahead of a letter close nothing, so
// that in 마크다운 a word such as **마크다운(Markdown)**을 keeps its asterisks: Korean particles, and all of
// Chinese and Japanese, follow without a space. Models write this in every other answer. The rule
// here is that of github.com/commonmark/commonmark-spec pull request 839 and of
// github.com/tats-u/markdown-cjk-friendly, which GitLab, comrak and Markdig follow: next to such a
// character punctuation does not count. Text without any is read as ever, with two exceptions:
// stars between digits are a product or a power, and one tilde within a word is the mark of a
// range.
package cjk

import (
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Emphasis is the extension.
func Emphasis() goldmark.Extender { return extender{} }

type extender struct{}

// Extend adds the parsers ahead of goldmark's own, which are at 500.
func (extender) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(parser.WithInlineParsers(
		util.Prioritized(asterisks{}, 499), util.Prioritized(tildes{}, 499)))
}

// Opens reports whether asterisks between two characters may begin emphasis; a space stands for a
// line's end.
func Opens(before, after rune) bool {
	return !util.IsSpaceRune(after) && (!util.IsPunctRune(after) || util.IsSpaceRune(before) ||
		util.IsPunctRune(before) || is(before) || is(after))
}

// Closes reports whether asterisks between two characters may end it.
func Closes(before, after rune) bool { return Opens(after, before) }

// is reports whether a character is Chinese, Japanese or Korean, punctuation and full-width forms
// included.
func is(r rune) bool {
	return r >= 0x1100 && (unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana,
		unicode.Katakana, unicode.Bopomofo) ||
		r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xffef)
}

// asterisks is goldmark's parser of emphasis for asterisks, with this package's rule. Underscores
// are left to goldmark's.
type asterisks struct{}

func (asterisks) Trigger() []byte { return []byte{'*'} }

func (asterisks) Parse(_ ast.Node, block text.Reader, pc parser.Context) ast.Node {
	d, before, after := scan(block, asterisks{})
	if unicode.IsDigit(before) && unicode.IsDigit(after) { // a product or a power: 2*3*4, 2**8
		return ast.NewTextSegment(d.Segment)
	}
	d.CanOpen, d.CanClose = Opens(before, after), Closes(before, after)
	pc.PushDelimiter(d)
	return d
}

// scan reads the run of marks that a block goes on with. Characters stand before and after it; at
// the ends of a line that is a blank.
func scan(
	block text.Reader, p parser.DelimiterProcessor,
) (d *parser.Delimiter, before, after rune) {
	before, after = block.PrecendingCharacter(), ' '
	line, segment := block.PeekLine()
	d = parser.ScanDelimiter(line, before, 1, p)
	if rest := line[d.OriginalLength:]; len(rest) > 0 {
		after, _ = utf8.DecodeRune(rest)
	}
	d.Segment = segment.WithStop(segment.Start + d.OriginalLength)
	block.Advance(d.OriginalLength)
	return d, before, after
}

func (asterisks) IsDelimiter(b byte) bool { return b == '*' }

func (asterisks) CanOpenCloser(opener, closer *parser.Delimiter) bool {
	return opener.Char == closer.Char
}

func (asterisks) OnMatch(consumes int) ast.Node { return ast.NewEmphasis(consumes) }

// tildes is goldmark's parser of struck text, with this package's rule. One tilde alone strikes no
// part of a word or number, for it is the mark of ranges in Korean and Japanese: 10~20명, 30~40명.
type tildes struct{}

func (tildes) Trigger() []byte { return []byte{'~'} }

func (tildes) Parse(_ ast.Node, block text.Reader, pc parser.Context) ast.Node {
	d, before, after := scan(block, tildes{})
	if d.OriginalLength > 2 {
		return ast.NewTextSegment(d.Segment)
	}
	d.CanOpen, d.CanClose = Opens(before, after), Closes(before, after)
	if d.OriginalLength == 1 {
		d.CanOpen = d.CanOpen && !isWord(before)
		d.CanClose = d.CanClose && !isWord(after)
	}
	pc.PushDelimiter(d)
	return d
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func (tildes) IsDelimiter(b byte) bool { return b == '~' }

func (tildes) CanOpenCloser(opener, closer *parser.Delimiter) bool {
	return opener.Char == closer.Char && opener.OriginalLength == closer.OriginalLength
}

func (tildes) OnMatch(int) ast.Node { return east.NewStrikethrough() }
