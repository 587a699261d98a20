package config

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// SaveLineup writes a line-up into a config file, and changes no other byte of it. It makes a
// missing file. A pane is written with all that a pane table can say; a template has to stand in
// [templates] or in a file. What the line-up itself does not set stays as the file says it. left
// names what could not be written, since no file has it.
func SaveLineup(path string, l Lineup, options ...Option) (left []string, err error) {
	if !isProviderName(l.Name) {
		return nil, fmt.Errorf(
			"%s is no name for a line-up; it is made of letters, digits, _, . and -",
			quote(l.Name))
	}
	l.Panes, left = sayable(l.Panes)
	return left, editFile(path, func(text []byte) ([]byte, error) {
		return editLineup(path, text, l, options...)
	})
}

// sayable is panes without the schemas and tools that stand in no file, and names those.
func sayable(panes []Pane) (out []Pane, left []string) {
	out = slices.Clone(panes)
	for i := range out {
		p := &out[i]
		if p.Schema != nil && p.SchemaFile == "" {
			p.Schema, left = nil, append(left, fmt.Sprintf("the schema of pane %d", i+1))
		}
		if p.Tools != nil && p.ToolsFile == "" {
			p.Tools, left = nil, append(left, fmt.Sprintf("the tools of pane %d", i+1))
		}
	}
	return out, left
}

// editLineup sets a line-up in the text of a config. The result is read again: it must have this
// line-up, and all else as before.
func editLineup(file string, text []byte, l Lineup, options ...Option) ([]byte, error) {
	before, err := Parse(file, text, options...)
	if err != nil {
		return nil, fmt.Errorf("the config has mistakes; correct them first: %w", err)
	}
	end := "\n"
	if bytes.Contains(text, []byte("\r\n")) {
		end = "\r\n"
	}
	at := slices.IndexFunc(before.Lineups, func(o Lineup) bool { return o.Name == l.Name })
	want := before
	want.Lineups = slices.Clone(before.Lineups)
	if at < 0 {
		at = len(want.Lineups)
		want.Lineups = append(want.Lineups, Lineup{Name: l.Name})
	}
	was := want.Lineups[at]
	said, err := l.over(was)
	if err != nil {
		return nil, err
	}
	keys, err := before.lineupKeys(said, was)
	if err != nil {
		return nil, err
	}
	for i := range keys {
		keys[i].value = strings.ReplaceAll(keys[i].value, "\n", end)
	}
	edited := setLineup(text, l.Name, keys, end, at < len(before.Lineups))
	after, err := Parse(file, edited, options...)
	if err != nil {
		return nil, fmt.Errorf("%s is left alone: %w", file, err)
	}
	got, _ := after.Lineup(l.Name)
	back, err := after.panesText(got)
	same := err == nil && strings.ReplaceAll(back, "\n", end) == keys[0].value &&
		reflect.DeepEqual(got.sayings(), said.sayings())
	if want.Lineups[at] = got; same && sameConfig(want, after) {
		return edited, nil
	}
	return nil, fmt.Errorf("%s says its line-ups in a way that is left alone; write there:\n"+
		"[lineups.%s]%s", file, tomlKey(l.Name), keyLines(keys, "\n"))
}

// over is a line-up with what it sets over another one. A template of all panes would be that of a
// pane without one, too.
func (l Lineup) over(was Lineup) (Lineup, error) {
	if slices.ContainsFunc(l.Panes, func(p Pane) bool { return p.Template == "" }) {
		if l.Template, l.TemplateName = "", ""; was.Template != "" {
			return l, fmt.Errorf("[lineups.%s] has a template for all panes, and one of these "+
				"has none; take it out there first", tomlKey(l.Name))
		}
	}
	if l.Blind == nil {
		l.Blind = was.Blind
	}
	if l.Judge == "" {
		l.Judge = was.Judge
	}
	if l.Merge == "" {
		l.Merge = was.Merge
	}
	if l.Repeat == nil {
		l.Repeat = was.Repeat
	}
	if l.Template == "" {
		l.Template, l.TemplateName = was.Template, was.TemplateName
	}
	if l.Layout == (Layout{}) {
		l.Layout = was.Layout
	}
	return l, nil
}

