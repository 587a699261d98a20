package ui

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/providers"
)

// Models is where further panes come from. Its methods may be called from several goroutines.
type Models interface {
	// List names what can be opened: the references of the config first, then what the providers list themselves, as
	// far as they answer before ctx ends.
	List(ctx context.Context) []string
	// Open makes a pane of a reference.
	Open(ref string) (Spec, error)
}

// listModelsWithin is how long the providers' lists may take; those that are slower are left out.
const listModelsWithin = 3 * time.Second

// picker chooses another model for a pane.
type picker struct {
	refs    []string
	filter  string
	at      int // in what the filter leaves
	waiting bool
}

// choicesMsg brings the references that there are.
type choicesMsg struct{ refs []string }

// pick opens the picker; the list comes when the providers have answered.
func (a *app) pick() tea.Cmd {
	if a.busy() {
		return nil
	}
	models := a.cfg.Models
	if models == nil {
		a.flash = "there are no other models to choose from"
		return nil
	}
	a.picker = &picker{waiting: true}
	ctx := a.ctx
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, listModelsWithin)
		defer cancel()
		return choicesMsg{models.List(ctx)}
	}
}

// matches are the references that hold every word of the filter.
func (p *picker) matches() []string {
	var out []string
	for _, ref := range p.refs {
		ok := true
		for _, word := range strings.Fields(strings.ToLower(p.filter)) {
			ok = ok && strings.Contains(strings.ToLower(ref), word)
		}
		if ok {
			out = append(out, ref)
		}
	}
	return out
}

// pressPicker handles a key while the picker is open.
func (a *app) pressPicker(k tea.KeyPressMsg) tea.Cmd {
	p := a.picker
	found := p.matches()
	switch k.String() {
	case "esc", "ctrl+c":
		a.picker = nil
	case "up", "ctrl+p":
		p.at = max(0, p.at-1)
	case "down", "ctrl+n":
		p.at = min(len(found)-1, p.at+1)
	case "backspace":
		if r := []rune(p.filter); len(r) > 0 {
			p.filter, p.at = string(r[:len(r)-1]), 0
		}
	case "enter":
		if p.at >= 0 && p.at < len(found) {
			a.picker = nil
			return a.take(found[p.at])
		}
	default:
		if k.Text != "" {
			p.filter, p.at = p.filter+providers.CleanLine(k.Text), 0
			if k.Text == " " {
				p.filter += " "
			}
		}
	}
	return nil
}

// take puts another model into the current pane and asks it what the former one was asked last. The conversation
// stays: the new model goes on with it.
func (a *app) take(ref string) tea.Cmd {
	spec, err := a.cfg.Models.Open(ref)
	if err != nil {
		a.flash = oneLine(err.Error())
		return nil
	}
	p := a.panes[a.current]
	kept := a.replaceModel(p, spec)
	if t, _ := a.lastAsked(p); t == nil {
		return kept
	}
	return tea.Batch(kept, a.again(p))
}

// pickerView is the list in place of the panes.
func (a *app) pickerView(h int) []string {
	p := a.picker
	title := fmt.Sprintf(" Another model for pane %d: %s▏", a.current+1, screenText(p.filter))
	rows := []string{a.theme.strong.Render(title), a.theme.dim.Render(" type to filter, ↑ ↓ choose, enter takes it and asks again, esc leaves"), ""}
	found := p.matches()
	room := max(1, h-len(rows))
	from := max(0, p.at-room+1)
	for i := from; i < len(found) && i < from+room; i++ {
		if i == p.at {
			rows = append(rows, a.theme.accent(a.panes[a.current].accent).Render(" › "+oneLine(found[i])))
			continue
		}
		rows = append(rows, "   "+oneLine(found[i]))
	}
	switch {
	case p.waiting:
		rows = append(rows, a.theme.dim.Render("   asking the providers…"))
	case len(found) == 0:
		rows = append(rows, a.theme.dim.Render("   nothing matches"))
	}
	out := make([]string, h)
	for i := range out {
		out[i] = pad(line(rows, i), a.width)
	}
	return out
}
