package suite

import (
	"encoding/json"
	"strconv"
	"strings"

	"lineup/batch/check"
)

// A file may have 100,000 lines, nearly all without a mistake and with checks that other lines have
// too. Such a line is read without noting where its parts stand, and what it says is kept as a part
// of the file's text.

// quickLine reads a line without mistakes; ok is false for any other.
func (r *reader) quickLine(row string, base Case, ownPrompt bool) (c Case, ok bool) {
	fields, ok := fieldsOf(row)
	if !ok {
		return c, false
	}
	c = base
	c.ID = strconv.Itoa(len(r.cases))
	vars, alone := "", true
	for _, f := range fields {
		var given bool
		switch {
		case f.key == "id":
			given = plainString(f.value, &c.ID) && c.ID != ""
		case f.key == "checks":
			var all []check.Check
			if all, given = r.read[f.value]; given {
				c.Checks = all
			}
		case f.key == "vars":
			given = f.value[0] == '{' && vars == ""
			vars = f.value
		case ownPrompt && f.key == promptKey:
			given = plainString(f.value, &c.Prompt) && strings.TrimSpace(c.Prompt) != ""
		case isVariable(f.key, ownPrompt):
			given, alone = true, false
		}
		if !given {
			return c, false
		}
	}
	switch {
	case ownPrompt && c.Prompt == "":
		return c, false
	case alone && vars != "":
		if _, ok := fieldsOf(vars); !ok {
			return c, false
		}
		c.Vars = Vars{raw: vars}
	case !alone && vars == "" && !ownPrompt && len(fields) > 0:
		c.Vars = Vars{raw: row, without: true}
	case !alone:
		return c, false
	}
	return c, true
}

// remember keeps the checks of a case whose own ones a text says, for cases with the same text. The
// others are those of the defaults, which all cases have.
func (r *reader) remember(text string, checks []check.Check) {
	if r.read == nil {
		r.read = map[string][]check.Check{}
	}
	r.read[text] = checks
}

// jsonField is a key of an object with its value, as it is written.
type jsonField struct{ key, value string }

// fieldsOf takes an object apart. ok is false for what is no object, and for doubled keys.
func fieldsOf(row string) (fields []jsonField, ok bool) {
	dec := json.NewDecoder(strings.NewReader(row))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, false
	}
	for dec.More() {
		t, err := dec.Token()
		key, isText := t.(string)
		if err != nil || !isText {
			return nil, false
		}
		for _, f := range fields {
			if f.key == key {
				return nil, false
			}
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, false
		}
		end := int(dec.InputOffset())
		fields = append(fields, jsonField{key, row[end-len(value) : end]})
	}
	if _, err := dec.Token(); err != nil {
		return nil, false
	}
	return fields, strings.TrimSpace(row[dec.InputOffset():]) == ""
}

// field is the value of a key of an object, as it is written; "" where there is none.
func field(row, key string) string {
	fields, _ := fieldsOf(row)
	for _, f := range fields {
		if f.key == key {
			return f.value
		}
	}
	return ""
}

// plainString reads a JSON string. One without escapes is a part of the text.
func plainString(value string, dst *string) bool {
	if value[0] != '"' {
		return false
	}
	if !strings.Contains(value, `\`) {
		*dst = value[1 : len(value)-1]
		return true
	}
	return json.Unmarshal([]byte(value), dst) == nil
}
