package promptfoo

import (
	"errors"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"
)

// script is a plain expression of JavaScript, as expr-lang says it. Everything that is no such
// expression is not read: regular expressions, functions, statements.
type script struct{ program *vm.Program }

// compileScript reads an expression over output and context.vars. The error is errUnread.
func compileScript(text string) (s *script, err error) {
	defer func() {
		if recover() != nil { // a fault of the library
			s, err = nil, unread("the expression")
		}
	}()
	text = strings.TrimRight(strings.TrimSpace(text), "; \t")
	same, loose := strictly(text)
	if strings.ContainsAny(text, "`\n") || loose {
		return nil, unread("the expression")
	}
	tree, err := parser.Parse(same)
	if err != nil {
		return nil, unread("the expression")
	}
	translated := &translation{}
	ast.Walk(&tree.Node, translated)
	if translated.bad {
		return nil, unread("the expression")
	}
	// context and JSON are not known here: an expression in which one is left does not compile
	options := []expr.Option{expr.Env(types.Map{"output": types.Any, varsName: types.Any,
		undefinedName: types.Any})}
	for name, f := range methods() {
		options = append(options, expr.Function(methodPrefix+name, f))
	}
	options = append(options, expr.DisableAllBuiltins())
	program, err := expr.Compile(tree.Node.String(), options...)
	if err != nil {
		return nil, unread("the expression")
	}
	return &script{program}, nil
}

// strictly writes === as expr does. loose reports a ==, which converts types in JavaScript.
func strictly(text string) (same string, loose bool) {
	var b strings.Builder
	quote := byte(0)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quote != 0:
			if c == '\\' && i+1 < len(text) {
				b.WriteByte(c)
				i++
				c = text[i]
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case strings.HasPrefix(text[i:], "==="), strings.HasPrefix(text[i:], "!=="):
			b.WriteString(text[i : i+2])
			i += 2
			continue
		case strings.HasPrefix(text[i:], "=="), strings.HasPrefix(text[i:], "!="):
			loose = true
		}
		b.WriteByte(c)
	}
	return b.String(), loose
}

// methodPrefix begins the names of the functions that stand for JavaScript's own.
const methodPrefix = "js_"

// varsName stands for context.vars, which alone is read of the context. undefinedName stands for
// undefined, which is not null.
const (
	varsName      = methodPrefix + "vars"
	undefinedName = methodPrefix + "undefined"
)

// errThrows says that JavaScript would throw an error: the assertion fails.
var errThrows = errors.New("JavaScript throws an error here")

// errOther says that JavaScript would go on, with a conversion or a property that is not read.
var errOther = errors.New("the expression is not read for these values")

// methods are the functions of JavaScript that are read, without the prefix.
func methods() map[string]func(args ...any) (any, error) {
	text := func(f func(s string) any) func(args ...any) (any, error) {
		return func(args ...any) (any, error) {
			if s, ok := args[0].(string); ok && len(args) == 1 {
				return f(s), nil
			}
			return nil, errThrows
		}
	}
	pair := func(f func(s, part string) any) func(args ...any) (any, error) {
		return func(args ...any) (any, error) {
			if len(args) != 2 {
				return nil, errOther
			}
			s, ok := args[0].(string)
			part, isText := args[1].(string)
			switch {
			case !ok:
				return nil, errThrows
			case !isText:
				return nil, errOther
			}
			return f(s, part), nil
		}
	}
	return map[string]func(args ...any) (any, error){
		"length":      lengthOf,
		"index":       indexed,
		"parse":       parsed,
		"includes":    includes,
		"toLowerCase": text(func(s string) any { return lower(s) }),
		"toUpperCase": text(func(s string) any { return upper(s) }),
		"trim":        text(func(s string) any { return strings.TrimSpace(s) }),
		"startsWith":  pair(func(s, part string) any { return strings.HasPrefix(s, part) }),
		"endsWith":    pair(func(s, part string) any { return strings.HasSuffix(s, part) }),
		"split": pair(func(s, part string) any {
			var out []any
			for _, piece := range strings.Split(s, part) {
				out = append(out, piece)
			}
			return out
		}),
	}
}

// lengthOf is the property length.
func lengthOf(args ...any) (any, error) {
	switch v := args[0].(type) {
	case string:
		return float64(units(v)), nil
	case []any:
		return float64(len(v)), nil
	case nil, undefined:
		return nil, errThrows
	case map[string]any:
		return part(v, "length"), nil
	}
	return undefined{}, nil
}

// indexed is the element of a list, the character of a text, or the field of an object. One that is
// not there is undefined.
func indexed(args ...any) (any, error) {
	key := number(args[1])
	switch v := args[0].(type) {
	case nil, undefined:
		return nil, errThrows
	case string, []any:
		if _, ok := key.(float64); ok {
			return part(v, key), nil
		}
	case map[string]any:
		return part(v, key), nil
	}
	return nil, errOther
}

