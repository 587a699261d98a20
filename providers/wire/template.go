package wire

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"unicode/utf8"
)

// template recognises a document that differs from a former one in the values of a few strings
// alone. The chunks of a stream are such documents: nearly all of them carry the same fields around
// another piece of text. The former one was decoded in full, so only the piece has to be read. That
// is ten times faster.
//
// Why this gives what decoding gives: JSON is read from left to right, and a string literal in
// place of another one changes nothing but that value. The piece's value is handed over. No decoder
// looks at the others that may change, such as a time, an id, or the number of an event.
type template struct {
	parts   [][]byte // what stands around the holes, one more than there are holes
	piece   int      // the hole with the text
	numbers []bool   // of the holes: a number, not a string
}

// learnTemplate makes a template of a document. piece is the raw string literal that carries its
// text, ignored are those of further strings that may differ, or fields with a number:
// "sequence_number":7. It returns nil where the place of the piece is not certain.
func learnTemplate(doc []byte, piece json.RawMessage, ignored ...json.RawMessage) *template {
	at := place(doc, piece)
	if at < 0 {
		return nil
	}
	type hole struct{ at, end int }
	holes := []hole{{at, at + len(piece)}}
	for _, lit := range ignored {
		if i := place(doc, lit); i >= 0 {
			end := i + len(lit)
			holes = append(holes, hole{end - cmp.Or(endDigits(lit), len(lit)), end})
		}
	}
	slices.SortFunc(holes, func(a, b hole) int { return a.at - b.at })
	doc = bytes.Clone(doc)
	t := &template{}
	from := 0
	for i, h := range holes {
		if h.at == at {
			t.piece = i
		}
		t.parts = append(t.parts, doc[from:h.at])
		t.numbers = append(t.numbers, doc[h.at] != '"')
		from = h.end
	}
	t.parts = append(t.parts, doc[from:])
	return t
}

// place finds a string literal in a document, if it stands there only once.
func place(doc []byte, lit json.RawMessage) int {
	if len(lit) < 2 || lit[0] != '"' || bytes.Count(doc, lit) != 1 {
		return -1
	}
	return bytes.Index(doc, lit)
}

// match gives the piece of text in a document that fits; without ok it means nothing. simple says
// that the piece is ordinary (see there).
func (t *template) match(doc []byte) (piece string, simple, ok bool) {
	if t == nil {
		return "", false, false
	}
	last := len(t.parts) - 1
	for i, part := range t.parts {
		if !bytes.HasPrefix(doc, part) {
			return "", false, false
		}
		doc = doc[len(part):]
		if i == last {
			break
		}
		if t.numbers[i] {
			n := startDigits(doc)
			if n == 0 || n > 1 && doc[0] == '0' {
				return "", false, false
			}
			doc = doc[n:]
			continue
		}
		if i != t.piece {
			if n := idLiteral(doc); n > 0 {
				doc = doc[n:]
				continue
			}
		}
		end, plain, common := literal(doc)
		if end < 0 || i != t.piece && !plain {
			return "", false, false
		}
		if i == t.piece && plain {
			piece, simple = string(doc[1:end-1]), common
		} else if i == t.piece {
			if piece, ok = unquote(doc[:end]); !ok {
				return "", false, false
			}
		}
		doc = doc[end:]
	}
	return piece, simple, len(doc) == 0
}

// startDigits counts the digits that a text begins with.
func startDigits(s []byte) (n int) {
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// endDigits counts the digits that a text ends with.
func endDigits(s []byte) (n int) {
	for n < len(s) && s[len(s)-1-n] >= '0' && s[len(s)-1-n] <= '9' {
		n++
	}
	return n
}

// idLiteral measures the string literal at the start of s if it is of printable ASCII, as ids and
// times are; else 0.
func idLiteral(s []byte) int {
	if len(s) == 0 || s[0] != '"' {
		return 0
	}
	end := bytes.IndexByte(s[1:], '"')
	if end < 0 {
		return 0
	}
	for _, c := range s[1 : 1+end] {
		if c < ' ' || c > '~' || c == '\\' {
			return 0
		}
	}
	return end + 2
}

// literal measures the string literal at the start of s, -1 where there is none. plain says that
// its bytes are its value, common that it is ordinary besides.
func literal(s []byte) (end int, plain, common bool) {
	if len(s) == 0 || s[0] != '"' {
		return -1, false, false
	}
	plain, common = true, true
	ascii := true
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			plain = plain && (ascii || utf8.Valid(s[1:i]))
			return i + 1, plain, plain && common
		case c == '\\':
			plain = false
			i++
		case c < ' ':
			return -1, false, false
		case c >= utf8.RuneSelf:
			ascii, common = false, common && !special(c)
		case c == '<' || c == '[' || c == '`': // what special is, of ASCII
			common = false
		}
	}
	return -1, false, false
}
