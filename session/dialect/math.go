package dialect

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// KindMath is the kind of [Math].
var KindMath = ast.NewNodeKind("Math")

// Math is mathematics within running text. Its children are raw text, with the delimiters.
type Math struct{ ast.BaseInline }

// Kind is KindMath.
func (*Math) Kind() ast.NodeKind { return KindMath }

// Dump prints the node for debugging.
func (n *Math) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// inlineMath reads \( \), \[ \], $ $, $$ $$ and \begin \end.
type inlineMath struct{}

func (inlineMath) Trigger() []byte { return []byte{'\\', '$'} }

func (inlineMath) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, _ := block.PeekLine()
	open, closer := delimiters(line)
	if open == 0 {
		return nil
	}
	if closer == "$" {
		return dollars(line, block)
	}
	if closer == "$$" && block.PrecendingCharacter() == '$' {
		return nil
	}
	missing, _ := pc.Get(missingKey).(missing)
	if missing.in != parent {
		missing.in, missing.closers = parent, map[string]bool{}
		pc.Set(missingKey, missing)
	}
	if missing.closers[closer] {
		return nil
	}
	if n := upTo(closer, open, block); n != nil {
		return n
	}
	missing.closers[closer] = true
	return nil
}

// missing has the closing delimiters that do not follow in a block, so that each is searched for
// once.
type missing struct {
	in      ast.Node
	closers map[string]bool
}

var missingKey = parser.NewContextKey()

// delimiters returns the length of the opening delimiter at the start of a line, and the closing
// one; 0 for none.
func delimiters(line []byte) (open int, closer string) {
	if len(line) < 2 {
		return 0, ""
	}
	switch {
	case line[0] == '$' && line[1] != '$':
		return 1, "$"
	case line[0] == '$' && (len(line) == 2 || line[2] != '$'):
		return 2, "$$"
	case line[0] != '\\':
	case line[1] == '(':
		return 2, `\)`
	case line[1] == '[':
		return 2, `\]`
	case bytes.HasPrefix(line, []byte(`\begin{`)):
		if n := bytes.IndexByte(line, '}'); n > len(`\begin{`) && n < 40 {
			return n + 1, `\end` + string(line[len(`\begin`):n+1])
		}
	}
	return 0, ""
}

// closing returns where a closing delimiter ends in a line, searched for from a place on, or -1.
func closing(line []byte, from int, closer string) int {
	for i := from; i < len(line); i++ {
		switch line[i] {
		case closer[0]:
			if bytes.HasPrefix(line[i:], []byte(closer)) {
				return i + len(closer)
			}
			if closer[0] == '\\' {
				i++ // an escaped character, or the first letter of a command
			}
		case '\\':
			i++
		}
	}
	return -1
}

// upTo reads mathematics that may go over several lines. Where an answer ends within, in a line
// that has not ended either, more is to come, and the rest is mathematics.
func upTo(closer string, open int, block text.Reader) ast.Node {
	n := &Math{}
	for from := open; ; from = 0 {
		line, segment := block.PeekLine()
		if line == nil {
			break
		}
		if end := closing(line, from, closer); end >= 0 {
			appendRaw(n, segment.WithStop(segment.Start+end-segment.Padding), block.Source())
			block.Advance(end)
			return n
		}
		appendRaw(n, segment, block.Source())
		if segment.Stop == len(block.Source()) && line[len(line)-1] != '\n' {
			block.Advance(len(line))
			return n
		}
		block.AdvanceLine()
	}
	return nil
}

// appendRaw appends a line of a block, or the beginning of one, as raw text.
func appendRaw(n ast.Node, segment text.Segment, source []byte) {
	value := segment.Value(source)
	if len(value) == 0 || value[len(value)-1] != '\n' {
		n.AppendChild(n, ast.NewRawTextSegment(segment))
		return
	}
	segment = segment.WithStop(segment.Stop - 1)
	n.AppendChild(n, ast.NewRawTextSegment(segment))
	end := ast.NewTextSegment(text.NewSegment(segment.Stop, segment.Stop))
	end.SetSoftLineBreak(true) // of raw text goldmark's page shows none
	n.AppendChild(n, end)
}

