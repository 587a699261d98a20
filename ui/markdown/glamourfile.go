package markdown

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	glamour "charm.land/glamour/v2/ansi"
	"github.com/alecthomas/chroma/v2/styles"
)

// A StyleError is one mistake in a file with a style of Glamour's.
type StyleError struct {
	Line    int    // from 1
	Key     string // with those around it, as in h1.color; "" where there is none
	Message string
}

// Error is the mistake without the file's name, which the reader of the file knows.
func (e StyleError) Error() string {
	if e.Key == "" {
		return fmt.Sprintf("%d: %s", e.Line, e.Message)
	}
	return fmt.Sprintf("%d: %s: %s", e.Line, e.Key, e.Message)
}

// ParseGlamour reads a style in Glamour's JSON format. It returns every mistake, in the order of
// the text.
func ParseGlamour(text []byte) (Style, []StyleError) {
	c := styleCheck{text: text, dec: json.NewDecoder(bytes.NewReader(text))}
	c.dec.UseNumber()
	if err := c.value(reflect.TypeFor[glamour.StyleConfig](), ""); err != nil {
		c.add("", syntaxMessage(err))
	} else if _, err := c.dec.Token(); err != io.EOF {
		c.add("", "something follows the style")
	}
	if len(c.errs) > 0 {
		return Style{}, c.errs
	}
	var g glamour.StyleConfig
	if err := json.Unmarshal(text, &g); err != nil {
		c.add("", err.Error())
	}
	return fromGlamour(g), c.errs
}

func syntaxMessage(err error) string {
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the style ends too early"
	case errors.As(err, &syntax):
		return "this is not JSON: " + syntax.Error()
	}
	return err.Error()
}

// styleCheck reads a style by its tokens, which know where they stand.
type styleCheck struct {
	text []byte
	dec  *json.Decoder
	errs []StyleError
}

func (c *styleCheck) add(key, message string) {
	at := min(int(c.dec.InputOffset()), len(c.text))
	line := 1 + bytes.Count(c.text[:at], []byte("\n"))
	c.errs = append(c.errs, StyleError{line, key, message})
}

// value reads a value that a type of Glamour's takes. The error is the decoder's.
func (c *styleCheck) value(t reflect.Type, key string) error {
	tok, err := c.dec.Token()
	if err != nil {
		return err
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	delim, isDelim := tok.(json.Delim)
	wanted, fits := "", false
	switch t.Kind() {
	case reflect.Struct:
		wanted, fits = "an object", delim == '{'
	case reflect.Bool:
		_, fits = tok.(bool)
		wanted = "true or false"
	case reflect.String:
		_, fits = tok.(string)
		wanted = "text"
	case reflect.Uint:
		n, ok := tok.(json.Number)
		_, err := strconv.ParseUint(string(n), 10, 32)
		wanted, fits = "a whole number from 0 on", ok && err == nil
	}
	switch {
	case tok == nil: // null is as good as nothing
	case !fits:
		c.add(key, "must be "+wanted)
	case t.Kind() == reflect.Struct:
		return c.fields(t, key)
	case t.Kind() == reflect.String:
		c.checkText(key, tok.(string))
	}
	if isDelim {
		return c.skip()
	}
	return nil
}

// skip reads on to the end of the object or list that has begun.
func (c *styleCheck) skip() error {
	for depth := 1; depth > 0; {
		tok, err := c.dec.Token()
		if err != nil {
			return err
		}
		switch tok {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
	return nil
}

// fields reads the rest of an object.
func (c *styleCheck) fields(t reflect.Type, key string) error {
	for c.dec.More() {
		tok, err := c.dec.Token()
		if err != nil {
			return err
		}
		name := tok.(string)
		inner := strings.TrimPrefix(key+"."+name, ".")
		known := jsonFields(t)
		if field, ok := known[name]; ok {
			err = c.value(field, inner)
		} else {
			c.add(inner, "unknown key"+nearest(name, known))
			err = c.any()
		}
		if err != nil {
			return err
		}
	}
	_, err := c.dec.Token()
	return err
}

// any reads a value of any type.
func (c *styleCheck) any() error {
	tok, err := c.dec.Token()
	if _, ok := tok.(json.Delim); ok && err == nil {
		return c.skip()
	}
	return err
}

// jsonFields are the keys of a struct with their types, those of embedded structs among them.
func jsonFields(t reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && !f.Anonymous {
			fields[name] = f.Type
		}
	}
	return fields
}

// nearest suggests keys: those with other separators or another spelling, else those that share a
// part.
func nearest(name string, known map[string]reflect.Type) string {
	plain := strings.NewReplacer("_", "", "-", "", "colour", "color").Replace(strings.ToLower(name))
	var same, alike []string
	for k := range known {
		switch p := strings.ReplaceAll(k, "_", ""); {
		case p == plain:
			same = append(same, strconv.Quote(k))
		case strings.Contains(p, plain) || strings.Contains(plain, p):
			alike = append(alike, strconv.Quote(k))
		}
	}
	if len(same) == 0 {
		same = alike
	}
	if slices.Sort(same); len(same) == 0 || len(same) > 3 {
		return ""
	}
	return "; did you mean " + strings.Join(same, " or ") + "?"
}

// checkText checks a text whose key says what it must be.
func (c *styleCheck) checkText(key, s string) {
	switch name := key[strings.LastIndexByte(key, '.')+1:]; {
	case (name == "color" || name == "background_color") && s != "" && !isColour(s):
		c.add(key, strconv.Quote(s)+` is no colour; write "#rrggbb", or a number from 0 to 255`)
	case key == "code_block.theme" && s != "" && !slices.Contains(styles.Names(), s):
		c.add(key, strconv.Quote(s)+" is none of Chroma's styles")
	case strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' }):
		c.add(key, "has a control character")
	}
}

// isColour reports whether Lip Gloss takes a text for a colour.
func isColour(s string) bool {
	if hex, ok := strings.CutPrefix(s, "#"); ok {
		_, err := strconv.ParseUint(hex, 16, 32)
		return err == nil && (len(hex) == 3 || len(hex) == 6)
	}
	n, err := strconv.Atoi(s)
	return err == nil && n >= 0 && n <= 255
}
