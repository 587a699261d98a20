package session

import (
	"encoding/json"
	"slices"
	"testing"

	"lineup/jsoncheck"
	"lineup/providers"
)

func schemaOf(t testing.TB, source string) *jsoncheck.Schema {
	t.Helper()
	s, err := jsoncheck.Parse("answer", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAnAnswerIsCheckedWhereASchemaWasAsked(t *testing.T) {
	const number = `{"type":"object","properties":{"n":{"type":"number"}},"required":["n"]}`
	for _, c := range []struct {
		schema, text string
		err          *providers.Error
		want         string // of the record; "" for none
	}{
		{"", `{"n":1}`, nil, ""},
		{number, `{"n":1}`, nil, `{"valid":true,"errors":[]}`},
		{number, `{"n":"1"}`, nil, `{"valid":false,"errors":[{"path":"/n","message":"number wanted"}]}`},
		{number, `{"n":`, &providers.Error{Kind: providers.Truncated}, `{"valid":false,"errors":[{"path":"","message":"the JSON ends before it is complete"}]}`},
		{number, "", &providers.Error{Kind: providers.Unreachable}, ""},
	} {
		req := ask()
		if c.schema != "" {
			req.Schema = schemaOf(t, c.schema)
		}
		i := info("p/m", priced())
		r := apply(NewReply(0, i, req, enter()), start(0, i))
		if c.text != "" {
			apply(r, text(10, c.text))
		}
		apply(r, end(20, c.err)...)
		got := ""
		if r.JSON != nil {
			b, _ := json.Marshal(r.JSON)
			got = string(b)
		}
		if got != c.want || r.FailsSchema() != (r.JSON != nil && !r.JSON.Valid) {
			t.Errorf("%s: %s, want %s", c.text, got, c.want)
		}
	}
}

func TestCallsOfToolsArePutTogether(t *testing.T) {
	i := info("p/m", priced())
	r := apply(NewReply(0, i, ask(), enter()), start(0, i))
	piece := func(ms float64, index int, name, args string) providers.Event {
		return providers.Event{Type: providers.EventCall, At: at(ms), Text: args, Call: &providers.ToolCall{Index: index, Name: name}}
	}
	apply(r, piece(10, 0, "weather", ""), piece(20, 0, "", `{"city":`), piece(25, 1, "now", "{}"), piece(30, 0, "", `"x"}`))
	if r.Status != Streaming || r.Metrics.TTFT == nil || *r.Metrics.TTFT != 10 {
		t.Errorf("%s, first token %v", r.Status, r.Metrics.TTFT)
	}
	want := []ToolCall{{Name: "weather", Arguments: `{"city":"x"}`}, {Name: "now", Arguments: "{}"}}
	if got := r.Snapshot().ToolCalls; !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	apply(r, finish(40, "tool_calls"))
	apply(r, end(40, nil)...)
	if r.Status != Done || !slices.Equal(r.ToolCalls, want) || r.Usage.Output == 0 || *r.Metrics.Duration != 30 {
		t.Errorf("%s %+v %+v", r.Status, r.ToolCalls, r.Usage)
	}
}

// The arguments are the JSON value, or the text as it came where it is none.
func TestArgumentsInARecord(t *testing.T) {
	for arguments, want := range map[string]string{
		` {"a": 12345678901234567890, "b":null} `: `{"name":"f","arguments":{"a":12345678901234567890,"b":null},"text":" {\"a\": 12345678901234567890, \"b\":null} "}`,
		`{"a":`:         `{"name":"f","arguments":"{\"a\":"}`,
		``:              `{"name":"f","arguments":""}`,
		`1`:             `{"name":"f","arguments":1}`,
		`"1"`:           `{"name":"f","arguments":"1","text":"\"1\""}`,
		`"text"`:        `{"name":"f","arguments":"text","text":"\"text\""}`,
		`null`:          `{"name":"f","arguments":null}`,
		`{"a":1,"a":2}`: `{"name":"f","arguments":{"a":1,"a":2}}`,
	} {
		b, err := json.Marshal(ToolCall{Name: "f", Arguments: arguments})
		if err != nil || string(b) != want {
			t.Errorf("%s: %s, %v", arguments, b, err)
		}
		var back ToolCall
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatal(err)
		}
		if again, _ := json.Marshal(back); string(again) != want || back.Arguments != arguments {
			t.Errorf("%s: read back as %s: %s", arguments, back.Arguments, again)
		}
		// an export indents it
		indented, _ := json.MarshalIndent(ToolCall{Name: "f", Arguments: arguments}, "", "  ")
		if err := json.Unmarshal(indented, &back); err != nil || back.Arguments != arguments {
			t.Errorf("%s: read back as %q, %v", arguments, back.Arguments, err)
		}
	}
}

// What came checked is not checked again, unless it was another text.
func TestAnAnswerIsCheckedOnce(t *testing.T) {
	schema, err := jsoncheck.Parse("s", []byte(`{"type":"object"}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, checked := range []string{"[1]", "["} {
		i := info("p/m", priced())
		r := NewReply(0, i, providers.Request{Schema: schema}, at(0))
		apply(r, start(0, i), text(1, "[1]"))
		done := &providers.Checked{Text: checked, Result: jsoncheck.Result{Errors: []jsoncheck.Problem{{Message: "by the fan-out"}}}}
		r.Apply(providers.Event{Type: providers.EventEnd, At: at(2), Checked: done})
		if got := r.JSON.Errors[0].Message; (got == "by the fan-out") != (checked == "[1]") {
			t.Errorf("checked as %q: %q", checked, got)
		}
		again := r.Snapshot().Events(at(0))
		if end := again[len(again)-1]; end.Checked == nil || end.Checked.Text != "[1]" || end.Checked.Result.Errors[0] != r.JSON.Errors[0] {
			t.Errorf("replayed with %+v", end.Checked)
		}
	}
}
