package suite

import (
	"encoding/json"
	"maps"
	"strings"
)

// Vars are the values of a case's variables. A table with many lines has its header once.
type Vars struct {
	values map[string]any
	header []string
	row    []string
	raw    string // a JSON object
	// keys of raw that are no variables are left out: raw is the whole line of a case
	without bool
}

// VarsOf makes variables of a map.
func VarsOf(values map[string]any) Vars { return Vars{values: values} }

// Map gives the variables by name. The caller must not change it.
func (v Vars) Map() map[string]any {
	switch {
	case v.header != nil:
		values := make(map[string]any, len(v.header))
		for i, name := range v.header {
			values[name] = v.row[i]
		}
		return values
	case v.raw != "":
		values := decoded(v.raw)
		if v.without {
			maps.DeleteFunc(values, func(key string, _ any) bool { return !isVariable(key, false) })
		}
		return values
	}
	return v.values
}

// decoded is a JSON object that was read before. Its numbers stay as they were written.
func decoded(text string) (values map[string]any) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	_ = dec.Decode(&values)
	return values
}
