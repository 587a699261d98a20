package ui

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	tea "charm.land/bubbletea/v2"

	"lineup/session"
)

// copyAnswer copies the pane's newest answer by OSC 52, which reaches the user's own machine over ssh too.
// No terminal says whether it took the text, so the line says what was done, not what came of it.
func (a *app) copyAnswer(p *pane) tea.Cmd {
	r := p.reply()
	if r == nil || r.VisibleText() == "" {
		a.flash = "there is no answer to copy"
		return nil
	}
	a.flash = fmt.Sprintf("sent %d characters to the terminal's clipboard", len([]rune(r.VisibleText())))
	return tea.SetClipboard(r.VisibleText())
}

// copyTurn copies the prompt and all answers as Markdown.
func (a *app) copyTurn() tea.Cmd {
	if a.sess == nil || len(a.sess.Turns) == 0 {
		a.flash = "there is no turn to copy"
		return nil
	}
	text := turnMarkdown(a.sess.Turns[len(a.sess.Turns)-1])
	a.flash = fmt.Sprintf("sent the turn, %d characters, to the terminal's clipboard", len([]rune(text)))
	return tea.SetClipboard(text)
}

// turnMarkdown is a turn as a document: the prompt quoted, a heading a model.
func turnMarkdown(t *session.Turn) string {
	var b strings.Builder
	for line := range strings.SplitSeq(t.Prompt, "\n") {
		b.WriteString("> " + line + "\n")
	}
	for _, r := range t.Replies {
		if r == nil {
			continue
		}
		note := ""
		if r.Simulated {
			note = " (simulated)"
		}
		fmt.Fprintf(&b, "\n## %s%s\n\n%s\n", r.ServedBy, note, r.VisibleText())
	}
	return b.String()
}

// edit opens the draft in the user's editor.
func (a *app) edit() tea.Cmd {
	editor := os.Getenv("VISUAL")
	if editor == "" {
		editor = os.Getenv("EDITOR")
	}
	words := strings.Fields(editor)
	if len(words) == 0 {
		a.flash = "no editor is set; export EDITOR=… first"
		return nil
	}
	f, err := os.CreateTemp("", "lineup-*.md")
	if err == nil {
		_, err = f.WriteString(a.prompt.text())
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		a.flash = "the draft could not be handed to the editor: " + oneLine(err.Error())
		return nil
	}
	cmd := exec.Command(words[0], append(words[1:], f.Name())...)
	cmd.Stdout = os.Stdout // itself, or the editor would not find a terminal there
	return tea.ExecProcess(cmd, func(err error) tea.Msg {
		defer os.Remove(f.Name())
		if err != nil {
			return editedMsg{err: err}
		}
		text, err := os.ReadFile(f.Name())
		return editedMsg{string(text), err}
	})
}
