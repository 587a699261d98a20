package check

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"

	"lineup/config"
	"lineup/session"
)

// lineEnv are the names that an expression can use, the keys of a JSON line, with the values of
// those that a line leaves out.
func lineEnv() map[string]any {
	env := map[string]any{"id": "", "prompt": "", "prompt_id": "", "vars": map[string]any{}}
	t := reflect.TypeFor[session.Reply]()
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		switch t.Field(i).Type.Kind() {
		case reflect.String:
			env[name] = ""
		case reflect.Bool:
			env[name] = false
		case reflect.Int:
			env[name] = 0
		case reflect.Slice:
			env[name] = []any{}
		default:
			env[name] = nil
		}
	}
	return env
}

// compile compiles an expression over the JSON line. The error is one line; column counts from 1
// within the expression.
func compile(text string) (p *vm.Program, column int, err error) {
	defer func() {
		if r := recover(); r != nil { // a fault of the library is a mistake of the expression
			p, err = nil, errors.New("it cannot be compiled")
		}
	}()
	names := types.Map{}
	for name := range maps.Keys(lineEnv()) {
		names[name] = types.Any
	}
	p, err = expr.Compile(text, expr.Env(names))
	if err == nil {
		return p, 0, nil
	}
	var at *file.Error
	if errors.As(err, &at) {
		return nil, at.Column + 1, errors.New(strings.TrimSpace(at.Message))
	}
	return nil, 1, err
}

// evaluate is the value of an expression over a JSON line.
func evaluate(p *vm.Program, line []byte) (v any, err error) {
	defer func() {
		if r := recover(); r != nil {
			v, err = nil, fmt.Errorf("%v", r)
		}
	}()
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.UseNumber()
	var read map[string]any
	if err := dec.Decode(&read); err != nil {
		return nil, err
	}
	env := lineEnv()
	for name, v := range read {
		env[name] = numbers(v)
	}
	v, err = expr.Run(p, env)
	var at *file.Error
	if errors.As(err, &at) {
		err = errors.New(strings.TrimSpace(at.Message))
	}
	return v, err
}

// numbers makes numbers of Go of those of JSON: whole ones, so that % works, and others.
func numbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return int(n)
		}
		f, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return f
	case []any:
		for i := range v {
			v[i] = numbers(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = numbers(v[key])
		}
	}
	return v
}

func readExpr(r *reading) body {
	var text string
	if !r.t.Text(r.key, &text) {
		return body{}
	}
	p, column, err := compile(text)
	if err != nil {
		var nearest []string
		if name, ok := strings.CutPrefix(err.Error(), "unknown name "); ok {
			nearest = config.Nearest(name, slices.Collect(maps.Keys(lineEnv())))
		}
		r.wrong(r.key, fmt.Sprintf("at character %d: %v", column, err), nearest...)
		return body{}
	}
	if t := p.Node().Type(); t != nil && t.Kind() != reflect.Bool && t.Kind() != reflect.Interface {
		r.wrong(r.key, "must be true or false; it is a "+t.String())
	}
	return body{whole: true, words: func(func(string) string) string { return text },
		run: func(_ context.Context, a asked) answer {
			v, err := evaluate(p, a.Line)
			if err != nil {
				return broken(cut(err.Error(), maxReason))
			}
			is, isBool := v.(bool)
			if !isBool {
				return broken(fmt.Sprintf("it is %T, not true or false", v))
			}
			return answer{holds: is, why: fmt.Sprintf("it is %v", is)}
		}}
}

// maxReason bounds a reason that somebody else wrote, in characters.
const maxReason = 500
