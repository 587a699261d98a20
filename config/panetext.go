package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// panesText is the value of panes in a line-up, a line each.
func (c Config) panesText(l Lineup) (string, error) {
	var b strings.Builder
	b.WriteString("[\n")
	for i, p := range l.Panes {
		if p.Template == l.Template { // the line-up says it
			p.Template = ""
		}
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
	add := func(key string, set bool, v any) {
		if set {
			parts = append(parts, tomlKey(key)+" = "+tomlValue(v))
		}
	}
	add("name", p.Name != "", p.Name)
	for _, set := range p.Params.set() {
		add(set.key, true, set.value)
	}
	add("body", len(p.Body) > 0, p.Body)
	add("fallback", p.Fallback != nil, p.Fallback)
	add("system", p.System != nil, p.System)
	if p.Template != "" {
		name, err := c.templateName(p.Template, p.TemplateName)
		if err != nil {
			return "", err
		}
		add("template", true, name)
	}
	add("schema", p.Schema != nil, p.SchemaFile)
	add("tools", p.Tools != nil, p.ToolsFile)
	add("vision", p.Vision != nil, p.Vision)
	add("price", p.Price.Set(), p.Price.table())
	add("timeouts", p.Timeouts != Timeouts{}, p.Timeouts.table())
	add("retry", p.Retry != Retry{}, p.Retry.table())
	add("headers", len(p.Headers) > 0, p.Headers)
	if len(parts) == 1 {
		return tomlString(p.Ref), nil
	}
	return "{ " + strings.Join(parts, ", ") + " }", nil
}

// templateName is how the file calls a template: as it did, or by the name of one with its text.
func (c Config) templateName(text, was string) (string, error) {
	if c.Templates[was] == text || strings.ContainsAny(was, `/\.`) {
		return was, nil
	}
	for _, name := range slices.Sorted(maps.Keys(c.Templates)) {
		if c.Templates[name] == text {
			return name, nil
		}
	}
	return "", errors.New("its template is not in [templates]; write it there first")
}

// table is a price as the file has it.
func (p Price) table() map[string]any {
	out := map[string]any{}
	for key, v := range map[string]*float64{
		"input": p.Input, "output": p.Output, "reasoning": p.Reasoning,
		"request": p.Request, "image": p.Image,
		"cache_read": p.CacheRead, "cache_write": p.CacheWrite, "cache_write_1h": p.CacheWrite1h,
	} {
		if v != nil {
			out[key] = *v
		}
	}
	var tiers []any
	for _, t := range p.Tiers {
		tier := t.Price.table()
		tier["above"] = t.Above
		tiers = append(tiers, tier)
	}
	if len(tiers) > 0 {
		out["tiers"] = tiers
	}
	return out
}

// table is the deadlines as the file has them.
func (t Timeouts) table() map[string]any {
	return durations(map[string]*time.Duration{"connect": t.Connect, "headers": t.Headers,
		"first_token": t.FirstToken, "idle": t.Idle, "total": t.Total})
}

// table is the retries as the file has them.
func (b Retry) table() map[string]any {
	out := durations(map[string]*time.Duration{"base": b.Base, "cap": b.Cap})
	if b.Max != nil {
		out["max"] = *b.Max
	}
	return out
}

// durations are those that are set, spelt as the file does.
func durations(all map[string]*time.Duration) map[string]any {
	out := map[string]any{}
	for key, d := range all {
		if d != nil {
			out[key] = d.String()
		}
	}
	return out
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
	add("stop", p.Stop != nil, p.Stop)
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
