package jsoncheck_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"lineup/jsoncheck"
)

const shop = `{
  "type": "object",
  "properties": {
    "items": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/item"}},
    "total": {"type": "integer"},
    "note": {"anyOf": [{"type": "string"}, {"type": "null"}]}
  },
  "required": ["items"],
  "additionalProperties": false,
  "$defs": {"item": {
    "type": "object",
    "properties": {"price": {"type": "number", "minimum": 0}, "a/b~c": {"type": "string", "pattern": "^(?!x)"}},
    "required": ["price"]
  }}
}`

func parse(t testing.TB, source string) *jsoncheck.Schema {
	t.Helper()
	s, err := jsoncheck.Parse("shop", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAnswersAreChecked(t *testing.T) {
	s := parse(t, shop)
	for answer, want := range map[string][]string{
		`{"items":[{"price":1.5}]}`:                                      nil,
		" \n{\"items\":[{\"price\":1}]}\n\n":                             nil,
		"\uFEFF{\"items\":[{\"price\":1}]}":                              nil,
		"```json\n{\"items\":[{\"price\":1}]}\n```":                      nil,
		"```\n{\"items\":[{\"price\":1}]}\n```\n":                        nil,
		"~~~~\n{\"items\":[{\"price\":1}]}\n~~~~":                        nil,
		"Here:\n\n```json\n{\"items\":[{\"price\":1}]}\n```\nOK":         nil,
		`{"items":[{"price":1}],"total":9007199254740993}`:               nil,
		`{"items":[{"price":1}],"total":123456789012345678901234567890}`: nil,
		`{"items":[{"price":1}],"total":1.0}`:                            nil,
		`{"items":[{"price":1}],"note":null}`:                            nil,
		`{"items":[{"price":"1"}]}`:                                      {"/items/0/price: number wanted"},
		`{"items":[{"price":"1"},{"price":-1},{}],"total":1.5,"x":1}`: {"/items/0/price: number wanted",
			"/items/1/price: at least 0 wanted", "/items/2: price is missing", "/total: integer wanted", "/x: the key is not allowed"},
		`{"items":[{"price":1,"a/b~c":"x"}]}`:        {"/items/0/a~1b~0c: does not match ^(?!x)"},
		`{"items":[{"price":1}],"note":1}`:           {"/note: null or string wanted"},
		`{"items":[]}`:                               {"/items: at least 1 item wanted"},
		`{}`:                                         {"items is missing"},
		`[]`:                                         {"object wanted"},
		`{"items":[{"price":1,"price":2}]}`:          {"/items/0/price: the key comes twice"},
		``:                                           {"the answer is empty"},
		"  \n":                                       {"the answer is empty"},
		`{"items":[{"price":1}`:                      {"the JSON ends before it is complete"},
		`{"items":[{"price":1}],"to`:                 {"the JSON ends before it is complete"},
		"```json\n{\"items\":[{\"pri":                {"the JSON ends before it is complete"},
		"```json\n{\"items\":[{\"pri\n```":           {"the code block is no JSON: unexpected end of JSON input"},
		`{"items":[{"price":1}]} Done.`:              {"more text follows the JSON"},
		`{"items":[]}{"items":[]}`:                   {"more text follows the JSON"},
		"I cannot do that.":                          {"the answer is no JSON: invalid character 'I' looking for beginning of value"},
		"```\n1\n```\nor\n```\n2\n```":               {"the answer is no JSON, and more than one code block is in it"},
		`{"items":[{"price":1e999999999}]}`:          {"the answer is no JSON: a number is out of range"},
		`{"items":[{"price":NaN}]}`:                  {"the answer is no JSON: invalid character 'N' looking for beginning of value"},
		strings.Repeat("[", 20000):                   {"the answer is no JSON: invalid character '[' exceeded max depth"},
		"{\"items\":[{\"price\":1}]}\n\n```\nx\n```": {"the code block is no JSON: invalid character 'x' looking for beginning of value"},
	} {
		got := s.Check(answer)
		var lines []string
		for _, p := range got.Errors {
			lines = append(lines, p.String())
		}
		if !slices.Equal(lines, want) || got.Valid != (want == nil) {
			t.Errorf("%.80q: %v %q, want %q", answer, got.Valid, lines, want)
		}
	}
}

// The record has a list, also where it is empty.
func TestTheRecordOfACheck(t *testing.T) {
	s := parse(t, shop)
	for answer, want := range map[string]string{
		`{"items":[{"price":1}]}`:  `{"valid":true,"errors":[]}`,
		`{"items":[{"price":""}]}`: `{"valid":false,"errors":[{"path":"/items/0/price","message":"number wanted"}]}`,
	} {
		if got, _ := json.Marshal(s.Check(answer)); string(got) != want {
			t.Errorf("%s: %s", answer, got)
		}
	}
}

func TestSchemasThatAreNone(t *testing.T) {
	for source, want := range map[string]string{
		"":                             "1:1: the file is empty",
		"{\n  \"type\": object\n}":     "2:11: this is no JSON: invalid character 'o' looking for beginning of value",
		"{\n  \"type\": \"objekt\"\n}": `2:11: this is no valid JSON Schema: /type: one of`,
		"{\n\n \"required\": \"a\"}":   "3:14: this is no valid JSON Schema: /required: array wanted",
		"{\"properties\": {\n \"a\": {\"$ref\": \"https://example.com/x.json\"}}}": "2:16: https://example.com/x.json lies outside the schema, and lineup fetches no schemas",
		"{\"properties\": {\n \"a\": {\"$ref\": \"other.json#/x\"}}}":              "2:16: other.json lies outside",
		"{\"properties\": {\n \"a\": {\"$ref\": \"#/$defs/b\"}}}":                  "2:16: #/$defs/b is not there",
		"{\n\"pattern\": \"(\"}":                        "2:12: this is no valid JSON Schema: /pattern: ",
		"{\"$schema\": \n\"https://example.com/meta\"}": "2:1: https://example.com/meta lies outside",
		"[]": "1:1: a JSON Schema is an object, true or false",
		"{\"type\":\"object\",\n\"type\":\"array\"}": "2:8: this key comes twice",
		"{} {}":                "1:4: this is no JSON",
		"{\"a\": 1e999999999}": "1:1: a number is out of range",
	} {
		_, err := jsoncheck.Parse("x", []byte(source))
		var e *jsoncheck.SchemaError
		if !errors.As(err, &e) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", source, err, want)
		}
	}
}

func TestReferencesWithinASchemaAreFollowed(t *testing.T) {
	for _, source := range []string{
		`{"$id":"https://example.com/s.json","$ref":"#/$defs/n","$defs":{"n":{"type":"number"}}}`,
		`{"$id":"https://example.com/s.json","$ref":"s.json#/$defs/n","$defs":{"n":{"type":"number"}}}`,
		`{"$ref":"#n","$defs":{"x":{"$anchor":"n","type":"number"}}}`,
		`{"$schema":"http://json-schema.org/draft-07/schema#","$ref":"#/definitions/n","definitions":{"n":{"type":"number"}}}`,
		`{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"number"}`,
	} {
		s := parse(t, source)
		if !s.Check("1").Valid || s.Check(`"1"`).Valid {
			t.Errorf("%s is not followed", source)
		}
	}
}

func TestNamesThatServersTake(t *testing.T) {
	for name, want := range map[string]string{"shop": "shop", "my shop.schema.json": "my_shop", "가게.json": "answer", "": "answer",
		strings.Repeat("a", 80): strings.Repeat("a", 64)} {
		s, err := jsoncheck.Parse(name, []byte("{}"))
		if err != nil || s.Name != want {
			t.Errorf("%q: %q, %v", name, s.Name, err)
		}
	}
}
