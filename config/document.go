package config

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// Document is a file that is no config and is read with the same care: each mistake is noted with
// its place, its key and the nearest right name.
type Document struct{ r *reader }

// ParseTOML reads a document in TOML. Lines that are no TOML are noted and left out; whole says
// that there are none.
func ParseTOML(file string, text []byte) (d *Document, t Table, whole bool) {
	d = &Document{&reader{file: file}}
	values, _ := d.r.decode(strings.TrimPrefix(string(text), "\ufeff"))
	return d, Table{&table{r: d.r, values: values}}, len(d.r.errs) == 0
}

// ParseJSON reads a JSON value, which becomes the value of key in the table; with "" for the key it
// must be an object, and is the table. locate gives the line and the column of a byte of the text.
func ParseJSON(file, key string, text []byte, locate func(offset int) (line, column int)) (
	*Document, Table,
) {
	d := &Document{&reader{file: file, locate: locate}}
	root := path{}
	if key != "" {
		root = root.key(key)
	}
	ix := &index{src: string(text), lines: []int{0}, places: map[string]place{}, tooDeep: -1}
	d.r.index = ix
	t := Table{&table{r: d.r}}
	v, err := ix.readJSON(root)
	switch object, isObject := v.(map[string]any); {
	case err != nil:
		d.r.addAt(jsonOffset(text, err), root, "is no JSON: "+oneLine(jsonWords(err)))
	case key != "":
		t.t.values = map[string]any{key: v}
	case !isObject:
		d.r.addAt(0, root, `must be a JSON object, as in {"key": "value"}, not `+describe(v))
	default:
		t.t.values = object
	}
	return d, t
}

// Errors are the mistakes so far, in the order of the file; nil where there are none.
func (d *Document) Errors() Errors { return d.r.errs.sorted() }

// Table is a table of a document while it is read. An accessor takes one key out of it and stores
// the value; a missing key leaves the target alone, and so does a wrong value, which is noted. Keys
// that nobody asked for are noted by Done.
type Table struct{ t *table }

// Has reports whether the table has a key. The key does not count as asked for.
func (t Table) Has(key string) bool {
	_, ok := t.t.values[key]
	return ok
}

// Keys are those of the table, in the order of the file.
func (t Table) Keys() []string { return t.t.names() }

// Expect makes a key known here, without a look at its value.
func (t Table) Expect(keys ...string) { t.t.known = append(t.t.known, keys...) }

// Text reads a string.
func (t Table) Text(key string, dst *string) bool { return t.t.text(key, dst) }

// Texts reads an array of strings.
func (t Table) Texts(key string, dst *[]string) bool { return t.t.texts(key, dst) }

// Flag reads true or false.
func (t Table) Flag(key string, dst *bool) { t.t.flag(key, dst) }

// Number reads a number from least to most.
func (t Table) Number(key string, least, most float64, dst **float64) {
	t.t.number(key, least, most, dst)
}

// Whole reads a whole number that is at least least.
func (t Table) Whole(key string, least int, dst **int) { t.t.whole(key, least, dst) }

// JSON reads any value that JSON can say: text, int64, float64, bool, nil, []any, map[string]any.
func (t Table) JSON(key string) (v any, ok bool) {
	if v, ok = t.t.take(key); !ok {
		return nil, false
	}
	t.t.r.prompts = true
	defer func() { t.t.r.prompts = false }()
	return t.t.r.jsonValue(t.t.path.key(key), v), true
}

// Sub is the table at a key; an empty one where there is none.
func (t Table) Sub(key string) Table { return Table{t.t.sub(key)} }

// Tables are the elements of an array of tables.
func (t Table) Tables(key string) (out []Table) {
	for _, sub := range t.t.tables(key) {
		out = append(out, Table{sub})
	}
	return out
}

// Panes reads the panes that a config would read there. Their models are those of c's providers.
func (t Table) Panes(c *Config) []Pane { return t.t.r.paneList(t.t, c) }

// File reads the text of a file that a key names, relative to the document. A line break at its end
// is left out.
func (t Table) File(key string) (text string, ok bool) {
	var name string
	if !t.t.text(key, &name) {
		return "", false
	}
	t.t.r.prompts = true
	defer func() { t.t.r.prompts = false }()
	return t.t.r.textFile(t.t.path.key(key), name)
}

// BelongTo lets the files that the document names be relative to another file: cases belong to a
// suite, wherever they stand.
func (d *Document) BelongTo(file string) { d.r.home = file }

