package ui

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/atotto/clipboard"

	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/pane"
	"lineup/ui/text"
)

// clipper puts a text into a clipboard whose owner says whether it took it, and names it. A nil
// clipper is none.
type clipper func(ctx context.Context, text string) (where string, err error)

// copiedMsg says what became of a text that was copied.
type copiedMsg struct {
	what  string // such as "391 characters"
	where string // the clipboard that took it, or ""
	long  bool   // more than many terminals take
	save  string // the key that saves to a file
}

// longCopy is how many bytes are safe to send to a terminal: xterm and others stop at 100,000
// characters of base64.
const longCopy = 74_000

// copyText hands a text to the terminal by OSC 52, which reaches the user's own machine over ssh
// too, and to the clipboard of this machine. No terminal says whether it took the text.
func (a *app) copyText(what, text string) tea.Cmd {
	ctx, native := a.ctx, a.outside.native
	msg := copiedMsg{what: what, long: len(text) > longCopy, save: a.keys.Label(keys.Save)}
	return tea.Batch(tea.SetClipboard(text), func() tea.Msg {
		if native != nil {
			ctx, cancel := context.WithTimeout(ctx, nativeWithin)
			defer cancel()
			if where, err := native(ctx, text); err == nil {
				msg.where = where
			}
		}
		return msg
	})
}

// says is the line on it: "copied" only where a clipboard has confirmed it.
func (m copiedMsg) says() string {
	switch {
	case m.where != "":
		return fmt.Sprintf("copied %s to %s", m.what, m.where)
	case m.long:
		return fmt.Sprintf("sent %s to the terminal; many take less than that: %s saves to a file",
			m.what, m.save)
	}
	return fmt.Sprintf("sent %s to the terminal's clipboard; "+
		"if it does not take them, %s saves to a file", m.what, m.save)
}

// nativeWithin is how long a clipboard's program may take.
const nativeWithin = 2 * time.Second

// systemClipboard is the clipboard of the machine that lineup runs on, nil where there is none:
// over ssh it would be the wrong machine's. Within tmux, tmux's own buffer is the one that always
// works.
func systemClipboard(getenv func(string) string) clipper {
	if getenv("TMUX") != "" {
		return tmuxBuffer
	}
	if getenv("SSH_CONNECTION") != "" || clipboard.Unsupported {
		return nil
	}
	return func(ctx context.Context, text string) (string, error) {
		done := make(chan error, 1)
		go func() { done <- clipboard.WriteAll(text) }()
		select {
		case err := <-done:
			return "the clipboard", err
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// tmuxBuffer loads tmux's newest buffer, and has tmux hand it on to the terminal's clipboard (-w,
// from tmux 3.2 on).
func tmuxBuffer(ctx context.Context, text string) (string, error) {
	cmd := exec.CommandContext(ctx, "tmux", "load-buffer", "-w", "-")
	cmd.Stdin = bytes.NewBufferString(text)
	return "tmux's buffer, which it hands on to the terminal", cmd.Run()
}

// copyAnswer copies the pane's newest answer, or the code block that is marked.
func (a *app) copyAnswer(p *pane.Pane) tea.Cmd {
	if b, ok := p.MarkedCode(); ok {
		return a.copyText(characters("the code block, ", b.Text), b.Text)
	}
	words := newestText(a, p)
	if words == "" {
		a.flash = "there is no answer to copy"
		return nil
	}
	return a.copyText(characters("", words), words)
}

// newestText is the pane's newest answer as it may be shown.
func newestText(a *app, p *pane.Pane) string {
	v := p.Newest()
	if v == nil {
		return ""
	}
	return shownReply(a, v.Turn, v.Reply).VisibleText()
}

func characters(before, s string) string {
	n := len([]rune(s))
	return fmt.Sprintf("%s%d %s", before, n, text.Plural(n, "character"))
}

// copyTurn copies the prompt and all answers as Markdown.
func (a *app) copyTurn() tea.Cmd {
	if a.sess == nil || len(a.sess.Turns) == 0 {
		a.flash = "there is no turn to copy"
		return nil
	}
	text := turnMarkdown(shownTurn(a, a.sess.Turns[len(a.sess.Turns)-1]))
	return a.copyText(characters("the turn, ", text), text)
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
