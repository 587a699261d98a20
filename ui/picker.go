package ui

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"
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

// picker chooses another model for the current pane.
type picker struct {
	list *list
	refs []string
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
	p := &picker{list: newList("type to filter")}
	p.list.waiting = "asking the providers…"
	a.open(p)
	ctx := a.ctx
	return tell(p, func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, listModelsWithin)
		defer cancel()
		return choicesMsg{models.List(ctx)}
	})
}

func (p *picker) heading(a *app) string { return fmt.Sprintf("Another model for pane %d", a.current+1) }

func (p *picker) room(_ *app, w, h int) (int, int) {
	return min(w, 72), min(h, max(14, p.list.height()))
}

func (p *picker) hints(*app) []string {
	return []string{"enter takes it and asks again", "esc leaves", "↑ ↓ choose", "type to filter"}
}

func (p *picker) view(a *app, w, h int) ([]string, *tea.Cursor) { return p.list.view(a.theme, w, h) }

func (p *picker) heard(a *app, msg tea.Msg) tea.Cmd {
	if m, ok := msg.(choicesMsg); ok {
		p.refs, p.list.waiting = m.refs, ""
		items := make([]item, len(m.refs))
		for i, ref := range m.refs {
			items[i].text = oneLine(ref)
		}
		p.list.set(items)
	}
	return nil
}

func (p *picker) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	switch {
	case closes(k):
		a.leave()
	case k.String() == "enter":
		return p.enter(a)
	default:
		p.list.press(k)
	}
	return nil
}

func (p *picker) enter(a *app) tea.Cmd {
	i := p.list.selected()
	if i < 0 {
		return nil
	}
	a.leave()
	return a.take(p.refs[i])
}

func (p *picker) paste(_ *app, s string) tea.Cmd {
	p.list.paste(s)
	return nil
}

func (p *picker) click(a *app, _, y int) tea.Cmd {
	if p.list.click(y) {
		return p.enter(a)
	}
	return nil
}

func (p *picker) wheel(_ *app, by int) { p.list.wheel(by) }

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
