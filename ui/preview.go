package ui

import (
	"fmt"
	"regexp"
	"strings"

	"lineup/session"
)

// preview is what is shown of a session before it is opened.
type preview struct {
	problem string
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

func newPreview(s *session.Session) *preview {
	p := &preview{title: oneLine(s.Title), facts: fmt.Sprintf("begun %s", s.CreatedAt.Local().Format("2006-01-02"))}
	for _, tag := range s.Tags {
		p.facts += " · #" + oneLine(tag)
	}
	if s.Parent != "" {
		p.facts += " · a fork"
	}
	for _, ref := range s.Panes {
		p.models = append(p.models, oneLine(ref))
	}
	for _, t := range s.Turns[:min(len(s.Turns), previewTurns)] {
		turn := previewTurn{prompt: beginning(t.Prompt)}
		for _, r := range t.Replies {
			if r == nil {
				continue
			}
			text := beginning(r.VisibleText())
			if text == "" {
				text = string(r.Status)
			}
			turn.answers = append(turn.answers, oneLine(r.ServedBy)+": "+text)
		}
		p.turns = append(p.turns, turn)
	}
	return p
}

// emphasis is text between single asterisks, as Markdown has it; a multiplication is none.
var emphasis = regexp.MustCompile(`(^|[^\pL\pN*])\*([^\s*](?:[^*]{0,80}[^\s*])?)\*`)

// beginning is the start of a text on one line, without the commonest marks of Markdown.
func beginning(s string) string {
	if r := []rune(s[:min(len(s), 4*previewText)]); len(r) > previewText {
		s = string(r[:previewText])
	}
	s = strings.NewReplacer("**", "", "`", "", "### ", "", "## ", "", "# ", "").Replace(strings.ToValidUTF8(s, ""))
	s = emphasis.ReplaceAllString(s, "$1$2")
	return oneLine(strings.Join(strings.Fields(s), " "))
}

// lines draws the preview in at most h rows of w cells.
func (p *preview) lines(a *app, w, h int) []string {
	if p.problem != "" {
		return wrap(p.problem, w)
	}
	th := a.theme
	rows := []string{th.strong.Render(cut(p.title, w)), th.dim.Render(cut(p.facts, w)), th.dim.Render(cut(strings.Join(p.models, ", "), w))}
	for _, t := range p.turns {
		rows = append(rows, "", th.accent(0).Render(cut("› "+t.prompt, w)))
		for _, answer := range t.answers {
			wrapped := wrap(answer, w-2)
			for i, line := range wrapped[:min(2, len(wrapped))] {
				if i == 1 && len(wrapped) > 2 {
					line = cut(line, w-3) + "…"
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
