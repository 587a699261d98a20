package config

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// reader collects the mistakes of one file while it is read.
type reader struct {
	file    string
	index   *index
	errs    Errors
	actions []Action

	syntaxes func() []string // or nil
	broken   []path          // statements that could not be parsed; what they set is unknown

	// that relative names begin at, where it is not the file itself
	home string
	// what is read may hold what looks like a key: it is a prompt
	prompts bool
	// gives the place of a byte; nil: the index does
	locate func(offset int) (line, column int)

	styles     []string                           // of Markdown; see WithStyles
	checkStyle func(config, file string) []string // or nil
}

// anchor says what of a path a mistake points at.
type anchor bool

const (
	atKey   anchor = false
	atValue anchor = true
)

// add notes a mistake at a path.
func (r *reader) add(p path, at anchor, message string, nearest ...string) {
	where := r.index.find(p)
	offset := where.key
	if at == atValue {
		offset = where.value
	}
	r.addAt(offset, p, message, nearest...)
}

// addAt notes a mistake at a byte offset of the text.
func (r *reader) addAt(offset int, p path, message string, nearest ...string) {
	line, column := r.lineColumn(offset)
	r.errs = append(r.errs, Diagnostic{r.file, line, column, p.String(), message, nearest})
}

// lineColumn is where a byte offset of the text is in the file.
func (r *reader) lineColumn(offset int) (line, column int) {
	if r.locate != nil {
		return r.locate(offset)
	}
	return r.index.lineColumn(offset)
}

// isBroken says whether a statement that could not be parsed may have set p.
func (r *reader) isBroken(p path) bool {
	return slices.ContainsFunc(r.broken, p.related)
}

// table is one TOML table while it is read. Each accessor takes one key out of
// it, checks the value and stores it where it is told to; a missing key leaves
// the target alone, a wrong value is reported and leaves it alone too. What no
// accessor asked for is unknown and reported by done.
type table struct {
	r      *reader
	path   path
	values map[string]any
	known  []string
}

// take gives a value and remembers that its key is known here.
func (t *table) take(key string) (any, bool) {
	t.known = append(t.known, key)
	v, ok := t.values[key]
	return v, ok
}

