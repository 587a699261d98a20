package ui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/providers"
	"lineup/ui/keys"
	"lineup/ui/pane"
	"lineup/ui/text"
)

// Loader is a Models whose servers load and unload what they have.
type Loader interface {
	// Load has the server of a reference load its model; see registry.Registry.Load.
	Load(ctx context.Context, ref string, keep *time.Duration) (providers.Memory, error)
	// Unload has the server of a reference unload its model.
	Unload(ctx context.Context, ref string) error
}

// load is a model that its server loads or unloads. It goes on while other things are done.
type load struct {
	ref    string
	unload bool
	cancel context.CancelFunc
}

// loadMsg says that a load has ended.
type loadMsg struct {
	load   *load
	memory providers.Memory
	err    error
}

// serverMsg tells what a server has done for us: a pull, a load.
type serverMsg interface{ taken(*app) tea.Cmd }

func (m pullMsg) taken(a *app) tea.Cmd { return a.pulls.take(a, m) }
func (m loadMsg) taken(a *app) tea.Cmd { return a.outside.loads.take(a, m) }

// loads are the models that servers load and unload now.
type loads []*load

// start has the server of a reference load or unload its model.
func (ls *loads) start(a *app, ref string, unload bool) tea.Cmd {
	loader, ok := a.cfg.Models.(Loader)
	switch {
	case !ok:
		a.flash = "models cannot be loaded here"
		return nil
	case ls.of(ref) != nil:
		a.flash = text.OneLine(ref) + " is " + ls.of(ref).doing() + " already"
		return nil
	}
	ctx, cancel := context.WithCancel(a.ctx)
	l := &load{ref: ref, unload: unload, cancel: cancel}
	*ls = append(*ls, l)
	return func() tea.Msg {
		defer cancel()
		msg := loadMsg{load: l}
		if unload {
			msg.err = loader.Unload(ctx, ref)
		} else {
			msg.memory, msg.err = loader.Load(ctx, ref, nil)
		}
		return msg
	}
}

func (ls loads) of(ref string) *load {
	for _, l := range ls {
		if l.ref == ref {
			return l
		}
	}
	return nil
}

// take takes the end of a load, and tells the overlay that is open.
func (ls *loads) take(a *app, msg loadMsg) tea.Cmd {
	*ls = slices.DeleteFunc(*ls, func(other *load) bool { return other == msg.load })
	a.flash = msg.words(a.now())
	if l, ok := a.layer.overlay.(listener); ok {
		return l.heard(a, msg)
	}
	return nil
}

// words say how a load has ended.
func (m loadMsg) words(now time.Time) string {
	ref := text.OneLine(m.load.ref)
	if m.err != nil {
		e := providers.AsError(m.err)
		switch {
		case e.Kind == providers.Cancelled && m.load.unload:
			return ref + ": no longer waiting until it is unloaded"
		case e.Kind == providers.Cancelled:
			return ref + ": loading stopped"
		case e.Hint != "":
			return ref + ": " + text.OneLine(e.Message+"; "+e.Hint)
		}
		return ref + ": " + text.OneLine(e.Message)
	}
	if m.load.unload {
		return ref + " is unloaded"
	}
	said := []string{ref + " is loaded"}
	for _, fact := range []string{text.Memory(m.memory), text.UntilWords(m.memory, now)} {
		if fact != "" {
			said = append(said, fact)
		}
	}
	return strings.Join(said, ", ")
}

// doing is what happens to the model.
func (l *load) doing() string {
	if l.unload {
		return "unloading"
	}
	return "loading"
}

// hint tells in the last line of the screen what is being loaded.
func (ls loads) hint() string {
	if len(ls) == 0 {
		return ""
	}
	s := ls[0].doing() + " " + text.OneLine(ls[0].ref)
	if n := len(ls) - 1; n > 0 {
		s += fmt.Sprintf(" and %d more", n)
	}
	return s
}

// memoryActions load and unload the model of the current pane.
func memoryActions() []action {
	return []action{
		{Binding: bind(keys.Load, keys.Anywhere, "ctrl+o"), title: "Load model into memory",
			tells: true, slash: "load",
			help:     "Load model (unload too, in the models)",
			synonyms: "warm gpu vram ram keep alive ollama",
			can:      all(hasPane, canLoad), do: onPane(loadPane(false))},
		{Binding: bind(keys.Unload, keys.Anywhere), title: "Unload model from memory",
			tells: true, slash: "unload",
			synonyms: "free release evict gpu vram ram stop ollama",
			can:      all(hasPane, canLoad, idle), do: onPane(loadPane(true))},
	}
}

func canLoad(a *app) string {
	_, ok := a.cfg.Models.(Loader)
	return unless(ok, "there is no server that loads models")
}

func loadPane(unload bool) func(*app, *pane.Pane) tea.Cmd {
	return func(a *app, p *pane.Pane) tea.Cmd {
		return a.outside.loads.start(a, p.Spec.Info.Ref.String(), unload)
	}
}
