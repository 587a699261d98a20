package jsoncheck_test

import (
	"encoding/json"
	"testing"

	"lineup/jsoncheck"
)

// Whatever a model writes, Check says something that a record can hold, and finds fields only where
// there is JSON.
func FuzzCheck(f *testing.F) {
	for _, s := range []string{`{"items":[{"price":1}]}`, "```json\n{}\n```", "```\n[1\n", `{"a":1e99999}`, "\uFEFF[]", `"x`, "~~~~\n1\n~~~~ \n"} {
		f.Add(s)
	}
	s := parse(f, shop)
	f.Fuzz(func(t *testing.T, answer string) {
		r := s.Check(answer)
		if r.Valid != (len(r.Errors) == 0) {
			t.Errorf("%q: %+v", answer, r)
		}
		if _, err := json.Marshal(r); err != nil {
			t.Error(err)
		}
		leaves, ok := jsoncheck.Leaves(answer)
		if !ok && (r.Valid || leaves != nil) {
			t.Errorf("%q: valid %v, fields %v", answer, r.Valid, leaves)
		}
		for _, l := range leaves {
			if !json.Valid([]byte(l.Text)) {
				t.Errorf("%q: %s is %s", answer, l.Path, l.Text)
			}
		}
	})
}

// Whatever stands in a schema file, Parse gives a schema or says in which line it is wrong.
func FuzzParse(f *testing.F) {
	for _, s := range []string{shop, `{"$ref":"#"}`, `{"$ref":"#/x"}`, `{"pattern":"("}`, `{"$id":"http://x","$ref":"y"}`, `{"$schema":"http://x"}`, "true"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		s, err := jsoncheck.Parse("x", []byte(source))
		if err != nil {
			if e, ok := err.(*jsoncheck.SchemaError); !ok || e.Line < 1 || e.Column < 1 || e.Message == "" {
				t.Errorf("%q: %#v", source, err)
			}
			return
		}
		s.Check(`{"a":[1,"x",null]}`)
	})
}

func BenchmarkCheck(b *testing.B) {
	s := parse(b, shop)
	text := []byte(`{"items":[`)
	for range 20000 {
		text = append(text, `{"price":12345.678},`...)
	}
	answer := string(text[:len(text)-1]) + `]}`
	b.SetBytes(int64(len(answer)))
	for b.Loop() {
		if !s.Check(answer).Valid {
			b.Fatal("not valid")
		}
	}
}
