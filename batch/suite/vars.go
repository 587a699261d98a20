package suite

import (
	"bytes"
	"encoding/json"
)

// Vars are the values of a case's variables. A table with many lines has its header once.
type Vars struct {
	values map[string]any
	header []string
	row    []string
	raw    []byte // a JSON object
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
	case v.raw != nil:
		var values map[string]any
		dec := json.NewDecoder(bytes.NewReader(v.raw))
		dec.UseNumber()         // numbers stay as they were written
		_ = dec.Decode(&values) // which was read before
		return values
	}
	return v.values
}
