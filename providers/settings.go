package providers

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Field is one setting. Settings of the same key and value are the same setting.
type Field struct {
	Key   string // as in the config; options and body have a dotted key for each field
	Value string // canonical JSON
}

// ParamKeys are the names of the parameters, in the order in which they are shown.
func ParamKeys() []string {
	return []string{"temperature", "top_p", "top_k", "min_p", "max_tokens", "seed", "stop",
		"reasoning_effort", "num_ctx"}
}

// Fields lists what is set, in the order of the config's documentation. An empty table or list
// counts as not set.
func (s Settings) Fields() []Field {
	b, err := canonical(s)
	if err != nil {
		return nil
	}
	if string(b) == "{}" {
		return nil
	}
	var all map[string]json.RawMessage
	if json.Unmarshal(b, &all) != nil {
		return nil
	}
	var out []Field
	add := func(key string) {
		if v, ok := all[key]; ok {
			out = append(out, Field{key, string(v)})
		}
	}
	for _, key := range ParamKeys() {
		add(key)
	}
	for _, table := range []string{"options", "body"} {
		var fields map[string]json.RawMessage
		_ = json.Unmarshal(all[table], &fields) // absent ones stay nil
		for _, key := range sortedKeys(fields) {
			out = append(out, Field{table + "." + key, string(fields[key])})
		}
	}
	add("system")
	add("template")
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Text is the value as a person writes it: a text without quotes if it is one word, and all else
// as JSON.
func (f Field) Text() string {
	var s string
	if json.Unmarshal([]byte(f.Value), &s) != nil || s == "" ||
		strings.ContainsAny(s, " \t\n\r\"'\\=") {
		return f.Value
	}
	return s
}

// Lacking reports whether the field says that its setting is not set, as TellApart does.
func (f Field) Lacking() bool { return f.Value == "null" }

// Short is Text in one line of at most so many characters.
func (f Field) Short(most int) string {
	t := CleanLine(f.Text())
	if f.Lacking() {
		t = "default"
	}
	if strings.HasPrefix(t, `"`) && utf8.RuneCountInString(t) > most {
		return shortened(t, most-1) + `"`
	}
	return shortened(t, most)
}

// shortened is a text of at most so many characters.
func shortened(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// Title is the setting as a pane's title has it, such as "temp 0". A text stands in it without
// quotes, in one line.
func (f Field) Title() string {
	key := f.Key
	switch key {
	case "temperature":
		key = "temp"
	case "reasoning_effort":
		key = "effort"
	case "max_tokens":
		key = "max"
	}
	key = strings.TrimPrefix(strings.TrimPrefix(key, "options."), "body.")
	var s string
	if json.Unmarshal([]byte(f.Value), &s) == nil && CleanLine(s) != "" {
		return key + " " + shortened(CleanLine(s), titleRunes)
	}
	return key + " " + f.Short(titleRunes)
}

// titleRunes is how much of a long setting stands in a title.
const titleRunes = 20

// TellApart says for each contender, in the form of titles, what tells it from the others of the
// same model: the settings in which they differ. A contender whose model stands alone gets none.
func TellApart(all []Contender) [][]Field {
	out := make([][]Field, len(all))
	for i, c := range all {
		out[i] = c.differs(all)
	}
	return out
}

// differs lists the settings of a contender that some other one of its model lacks or has
// otherwise, and in the form {key, "null"} those that it lacks itself.
func (c Contender) differs(all []Contender) []Field {
	own := c.Settings.Fields()
	seen := map[string]bool{}
	for _, o := range all {
		if o.Ref != c.Ref {
			continue
		}
		theirs := o.Settings.Fields()
		for _, f := range own {
			if !slices.Contains(theirs, f) {
				seen[f.Key] = true
			}
		}
		for _, f := range theirs {
			if !slices.Contains(own, f) {
				seen[f.Key] = true
			}
		}
	}
	var out []Field
	for _, f := range own {
		if seen[f.Key] {
			out = append(out, f)
			delete(seen, f.Key)
		}
	}
	for _, key := range sortedKeys(seen) {
		out = append(out, Field{key, "null"})
	}
	return out
}

// canonical is the JSON of a value with sorted keys, no white space, nothing escaped that need not
// be, and one spelling for each number. Equal settings have equal bytes, whether they come from a
// config, a database or an export.
func canonical(v any) ([]byte, error) {
	b, err := encodePlain(v)
	if err != nil {
		return nil, err
	}
	// most settings are empty, and a text has one spelling unless it is broken
	if s, isText := v.(string); string(b) == "{}" || isText && utf8.ValidString(s) {
		return b, nil
	}
	var tree any
	if err := decodeExactly(b, &tree); err != nil {
		return nil, err
	}
	return encodePlain(plainNumbers(tree))
}

// encodePlain is json.Marshal, but leaves < > and & as they are.
func encodePlain(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// decodeExactly is json.Unmarshal, but keeps the digits of numbers that go into an any.
func decodeExactly(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return d.Decode(into)
}

// maxExact bounds the whole numbers that a float64 holds exactly.
const maxExact = 1 << 53

// plainNumbers gives each number of a tree its one spelling: whole numbers as digits, others as
// encoding/json writes a float64.
func plainNumbers(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, item := range v {
			v[k] = plainNumbers(item)
		}
	case []any:
		for i, item := range v {
			v[i] = plainNumbers(item)
		}
	case json.Number:
		if n, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return n
		}
		f, err := v.Float64()
		if err != nil {
			return v
		}
		if f == math.Trunc(f) && math.Abs(f) < maxExact {
			return int64(f)
		}
		return f
	}
	return v
}
