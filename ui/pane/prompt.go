package pane

import (
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/providers"
	"lineup/ui/keys"
	"lineup/ui/markdown"
	"lineup/ui/text"
)

// promptRows is how many rows of a prompt are shown until a key shows all of it.
const promptRows = 6

// promptLines lays the prompt out in its own lines, with the marks of the answer at the end of the
// first one.
func (t *View) promptLines(l Look) []markdown.Row {
	marks, room := t.marks(), l.Width
	if marks != "" {
		room = max(0, l.Width-ansi.StringWidth(marks)-1)
	}
	prompt := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(t.Turn.Prompt)
	prompt = strings.Trim(l.Reading.Clusters.Screen(providers.Clean(prompt)), "\n")
	var rows []markdown.Row
	if l.ShowPrompt {
		rows = t.promptParagraph(prompt, room, l.Theme.Strong)
	} else {
		rows = t.promptBeginning(prompt, room, l)
	}
	rows = append(rows, t.fileLines(room, l)...)
	if marks != "" {
		rows[0].Text = text.Pad(rows[0].Text, room) + " " + l.Theme.Dim.Render(marks)
	}
	return rows
}

// fileLines names the files that went with the prompt.
func (t *View) fileLines(width int, l Look) []markdown.Row {
	if len(t.Turn.Attachments) == 0 {
		return nil
	}
	var names []string
	for i := range t.Turn.Attachments {
		names = append(names, t.Turn.Attachments[i].Title())
	}
	list := l.Reading.Clusters.Screen(strings.Join(names, ", "))
	return paragraph("+ ", "  ", list, width, l.Theme.Dim)
}

// promptParagraph marks a prompt, or the result of a tool.
func (t *View) promptParagraph(prompt string, width int, style lipgloss.Style) []markdown.Row {
	mark := "› "
	if t.Turn.ToolResult {
		mark = "ƒ "
	}
	return paragraph(mark, "  ", prompt, width, style)
}

// promptBeginning is the first rows of a prompt. It lays out no more of a long one than it shows.
func (t *View) promptBeginning(prompt string, width int, l Look) []markdown.Row {
	some := beginning(prompt, promptRows+1, 16*promptRows*(width+1))
	rows := t.promptParagraph(some, width, l.Theme.Strong)
	if len(rows) <= promptRows && len(some) < len(prompt) {
		rows = t.promptParagraph(prompt, width, l.Theme.Strong)
	}
	if len(rows) <= promptRows {
		return rows
	}
	rows = rows[:promptRows]
	more := "… " + l.Label(keys.Question) + " shows all"
	if ansi.StringWidth(more) > width/2 {
		more = "…"
	}
	last := &rows[promptRows-1]
	room := max(0, width-ansi.StringWidth(more)-1)
	last.Text = ansi.Truncate(last.Text, room, "") + " " + l.Theme.Dim.Render(more)
	return rows
}

// beginning is at most so many lines of a text, and about so many bytes.
func beginning(s string, lines, bytes int) string {
	end := 0
	for range lines {
		n := strings.IndexByte(s[end:], '\n')
		if n < 0 {
			end = len(s)
			break
		}
		end += n + 1
	}
	s = s[:end]
	if len(s) > bytes {
		s = strings.ToValidUTF8(s[:bytes], "")
	}
	return s
}
