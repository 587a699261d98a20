package wire

import (
	"encoding/json"
	"maps"
	"testing"
)

// FuzzReadFields holds readFields against a map of the same object.
func FuzzReadFields(f *testing.F) {
	for _, doc := range []string{
		`{}`, `{ "a" : 1 , "b":[1,{"c":"}"}],"a":{"d":"\"]"} }`, `{"a":"x\\","b":null,"\u0061":true}`,
		`{"é":1,"a\ud800":2}`, "{\"\xff\":1}", `{"a":-1.5e3}`, `{"a":NaN,"b":-Infinity}`, `[1]`, `"a"`, ` 1 `, `{"a":1`, ``, "null",
		"\t{\r\n\"a\"\n:\n\"b\"\n,\n\"c\" : false\n}\n",
	} {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		var want map[string]json.RawMessage
		err := unmarshal(doc, &want)
		all, ok := readFields(doc)
		if ok != (err == nil) {
			t.Fatalf("%q: ok %v, the map has %v", doc, ok, err)
		}
		got := map[string]json.RawMessage{}
		for _, one := range all {
			got[one.name] = all.of(one.name)
		}
		if !maps.EqualFunc(got, want, func(a, b json.RawMessage) bool { return string(a) == string(b) }) {
			t.Fatalf("%q: %q, the map has %q", doc, got, want)
		}
	})
}
