package exchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
)

// element is one value of a file: one that stands alone, or one of a list.
type element struct {
	raw    []byte
	start  int   // where it is in the file
	inList bool  // other elements may stand beside it
	err    error // why it is no whole JSON value
}

// elements cuts a file into its values. It goes by brackets and quotes alone, so a value that is no
// JSON ends with its brackets, and the next one is read.
func elements(data []byte) iter.Seq[element] {
	return func(yield func(element) bool) {
		c := cutter{data: data, yield: yield}
		for c.at = skipSpace(data, 0); c.at < len(data); c.at = skipSpace(data, c.at) {
			ok := true
			if data[c.at] == '[' {
				ok = c.list()
			} else {
				ok = c.value(false)
			}
			if !ok {
				return
			}
		}
	}
}

type cutter struct {
	data  []byte
	at    int
	torn  bool // the file ends within a value
	yield func(element) bool
}

// list cuts a list into its elements, and reports whether more is wanted.
func (c *cutter) list() bool {
	c.at++ // the bracket
	for {
		c.at = skipSpace(c.data, c.at)
		switch {
		case c.at >= len(c.data):
			return c.torn || c.yield(element{start: c.at, inList: true, err: c.ends()})
		case c.data[c.at] == ']':
			c.at++
			return true
		case c.data[c.at] == ',':
			c.at++
		default:
			if !c.value(true) {
				return false
			}
		}
	}
}

// value gives one value, and reports whether more is wanted.
func (c *cutter) value(inList bool) bool {
	start := c.at
	end, whole := valueEnd(c.data, start, inList)
	if !whole { // it may end where the next line begins a value
		if next := nextValue(c.data, start); next >= 0 {
			c.at = next
			return c.yield(element{raw: c.data[start:next], start: start, inList: inList,
				err: c.ends()})
		}
		c.at, c.torn = len(c.data), true
		return c.yield(element{raw: c.data[start:], start: start, inList: inList, err: c.ends()})
	}
	c.at = end
	e := element{raw: bytes.TrimRight(c.data[start:end], " \t\r\n"), start: start, inList: inList}
	if !json.Valid(e.raw) {
		var v any
		e.err = placed(c.data, start, json.Unmarshal(e.raw, &v))
		if kind := textKind(c.data); kind != "" && start == skipSpace(c.data, 0) {
			e.err = fmt.Errorf("line %d: this is %s, not JSON", lineAt(c.data, start), kind)
		}
	}
	return c.yield(e)
}

// ends says that the file ends in the middle of a value.
func (c *cutter) ends() error { return placed(c.data, 0, io.ErrUnexpectedEOF) }

// valueEnd finds the end of the value that begins at a place; whole is false where the file ends
// before.
func valueEnd(data []byte, start int, inList bool) (end int, whole bool) {
	depth := 0
	for i := start; i < len(data); i++ {
		switch c := data[i]; c {
		case '"':
			n := stringLen(data[i:])
			if i+n > len(data) || n < 2 || data[i+n-1] != '"' {
				return len(data), false
			}
			if i += n - 1; depth == 0 {
				return i + 1, true
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 { // of the list
				return i, i > start
			}
			if depth--; depth == 0 {
				return i + 1, true
			}
		case ',', '\n':
			if depth == 0 && (inList || c == '\n') { // a number, a word
				return i, true
			}
		}
	}
	return len(data), depth == 0
}

// nextValue finds the next line that begins an object or, in a list, an element; -1 for none. It is
// asked where a value was cut off in the middle.
func nextValue(data []byte, start int) int {
	for i := start + 1; i < len(data); i++ {
		nl := bytes.IndexByte(data[i:], '\n')
		if nl < 0 {
			return -1
		}
		i += nl
		if rest := data[i+1:]; len(rest) > 0 && rest[0] == '{' {
			return i + 1
		}
	}
	return -1
}

func skipSpace(data []byte, i int) int {
	for i < len(data) && (data[i] == ' ' || data[i] == '\t' || data[i] == '\r' || data[i] == '\n') {
		i++
	}
	return i
}
