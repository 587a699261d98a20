package config

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// ParsePane reads a pane of a command line: a model reference, and after the first space settings
// as key=value pairs.
//
//	local/llama3.1:8b temperature=0 seed=7 name=cold system="One sentence."
//
// The keys are those of a pane table in the file. A value is read as TOML, and as plain text where
// that fails. A reference with a space stands in quotes. The error lists all mistakes.
func (c Config) ParsePane(arg string) (Pane, error) {
	ref, rest, err := cutRef(strings.TrimSpace(arg))
	if err != nil {
		return Pane{}, err
	}
	if ref == "" {
		return Pane{}, errors.New("no model is named; write PROVIDER/MODEL, and settings after it")
	}
	if _, err := checkRef(ref, c.ProviderNames()); err != nil {
		if len(err.Nearest) == 0 { // the model alone may be given
			err.Nearest = Nearest(ref, c.refs())
		}
		return Pane{}, err
	}
	p := Pane{Ref: ref}
	pairs, err := cutPairs(rest)
	if err == nil {
		err = c.setPairs(&p, pairs)
	}
	if err != nil {
		return Pane{}, Each("model "+quote(ref)+": ", err)
	}
	return p, nil
}

// refs are the models that the config names, each once.
func (c Config) refs() []string {
	refs := slices.Concat(Refs(c.Panes), slices.Collect(maps.Keys(c.Models)))
	slices.Sort(refs)
	return slices.Compact(refs)
}

// Each puts a prefix before an error, and before each one of those that are joined in it.
func Each(prefix string, err error) error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return fmt.Errorf("%s%w", prefix, err)
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, fmt.Errorf("%s%w", prefix, e))
	}
	return errors.Join(all...)
}

