package jsoncheck_test

import (
	"slices"
	"testing"

	"lineup/jsoncheck"
)

func TestLeavesStandInTheOrderOfTheText(t *testing.T) {
	got, ok := jsoncheck.Leaves("Here:\n```json\n" + `{"b":[1.50,{"x/y":"<가>\n"}],"a":{},"c":[],"n":null,"big":12345678901234567890}` + "\n```")
	want := []jsoncheck.Leaf{{"/b/0", "1.50"}, {"/b/1/x~1y", `"<가>\n"`}, {"/a", "{}"}, {"/c", "[]"}, {"/n", "null"}, {"/big", "12345678901234567890"}}
	if !ok || !slices.Equal(got, want) {
		t.Errorf("%v %v, want %v", got, ok, want)
	}
	if got, ok := jsoncheck.Leaves("no JSON"); ok || got != nil {
		t.Errorf("%v", got)
	}
	if got, ok := jsoncheck.Leaves("7"); !ok || !slices.Equal(got, []jsoncheck.Leaf{{"", "7"}}) {
		t.Errorf("%v", got)
	}
}
