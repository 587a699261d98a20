package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// unmarshal decodes JSON and forgives a field of the wrong type: one odd field must not hide the
// others. It also reads what Python's json module writes where a number is none (NaN, Infinity,
// -Infinity).
func unmarshal(data []byte, v any) error {
	err := json.Unmarshal(data, v)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		if plain, ok := plainNumbers(data); ok {
			err = json.Unmarshal(plain, v)
		}
	}
	var wrongType *json.UnmarshalTypeError
	if err == nil || errors.As(err, &wrongType) {
		return nil
	}
	return errNotJSON
}

// validDocument is json.Valid for the same documents.
func validDocument(data []byte) bool {
	if json.Valid(data) {
		return true
	}
	plain, ok := plainNumbers(data)
	return ok && json.Valid(plain)
}

// plainNumbers puts Python's words for numbers that are none into quotes. A field of text still
// shows them. ok is false where there are none.
func plainNumbers(data []byte) (out []byte, ok bool) {
	for i := 0; i < len(data); {
		switch c := data[i]; {
		case c == '"':
			end, _, _ := literal(data[i:])
			if end < 0 {
				return nil, false
			}
			out = append(out, data[i:i+end]...)
			i += end
		case c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '-' && i+1 < len(data) &&
			(data[i+1]|0x20) == 'i':
			end := i + 1
			for end < len(data) && (data[end]|0x20) >= 'a' && (data[end]|0x20) <= 'z' {
				end++
			}
			switch word := string(data[i:end]); word {
			case "NaN", "nan", "Infinity", "-Infinity", "Inf", "-Inf", "inf", "-inf":
				out = append(append(append(out, '"'), word...), '"')
				ok = true
			default:
				out = append(out, word...)
			}
			i = end
		case (c == '+' || c >= '0' && c <= '9' || c == '-') && i+1 < len(data):
			// a number, in which an e is no word
			end := i + 1
			for end < len(data) && bytes.IndexByte([]byte("0123456789.eE+-"), data[end]) >= 0 {
				end++
			}
			out = append(out, data[i:end]...)
			i = end
		default:
			out = append(out, c)
			i++
		}
	}
	return out, ok
}

// tellsError reports whether a raw error field tells of an error. Some servers write an empty one
// into every chunk: null, "", {}, or an object with nothing but empty fields.
func tellsError(raw json.RawMessage) bool {
	switch string(raw) {
	case "", "null", `""`, "{}", "false":
		return false
	}
	var v any
	if unmarshal(raw, &v) != nil {
		return true
	}
	return tells(v, 0)
}

// tells reports whether a value of an error object says anything.
func tells(v any, depth int) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case float64:
		return v != 0 && v != 200 // codes of success
	case string:
		switch strings.ToLower(strings.Trim(v, " \n.!")) {
		case "", "null", "none", "nil", "undefined", "false", "0", "200", "ok", "success",
			"no error", "no_error":
			return false
		}
		return true
	case []any:
		for _, item := range v {
			if depth > 5 || tells(item, depth+1) {
				return true
			}
		}
		return false
	case map[string]any:
		for name, item := range v {
			if name != "param" && name != "object" && (depth > 5 || tells(item, depth+1)) {
				return true
			}
		}
		return false
	}
	return true
}
