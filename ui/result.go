package ui

import (
	tea "charm.land/bubbletea/v2"

	"lineup/providers"
	"lineup/session"
	"lineup/turn"
	"lineup/ui/keys"
	"lineup/ui/pane"
)

// callers are the panes whose last answer calls tools.
func callers(a *app) []*pane.Pane {
	var out []*pane.Pane
	for _, p := range a.panes.asked() {
		v := p.Newest() // calls that somebody stopped are not shown
		if a.sess != nil && a.sess.CallsTools(p.Slot) && (v == nil || !v.Halted()) {
			out = append(out, p)
		}
	}
	return out
}

func hasCallers(a *app) string {
	return unless(len(callers(a)) > 0, "no pane's last answer calls a tool")
}

// sendDraftAsResult sends the draft as the result of tools.
func sendDraftAsResult(a *app) tea.Cmd {
	text := session.TrimPrompt(a.prompt.text())
	if text == "" {
		a.flash = "write the result into the prompt first, or after /result"
		return nil
	}
	cmd := sendResult(a, text)
	if cmd != nil {
		a.prompt.take()
	}
	return cmd
}

// sendResult continues the panes whose last answer calls tools, with a result for all their calls.
func sendResult(a *app, text string) tea.Cmd {
	text = session.TrimPrompt(text)
	if a.flash = all(idle, hasCallers)(a); a.flash != "" || text == "" || a.busy() {
		return nil
	}
	panes := callers(a)
	cost := guessAlone(a, panes, providers.Message{Content: text})
	if a.overBudget("result "+text, cost, keys.Send) {
		return nil
	}
	t := turn.New(a.sess, text, a.now())
	t.Record.ToolResult = true
	before := *a.sess // without this turn
	return asking(a, t, panes, func(p *pane.Pane) []providers.Message {
		return before.Next(p.Slot, t.Record)
	})
}