// names are the keys of the table in the order of the file.
func (t *table) names() []string {
	names := make([]string, 0, len(t.values))
	for name := range t.values {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if d := t.r.index.find(t.path.key(a)).key - t.r.index.find(t.path.key(b)).key; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return names
}

// elemPath is the path of the nth text of a key that textOrTexts has read.
func (t *table) elemPath(key string, n int) path {
	if _, single := t.values[key].(string); single {
		return t.path.key(key)
	}
	return t.path.key(key).elem(n)
}

// wrongType reports a value of another type than wanted.
func (t *table) wrongType(p path, wanted string, v any) {
	t.r.add(p, atValue, "must be "+wanted+", not "+describe(v))
}

// sub gives the table under key; an empty one where there is none, so that its
// keys are known for suggestions all the same.
func (t *table) sub(key string) *table {
	v, ok := t.take(key)
	values, isTable := v.(map[string]any)
	if ok && !isTable {
		t.wrongType(t.path.key(key), "a table, as in ["+t.path.key(key).String()+"]", v)
	}
	return &table{r: t.r, path: t.path.key(key), values: values}
}

// text reads a string.
func (t *table) text(key string, dst *string) bool {
	v, ok := t.take(key)
	if !ok {
		return false
	}
	s, ok := v.(string)
	if !ok {
		t.wrongType(t.path.key(key), "text in quotes", v)
		return false
	}
	*dst = s
	return true
}

// choice reads a string that must be one of a few.
func (t *table) choice(key string, dst *string, choices ...string) {
	var s string
	if !t.text(key, &s) {
		return
	}
	if !slices.Contains(choices, s) {
		nearest := Nearest(s, choices)
		message := "unknown " + strings.ReplaceAll(key, "_", " ") + " " + quote(s)
		if len(nearest) == 0 {
			message += "; must be " + listOr(choices)
		}
		t.r.add(t.path.key(key), atValue, message, nearest...)
		return
	}
	*dst = s
}

// flag reads true or false.
func (t *table) flag(key string, dst *bool) {
	v, ok := t.take(key)
	if !ok {
		return
	}
	b, ok := v.(bool)
	if !ok {
		t.wrongType(t.path.key(key), "true or false", v)
		return
	}
	*dst = b
}

// number reads a number from least to most.
func (t *table) number(key string, least, most float64, dst **float64) {
	v, ok := t.take(key)
	if !ok {
		return
	}
	var f float64
	switch n := v.(type) {
	case int64:
		f = float64(n)
	case float64:
		f = n
	default:
		t.wrongType(t.path.key(key), "a number", v)
		return
	}
	switch p := t.path.key(key); {
	case math.IsNaN(f) || math.IsInf(f, 0):
		t.r.add(p, atValue, "must be a finite number")
	case f < 0 && least >= 0:
		t.r.add(p, atValue, "must not be negative")
	case f < least || f > most:
		t.r.add(p, atValue, fmt.Sprintf("must be from %v to %v", least, most))
	default:
		*dst = &f
	}
}

// unlimited is the upper end of a number that has none.
func unlimited() float64 { return math.Inf(1) }

// whole reads an integer that is at least least.
func (t *table) whole(key string, least int, dst **int) {
	v, ok := t.take(key)
	if !ok {
		return
	}
	n, ok := v.(int64)
	switch p := t.path.key(key); {
	case !ok:
		t.wrongType(p, "a whole number", v)
	case n < 0:
		t.r.add(p, atValue, "must not be negative")
	case n < int64(least):
		t.r.add(p, atValue, fmt.Sprintf("must be at least %d", least))
	case n > math.MaxInt32:
		t.r.add(p, atValue, fmt.Sprintf("is too large; the most is %d", math.MaxInt32))
	default:
		i := int(n)
		*dst = &i
	}
}

// duration reads a length of time: text such as "30s", or a bare 0.
func (t *table) duration(key string, dst **time.Duration) {
	v, ok := t.take(key)
	if !ok {
		return
	}
	p := t.path.key(key)
	var d time.Duration
	switch v := v.(type) {
	case string:
		parsed, err := time.ParseDuration(strings.TrimSpace(v))
		if err != nil {
			t.r.add(p, atValue,
				quote(v)+` is not a duration; write it like "30s", "1m30s" or "500ms"`)
			return
		}
		d = parsed
	case int64, float64:
		if v != int64(0) && v != 0.0 {
			t.r.add(p, atValue, fmt.Sprintf("a duration needs a unit; "+
				`write "%vs" for seconds or "%vms" for milliseconds`, v, v))
			return
		}
	default:
		t.wrongType(p, `a duration such as "30s"`, v)
		return
	}
	if d < 0 {
		t.r.add(p, atValue, "must not be negative; 0 turns it off")
		return
	}
	*dst = &d
}

// texts reads an array of strings.
func (t *table) texts(key string, dst *[]string) bool {
	v, ok := t.take(key)
	if !ok {
		return false
	}
	items, ok := v.([]any)
	if !ok {
		t.wrongType(t.path.key(key), `an array of text, as in ["…", "…"]`, v)
		return false
	}
	out := make([]string, 0, len(items))
	for i, item := range items {
		s, ok := item.(string)
		if !ok {
			t.wrongType(t.path.key(key).elem(i), "text in quotes", item)
			return false
		}
		out = append(out, s)
	}
	*dst = out
	return true
}

// tables gives the elements of an array of tables.
func (t *table) tables(key string) []*table {
	v, ok := t.take(key)
	if !ok {
		return nil
	}
	p := t.path.key(key)
	items, ok := v.([]any)
	if list, isTables := v.([]map[string]any); isTables {
		ok = true
		for _, item := range list {
			items = append(items, item)
		}
	}
	if !ok {
		t.wrongType(p, "an array of tables, as in [{ … }, { … }]", v)
		return nil
	}
	var out []*table
	for i, item := range items {
		values, ok := item.(map[string]any)
		if !ok {
			t.wrongType(p.elem(i), "a table, as in { … }", item)
			continue
		}
		out = append(out, &table{r: t.r, path: p.elem(i), values: values})
	}
	return out
}

// textOrTexts reads a string, or an array of them.
func (t *table) textOrTexts(key string, dst *[]string) bool {
	if s, ok := t.values[key].(string); ok {
		t.take(key)
		*dst = []string{s}
		return true
	}
	return t.texts(key, dst)
}

// describe says what kind of value stands in the file.
func describe(v any) string {
	switch v := v.(type) {
	case string:
		// a command line that is no TOML, since its number does not fit, is read as text
		if _, err := strconv.ParseInt(v, 10, 64); errors.Is(err, strconv.ErrRange) {
			return "a number that is too large (" + quote(v) + ")"
		}
		return "text (" + quote(v) + ")"
	case int64:
		return "a number"
	case float64:
		return "a decimal number"
	case bool:
		return fmt.Sprint(v)
	case nil:
		return "null"
	case time.Time:
		return "a date"
	case []any:
		return "an array"
	case []map[string]any:
		return "an array of tables ([[…]])"
	}
	return "a table"
}
