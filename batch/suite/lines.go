package suite

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"lineup/batch/check"
	"lineup/config"
)

// prompts reads a file that is no suite: a prompt a line, with or without a template.
func (r *reader) prompts(s *Suite, ending, file, text string) {
	r.begin(file)
	template := r.o.Template
	p := Prompt{ID: "0", Text: template, PerCase: template == ""}
	base := Case{Rule: check.Rule{At: 1}}
	switch ending {
	case ".txt":
		p.Plain = template == "" // a line has no variables
		r.txt(file, text, base, template == "")
	case ".csv":
		r.csv(file, text, base, template == "")
	case ".jsonl":
		r.jsonl(file, text, base, template == "")
	}
	s.Prompts = []Prompt{p}
	if r.errs == nil && len(r.cases) == 0 {
		r.wrong(place{file, 1, 1}, "there is no prompt in the file")
	}
}

// txt reads a prompt a line. Empty lines are none.
func (r *reader) txt(file, text string, base Case, ownPrompt bool) {
	if !r.isText(file, text) {
		return
	}
	line := 0
	for row := range strings.Lines(text) {
		line++
		row = strings.TrimSuffix(strings.TrimSuffix(row, "\n"), "\r")
		if strings.TrimSpace(row) == "" {
			continue
		}
		c := placed{base, place{file, line, 1}}
		c.ID = strconv.Itoa(len(r.cases))
		if ownPrompt {
			c.Prompt = row
		} else {
			c.Vars = Vars{header: txtHeader(), row: []string{row}}
		}
		r.add(c, false)
	}
}

// promptKey names the prompt of a line.
const promptKey = "prompt"

func txtHeader() []string { return []string{promptKey} }

// special are the columns of a table of cases that are no variables.
func special() []string { return []string{"id", "checks", "pass_at"} }

// csvTable is a table of cases while it is read.
type csvTable struct {
	*reader
	file    string
	from    *csv.Reader
	columns []string       // as the header names them
	header  []string       // of the variables
	vars    []int          // their columns
	at      map[string]int // the column of each name
	base    Case
	own     bool // each line has its own prompt
	text    string
	start   int // where the newest row, and the empty lines before it, begin
	line    int // the number of that line
}

// csv reads a case a line, below a header. With ownPrompt, a column has the prompt.
func (r *reader) csv(file, text string, base Case, ownPrompt bool) {
	if !r.isText(file, text) {
		return
	}
	t := &csvTable{reader: r, file: file, from: csv.NewReader(strings.NewReader(text)),
		at: map[string]int{}, base: base, own: ownPrompt, text: text, line: 1}
	t.from.FieldsPerRecord = -1
	const most = 20
	for n := 0; n < most; t.next() {
		row, err := t.from.Read()
		var bad *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return
		case errors.As(err, &bad):
			n++
			r.wrong(place{file, bad.Line, max(bad.Column, 1)}, "is no CSV: %v", bad.Err)
			if t.columns == nil {
				return
			}
		case err != nil:
			r.wrong(place{file, 1, 1}, "%v", err)
			return
		case t.columns == nil:
			if !t.names(row) {
				return
			}
		default:
			t.row(row)
		}
	}
}

// next goes on after the newest row.
func (t *csvTable) next() {
	end := min(int(t.from.InputOffset()), len(t.text))
	t.line += strings.Count(t.text[t.start:end], "\n")
	t.start = end
}

// place is where a field of the newest row begins, in characters: the CSV reader counts bytes.
func (t *csvTable) place(field int) place {
	line, column := t.from.FieldPos(field)
	row := t.text[t.start:]
	for n := t.line; n < line; n++ {
		_, row, _ = strings.Cut(row, "\n")
	}
	before := row[:min(column-1, len(row))]
	return place{t.file, line, 1 + utf8.RuneCountInString(before)}
}

// names reads the header.
func (t *csvTable) names(row []string) (ok bool) {
	t.columns = row
	ok = true
	for i, name := range row {
		row[i] = strings.TrimSpace(name)
		_, twice := t.at[row[i]]
		switch {
		case row[i] == "":
			t.wrong(t.place(i), "the column has no name")
			ok = false
		case twice:
			t.wrong(t.place(i), "a second column is called %q", row[i])
			ok = false
		}
		t.at[row[i]] = i
		if !slices.Contains(special(), row[i]) && !(t.own && row[i] == promptKey) {
			t.header, t.vars = append(t.header, row[i]), append(t.vars, i)
		}
	}
	if _, has := t.at[promptKey]; t.own && !has {
		t.wrong(t.place(0), "no column is called prompt; name one so, or give --template "+
			"with {{variables}}: %s", strings.Join(row, ", "))
		return false
	}
	return ok
}

// row reads a case.
func (t *csvTable) row(row []string) {
	if len(row) != len(t.columns) {
		t.wrong(t.place(0), "the line has %d fields, the header has %d; a field with a comma or "+
			"a line break stands in quotes", len(row), len(t.columns))
		return
	}
	c := placed{t.base, t.place(0)}
	c.ID = strconv.Itoa(len(t.cases))
	if i, ok := t.at["id"]; ok && strings.TrimSpace(row[i]) != "" {
		c.ID, c.at = strings.TrimSpace(row[i]), t.place(i)
	}
	if len(t.vars) > 0 {
		values := make([]string, len(t.vars))
		for i, column := range t.vars {
			values[i] = row[column]
		}
		c.Vars = Vars{header: t.header, row: values}
	}
	if t.own {
		i := t.at[promptKey]
		if c.Prompt = row[i]; strings.TrimSpace(c.Prompt) == "" {
			t.wrong(t.place(i), "the prompt is empty")
		}
	}
	t.judged(&c.Case, row)
	t.add(c, false)
}