// sayings is a line-up without its panes and the names of files.
func (l Lineup) sayings() Lineup {
	l.Panes, l.TemplateName = nil, ""
	return l
}

// lineupKey is a key of a line-up with its value in TOML.
type lineupKey struct{ key, value string }

// lineupKeys are the keys of a line-up that have to be written: the panes, and after them whatever
// differs from was, the line-up in the file.
func (c Config) lineupKeys(l, was Lineup) (keys []lineupKey, err error) {
	panes, err := c.panesText(l)
	if err != nil {
		return nil, err
	}
	add := func(key string, same bool, v any) {
		if !same {
			keys = append(keys, lineupKey{key, tomlValue(v)})
		}
	}
	keys = append(keys, lineupKey{"panes", panes})
	add("blind", reflect.DeepEqual(l.Blind, was.Blind), l.Blind)
	add("judge", l.Judge == was.Judge, l.Judge)
	add("merge", l.Merge == was.Merge, l.Merge)
	add("repeat", reflect.DeepEqual(l.Repeat, was.Repeat), l.Repeat)
	if l.Template != was.Template {
		name, err := c.templateName(l.Template, l.TemplateName)
		if err != nil {
			return nil, err
		}
		add("template", false, name)
	}
	add("layout", reflect.DeepEqual(l.Layout, was.Layout), l.Layout.table())
	return keys, nil
}

// table is a layout as the file has it.
func (l Layout) table() map[string]any {
	out := map[string]any{}
	if l.Zoomed != nil {
		out["zoomed"] = *l.Zoomed
	}
	if l.Together {
		out["together"] = true
	}
	if l.Raw {
		out["raw"] = true
	}
	return out
}

// setLineup replaces values of a line-up where they stand, adds those that are not there below the
// panes, or appends a section. A known line-up whose panes are no array stays as it is.
func setLineup(text []byte, name string, keys []lineupKey, end string, known bool) []byte {
	src := string(text)
	if !known {
		gap := ""
		if len(src) > 0 {
			if gap = end; !strings.HasSuffix(src, "\n") {
				gap += end
			}
		}
		return []byte(src + gap + "[lineups." + tomlKey(name) + "]" + keyLines(keys, end) + end)
	}
	for _, k := range keys {
		ix := newIndex(src)
		section := path{}.key("lineups").key(name)
		at, there := ix.places[section.key(k.key).id()]
		if !there {
			src = addBelowPanes(ix, section.key("panes"), k, end)
			continue
		}
		if k.key == "panes" && (at.value >= len(src) || src[at.value] != '[') {
			return text
		}
		src = src[:at.value] + k.value + src[valueEnd(src, at.value):]
	}
	return []byte(src)
}

// keyLines are keys with their values, each on a line of its own.
func keyLines(keys []lineupKey, end string) (lines string) {
	for _, k := range keys {
		lines += end + k.key + " = " + k.value
	}
	return lines
}

// addBelowPanes writes a key on a line of its own after that of the panes, spelt as theirs.
func addBelowPanes(ix *index, panes path, k lineupKey, end string) string {
	src, at := ix.src, ix.places[panes.id()]
	statement, ok := ix.statementAt(at.key)
	if !ok {
		return src
	}
	indent := src[ix.lines[ix.line(statement.start)]:statement.start]
	line := end + indent + src[statement.start:at.key] + k.key + " = " + k.value
	below := len(src)
	from := valueEnd(src, at.value)
	if n := strings.IndexByte(src[from:], '\n'); n >= 0 {
		if below = from + n; n > 0 && src[below-1] == '\r' {
			below--
		}
	}
	return src[:below] + line + src[below:]
}

// valueEnd is where the value ends that begins at an offset.
func valueEnd(src string, at int) int {
	s := scanner{index: newIndex(""), src: src, pos: at, arrays: map[string]int{}}
	s.value(nil)
	return s.pos
}
