package pane

import (
	"fmt"
	"time"

	"lineup/figures"
	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/markdown"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// ahead is whom the server of a pane answers while the pane waits for its turn.
type ahead struct {
	panes   int // 0 where that is not known
	number  int // of the first of them
	name    string
	current bool // keys without a pane mean it
}

// Queue tells the panes that wait for a place at their server which ones have one.
func Queue(panes []*Pane) {
	for _, p := range panes {
		var now ahead
		// after a failed attempt it may be a fallback's server
		if p.Queued() && !p.Hidden() && len(p.Reply().Attempts) == 0 {
			now = p.behind(panes)
		}
		if p.ahead != now {
			p.ahead, p.dirty = now, true
		}
	}
}

// Queued reports whether the newest reply waits for a place at its server.
func (p *Pane) Queued() bool {
	r := p.Reply()
	return r != nil && r.Phase() == session.PhaseQueued
}

func (p *Pane) behind(panes []*Pane) (a ahead) {
	for _, other := range panes {
		if other.Spec.Info.Ref.Provider != p.Spec.Info.Ref.Provider || !other.Running() ||
			other.Queued() {
			continue
		}
		if a.panes++; a.panes == 1 {
			a.number, a.name, a.current = other.Number, other.Name(), other.current
		}
	}
	return a
}

// queuedState says for whom the pane waits.
func (p *Pane) queuedState(now time.Time) (sign, words string, feel theme.Tone) {
	return "◌", p.queuedFor() + ", " + figures.Duration(p.Reply().Elapsed(now)), theme.Quiet
}

func (p *Pane) queuedFor() string {
	if p.ahead.panes > 1 {
		return fmt.Sprintf("waits for %d panes", p.ahead.panes)
	}
	return fmt.Sprintf("waits for pane %d", p.ahead.number)
}

// whyQueued are the rows below a waiting prompt: the reason, and the keys that end it.
func (p *Pane) whyQueued(l Look, h int) []string {
	if p.ahead.panes == 0 {
		return nil
	}
	server := text.OneLine(p.Spec.Info.Ref.Provider)
	why := server + " is asked one prompt at a time: two at once would slow each other down."
	if p.ahead.panes > 1 {
		why = fmt.Sprintf("%s is asked %d prompts at a time.", server, p.ahead.panes)
	}
	stop := fmt.Sprintf("%s stops pane %d, %s", l.Label(keys.Stop), p.ahead.number, p.ahead.name)
	switch {
	case p.ahead.current:
	case p.ahead.number <= 10: // which have a key
		stop = fmt.Sprintf("alt+%d, then %s", p.ahead.number%10, stop)
	default:
		stop = "there " + stop
	}
	rows := paragraph("· ", "  ", why, l.Width, l.Theme.Dim)
	rows = append(rows, paragraph("→ ", "  ", stop, l.Width, l.Theme.Dim)...)
	return texts(rows[:min(len(rows), max(0, h))])
}

// texts are rows without what they know of their words.
func texts(rows []markdown.Row) []string {
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = r.Text
	}
	return out
}
