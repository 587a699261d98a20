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
		turn := previewTurn{prompt: beginning(t.Prompt, on)}
		for _, r := range t.Replies {
			if r == nil {
				continue
			}
			words := beginning(r.VisibleText(), on)
			if words == "" {
				words = string(r.Status)
			}
			turn.answers = append(turn.answers, text.OneLine(r.ServedBy)+": "+words)
		}
		p.turns = append(p.turns, turn)
	}
	return p
}

// emphasis is text between single asterisks, as Markdown has it; a multiplication is none.
var emphasis = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(^|[^\pL\pN*])\*([^\s*](?:[^*]{0,80}[^\s*])?)\*`)
})

// beginning is the start of a text on one line, without the commonest marks of Markdown.
func beginning(s string, on text.Clusters) string {
	if r := []rune(s[:min(len(s), 4*previewText)]); len(r) > previewText {
		s = string(r[:previewText])
	}
	s = strings.NewReplacer("**", "", "`", "", "### ", "", "## ", "", "# ",
		"").Replace(strings.ToValidUTF8(s, ""))
	s = emphasis().ReplaceAllString(s, "$1$2")
	return on.OneLine(strings.Join(strings.Fields(s), " "))
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