// judged reads the columns checks and pass_at.
func (t *csvTable) judged(c *Case, row []string) {
	for _, key := range []string{"checks", "pass_at"} {
		i, ok := t.at[key]
		if !ok || strings.TrimSpace(row[i]) == "" {
			continue
		}
		cell, at := row[i], t.place(i)
		if known, ok := t.read[cell]; ok && key == "checks" {
			c.Checks = known
			continue
		}
		doc, table := config.ParseJSON(t.file, key, []byte(cell), func(offset int) (int, int) {
			return inCell(cell, offset, at)
		})
		if key == "checks" {
			if _, single := jsonObject(table, key); single {
				doc, table = config.ParseJSON(t.file, key, []byte("["+cell+"]"),
					func(offset int) (int, int) { return inCell(cell, max(0, offset-1), at) })
			}
		}
		doc.BelongTo(t.files[0])
		t.judging(table, c)
		t.errs = append(t.errs, doc.Errors()...)
		if key == "checks" && doc.Errors() == nil {
			t.remember(cell, c.Checks)
		}
	}
}

// jsonObject is the value of a key, if that is an object.
func jsonObject(t config.Table, key string) (map[string]any, bool) {
	v, _ := t.JSON(key)
	object, ok := v.(map[string]any)
	return object, ok
}

// inCell is where a byte of a cell stands. A cell with JSON is in quotes, and the quotes in it are
// written twice.
func inCell(cell string, offset int, at place) (line, column int) {
	before := cell[:max(0, min(offset, len(cell)))]
	quoted := strings.ContainsAny(cell, "\",\n")
	if n := strings.Count(before, "\n"); n > 0 {
		row := before[strings.LastIndexByte(before, '\n')+1:]
		return at.line + n, 1 + utf8.RuneCountInString(row) + strings.Count(row, `"`)
	}
	column = at.column + utf8.RuneCountInString(before)
	if quoted {
		column += 1 + strings.Count(before, `"`)
	}
	return at.line, column
}

// jsonl reads a JSON object a line. With ownPrompt, each has a prompt and may have a system prompt.
func (r *reader) jsonl(file, text string, base Case, ownPrompt bool) {
	if !r.isText(file, text) {
		return
	}
	line := 0
	for row := range strings.Lines(text) {
		line++
		if strings.TrimSpace(row) != "" {
			r.jsonLine(file, line, row, base, ownPrompt)
		}
	}
}

// jsonLine reads the case of a line. Keys that mean nothing else are variables, and so are those of
// vars.
func (r *reader) jsonLine(file string, line int, row string, base Case, ownPrompt bool) {
	at := place{file, line, 1}
	if c, ok := r.quickLine(row, base, ownPrompt); ok {
		r.add(placed{c, at}, false)
		return
	}
	doc, t := config.ParseJSON(file, "", []byte(row), func(offset int) (int, int) {
		return line, 1 + utf8.RuneCountInString(row[:max(0, min(offset, len(row)))])
	})
	doc.BelongTo(r.files[0])
	defer func() { r.errs = append(r.errs, doc.Errors()...) }()
	if doc.Errors() != nil {
		return
	}
	c := placed{base, at}
	c.ID = strconv.Itoa(len(r.cases))
	r.jsonID(t, &c)
	if ownPrompt {
		r.jsonPrompt(t, &c.Case)
	}
	written := decoded(row)
	values := map[string]any{}
	if v := written["vars"]; v != nil {
		table, isTable := v.(map[string]any)
		if !isTable {
			t.Wrong("vars", `must be an object, as in {"language": "Korean"}`)
		}
		maps.Copy(values, table)
	}
	r.judging(t, &c.Case)
	for _, key := range t.Keys() {
		if _, twice := values[key]; !twice && isVariable(key, ownPrompt) {
			values[key] = written[key]
		}
	}
	if len(values) > 0 {
		raw, err := json.Marshal(values)
		if err != nil {
			t.Wrong("", err.Error())
		}
		c.Vars = Vars{raw: string(raw)}
	}
	r.add(c, len(doc.Errors()) > 0)
	if checks := field(row, "checks"); checks != "" && doc.Errors() == nil {
		r.remember(checks, c.Checks)
	}
}

// isVariable reports whether a key of a line is a variable by itself.
func isVariable(key string, ownPrompt bool) bool {
	own := ownPrompt && (key == promptKey || key == "system")
	return !own && key != "vars" && !slices.Contains(special(), key)
}

// jsonID reads the id of a line: a text, or a number.
func (r *reader) jsonID(t config.Table, c *placed) {
	v, ok := t.JSON("id")
	switch v := v.(type) {
	case nil:
		return
	case string:
		c.ID = v
	case int64:
		c.ID = strconv.FormatInt(v, 10)
	default:
		t.Wrong("id", "must be a text")
	}
	if c.ID == "" {
		t.Wrong("id", "the id is empty")
	}
	if ok {
		c.at.line, c.at.column = t.Place("id")
	}
}

// jsonPrompt reads the prompt of a line.
func (r *reader) jsonPrompt(t config.Table, c *Case) {
	switch {
	case !t.Has(promptKey):
		t.Wrong("", `needs prompt, as in {"prompt": "…"}; or give --template with {{variables}}`)
	case t.Text(promptKey, &c.Prompt) && strings.TrimSpace(c.Prompt) == "":
		t.Wrong(promptKey, "the prompt is empty")
	}
	var system string
	if t.Has("system") && t.Text("system", &system) {
		c.System = &system
	}
}
