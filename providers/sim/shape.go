package sim

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
)

// maxShapeDepth bounds a schema that refers to itself. Deeper down only what is required is made.
const maxShapeDepth = 6

// shaped makes JSON that fits a JSON Schema, indented, and other JSON for other seeds. It knows the
// usual keywords; a pattern is beyond it. With wrong, the types of the values are others.
func shaped(schema json.RawMessage, seed uint64, wrong bool) string {
	var root any
	if json.Unmarshal(schema, &root) != nil {
		root = true
	}
	s := shaper{root: root, seed: seed}
	v := s.value(root, 0)
	if object, ok := v.(map[string]any); ok && wrong && len(object) > 0 {
		for key, inner := range object {
			object[key] = otherType(inner)
		}
	} else if wrong {
		v = otherType(v)
	}
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic("sim: " + err.Error()) // a value of this file that is no JSON
	}
	return string(b)
}

// otherType is a value of another JSON type.
func otherType(v any) any {
	switch v.(type) {
	case string:
		return 12.5
	case []any:
		return map[string]any{}
	case map[string]any:
		return []any{}
	case nil:
		return false
	}
	return "twelve"
}

// shaper makes values. Its draws depend on the seed alone.
type shaper struct {
	root  any
	seed  uint64
	draws uint64
}

// draw is a number below n.
func (s *shaper) draw(n int) int {
	s.draws++
	return int(mix(s.seed+s.draws) % uint64(n))
}

func (s *shaper) value(schema any, depth int) any {
	m, ok := schema.(map[string]any)
	if !ok || depth > 4*maxShapeDepth {
		return "anything"
	}
	if ref, ok := m["$ref"].(string); ok {
		return s.value(s.target(ref), depth+1)
	}
	for _, key := range []string{"const", "default"} {
		if v, ok := m[key]; ok {
			return v
		}
	}
	for _, key := range []string{"enum", "examples"} {
		if list, _ := m[key].([]any); len(list) > 0 {
			return list[s.draw(len(list))]
		}
	}
	for _, key := range []string{"anyOf", "oneOf"} {
		if list, _ := m[key].([]any); len(list) > 0 {
			return s.value(list[0], depth+1)
		}
	}
	if list, _ := m["allOf"].([]any); len(list) > 0 {
		m = merged(append(list, m))
	}
	switch typeOf(m) {
	case "object":
		return s.object(m, depth)
	case "array":
		return s.list(m, depth)
	case "string":
		return s.text(m)
	case "integer", "number":
		return s.number(m)
	case "boolean":
		return s.draw(2) == 0
	case "null":
		return nil
	}
	return "anything"
}

// typeOf is the type that a schema wants, by its other keywords where it names none.
func typeOf(m map[string]any) string {
	switch t := m["type"].(type) {
	case string:
		return t
	case []any:
		if len(t) > 0 {
			name, _ := t[0].(string)
			return name
		}
	}
	switch {
	case m["properties"] != nil || m["required"] != nil:
		return "object"
	case m["items"] != nil || m["prefixItems"] != nil:
		return "array"
	}
	return ""
}

// merged joins the keywords of schemas that hold together, and their properties.
func merged(list []any) map[string]any {
	out, properties := map[string]any{}, map[string]any{}
	var required []any
	for _, item := range list {
		m, _ := item.(map[string]any)
		for key, v := range m {
			out[key] = v
		}
		inner, _ := m["properties"].(map[string]any)
		for key, v := range inner {
			properties[key] = v
		}
		names, _ := m["required"].([]any)
		required = append(required, names...)
	}
	delete(out, "allOf")
	if len(properties) > 0 {
		out["properties"], out["required"] = properties, required
	}
	return out
}

// target is the schema that a reference within the document names.
func (s *shaper) target(ref string) any {
	at := s.root
	for part := range strings.SplitSeq(strings.TrimPrefix(strings.TrimPrefix(ref, "#"), "/"), "/") {
		m, ok := at.(map[string]any)
		if !ok {
			return nil
		}
		if part != "" {
			at = m[strings.NewReplacer("~1", "/", "~0", "~").Replace(part)]
		}
	}
	return at
}

func (s *shaper) object(m map[string]any, depth int) any {
	properties, _ := m["properties"].(map[string]any)
	required, _ := m["required"].([]any)
	out := map[string]any{}
	var names []string
	for name := range properties {
		if depth < maxShapeDepth || slices.Contains(required, any(name)) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		out[name] = s.value(properties[name], depth+1)
	}
	for _, r := range required {
		if name, ok := r.(string); ok && out[name] == nil && properties[name] == nil {
			out[name] = "anything"
		}
	}
	return out
}

func (s *shaper) list(m map[string]any, depth int) any {
	out := []any{}
	prefix, _ := m["prefixItems"].([]any)
	for _, item := range prefix {
		out = append(out, s.value(item, depth+1))
	}
	least, most := 2, math.MaxInt
	if n, ok := m["minItems"].(float64); ok {
		least = max(1, int(n))
	}
	if n, ok := m["maxItems"].(float64); ok {
		most = int(n)
	}
	if depth >= maxShapeDepth || m["items"] == nil || m["items"] == false {
		n, _ := m["minItems"].(float64)
		least = int(n)
	}
	for len(out) < min(least, most) {
		out = append(out, s.value(m["items"], depth+1))
	}
	return out
}

// text fits the usual formats, and the bounds of the length.
func (s *shaper) text(m map[string]any) any {
	format, _ := m["format"].(string)
	switch format {
	case "date":
		return "2026-11-28"
	case "date-time":
		return "2026-11-28T09:30:00Z"
	case "time":
		return "09:30:00Z"
	case "email":
		return "hello@example.com"
	case "uri", "url":
		return "https://example.com/"
	case "uuid":
		return "8f3a2c1e-5b7d-4e9f-a1b2-c3d4e5f60718"
	}
	words := []string{"river", "mountain", "서울", "token", "answer", "blue"}
	text := []rune(words[s.draw(len(words))])
	if n, ok := m["minLength"].(float64); ok {
		for len(text) < int(n) {
			text = append(text, 'a')
		}
	}
	if n, ok := m["maxLength"].(float64); ok && len(text) > int(n) {
		text = text[:int(n)]
	}
	return string(text)
}

func (s *shaper) number(m map[string]any) any {
	step, least, most := 1.0, 1.0, math.Inf(1)
	if v, ok := m["multipleOf"].(float64); ok && v > 0 {
		step = v
	}
	if v, ok := m["minimum"].(float64); ok {
		least = v
	}
	if v, ok := m["exclusiveMinimum"].(float64); ok {
		least = v + step
	}
	if v, ok := m["maximum"].(float64); ok {
		most = v
	}
	if v, ok := m["exclusiveMaximum"].(float64); ok {
		most = v - step
	}
	if least > most && m["minimum"] == nil && m["exclusiveMinimum"] == nil {
		least = most
	}
	n := math.Ceil(least/step)*step + float64(s.draw(90))*step
	if n > most {
		n = math.Floor(most/step) * step
	}
	return n
}
