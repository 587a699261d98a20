package suite

import (
	"path/filepath"
	"strconv"
	"strings"

	"lineup/batch/check"
	"lineup/config"
)

// suite reads a suite in TOML.
func (r *reader) suite(s *Suite, file, text string) {
	r.begin(file)
	doc, t, whole := config.ParseTOML(file, []byte(text))
	r.torn = !whole
	if !whole && len(t.Keys()) == 0 {
		r.errs = append(r.errs, doc.Errors()...)
		return
	}
	s.Panes = t.Panes(&r.o.Config)
	var system string
	if t.Text("system", &system) {
		s.System = &system
	}
	var repeat *int
	if t.Whole("repeat", 1, &repeat); repeat != nil {
		s.Repeat = *repeat
	}
	r.templates(s, t, whole)
	defaults := t.Sub("defaults")
	base := Case{Rule: check.Rule{At: 1}}
	r.judging(defaults, &base)
	defaults.Done()
	for _, c := range t.Tables("cases") {
		r.tomlCase(c, file, base)
	}
	from := t.Sub("cases_from")
	var name string
	if from.Text("file", &name) {
		r.casesFrom(from, name, base)
	} else if t.Has("cases_from") && !from.Has("file") {
		from.Wrong("", `needs file, as in file = "cases.csv"`)
	}
	from.Done()
	t.Done()
	r.errs = append(r.errs, doc.Errors()...)
	if len(r.cases) == 0 && !t.Has("cases") && !t.Has("cases_from") {
		c := base
		c.ID = "0"
		r.add(placed{c, place{file, 1, 1}}, false)
	}
}

// templates reads [[prompts]].
func (r *reader) templates(s *Suite, t config.Table, whole bool) {
	list := t.Tables("prompts")
	if !t.Has("prompts") && whole {
		t.Wrong("", "a suite needs prompts, as in [[prompts]] and text = \"…\"")
	} else if len(list) == 0 && whole {
		t.Wrong("prompts", "names no prompt")
	}
	seen := map[string]bool{}
	for i, sub := range list {
		p := Prompt{ID: strconv.Itoa(i)}
		named := sub.Text("name", &p.ID)
		switch {
		case named && p.ID == "":
			sub.Wrong("name", "the name is empty")
		case seen[p.ID]:
			key := ""
			if named {
				key = "name"
			}
			sub.Wrong(key, "a second prompt is called "+strconv.Quote(p.ID))
		}
		seen[p.ID] = true
		inline, inFile := sub.Has("text"), sub.Has("file")
		text, ok := sub.File("file")
		if !inFile || !ok {
			ok = sub.Text("text", &text)
		} else {
			sub.Expect("text")
		}
		switch {
		case inline && inFile:
			sub.WrongKey("file", "text and file exclude each other")
		case !inline && !inFile:
			sub.Wrong("", "needs text or file")
		case ok && strings.TrimSpace(text) == "":
			sub.Wrong("", "the prompt is empty")
		}
		sub.Done()
		p.Text = text
		s.Prompts = append(s.Prompts, p)
	}
}

// judging reads the checks and pass_at of a case or of the defaults.
func (r *reader) judging(t config.Table, c *Case) {
	c.Checks = append(c.Checks[:len(c.Checks):len(c.Checks)], r.checks(t)...)
	var at *float64
	if t.Number("pass_at", 0, 1, &at); at != nil {
		c.Rule.At = *at
	}
}

// checks reads a list of checks, or a single one.
func (r *reader) checks(t config.Table) (out []check.Check) {
	if !t.Has("checks") {
		t.Expect("checks")
		return nil
	}
	list := t.Tables("checks")
	for _, sub := range list {
		if c, ok := check.Read(sub, &r.o.Config); ok {
			out = append(out, c)
		}
	}
	return out
}

// tomlCase reads one of [[cases]].
func (r *reader) tomlCase(t config.Table, file string, base Case) {
	c := placed{base, place{file: file}}
	c.ID = strconv.Itoa(len(r.cases))
	key := ""
	if t.Text("id", &c.ID) {
		if key = "id"; c.ID == "" {
			t.Wrong(key, "the id is empty")
		}
	}
	c.at.line, c.at.column = t.Place(key)
	values, ok := t.JSON("vars")
	table, isTable := values.(map[string]any)
	if ok && !isTable {
		t.Wrong("vars", `must be a table, as in vars = { language = "Korean" }`)
	}
	c.Vars = VarsOf(table)
	r.judging(t, &c.Case)
	t.Done()
	r.add(c, ok && !isTable)
}

// casesFrom reads the cases of another file.
func (r *reader) casesFrom(t config.Table, name string, base Case) {
	file := t.Path(name)
	ending := strings.ToLower(filepath.Ext(name))
	if ending != ".csv" && ending != ".jsonl" {
		t.Wrong("file", "must be a .csv or a .jsonl file")
		return
	}
	text, err := ReadFile(file)
	if err != nil {
		t.Wrong("file", err.Error())
		return
	}
	r.begin(file)
	if ending == ".csv" {
		r.csv(file, text, base, false)
	} else {
		r.jsonl(file, text, base, false)
	}
}
