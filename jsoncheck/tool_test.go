package jsoncheck_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"lineup/jsoncheck"
)

const weather = `[{"type":"function","function":{"name":"get_weather","description":"The weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}},"strict":false}},
 {"type":"function","function":{"name":"now"}}]`

func TestToolsAreRead(t *testing.T) {
	for _, source := range []string{weather, `{"tools":` + weather + `}`, "\uFEFF" + weather} {
		tools, err := jsoncheck.ParseTools([]byte(source))
		if err != nil || len(tools) != 2 {
			t.Fatalf("%v, %v", tools, err)
		}
		first := tools[0]
		if first.Name != "get_weather" || first.Description != "The weather" || !json.Valid(first.Parameters) || tools[1].Parameters != nil {
			t.Errorf("%+v", tools)
		}
		// what lineup does not know, such as strict, is kept
		if b, err := json.Marshal(first); err != nil || !strings.Contains(string(b), `"strict":false`) {
			t.Errorf("%s, %v", b, err)
		}
	}
}

func TestToolsThatAreNone(t *testing.T) {
	for source, want := range map[string]string{
		"":                     "1:1: the file is empty",
		"{}":                   "1:1: a list of tools is wanted",
		"[]":                   "1:1: the list of tools is empty",
		"[\n{\"name\":\"x\"}]": `2:1: this is no tool: the key "function" is missing`,
		"[\n{\"type\":\"custom\",\"function\":{\"name\":\"x\"}}]":                      `2:9: tools of the type "custom" are not supported`,
		"[\n{\"function\":{\"name\":\"a b\"}}]":                                        "2:21: the name of a tool has",
		"[{\"function\":{\"name\":\"a\"}},\n{\"function\":{\"name\":\"a\"}}]":          "2:1: a second tool is called a",
		"[{\"function\":{\"name\":\"a\",\n\"parameters\":{\"type\":\"objekt\"}}}]":     "2:14: the parameters of a: this is no valid JSON Schema: /type",
		"[{\"function\":{\"name\":\"a\",\n\"parameters\":{\"$ref\":\"http://x/y\"}}}]": "2:14: the parameters of a: http://x/y lies outside",
		"[1,\n2":              "2:2: this is no JSON",
		"[{\"function\":[]}]": "1:2: this is no tool",
	} {
		_, err := jsoncheck.ParseTools([]byte(source))
		var e *jsoncheck.SchemaError
		if !errors.As(err, &e) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", source, err, want)
		}
	}
}

func TestAKeptSchemaChecksAsBefore(t *testing.T) {
	first := parse(t, shop)
	data, err := json.Marshal(first)
	if err != nil {
		t.Fatal(err)
	}
	var kept jsoncheck.Schema
	if err := json.Unmarshal(data, &kept); err != nil || kept.Name != "shop" {
		t.Fatal(err, kept.Name)
	}
	if !kept.Check(`{"items":[{"price":1}]}`).Valid || kept.Check(`{}`).Valid {
		t.Error("a kept schema checks otherwise")
	}
	bad := jsoncheck.Kept("x", []byte(`{"type":1}`)).Check("1")
	if bad.Valid || !strings.Contains(bad.Errors[0].Message, "the schema cannot be used") {
		t.Errorf("%+v", bad)
	}
}
