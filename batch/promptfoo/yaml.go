package promptfoo

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// node is a value of a YAML file with its place.
type node struct {
	line, column int
	value        any     // nil, bool, float64 or string; nil too for lists and tables
	list         []*node // of a list
	keys         []entry // of a table, in the order of the file
	kind         nodeKind
	date         bool // an unquoted date, which promptfoo makes something else of
}

type nodeKind int

const (
	scalarNode nodeKind = iota
	listNode
	tableNode
)

// entry is a key with its value.
type entry struct {
	name         string
	line, column int
	value        *node
}

// get gives the value of a key, nil where there is none.
func (n *node) get(key string) *node {
	if n == nil {
		return nil
	}
	for _, e := range n.keys {
		if e.name == key {
			return e.value
		}
	}
	return nil
}

// text is the value as a text.
func (n *node) text() (string, bool) {
	if n == nil {
		return "", false
	}
	s, ok := n.value.(string)
	return s, ok
}

// number is the value as a number.
func (n *node) number() (float64, bool) {
	if n == nil {
		return 0, false
	}
	f, ok := n.value.(float64)
	return f, ok
}

// isNumber reports whether the value is a number or nothing at all.
func (n *node) isNumber() bool {
	_, ok := n.number()
	return ok || n.plain() == nil
}

// plain is the value without places: nil, bool, float64, string, []any or map[string]any.
func (n *node) plain() any {
	switch {
	case n == nil:
		return nil
	case n.kind == listNode:
		out := make([]any, len(n.list))
		for i, item := range n.list {
			out[i] = item.plain()
		}
		return out
	case n.kind == tableNode:
		out := make(map[string]any, len(n.keys))
		for _, e := range n.keys {
			out[e.name] = e.value.plain()
		}
		return out
	}
	return n.value
}

// hasDate reports whether a date is somewhere in the value.
func (n *node) hasDate() bool {
	if n == nil {
		return false
	}
	for _, item := range n.list {
		if item.hasDate() {
			return true
		}
	}
	for _, e := range n.keys {
		if e.value.hasDate() {
			return true
		}
	}
	return n.date
}

// yamlError is a mistake in a YAML text.
type yamlError struct {
	line, column int
	message      string
}

func (e *yamlError) Error() string {
	return fmt.Sprintf("%d:%d: %s", e.line, e.column, e.message)
}

// parseYAML reads a YAML text with one document. The error is a *yamlError.
func parseYAML(text string) (n *node, err error) {
	defer func() {
		if p := recover(); p != nil { // a fault of the parser
			n, err = nil, &yamlError{1, 1, "the YAML parser gives up on this file"}
		}
	}()
	file, err := parser.ParseBytes([]byte(text), 0)
	var wrong yaml.Error
	switch {
	case errors.As(err, &wrong) && wrong.GetToken() != nil:
		at := wrong.GetToken().Position
		return nil, &yamlError{at.Line, at.Column, wrong.GetMessage()}
	case err != nil:
		line, _, _ := strings.Cut(err.Error(), "\n")
		return nil, &yamlError{1, 1, line}
	}
	c := &converter{anchors: map[string]ast.Node{}}
	var docs []ast.Node
	for _, d := range file.Docs {
		if d.Body != nil {
			docs = append(docs, d.Body)
		}
	}
	switch len(docs) {
	case 0:
		return &node{line: 1, column: 1}, nil
	case 1:
		n = c.node(docs[0], 0)
	default:
		at := docs[1].GetToken().Position
		return nil, &yamlError{at.Line, at.Column, "a second document begins; one is read"}
	}
	if c.err != nil {
		return nil, c.err
	}
	return n, nil
}

// The bounds of a file: aliases can make small texts very large.
const (
	maxNodes = 2_000_000
	maxDepth = 100
)

// converter makes nodes of the parser's tree.
type converter struct {
	anchors map[string]ast.Node
	nodes   int
	err     error
}

// fail notes the first mistake.
func (c *converter) fail(at ast.Node, message string) *node {
	n := placeOf(at)
	if c.err == nil {
		c.err = &yamlError{n.line, n.column, message}
	}
	return n
}

// placeOf is an empty node at the place of another one.
func placeOf(at ast.Node) *node {
	n := &node{line: 1, column: 1}
	if at != nil && at.GetToken() != nil && at.GetToken().Position != nil {
		n.line, n.column = at.GetToken().Position.Line, at.GetToken().Position.Column
	}
	return n
}

// dateText is what js-yaml takes for a date.
var dateText = regexp.MustCompile(`^\d{4}-\d\d?-\d\d?([Tt \t]|$)`)

func (c *converter) node(from ast.Node, depth int) *node {
	if c.nodes++; c.nodes > maxNodes || depth > maxDepth {
		return c.fail(from, "the file is too large or nested too deeply")
	}
	n := placeOf(from)
	switch from := from.(type) {
	case *ast.StringNode:
		n.value = from.Value
		n.date = from.Token.Type == token.StringType && dateText.MatchString(from.Value)
	case *ast.LiteralNode:
		n.value = from.Value.Value
	case *ast.BoolNode:
		n.value = from.Value
	case *ast.IntegerNode:
		switch v := from.Value.(type) {
		case int64:
			n.value = float64(v)
		case uint64:
			n.value = float64(v)
		}
	case *ast.FloatNode:
		n.value = from.Value
	case *ast.InfinityNode:
		n.value = from.Value
	case *ast.NanNode:
		n.value = math.NaN()
	case *ast.AnchorNode:
		c.anchors[from.Name.String()] = from.Value
		return c.node(from.Value, depth+1)
	case *ast.AliasNode:
		to, ok := c.anchors[from.Value.String()]
		if !ok {
			return c.fail(from, "there is no anchor &"+from.Value.String())
		}
		return c.node(to, depth+1)
	case *ast.TagNode:
		if from.Start.Value == "!!str" {
			n = c.node(from.Value, depth+1)
			n.value = jsString(n.value)
			return n
		}
		return c.fail(from, "the tag "+from.Start.Value+" is not read")
	case *ast.SequenceNode:
		n.kind = listNode
		for _, item := range from.Values {
			n.list = append(n.list, c.node(item, depth+1))
		}
	case *ast.MappingNode:
		n.kind = tableNode
		for _, pair := range from.Values {
			c.pair(n, pair, depth)
		}
	case *ast.MappingValueNode:
		n.kind = tableNode
		c.pair(n, from, depth)
	}
	return n
}

// pair adds a key of a table. The keys of << are those of another table, where it has none itself.
func (c *converter) pair(n *node, pair *ast.MappingValueNode, depth int) {
	value := c.node(pair.Value, depth+1)
	if pair.Key.IsMergeKey() {
		for _, table := range append([]*node{value}, value.list...) {
			for _, e := range table.keys {
				if n.get(e.name) == nil {
					n.keys = append(n.keys, e)
				}
			}
		}
		return
	}
	key := c.node(pair.Key, depth+1)
	name := jsString(key.value)
	if len(n.keys) == 0 { // the token of a table is a colon
		n.line, n.column = key.line, key.column
	}
	for i, e := range n.keys { // one of <<
		if e.name == name {
			n.keys = append(n.keys[:i], n.keys[i+1:]...)
			break
		}
	}
	n.keys = append(n.keys, entry{name, key.line, key.column, value})
}
