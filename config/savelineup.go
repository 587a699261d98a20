package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// SaveLineup writes the panes of a line-up into a config file, and changes no other byte of it. It
// makes a missing file. What the file says of the line-up beside its panes stays. A pane is written
// with its model, name, settings and fallbacks; its template has to stand in [templates].
func SaveLineup(path, name string, panes []Pane, options ...Option) error {
	if !providerName.MatchString(name) {
		return fmt.Errorf("%s is no name for a line-up; it is made of letters, digits, _, . and -",
			quote(name))
	}
	return editFile(path, func(text []byte) ([]byte, error) {
		return editLineup(path, text, name, panes, options...)
	})
}

// editLineup sets the panes of a line-up in the text of a config. The result is read again: it must
// have these panes, and all else as before.
func editLineup(
	file string, text []byte, name string, panes []Pane, options ...Option,
) ([]byte, error) {
	before, err := Parse(file, text, options...)
	if err != nil {
		return nil, fmt.Errorf("the config has mistakes; correct them first: %w", err)
	}
	value, err := before.panesText(panes)
	if err != nil {
		return nil, err
	}
	end := "\n"
	if bytes.Contains(text, []byte("\r\n")) {
		end = "\r\n"
	}
	value = strings.ReplaceAll(value, "\n", end)
	at := slices.IndexFunc(before.Lineups, func(l Lineup) bool { return l.Name == name })
	edited := setPanes(text, name, value, end, at >= 0)
	after, err := Parse(file, edited, options...)
	if err != nil {
		return nil, fmt.Errorf("%s is left alone: %w", file, err)
	}
	got, _ := after.Lineup(name)
	want := before
	if want.Lineups = slices.Clone(before.Lineups); at < 0 {
		at = len(want.Lineups)
		want.Lineups = append(want.Lineups, Lineup{Name: name})
	}
	want.Lineups[at].Panes = got.Panes
	back, err := after.panesText(got.Panes)
	same := err == nil && strings.ReplaceAll(back, "\n", end) == value
	if same && sameConfig(want, after) {
		return edited, nil
	}
	return nil, fmt.Errorf("%s says its line-ups in a way that is left alone; write there:\n"+
		"[lineups.%s]\npanes = %s", file, tomlKey(name), value)
}

// setPanes replaces the panes of a line-up where they stand, or appends a section. A known line-up
// whose panes are no array stays as it is.
func setPanes(text []byte, name, value, end string, known bool) []byte {
	src := string(text)
	if known {
		at := newIndex(src).places[path{}.key("lineups").key(name).key("panes").id()].value
		if at >= len(src) || src[at] != '[' {
			return text
		}
		s := scanner{index: newIndex(""), src: src, pos: at, arrays: map[string]int{}}
		s.value(nil)
		return []byte(src[:at] + value + src[s.pos:])
	}
	gap := ""
	if len(src) > 0 {
		if gap = end; !strings.HasSuffix(src, "\n") {
			gap += end
		}
	}
	return []byte(src + gap + "[lineups." + tomlKey(name) + "]" + end + "panes = " + value + end)
}

// panesText is the value of panes, a line each.
func (c Config) panesText(panes []Pane) (string, error) {
	var b strings.Builder
	b.WriteString("[\n")
	for i, p := range panes {
		s, err := c.paneText(p)
		if err != nil {
			return "", fmt.Errorf("pane %d: %w", i+1, err)
		}
		b.WriteString("  " + s + ",\n")
	}
	return b.String() + "]", nil
}

// paneText is a pane as a reference, or as a table if it has more than that.
func (c Config) paneText(p Pane) (string, error) {
	parts := []string{"model = " + tomlString(p.Ref)}
	add := func(key string, v any) {
		parts = append(parts, tomlKey(key)+" = "+tomlValue(v))
	}
	if p.Name != "" {
		add("name", p.Name)
	}
	for _, set := range p.Params.set() {
		add(set.key, set.value)
	}
	if len(p.Body) > 0 {
		add("body", p.Body)
	}
	if len(p.Fallback) > 0 {
		add("fallback", p.Fallback)
	}
	if p.System != nil {
		add("system", *p.System)
	}
	if p.Template != "" {
		name, ok := c.templateName(p.Template)
		if !ok {
			return "", errors.New("its template stands not in [templates]; write it there first")
		}
		add("template", name)
	}
	if len(parts) == 1 {
		return tomlString(p.Ref), nil
	}
	return "{ " + strings.Join(parts, ", ") + " }", nil
}

// templateName finds a template of the config by its text.
func (c Config) templateName(text string) (string, bool) {
	for _, name := range slices.Sorted(maps.Keys(c.Templates)) {
		if c.Templates[name] == text {
			return name, true
		}
	}
	return "", false
}

// setting is a parameter that is set.
type setting struct {
	key   string
	value any
}

// set are the parameters that are set, in the order of the documentation.
func (p Params) set() (out []setting) {
	add := func(key string, set bool, v any) {
		if set {
			out = append(out, setting{key, v})
		}
	}
	add("temperature", p.Temperature != nil, p.Temperature)
	add("top_p", p.TopP != nil, p.TopP)
	add("top_k", p.TopK != nil, p.TopK)
	add("min_p", p.MinP != nil, p.MinP)
	add("max_tokens", p.MaxTokens != nil, p.MaxTokens)
	add("seed", p.Seed != nil, p.Seed)
	add("stop", len(p.Stop) > 0, p.Stop)
	add("reasoning_effort", p.ReasoningEffort != "", p.ReasoningEffort)
	add("num_ctx", p.NumCtx != nil, p.NumCtx)
	add("options", len(p.Options) > 0, p.Options)
	return out
}

// tomlKey is a key of TOML, in quotes where it needs them.
func tomlKey(key string) string {
	for i := range len(key) {
		if !isBare(key[i]) {
			return tomlString(key)
		}
	}
	if key == "" {
		return `""`
	}
	return key
}

// tomlString is a text as a string of one line. JSON leaves one control character as it is that
// TOML does not allow.
func tomlString(s string) string { return strings.ReplaceAll(tomlText(s), "\x7f", `\u007f`) }

// tomlValue is a value inside one line. Null has no spelling in TOML, and no config has one.
func tomlValue(v any) string {
	switch v := v.(type) {
	case string:
		return tomlString(v)
	case json.Number:
		return v.String()
	case float64:
		return tomlFloat(v)
	}
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Pointer:
		return tomlValue(rv.Elem().Interface())
	case reflect.Slice:
		items := make([]string, rv.Len())
		for i := range items {
			items[i] = tomlValue(rv.Index(i).Interface())
		}
		return "[" + strings.Join(items, ", ") + "]"
	case reflect.Map:
		var items []string
		for _, k := range rv.MapKeys() {
			items = append(items, tomlKey(k.String())+" = "+
				tomlValue(rv.MapIndex(k).Interface()))
		}
		slices.Sort(items)
		return "{ " + strings.Join(items, ", ") + " }"
	}
	return fmt.Sprint(v)
}

// tomlFloat writes whole numbers as such: a setting of the config takes both.
func tomlFloat(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
