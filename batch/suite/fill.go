package suite

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"lineup/providers"
)

// VariablePattern is a variable in a prompt, such as {{language}}. Blanks inside the braces do not
// count.
const VariablePattern = `\{\{\s*([\p{L}\p{N}_. -]*[\p{L}\p{N}_.-])\s*\}\}`

// Variables are the names in a text, each once, in the order in which they stand there.
func Variables(text string) []string {
	var names []string
	for _, m := range regexp.MustCompile(VariablePattern).FindAllStringSubmatch(text, -1) {
		if !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	return names
}

// Fill puts values into a text, once: braces in a value are no variables. A variable without a
// value stays as it is, and its name is in missing.
func Fill(text string, values map[string]any) (filled string, missing []string) {
	if !strings.Contains(text, "{{") {
		return text, nil
	}
	re := regexp.MustCompile(VariablePattern)
	filled = re.ReplaceAllStringFunc(text, func(s string) string {
		name := re.FindStringSubmatch(s)[1]
		v, ok := values[name]
		if !ok {
			missing = append(missing, name)
			return s
		}
		return Text(v)
	})
	return filled, missing
}

// Text is a value in a prompt: a text as it is, all else as JSON.
func Text(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil { // dates of TOML are no JSON
		return fmt.Sprint(v)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Render makes the prompt of a case.
func (p *Prompt) Render(c *Case) (Asked, error) {
	if p.Make != nil {
		return p.Make(c)
	}
	text := p.Text
	if p.PerCase {
		text = c.Prompt
	}
	asked := Asked{Text: text, System: c.System}
	if p.Plain {
		asked.Messages = []providers.Message{{Role: providers.User, Content: text}}
		return asked, nil
	}
	values := c.Vars.Map()
	var missing, more []string
	asked.Text, missing = Fill(text, values)
	if c.System != nil {
		var system string
		system, more = Fill(*c.System, values)
		asked.System = &system
	}
	if missing = append(missing, more...); len(missing) > 0 {
		return Asked{}, fmt.Errorf("case %s has no value for {{%s}}", c.ID, missing[0])
	}
	asked.Messages = []providers.Message{{Role: providers.User, Content: asked.Text}}
	return asked, nil
}
