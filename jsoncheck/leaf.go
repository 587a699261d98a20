package jsoncheck

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// Leaf is a value of a JSON document that holds no others: no object or list but an empty one.
type Leaf struct {
	Path string // a JSON Pointer
	Text string // the value as JSON; numbers keep all their digits
}

// Leaves lists the values of an answer, found as Check finds its JSON, in the order of the text. It
// reports whether there is any JSON.
func Leaves(answer string) ([]Leaf, bool) {
	doc, _ := find(answer)
	if doc == nil {
		return nil, false
	}
	doc = doc.placed()
	var leaves []Leaf
	doc.walk(doc.value, "", func(l Leaf) { leaves = append(leaves, l) })
	slices.SortStableFunc(leaves, func(a, b Leaf) int {
		return doc.places[a.Path] - doc.places[b.Path]
	})
	return leaves, true
}

func (d *document) walk(v any, at string, each func(Leaf)) {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			d.walk(inner, at+"/"+escape(key), each)
		}
		if len(v) > 0 {
			return
		}
	case []any:
		for i, inner := range v {
			d.walk(inner, at+"/"+strconv.Itoa(i), each)
		}
		if len(v) > 0 {
			return
		}
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(v) == nil {
		each(Leaf{at, strings.TrimSuffix(b.String(), "\n")})
	}
}
