package suite

import (
	"fmt"

	"lineup/batch/template"
	"lineup/providers"
)

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
	if !p.Plain {
		values := c.Vars.Map()
		if missing := template.Missing(text, values); len(missing) > 0 {
			return Asked{}, fmt.Errorf("case %s has no value for {{%s}}", c.ID, missing[0])
		}
		asked.Text = template.Fill(text, values)
		if c.System != nil {
			system := template.Fill(*c.System, values)
			asked.System = &system
		}
	}
	asked.Messages = []providers.Message{{Role: providers.User, Content: asked.Text}}
	return asked, nil
}