// parsed is JSON.parse.
func parsed(args ...any) (any, error) {
	s, isText := args[0].(string)
	if !isText || len(args) != 1 {
		return nil, errOther
	}
	if v, ok := parseJSON(s); ok {
		return v, nil
	}
	return nil, errThrows
}

// includes is the method of texts and lists.
func includes(args ...any) (any, error) {
	if len(args) != 2 {
		return nil, errOther
	}
	switch v := args[0].(type) {
	case string:
		if part, ok := args[1].(string); ok {
			return strings.Contains(v, part), nil
		}
		return nil, errOther
	case []any:
		for _, item := range v {
			if simple(item) && simple(args[1]) && number(item) == number(args[1]) {
				return true, nil
			}
		}
		return false, nil
	}
	return nil, errThrows
}

// simple reports whether a value is compared by itself, not by its address.
func simple(v any) bool {
	switch v.(type) {
	case []any, map[string]any:
		return false
	}
	return true
}

// number makes one type of all numbers.
func number(v any) any {
	if n, whole := v.(int); whole {
		return float64(n)
	}
	return v
}

// translation makes the methods of JavaScript calls of functions, and finds what is not read.
type translation struct{ bad bool }

// Visit translates a node whose children have been visited.
func (t *translation) Visit(at *ast.Node) {
	switch n := (*at).(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.StringNode, *ast.ArrayNode:
	case *ast.IdentifierNode:
		switch n.Value {
		case "undefined":
			ast.Patch(at, &ast.IdentifierNode{Value: undefinedName})
		case "null":
			ast.Patch(at, &ast.NilNode{})
		case "output", "context", "JSON":
		default:
			t.bad = true
		}
	case *ast.UnaryNode:
		t.bad = t.bad || n.Operator != "!" && n.Operator != "-"
	case *ast.BinaryNode:
		if !strings.Contains(" == != < > <= >= && || + - * / ", " "+n.Operator+" ") {
			t.bad = true
		}
	case *ast.ConditionalNode:
		t.bad = t.bad || !n.Ternary
	case *ast.MemberNode:
		t.member(at, n)
	case *ast.CallNode:
		t.method(at, n)
	default:
		t.bad = true
	}
}

// member translates a property. Of the context only the variables are read.
func (t *translation) member(at *ast.Node, n *ast.MemberNode) {
	name, isText := n.Property.(*ast.StringNode)
	object, isName := n.Node.(*ast.IdentifierNode)
	switch {
	case n.Optional:
		t.bad = true
	case isName && object.Value == "context" && isText && name.Value == "vars":
		ast.Patch(at, &ast.IdentifierNode{Value: varsName})
	case isText && name.Value == "length":
		ast.Patch(at, call("length", n.Node))
	default:
		ast.Patch(at, call("index", n.Node, n.Property))
	}
}

// method translates the call of a method, whose name has become a property before.
func (t *translation) method(at *ast.Node, n *ast.CallNode) {
	property, isCall := n.Callee.(*ast.CallNode)
	if !isCall || property.Callee.String() != methodPrefix+"index" {
		t.bad = true
		return
	}
	name, isText := property.Arguments[1].(*ast.StringNode)
	object, isName := property.Arguments[0].(*ast.IdentifierNode)
	switch {
	case !isText:
		t.bad = true
	case isName && object.Value == "JSON":
		t.bad = t.bad || name.Value != "parse"
		ast.Patch(at, call("parse", n.Arguments...))
	case methods()[name.Value] == nil,
		slices.Contains([]string{"length", "index", "parse"}, name.Value):
		t.bad = true
	default:
		ast.Patch(at, call(name.Value, append(property.Arguments[:1:1], n.Arguments...)...))
	}
}

// call is a call of one of the methods.
func call(name string, args ...ast.Node) ast.Node {
	return &ast.CallNode{Callee: &ast.IdentifierNode{Value: methodPrefix + name}, Arguments: args}
}

// run is the value of the expression. The error is errThrows where JavaScript would throw one, else
// errOther.
func (s *script) run(output string, vars map[string]any) (v any, err error) {
	defer func() {
		if recover() != nil { // a fault of the library
			v, err = nil, errOther
		}
	}()
	v, err = expr.Run(s.program, map[string]any{"output": output, varsName: vars,
		undefinedName: undefined{}})
	if err == nil {
		return v, nil
	}
	// The library passes on the text of an error, not the error. The expression stands below it.
	said, _, _ := strings.Cut(err.Error(), "\n")
	if strings.Contains(said, errThrows.Error()) {
		return nil, errThrows
	}
	return nil, errOther
}
