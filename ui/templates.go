package ui

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"lineup/session"
	"lineup/ui/text"
)

// variablePattern is a variable of a prompt template, such as {{language}}; blanks inside the
// braces do not count.
const variablePattern = `\{\{\s*([\p{L}\p{N}_. -]*[\p{L}\p{N}_.-])\s*\}\}`

// variables are the names in a template, each once, in the order in which they stand there.
func variables(template string) []string {
	var names []string
	for _, m := range regexp.MustCompile(variablePattern).FindAllStringSubmatch(template, -1) {
		if !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	return names
}

// fill puts values into a template. What a value holds is text: braces in it are no variables.
func fill(template string, values map[string]string) string {
	re := regexp.MustCompile(variablePattern)
	return re.ReplaceAllStringFunc(template, func(s string) string {
		return values[re.FindStringSubmatch(s)[1]]
	})
}

// FromTemplate gives a test whether a prompt can have been made from a template: with any values in
// the places of its variables. White space around does not count.
func FromTemplate(template string) func(prompt string) bool {
	re, pattern := regexp.MustCompile(variablePattern), `(?s)\A`
	template = strings.TrimSpace(template)
	at := 0
	for _, m := range re.FindAllStringIndex(template, -1) {
		pattern += regexp.QuoteMeta(template[at:m[0]]) + `.*`
		at = m[1]
	}
	made := regexp.MustCompile(pattern + regexp.QuoteMeta(template[at:]) + `\z`)
	return func(prompt string) bool { return made.MatchString(strings.TrimSpace(prompt)) }
}

// TemplateTests are FromTemplate of all templates of a config, by name.
func TemplateTests(all map[string]string) map[string]func(prompt string) bool {
	tests := make(map[string]func(string) bool, len(all))
	for name, text := range all {
		tests[name] = FromTemplate(text)
	}
	return tests
}

// templates are the prompts of the config, by name.
type templates map[string]string

// names are in alphabetical order.
func (t templates) names() []string { return slices.Sorted(maps.Keys(t)) }

func templateNames(a *app) []string { return templates(a.cfg.Templates).names() }

// commands put a template into the prompt. Their titles begin with a lead.
func (t templates) commands(lead, group string) []command {
	var out []command
	for _, name := range t.names() {
		title := lead + text.OneLine(name)
		if vars := variables(t[name]); len(vars) > 0 {
			title += ": asks for " + text.OneLine(strings.Join(vars, ", "))
		}
		out = append(out, command{title: title, words: wording{name: title}, group: group,
			keys: "/template " + text.OneLine(name),
			run:  func(a *app, _ string) tea.Cmd { return a.useTemplate(name) }})
	}
	return out
}

// useTemplate asks for each variable in turn, then puts the text into the prompt.
func (a *app) useTemplate(name string) tea.Cmd {
	all := templates(a.cfg.Templates)
	s, ok := all[name]
	if !ok {
		a.flash = text.OneLine(fmt.Sprintf("there is no template %s; there are %s",
			name, strings.Join(all.names(), ", ")))
		return nil
	}
	names := variables(s)
	if len(names) == 0 {
		a.insertTemplate(s)
		return nil
	}
	f := &form{title: "Template · " + text.OneLine(name)}
	f.lines.Verb = "insert"
	for _, v := range names {
		f.lines.AddText(v, "")
	}
	f.done = func(a *app, given []string) tea.Cmd {
		values := map[string]string{}
		for i, v := range names {
			values[v] = given[i]
		}
		a.insertTemplate(fill(s, values))
		return nil
	}
	a.open(f)
	return nil
}

// insertTemplate puts a text into the prompt where the cursor is; a draft stays around it.
func (a *app) insertTemplate(text string) {
	a.toPrompt()
	a.prompt.area.Insert(session.TrimPrompt(text))
}

// pickTemplate offers the templates by name.
func (a *app) pickTemplate() {
	if a.flash = hasTemplates(a); a.flash == "" {
		a.choose("Templates", "insert", "type a name",
			templates(a.cfg.Templates).commands("", ""))
	}
}