// longestDollars is how many bytes may stand between two single dollars.
const longestDollars = 1000

// dollars reads $ $, which may go over several lines of a paragraph.
func dollars(line []byte, block text.Reader) ast.Node {
	if before := block.PrecendingCharacter(); before == '$' || isWord(before) {
		return nil
	}
	end := dollarsLen(line)
	if end == 0 {
		end = dollarsLen(linesAhead(block))
	}
	if end == 0 {
		return nil
	}
	n := &Math{}
	for {
		line, segment := block.PeekLine()
		if end <= len(line) {
			appendRaw(n, segment.WithStop(segment.Start+end-segment.Padding), block.Source())
			block.Advance(end)
			return n
		}
		appendRaw(n, segment, block.Source())
		block.AdvanceLine()
		end -= len(line)
	}
}

// linesAhead is the text of a block from where the reader is, which stays there: as many lines as
// $ $ may go over.
func linesAhead(block text.Reader) (ahead []byte) {
	line, at := block.Position()
	defer block.SetPosition(line, at)
	for {
		line, _ := block.PeekLine()
		if line == nil || len(ahead) > longestDollars {
			return ahead
		}
		ahead = append(ahead, line...)
		block.AdvanceLine()
	}
}

// dollarsLen returns how long the $ $ is that a line begins with, or 0. The rule is pandoc's: no
// blank inside of the ends, and no digit after them. Prices and shell variables are none: no letter
// of ASCII may follow either, nor prose stand between.
func dollarsLen(line []byte) int {
	if unicode.IsSpace(rune(line[1])) {
		return 0
	}
	for i := 1; i < len(line) && i < longestDollars; i++ {
		switch c := line[i]; {
		case c == '`': // code binds tighter
			return 0
		case c == '\\':
			i++
		case c != '$' || strings.IndexByte(" \t\n", line[i-1]) >= 0:
		case i+1 == len(line) || line[i+1] != '$' && !isWord(rune(line[i+1])):
			if isProse(line[1:i]) {
				return 0
			}
			return i + 1
		}
	}
	return 0
}

func isWord(r rune) bool {
	return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// isProse reports whether what stands between two dollars is text about money, not mathematics:
// after an amount a word, else three words in a row, or the end of a link.
func isProse(s []byte) bool {
	if bytes.Contains(s, []byte("](")) {
		return true
	}
	enough := 3
	if s[0] >= '0' && s[0] <= '9' {
		if bytes.Count(s, []byte("**")) > 1 { // of two prices in bold
			return true
		}
		enough = 1
	}
	row := 0
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRune(s[i:])
		switch {
		case r == '\\':
			i += commandLen(s[i:])
			row = 0
			continue
		case !unicode.IsLetter(r):
			if r != ' ' && r != '\n' && r != '*' && r != '_' {
				row = 0
			}
			i += n
			continue
		}
		word := s[i:]
		if end := bytes.IndexFunc(word,
			func(r rune) bool { return !unicode.IsLetter(r) }); end >= 0 {
			word = word[:end]
		}
		factor := i > 0 && s[i-1] >= '0' && s[i-1] <= '9' && r < utf8.RuneSelf // as in 2ab
		i += len(word)
		if len(word) < 2 || factor {
			row = 0
		} else if row++; row == enough {
			return true
		}
	}
	return false
}

// commandLen returns how long the command is that a text begins with. What \text and its like have
// in braces belongs to it.
func commandLen(s []byte) int {
	n := 1
	for n < len(s) && isWord(rune(s[n])) {
		n++
	}
	if n == 1 {
		return min(2, len(s))
	}
	if n < len(s) && s[n] == '{' {
		if end := bytes.IndexByte(s[n:], '}'); end > 0 {
			return n + end + 1
		}
	}
	return n
}
