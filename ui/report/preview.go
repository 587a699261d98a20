package report

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"lineup/session"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// Preview is what is shown of a session before it is opened.
type Preview struct {
	Problem string // shown in place of all else, or ""
	title   string
	facts   string
	models  []string
	turns   []previewTurn
}

// previewTurn is a prompt and the beginnings of its answers.
type previewTurn struct {
	prompt  string
	answers []string
}

// Bounds of what a preview keeps of a session.
const (
	previewTurns = 12
	previewText  = 400 // characters of an answer or a prompt
)

// NewPreview takes from a session what its preview shows, for a terminal that may count clusters.
func NewPreview(s *session.Session, on text.Clusters) *Preview {
	p := &Preview{title: on.OneLine(s.Title),
		facts: fmt.Sprintf("begun %s", s.CreatedAt.Local().Format("2006-01-02"))}
	for _, tag := range s.Tags {
		p.facts += " · #" + on.OneLine(tag)
	}
	if s.Parent != "" {
		p.facts += " · a fork"
	}
	for _, c := range s.Panes {
		p.models = append(p.models, text.OneLine(c.Label()))
	}
	for _, t := range s.Turns[:min(len(s.Turns), previewTurns)] {
		turn := previewTurn{prompt: Beginning(t.Prompt, on)}
		for _, r := range t.Replies {
			if r == nil {
				continue
			}
			words := Beginning(r.VisibleText(), on)
			if words == "" {
				words = string(r.Status)
			}
			turn.answers = append(turn.answers, answeredBy(r)+": "+words)
		}
		p.turns = append(p.turns, turn)
	}
	return p
}

// answeredBy is the name of the pane that asked, or the model that answered in its place.
func answeredBy(r *session.Reply) string {
	name := r.ServedBy
	if r.Name != "" && r.ServedBy == r.Model {
		name = r.Name
	}
	if r.Merge {
		name = "merge by " + name
	}
	return text.OneLine(name)
}

// marks are the commonest marks of Markdown, with what is kept of each in $1 and $2.
var marks = sync.OnceValue(func() []*regexp.Regexp {
	return []*regexp.Regexp{
		regexp.MustCompile(`(?m)^ {0,3}#{1,6}[ \t]+`), // of headings
		regexp.MustCompile("(?m)^[ \\t]*(?:```|~~~).*"),
		regexp.MustCompile(`(?m)^[-|: \t]*(?:--|-\|)[-|: \t]*$`), // below a table's head; rules
		regexp.MustCompile(`(?m)^[ \t]*\|(.*?)\|[ \t]*$`),        // around a row of it
		regexp.MustCompile(`(?m)^ {0,3}(?:>[ \t]?)+`),            // of quotations
		regexp.MustCompile("`+"),
		regexp.MustCompile(`\*\*([^\s*](?:[^*]*[^\s*])?)\*\*`),
		// between single asterisks; a multiplication has none
		regexp.MustCompile(`(^|[^\pL\pN*])\*([^\s*](?:[^*]{0,80}[^\s*])?)\*`),
	}
})

// Beginning is the start of a text on one line, without the commonest marks of Markdown.
func Beginning(s string, on text.Clusters) string {
	s = strings.ToValidUTF8(s[:min(len(s), 4*previewText)], "")
	for _, mark := range marks() {
		s = mark.ReplaceAllString(s, "$1$2")
	}
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > previewText {
		s = string(r[:previewText])
	}
	return on.OneLine(s)
}

// Lines draws the preview in at most h rows of w cells.
func (p *Preview) Lines(th theme.Styles, w, h int) []string {
	if p.Problem != "" {
		return text.Wrap(p.Problem, w)
	}
	rows := []string{th.Strong.Render(text.Cut(p.title, w)), th.Dim.Render(text.Cut(p.facts, w)),
		th.Dim.Render(text.Cut(strings.Join(p.models, ", "), w))}
	for _, t := range p.turns {
		rows = append(rows, "", th.Accent(0).Render(text.Cut("› "+t.prompt, w)))
		for _, answer := range t.answers {
			wrapped := text.Wrap(answer, w-2)
			for i, line := range wrapped[:min(2, len(wrapped))] {
				if i == 1 && len(wrapped) > 2 {
					line = text.Cut(line+"…", w-2)
				}
				rows = append(rows, "  "+line)
			}
		}
		if len(rows) >= h {
			break
		}
	}
	return rows[:min(h, len(rows))]
}
