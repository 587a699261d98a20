package dialect

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// addresses makes links of bare addresses of the web. They are found at their first colon or full
// stop, so that any character but a letter or digit of ASCII may stand before them.
type addresses struct{}

func (addresses) Trigger() []byte { return []byte{':', '.'} }

func (addresses) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	before, ok := parent.LastChild().(*ast.Text)
	line, segment := block.PeekLine()
	if !ok || before.Segment.Stop != segment.Start || segment.Padding > 0 || before.IsRaw() {
		return nil
	}
	said := before.Segment.Value(block.Source())
	prefix, end := 0, 0
	switch {
	case bytes.HasPrefix(line, []byte("://")):
		if prefix = schemeBefore(said); prefix > 0 {
			end = addressEnd(line, len("://"))
		}
	case line[0] == '.' && hasWord(said, "www"):
		prefix, end = len("www"), addressEnd(line, len("."))
		if host, _, _ := bytes.Cut(line[:end], []byte("/")); bytes.Count(host, []byte(".")) < 2 {
			return nil
		}
	}
	if end == 0 || pc.IsInLinkLabel() && isLabel(block) {
		return nil
	}
	start := segment.Start - prefix
	before.Segment = before.Segment.WithStop(start)
	if before.Segment.IsEmpty() {
		parent.RemoveChild(parent, before)
	}
	block.Advance(end)
	link := ast.NewAutoLink(ast.AutoLinkURL, ast.NewTextSegment(text.NewSegment(start,
		segment.Start+end)))
	if line[0] == '.' {
		link.Protocol = []byte("http")
	}
	return link
}

// isLabel reports whether the open bracket may be the text of a link: an address may follow it. The
// reader stays where it is.
func isLabel(block text.Reader) (is bool) {
	const farthest = 2000
	line, at := block.Position()
	defer block.SetPosition(line, at)
	for n := 0; n < farthest; {
		text, _ := block.PeekLine()
		if text == nil {
			return false
		}
		if bytes.Contains(text, []byte("](")) || bytes.Contains(text, []byte("][")) {
			return true
		}
		n += len(text)
		block.AdvanceLine()
	}
	return true
}

// schemeBefore returns the length of the scheme that a text ends with, or 0.
func schemeBefore(said []byte) int {
	for _, scheme := range [...]string{"https", "http", "ftp"} {
		if hasWord(said, scheme) {
			return len(scheme)
		}
	}
	return 0
}

// hasWord reports whether a text ends with a word of ASCII.
func hasWord(said []byte, word string) bool {
	at := len(said) - len(word)
	if at < 0 || !strings.EqualFold(string(said[at:]), word) {
		return false
	}
	return at == 0 || !isWord(rune(said[at-1])) && !strings.ContainsRune("+-._@/", rune(said[at-1]))
}

// addressEnd returns the end of an address, given the place of its host in a line; 0 if there is no
// host. An address ends at a blank, at a mark that no address has, and at a bracket or quotation
// mark opened before it. The punctuation of the sentence is not part of it.
func addressEnd(line []byte, host int) int {
	end, ok := hostEnd(line, host)
	if !ok {
		return 0
	}
	var open []rune
	if end < len(line) && strings.IndexByte("/?#", line[end]) >= 0 {
	path:
		for end < len(line) {
			r, n := utf8.DecodeRune(line[end:])
			closes := strings.IndexRune(closers, r)
			switch {
			case unicode.IsSpace(r), unicode.IsControl(r), r == utf8.RuneError && n == 1,
				strings.ContainsRune("<>`|*\\\"、。，；", r), bytes.HasPrefix(line[end:], []byte("~~")):
				break path
			case closes >= 0 && (len(open) == 0 || open[len(open)-1] != r):
				break path
			case closes >= 0:
				open = open[:len(open)-1]
			case strings.ContainsRune(openers, r):
				open = append(open, closerOf(r))
			}
			end += n
		}
	}
	return host + len(trimAddress(line[host:end]))
}

// openers and closers are brackets and quotation marks in pairs.
const (
	openers = "([{（［｛「『【〔《〈“‘«‹„"
	closers = ")]}）］｝」』】〕》〉”’»›“"
)

func closerOf(opener rune) rune {
	i := slices.Index([]rune(openers), opener)
	return []rune(closers)[i]
}

// hostEnd returns where the host ends, with the user before and the port after it.
func hostEnd(line []byte, at int) (end int, ok bool) {
	rest := line[at:]
	if user := bytes.IndexAny(rest, "@/?# \t\n<>\"`"); user > 0 && rest[user] == '@' {
		at += user + 1
		rest = line[at:]
	}
	if len(rest) > 0 && rest[0] == '[' { // of IPv6
		n := bytes.IndexByte(rest, ']')
		if n < 3 || len(bytes.Trim(rest[1:n], "0123456789abcdefABCDEF:.")) > 0 {
			return 0, false
		}
		return portEnd(line, at+n+1), true
	}
	end = at
	label := at // the last one
	for end < len(line) {
		r, n := utf8.DecodeRune(line[end:])
		switch {
		case r == '.':
			label = end + 1
		case r == '-', r == '_', r == '%', unicode.IsMark(r) && end > at:
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			return portEnd(line, latinEnd(line, label, end)), end > at
		}
		if end == at && (r == '.' || r == '-' || r == '%') {
			return 0, false
		}
		end += n
	}
	return latinEnd(line, label, end), end > at
}

// latinEnd returns where the last label of a host ends. After letters of ASCII no others belong to
// it: a particle may follow without a blank, as in example.com에서.
func latinEnd(line []byte, from, to int) int {
	if from < to && line[from] < utf8.RuneSelf {
		for i := from; i < to; i++ {
			if line[i] >= utf8.RuneSelf {
				return i
			}
		}
	}
	return to
}

// portEnd returns where a port ends that may follow a host.
func portEnd(line []byte, at int) int {
	if at >= len(line) || line[at] != ':' {
		return at
	}
	end := at + 1
	for end < len(line) && line[end] >= '0' && line[end] <= '9' {
		end++
	}
	if end == at+1 {
		return at
	}
	return end
}

// trimAddress takes the punctuation from the end of an address that belongs to the sentence around
// it.
func trimAddress(s []byte) []byte {
	for len(s) > 0 {
		r, n := utf8.DecodeLastRune(s)
		switch {
		case r == ';' && entityLen(s) > 0:
			n = entityLen(s)
		case strings.ContainsRune("?!.,:;_~'([{", r), unicode.Is(unicode.Cf, r):
		case r >= utf8.RuneSelf && unicode.IsPunct(r) && !strings.ContainsRune(closers, r):
		default:
			return s
		}
		s = s[:len(s)-n]
	}
	return s
}

// entityLen returns the length of the character reference that a text ends with, or 0.
func entityLen(s []byte) int {
	i := len(s) - 2
	for i >= 0 && isWord(rune(s[i])) {
		i--
	}
	if i < 0 || s[i] != '&' || i == len(s)-2 {
		return 0
	}
	return len(s) - i
}