// Set applies key=value pairs, in the form of ParsePane, to panes. They hold over what the panes
// have, and over the sections of the file.
func (c Config) Set(panes []Pane, pairs []string) ([]Pane, error) {
	out := append([]Pane(nil), panes...)
	for i := range out {
		if err := c.setPairs(&out[i], pairs); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// setPairs applies pairs to a pane.
func (c Config) setPairs(p *Pane, pairs []string) error {
	values := map[string]any{}
	for _, pair := range pairs {
		if err := addPair(values, pair); err != nil {
			return err
		}
	}
	r := &reader{file: c.File, index: newIndex("")}
	t := &table{r: r, values: values}
	set := Pane{Ref: p.Ref}
	r.paneKeys(t, &c, &set)
	t.done()
	if len(r.errs) > 0 {
		var all []error
		for _, d := range r.errs.sorted() {
			all = append(all, fmt.Errorf("%s: %s%s", d.Key, d.Message, didYouMean(d.Nearest)))
		}
		return errors.Join(all...)
	}
	*p = set.Over(*p)
	return nil
}

// Over is the pane with its settings over those of another one.
func (p Pane) Over(wide Pane) Pane {
	out := wide
	out.Ref = p.Ref
	m, w := p.Model, wide.Model
	if m.Name != "" {
		out.Name = m.Name
	}
	if m.System != nil {
		out.System = m.System
	}
	if m.Fallback != nil {
		out.Fallback = m.Fallback
	}
	if m.Price.Set() {
		out.Price = m.Price
	}
	if m.Tools != nil {
		out.Tools, out.ToolsFile = m.Tools, m.ToolsFile
	}
	if p.Template != "" {
		out.Template, out.TemplateName = p.Template, p.TemplateName
	}
	if m.Schema != nil {
		out.Schema, out.SchemaFile = m.Schema, m.SchemaFile
	}
	out.Vision = cmp.Or(m.Vision, w.Vision)
	out.Params = mergeParams(m.Params, w.Params)
	out.Timeouts = m.Timeouts.over(w.Timeouts)
	out.Retry = m.Retry.over(w.Retry)
	out.Headers = overlay(m.Headers, w.Headers)
	out.Body = overlay(m.Body, w.Body)
	return out
}

func (t Timeouts) over(wide Timeouts) Timeouts {
	fill(&t.Connect, wide.Connect)
	fill(&t.Headers, wide.Headers)
	fill(&t.FirstToken, wide.FirstToken)
	fill(&t.Idle, wide.Idle)
	fill(&t.Total, wide.Total)
	return t
}

func (b Retry) over(wide Retry) Retry {
	fill(&b.Max, wide.Max)
	fill(&b.Base, wide.Base)
	fill(&b.Cap, wide.Cap)
	return b
}

// addPair reads one key=value into values.
func addPair(values map[string]any, pair string) error {
	eq := equalsAt(pair)
	key := strings.TrimSpace(pair[:max(0, eq)])
	if key == "" {
		return fmt.Errorf("%s is no setting; write key=value, such as temperature=0", quote(pair))
	}
	value := pair[eq+1:]
	one := map[string]any{}
	_, err := toml.Decode(key+" = "+value, &one)
	if err == nil && len(one) > 1 { // a line break in it
		err = errors.New("several settings")
	}
	if top, _, _ := strings.Cut(key, "."); err == nil && textSetting(top) {
		if _, isText := one[top].(string); !isText { // name=7
			err = errors.New("a text without quotes")
		}
	}
	if err != nil {
		one = map[string]any{}
		if _, err = toml.Decode(key+" = "+tomlText(value), &one); err != nil {
			return fmt.Errorf("%s is no setting; write key=value, such as temperature=0",
				quote(pair))
		}
	}
	deepCopy(values, one)
	return nil
}

// textSetting reports whether a setting is a text, which needs no quotes even where it looks like
// something else.
func textSetting(key string) bool {
	switch key {
	case "name", "system", "system_file", "template", "reasoning_effort", "schema", "tools":
		return true
	}
	return false
}

// deepCopy puts the fields of one table into another, table by table.
func deepCopy(into, from map[string]any) {
	for key, v := range from {
		sub, isTable := v.(map[string]any)
		if had, ok := into[key].(map[string]any); ok && isTable {
			had = maps.Clone(had)
			deepCopy(had, sub)
			into[key] = had
			continue
		}
		into[key] = v
	}
}

// cutRef takes the model reference off the beginning of an argument.
func cutRef(arg string) (ref, rest string, err error) {
	if !strings.HasPrefix(arg, `"`) && !strings.HasPrefix(arg, "'") {
		ref, rest, _ = strings.Cut(arg, " ")
		return ref, rest, nil
	}
	n := valueLen(arg)
	var v struct{ Ref string }
	if _, err := toml.Decode("ref = "+arg[:n], &v); err != nil {
		return "", "", fmt.Errorf("%s is no model reference in quotes", quote(arg))
	}
	return v.Ref, arg[n:], nil
}

// cutPairs splits settings at the spaces outside quotes and brackets.
func cutPairs(s string) (pairs []string, err error) {
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		eq := equalsAt(s)
		if space := strings.IndexAny(s, " \t\n"); eq < 0 || space >= 0 && space < eq {
			word, _, _ := strings.Cut(s, " ")
			return nil, fmt.Errorf("%s is no setting; write key=value, such as temperature=0; "+
				`a model whose name has a space stands in quotes, as in '"provider/a b"'`,
				quote(word))
		}
		end := eq + 1 + valueLen(s[eq+1:])
		pairs = append(pairs, s[:end])
		s = s[end:]
	}
	return pairs, nil
}

// equalsAt is where the = after a key stands, whose parts may stand in quotes; -1 where there is
// none.
func equalsAt(s string) int {
	quoted := rune(0)
	for i, c := range s {
		switch {
		case quoted != 0:
			if c == quoted {
				quoted = 0
			}
		case c == '"' || c == '\'':
			quoted = c
		case c == '=':
			return i
		}
	}
	return -1
}

// valueLen is the length of the value that s begins with: up to the first space outside of quotes
// and brackets.
func valueLen(s string) int {
	depth := 0
	quoted := byte(0)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quoted != 0:
			if c == '\\' && quoted == '"' {
				i++
			} else if c == quoted {
				quoted = 0
			}
		case c == '"' || c == '\'' && (i == 0 || depth > 0): // not the one of don't
			quoted = c
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			depth--
		case depth <= 0 && (c == ' ' || c == '\t' || c == '\n'):
			return i
		}
	}
	return len(s)
}
