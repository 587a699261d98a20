package ui

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	tea "charm.land/bubbletea/v2"

	"lineup/atomicfile"
)

// edit opens the draft in the user's editor.
func (p *prompt) edit() (tea.Cmd, error) {
	return inEditor(p.text(), func(text string, err error) tea.Msg { return editedMsg{text, err} })
}

// inEditor opens a text in the user's editor. done gets what it has become.
func inEditor(text string, done func(text string, err error) tea.Msg) (tea.Cmd, error) {
	editor := os.Getenv("VISUAL")
	if editor == "" {
		editor = os.Getenv("EDITOR")
	}
	words := strings.Fields(editor)
	if len(words) == 0 {
		return nil, errors.New("no editor is set; export EDITOR=… first")
	}
	f, err := os.CreateTemp("", "lineup-*.md")
	if err == nil {
		_, err = f.WriteString(text)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return nil, fmt.Errorf("the text could not be handed to the editor: %w",
			atomicfile.ExplainTemp(err))
	}
	cmd := exec.Command(words[0], append(words[1:], f.Name())...)
	// The terminal itself: Bubble Tea would hand the editor pipes, because lineup wraps both.
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	then := func(err error) tea.Msg {
		defer os.Remove(f.Name())
		if err != nil {
			return done("", err)
		}
		text, err := os.ReadFile(f.Name())
		return done(string(text), err)
	}
	return func() tea.Msg { return lendMsg{cmd.Run, then} }, nil
}
