package wire

import (
	"bytes"
	"encoding/json"
)

// field is a field of a JSON object.
type field struct {
	name  string
	value json.RawMessage // within the document that was read
}

// fields are those of a JSON object, in its order. To find a few among them takes less than a map
// of all.
type fields []field

// of gives the value of a field, nil where there is none. As in a map, the last of a name counts.
func (all fields) of(name string) json.RawMessage {
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].name == name {
			return all[i].value
		}
	}
	return nil
}

// readFields reads an object as unmarshal would into a map. ok is false where it is no JSON;
// another value than an object has no fields.
func readFields(raw []byte) (all fields, ok bool) {
	if !json.Valid(raw) {
		if raw, ok = plainNumbers(raw); !ok || !json.Valid(raw) {
			return nil, false
		}
	}
	raw = bytes.TrimLeft(raw, jsonSpace)
	if raw[0] != '{' {
		return nil, true
	}
	const usually = 8
	all = make(fields, 0, usually)
	for raw = skipJSON(raw, "{"); raw[0] != '}'; raw = skipJSON(raw, ",") {
		end, plain, _ := literal(raw)
		name := raw[:end]
		raw = skipJSON(raw[end:], ":")
		n := valueLength(raw)
		f := field{value: raw[:n:n]}
		if plain {
			f.name = string(name[1 : len(name)-1])
		} else {
			_ = json.Unmarshal(name, &f.name) // which is valid
		}
		all = append(all, f)
		raw = raw[n:]
	}
	return all, true
}

const jsonSpace = " \t\r\n"

// skipJSON skips a mark, if it is there, and the white space on both sides of it.
func skipJSON(raw []byte, mark string) []byte {
	raw = bytes.TrimLeft(raw, jsonSpace)
	raw = bytes.TrimPrefix(raw, []byte(mark))
	return bytes.TrimLeft(raw, jsonSpace)
}

// valueLength measures the value at the start of what follows a name in a valid object.
func valueLength(raw []byte) int {
	depth := 0
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '"':
			end, _, _ := literal(raw[i:])
			if i += end - 1; depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 { // of the object around a number or a word
				return i
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return i
			}
		}
	}
	return len(raw)
}
