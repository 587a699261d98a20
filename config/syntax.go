package config

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// maxSyntaxErrors is how many syntax errors of one file are looked for.
const maxSyntaxErrors = 20

// decode turns the text into a tree of values. The decoder stops at a syntax error. So a wrong line
// is reported, blanked and left out, if the error is surely confined to it, and the rest is read
// for further mistakes. A wrong header takes its whole section with it: its lines would count for
// the section before. Without ok the file cannot be understood.
func (r *reader) decode(src string) (values map[string]any, ok bool) {
	r.index = newIndex(src)
	if offset, message := notText(src); message != "" {
		r.addAt(offset, nil, message)
		return nil, false
	}
	for range maxSyntaxErrors {
		if r.index.tooDeep >= 0 {
			r.addAt(r.index.tooDeep, nil, "nested too deeply for a config file; check the brackets")
			return nil, false
		}
		values, err := decodeTOML(src)
		if err == nil {
			return values, true
		}
		offset := min(max(err.Position.Start, 0), len(src))
		bad, known := r.index.statementAt(offset)
		confined := known && r.index.line(bad.start) == r.index.line(offset)
		r.syntaxError(err, offset, bad, confined)
		if !confined {
			return nil, false
		}
		r.broken = append(r.broken, bad.path)
		src = r.index.without(bad)
		r.index = newIndex(src)
	}
	return nil, false
}

// syntaxError reports text that is no TOML, without repeating a key from it.
func (r *reader) syntaxError(err *toml.ParseError, offset int, bad statement, confined bool) {
	message := oneLine(strings.TrimSuffix(redactWords(err.Message), "."))
	switch {
	case confined && len(bad.path) > 0 && isCredentialKey(bad.path[len(bad.path)-1].name):
		t := table{path: bad.path}
		offset, message = bad.start, keyAdvice(variableFor(t.owner()))
	case confined:
		message += syntaxHint(bad, r.index.src)
	case bad.path != nil:
		line, _ := r.index.lineColumn(bad.start)
		message += fmt.Sprintf("; what begins in line %d is not closed, or misses a comma", line)
	}
	r.addAt(offset, bad.path, message)
}

// syntaxHint guesses what a person meant from the wrong line itself.
func syntaxHint(bad statement, src string) string {
	line, _, _ := strings.Cut(src[bad.start:], "\n")
	if bad.header {
		if strings.HasPrefix(line, "[models.") {
			return `; a model reference needs quotes, as in [models."provider/model"]`
		}
		return ""
	}
	_, value, _ := strings.Cut(line, "=")
	value = strings.TrimSpace(value)
	switch first, _ := utf8.DecodeRuneInString(value); {
	case strings.ContainsRune("“”„‘’«»", first):
		return `; text needs straight quotes, as in "text"`
	case 'a' <= first && first <= 'z' || 'A' <= first && first <= 'Z':
		return `; text needs quotes around it, as in "text"`
	case first == '"' && strings.Contains(value, `\`):
		return `; write a backslash twice, or put the text into single quotes`
	}
	return ""
}

// oneLine shows control characters as \u escapes: the decoder repeats what it met.
func oneLine(text string) string {
	var b strings.Builder
	for _, c := range text {
		if unicode.IsControl(c) {
			fmt.Fprintf(&b, `\u%04x`, c)
		} else {
			b.WriteRune(c)
		}
	}
	return b.String()
}

// decodeTOML is toml.Decode with one kind of error. The decoder panics where it
// finds a fault in itself; to a person that is a file it cannot read.
func decodeTOML(src string) (values map[string]any, err *toml.ParseError) {
	defer func() {
		if p := recover(); p != nil {
			err = &toml.ParseError{Message: "the TOML decoder gives up on this file; check " +
				"quotes and brackets"}
		}
	}()
	if _, e := toml.Decode(src, &values); e != nil {
		var parse toml.ParseError
		if !errors.As(e, &parse) {
			parse = toml.ParseError{Message: e.Error()}
		}
		return nil, &parse
	}
	return values, nil
}

// notText finds what makes a file no TOML text at all, at its exact place: the
// decoder reports the token around it.
func notText(src string) (offset int, message string) {
	if strings.HasPrefix(src, "\xff\xfe") || strings.HasPrefix(src, "\xfe\xff") ||
		strings.HasPrefix(src[min(1, len(src)):], "\x00") {
		return 0, "the file is UTF-16; save it as UTF-8"
	}
	for i, c := range src {
		switch {
		case c == utf8.RuneError && !strings.HasPrefix(src[i:], "\ufffd"):
			return i, "the file is not UTF-8 text here; save it as UTF-8"
		case c == '\r' && !strings.HasPrefix(src[i+1:], "\n"):
			return i, "a carriage return without a line feed; save the file with ordinary line ends"
		case c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7f:
			return i, fmt.Sprintf("control character U+%04X; remove it", c)
		}
	}
	return 0, ""
}
