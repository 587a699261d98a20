package promptfoo

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
)

// jsString is String(v) of JavaScript.
func jsString(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return jsNumber(v)
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			if item != nil {
				parts[i] = jsString(item)
			}
		}
		return strings.Join(parts, ",")
	}
	return "[object Object]"
}

// jsNumber writes a number as JavaScript does.
func jsNumber(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 0):
		return strings.Replace(strconv.FormatFloat(f, 'f', -1, 64), "Inf", "Infinity", 1)
	case f == 0:
		return "0"
	case math.Abs(f) >= 1e21 || math.Abs(f) < 1e-6:
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
		return mantissa + "e" + exponent[:1] + strings.TrimLeft(exponent[1:], "0")
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// jsonText is JSON.stringify(v).
func jsonText(v any, indent string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil { // infinite numbers are no JSON
		return "null"
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// parseJSON is JSON.parse(text).
func parseJSON(text string) (v any, ok bool) {
	ok = json.Unmarshal([]byte(text), &v) == nil
	return v, ok
}

// units is the length of a text in JavaScript, in units of UTF-16.
func units(text string) int { return len(utf16Of(text)) }

// utf16Of is a text as JavaScript has it.
func utf16Of(text string) []uint16 { return utf16.Encode([]rune(text)) }

// jsonObjects are the JSON objects in a text, each from its first brace to the matching one.
// promptfoo also takes what is nearly JSON, or is not complete.
func jsonObjects(text string) (objects []any) {
	const most = 100_000
	ends := map[int]int{} // of each brace that is closed
	var open []int
	for i, c := range []byte(text) {
		if c == '{' {
			open = append(open, i)
		} else if last := len(open) - 1; c == '}' && last >= 0 {
			ends[open[last]] = i
			open = open[:last]
		}
	}
	for i := 0; i < len(text); i++ {
		end, closed := ends[i]
		if !closed || end-i >= most {
			continue
		}
		if v, ok := parseJSON(text[i : end+1]); ok {
			objects = append(objects, v)
			i = end
		}
	}
	return objects
}
