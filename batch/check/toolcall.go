package check

import (
	"context"
	"encoding/json"
	"strings"

	"lineup/batch/template"
	"lineup/session"
)

// readToolCall reads tool_call = "NAME" with the arguments that the call must have at least.
func readToolCall(r *reading) body {
	var name string
	if !r.t.Text(r.key, &name) {
		return body{}
	}
	if name == "" {
		r.wrong(r.key, "names no tool")
	}
	args, given := r.t.JSON("args")
	if _, isTable := args.(map[string]any); given && !isTable {
		r.wrong("args", `must be a table, as in args = { city = "Seoul" }`)
	}
	return body{texts: append(textsIn(args), name),
		words: func(fill func(string) string) string {
			if !given {
				return fill(name)
			}
			return fill(name) + " " + template.Text(filled(args, fill))
		},
		run: func(_ context.Context, a asked) answer {
			want := plain(filled(args, a.fill))
			return called(a.Reply.Calls(), a.fill(name), want)
		}}
}

// called looks for a call with at least the wanted arguments.
func called(calls []session.ToolCall, name string, want any) answer {
	if len(calls) == 0 {
		return no("no tool was called")
	}
	why := ""
	var names []string
	for _, c := range calls {
		names = append(names, c.Name)
		if c.Name != name {
			continue
		}
		var args any
		if err := json.Unmarshal([]byte(c.Arguments), &args); err != nil && want != nil {
			why = "its arguments are no JSON: " + shown(c.Arguments)
			continue
		}
		if want == nil || within(want, args) {
			return yes(name + " was called with " + shown(c.Arguments))
		}
		why = "it was called with " + shown(c.Arguments)
	}
	if why == "" {
		why = "called was " + strings.Join(names, ", ")
	}
	return no(why)
}

// within reports whether a value has at least the wanted one: of an object these keys, all else
// exactly.
func within(want, got any) bool {
	object, isObject := want.(map[string]any)
	if !isObject {
		return same(want, got)
	}
	has, ok := got.(map[string]any)
	if !ok {
		return false
	}
	for key, w := range object {
		if g, there := has[key]; !there || !within(w, g) {
			return false
		}
	}
	return true
}
