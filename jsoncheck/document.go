package jsoncheck

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
)

// document is a JSON value with the places of its parts.
type document struct {
	source  []byte
	value   any            // as package jsonschema wants it: numbers are json.Number
	places  map[string]int // JSON Pointer → offset of the value in the source; nil: not wanted
	doubles []string       // JSON Pointers of keys that come again in their object
}

// placed is the document with its places.
func (d *document) placed() *document {
	if d.places != nil {
		return d
	}
	full := &document{source: d.source, places: map[string]int{}}
	if full.read() != nil { // it has been read before
		return d
	}
	return full
}

// maxExponent bounds the size of a number: checking one such as 1e999999999 would take all memory.
const maxExponent = 1000

// errRange says that a number is beyond any that a program can hold.
var errRange = errors.New("a number is out of range")

// errMore says that something follows the value.
var errMore = errors.New("more text follows the JSON value")

// read reads the one JSON value of a text, without the places: they cost as much as all the rest.
func read(source []byte) (*document, error) {
	d := &document{source: source}
	if err := d.read(); err != nil {
		return nil, err
	}
	return d, nil
}

func (d *document) read() error {
	// Unmarshal bounds the depth, and tells a text that ends too early from one that is wrong
	var whole json.RawMessage
	if err := json.Unmarshal(d.source, &whole); err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(d.source))
	dec.UseNumber()
	var err error
	if d.value, err = d.next(dec, ""); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return errMore
	}
	return nil
}

// below is the JSON Pointer of a part, where places are wanted.
func (d *document) below(at, part string) string {
	if d.places == nil {
		return ""
	}
	return at + "/" + part
}

// next reads the value at a JSON Pointer.
func (d *document) next(dec *json.Decoder, at string) (any, error) {
	if d.places != nil {
		d.places[at] = d.skip(int(dec.InputOffset()))
	}
	t, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		return d.object(dec, at)
	case json.Delim('['):
		list := []any{}
		for dec.More() {
			v, err := d.next(dec, d.below(at, strconv.Itoa(len(list))))
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := dec.Token()
		return list, err
	}
	if n, ok := t.(json.Number); ok && !inRange(string(n)) {
		return nil, errRange
	}
	return t, nil
}

// inRange reports whether the exponent of a number is within maxExponent.
func inRange(number string) bool {
	i := strings.IndexAny(number, "eE")
	if i < 0 {
		return true
	}
	n, err := strconv.Atoi(number[i+1:])
	return err == nil && n >= -maxExponent && n <= maxExponent
}

func (d *document) object(dec *json.Decoder, at string) (any, error) {
	object := map[string]any{}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, err
		}
		key, _ := t.(string)
		path := d.below(at, escape(key))
		if _, twice := object[key]; twice {
			d.doubles = append(d.doubles, path)
		}
		if object[key], err = d.next(dec, path); err != nil {
			return nil, err
		}
	}
	_, err := dec.Token()
	return object, err
}

// skip passes what may stand between a token and the value after it.
func (d *document) skip(i int) int {
	for i < len(d.source) && strings.IndexByte(" \t\r\n,:", d.source[i]) >= 0 {
		i++
	}
	return i
}

// sorted puts problems into the order of the text.
func (d *document) sorted(problems []Problem) []Problem {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(d.offset(a.Path), d.offset(b.Path)),
			cmp.Compare(a.Path, b.Path), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(problems)
}

// offset is where the value at a JSON Pointer stands, or the nearest one around it that is there.
func (d *document) offset(at string) int {
	offset, ok := d.places[at]
	for !ok && at != "" {
		at = at[:strings.LastIndexByte(at, '/')]
		offset, ok = d.places[at]
	}
	return offset
}

// escape writes a key as a part of a JSON Pointer (RFC 6901 §3).
func escape(key string) string {
	return strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1")
}

// pointer joins the parts of a path to a JSON Pointer.
func pointer(parts []string) string {
	var b strings.Builder
	for _, part := range parts {
		b.WriteString("/" + escape(part))
	}
	return b.String()
}
