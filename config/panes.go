package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// panes reads the panes of a screen.
func (r *reader) panes(t *table, c *Config) []Pane {
	panes := r.paneList(t, c)
	if len(panes) > MaxPanes {
		r.add(t.path.key("panes").elem(MaxPanes), atValue,
			"too many panes; the screen holds at most 16")
	}
	return panes
}

// paneList reads panes: model references, and tables of a model with its settings.
func (r *reader) paneList(t *table, c *Config) []Pane {
	v, given := t.take("panes")
	if !given {
		return nil
	}
	p := t.path.key("panes")
	items, isArray := v.([]any)
	if tables, ok := v.([]map[string]any); ok { // [[panes]]
		isArray = true
		for _, values := range tables {
			items = append(items, values)
		}
	}
	if !isArray {
		t.wrongType(p, `an array of panes, as in ["…", { model = "…" }]`, v)
		return nil
	}
	panes := make([]Pane, 0, len(items))
	for i, item := range items {
		switch item := item.(type) {
		case string:
			r.reference(p.elem(i), item, c.ProviderNames())
			panes = append(panes, Pane{Ref: item})
		case map[string]any:
			panes = append(panes, r.pane(&table{r: r, path: p.elem(i), values: item}, c))
		default:
			t.wrongType(p.elem(i), `a model reference, or a table as in { model = "…" }`, item)
		}
	}
	return panes
}

// pane reads the table of a pane.
func (r *reader) pane(t *table, c *Config) Pane {
	var p Pane
	switch _, given := t.values["model"]; {
	case t.text("model", &p.Ref):
		r.reference(t.path.key("model"), p.Ref, c.ProviderNames())
	case !given && !r.hasMisspelt(t, "model"):
		r.add(t.path, atKey, `needs model, as in { model = "provider/model" }`)
	}
	r.paneKeys(t, c, &p)
	t.done()
	return p
}

// paneKeys reads what a pane may set beside its model.
func (r *reader) paneKeys(t *table, c *Config, p *Pane) {
	p.Model = r.modelKeys(p.Ref, t, c.ProviderNames())
	var file string
	if t.text("system_file", &file) {
		at := t.path.key("system_file")
		if p.System != nil {
			r.add(at, atKey, "system and system_file exclude each other")
		}
		if text, ok := r.textFile(at, file); ok {
			p.System = &text
		}
	}
	r.template(t, c, &p.Template, &p.TemplateName)
}

// template reads the template of a pane: the name of one in [templates], or a file.
func (r *reader) template(t *table, c *Config, dst, from *string) {
	var name string
	if !t.text("template", &name) {
		return
	}
	*from = name
	at := t.path.key("template")
	if text, ok := c.Templates[name]; ok {
		*dst = text
		return
	}
	if !strings.ContainsAny(name, `/\.`) {
		names := slices.Sorted(maps.Keys(c.Templates))
		message := "no template is called " + quote(name)
		nearest := Nearest(name, names)
		if len(nearest) == 0 {
			message += "; write it into [templates], or give a file such as \"prompts/review.md\""
		}
		r.add(at, atValue, message, nearest...)
		return
	}
	*dst, _ = r.textFile(at, name)
}

// maxTextFile is the most that a system prompt or a template in a file may have.
const maxTextFile = 1 << 20

// textFile reads a file of text that the config names, relative to its own folder. The line break
// at the end is an editor's, and left out.
func (r *reader) textFile(at path, name string) (text string, ok bool) {
	file := ExpandHome(name, os.Getenv)
	if file != "" && !filepath.IsAbs(file) {
		file = filepath.Join(filepath.Dir(r.file), file)
	}
	b, err := readRegular(file, maxTextFile)
	switch {
	case name == "":
		r.add(at, atValue, "names no file")
	case errors.Is(err, fs.ErrNotExist):
		r.add(at, atValue, "there is no file "+quote(file))
	case err != nil:
		r.add(at, atValue, fmt.Sprintf("%s cannot be read: %v", quote(file), cause(err)))
	case !utf8.Valid(b):
		r.add(at, atValue, quote(file)+" is no text in UTF-8")
	case containsKey(string(b)) && !r.prompts:
		r.add(at, atValue, quote(file)+" holds what looks like a key; "+
			keyAdvice("NAME_OF_VARIABLE"))
	default:
		text = strings.TrimPrefix(string(b), "\ufeff")
		text = strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
		return text, true
	}
	return "", false
}

// readRegular is readAtMost, but reads no pipe and no device: they may wait for a writer for ever.
func readRegular(file string, most int) ([]byte, error) {
	if info, err := os.Stat(file); err == nil && !info.IsDir() && !info.Mode().IsRegular() {
		return nil, errors.New("it is no regular file")
	}
	return readAtMost(file, most)
}

// keyless reports a text of a pane, a model or the whole file in which a key stands: it would go
// into requests and records.
func (r *reader) keyless(at path, text string) {
	if containsKey(text) {
		r.add(at, atValue, "looks like a key; "+keyAdvice("NAME_OF_VARIABLE"))
	}
}

// cause is an error without the operation and the path that its message would repeat.
func cause(err error) error {
	var e *fs.PathError
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

// lineups reads [lineups.NAME] sections in the order of the file.
func (r *reader) lineups(t *table, c *Config) []Lineup {
	var out []Lineup
	for _, name := range t.names() {
		at := t.path.key(name)
		if !isProviderName(name) {
			r.add(at, atKey, "a line-up's name is made of letters, digits, _, . and -")
		}
		sub := t.sub(name)
		if sub.values == nil {
			continue
		}
		out = append(out, r.lineup(name, sub, c))
	}
	return out
}

func (r *reader) lineup(name string, t *table, c *Config) Lineup {
	l := Lineup{Name: name}
	l.Panes = r.panes(t, c)
	switch _, given := t.values["panes"]; {
	case !given && !r.hasMisspelt(t, "panes"):
		r.add(t.path, atKey, `needs panes, as in panes = ["provider/model", …]`)
	case given && len(l.Panes) == 0 && !r.reported(t.path.key("panes")):
		r.add(t.path.key("panes"), atValue, "names no pane")
	}
	if _, given := t.values["blind"]; given {
		var blind bool
		t.flag("blind", &blind)
		l.Blind = &blind
	} else {
		t.flag("blind", new(bool))
	}
	for key, ref := range map[string]*string{"judge": &l.Judge, "merge": &l.Merge} {
		if t.text(key, ref) {
			r.reference(t.path.key(key), *ref, c.ProviderNames())
		}
	}
	t.whole("repeat", 1, &l.Repeat)
	r.template(t, c, &l.Template, &l.TemplateName)
	layout := t.sub("layout")
	layout.whole("zoomed", 1, &l.Layout.Zoomed)
	layout.flag("together", &l.Layout.Together)
	layout.flag("raw", &l.Layout.Raw)
	layout.done()
	t.done()
	if l.Template != "" {
		for i := range l.Panes {
			if l.Panes[i].Template == "" {
				l.Panes[i].Template, l.Panes[i].TemplateName = l.Template, l.TemplateName
			}
		}
	}
	return l
}

// reported says whether a mistake at a path has been noted.
func (r *reader) reported(p path) bool {
	key := p.String()
	return slices.ContainsFunc(r.errs, func(d Diagnostic) bool {
		return d.Key == key || strings.HasPrefix(d.Key, key+".")
	})
}