// Path is the file that a document names: relative to the document's own folder, or to that of the
// file that it belongs to.
func (t Table) Path(name string) string {
	return Config{File: cmp.Or(t.t.r.home, t.t.r.file)}.Path(name, os.Getenv)
}

// Place is where the value of a key stands, or the table itself with "" for the key.
func (t Table) Place(key string) (line, column int) {
	at := t.t.r.index.find(t.t.path).key
	if key != "" {
		at = t.t.r.index.find(t.t.path.key(key)).value
	}
	return t.t.r.lineColumn(at)
}

// Wrong notes a mistake in the value of a key, or in the table itself with "" for the key.
func (t Table) Wrong(key, message string, nearest ...string) {
	if key == "" {
		t.t.r.add(t.t.path, atKey, message, nearest...)
		return
	}
	t.t.r.add(t.t.path.key(key), atValue, message, nearest...)
}

// WrongElem notes a mistake in an element of the array at a key.
func (t Table) WrongElem(key string, n int, message string, nearest ...string) {
	t.t.r.add(t.t.path.key(key).elem(n), atValue, message, nearest...)
}

// WrongKey notes a mistake in a key.
func (t Table) WrongKey(key, message string, nearest ...string) {
	t.t.r.add(t.t.path.key(key), atKey, message, nearest...)
}

// Done notes each key that nobody asked for.
func (t Table) Done() { t.t.done() }

// readJSON reads the source as one JSON value, and notes where its parts stand below a path.
func (ix *index) readJSON(root path) (any, error) {
	dec := json.NewDecoder(strings.NewReader(ix.src))
	dec.UseNumber()
	v, err := ix.jsonNext(dec, root, ix.jsonStart(dec))
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errMoreJSON
	}
	return v, nil
}

// errMoreJSON says that something follows a JSON value.
var errMoreJSON = errors.New("more text follows the value")

// jsonStart is where the next token of a decoder stands.
func (ix *index) jsonStart(dec *json.Decoder) int {
	at := int(dec.InputOffset())
	for at < len(ix.src) && strings.IndexByte(" \t\r\n,:", ix.src[at]) >= 0 {
		at++
	}
	return at
}

// jsonNext reads the next value. key is where the key of the value stands.
func (ix *index) jsonNext(dec *json.Decoder, p path, key int) (any, error) {
	ix.places[p.id()] = place{key, ix.jsonStart(dec)}
	t, err := dec.Token()
	switch {
	case err != nil:
		return nil, err
	case len(p) > maxDepth:
		return nil, errors.New("it is nested too deeply")
	}
	switch t := t.(type) {
	case json.Number:
		if n, err := t.Int64(); err == nil {
			return n, nil
		}
		return t.Float64()
	case json.Delim:
		if t == '[' {
			return ix.jsonArray(dec, p)
		}
		return ix.jsonObject(dec, p)
	}
	return t, nil
}

func (ix *index) jsonArray(dec *json.Decoder, p path) (any, error) {
	list := []any{}
	for dec.More() {
		v, err := ix.jsonNext(dec, p.elem(len(list)), ix.jsonStart(dec))
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := dec.Token()
	return list, err
}

func (ix *index) jsonObject(dec *json.Decoder, p path) (any, error) {
	object := map[string]any{}
	for dec.More() {
		at := ix.jsonStart(dec)
		t, err := dec.Token()
		if err != nil {
			return nil, err
		}
		key, _ := t.(string) // the decoder allows no other
		if _, twice := object[key]; twice {
			return nil, fmt.Errorf("the key %q comes twice", key)
		}
		if object[key], err = ix.jsonNext(dec, p.key(key), at); err != nil {
			return nil, err
		}
	}
	_, err := dec.Token()
	return object, err
}

// jsonOffset is where a text stops being JSON.
func jsonOffset(text []byte, err error) int {
	var whole json.RawMessage
	var syntax *json.SyntaxError
	if errors.As(json.Unmarshal(text, &whole), &syntax) {
		at := int(syntax.Offset)
		if at > 0 && !tooEarly(err) { // the offset is that after the wrong byte
			return at - 1
		}
		return len(bytes.TrimRight(text, "\r\n"))
	}
	return len(text) - len(bytes.TrimLeft(text, " \t\r\n"))
}

// jsonWords says what is wrong with a JSON text.
func jsonWords(err error) string {
	if tooEarly(err) {
		return "it ends too early"
	}
	return err.Error()
}

// tooEarly says whether a JSON text ends before its value does.
func tooEarly(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}
