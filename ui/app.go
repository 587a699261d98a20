package ui

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/providers"
	"lineup/session"
	"lineup/ui/markdown"
)

// Config is what the screen needs to know and to call.
type Config struct {
	Version string
	Panes   []Spec
	Models  Models // where further panes come from, or nil
	// Discover, where it is set, finds the panes while the first frame is already on the screen.
	Discover func(context.Context) Found
	Notice   string           // a line that stays
	System   string           // system prompt of every pane that has none of its own
	Session  *session.Session // to go on with, or nil
	Store    *session.Store   // nil: nothing is kept
	StoreErr error            // why Store is nil, for the user
	Keys     map[string][]string
	FPS      int // frames a second, 0 for the default
}

// Found is what Discover found: panes, where further ones come from, and a line that stays, such as that the models
// are simulated.
type Found struct {
	Panes  []Spec
	Models Models
	Notice string
}

// defaultFPS is a rate at which text is pleasant to follow; wide text costs bytes a frame.
const defaultFPS = 30

// clockInterval is how often running clocks are shown anew while no text comes.
const clockInterval = 100 * time.Millisecond

// app is the one tea.Model.
type app struct {
	cfg   Config
	ctx   context.Context
	keys  keymap
	theme theme
	md    markdown.Style
	now   func() time.Time

	metronome *metronome // nil where no renderer runs

	width, height int
	screen        screen
	mode          mode
	panes         []*pane // left to right
	closed        []*pane // in the order in which they were closed
	current       int     // the pane that keys without a pane mean
	inPane        bool    // the focus is on the current pane, not in the prompt
	zoomed        bool
	locked        bool    // panes scroll together
	overlay       overlay // what lies over the panes, or nil
	overlaid      rect    // the cells that it draws
	slash         slash   // commands that the prompt may mean
	showThought   bool
	askQuit       bool
	stopAllUntil  time.Time // a second Esc before this stops every pane
	looking       bool      // Discover has not answered yet

	prompt  prompt
	sess    *session.Session
	race    *race  // the turn under way, or the last one until it is saved
	notice  string // stays
	flash   string // until the next key
	frame   string
	cursor  *tea.Cursor
	verdict string
	events  []providers.Event // reused for each batch
}

func newApp(ctx context.Context, cfg Config) *app {
	keys := newKeys(cfg.Keys)
	if cfg.FPS <= 0 {
		cfg.FPS = defaultFPS
	}
	a := &app{cfg: cfg, ctx: ctx, keys: keys, now: time.Now, prompt: newPrompt(keys), sess: cfg.Session, notice: cfg.Notice,
		looking: cfg.Discover != nil}
	if cfg.StoreErr != nil {
		a.flash = "not saved: " + oneLine(cfg.StoreErr.Error())
	}
	a.retheme(true)
	a.setPanes(cfg.Panes)
	return a
}

// setPanes opens the panes and shows what they said earlier in the session.
func (a *app) setPanes(specs []Spec) {
	a.panes, a.closed = nil, nil
	sess := a.sess
	if sess == nil {
		sess = &session.Session{}
	}
	for i, slot := range slotsOf(sess, specs) {
		p := newPane(slot, specs[i])
		p.turns, p.accent = a.turnsOf(slot), i
		a.panes = append(a.panes, p)
	}
	if a.sess != nil {
		for _, t := range a.sess.Turns {
			a.prompt.history = append(a.prompt.history, t.Prompt)
		}
		a.prompt.at = len(a.prompt.history)
	}
	a.current = 0
	a.relayout()
}

func (a *app) retheme(dark bool) {
	a.theme = newTheme(dark)
	a.md = markdown.Light("")
	if dark {
		a.md = markdown.Dark("")
	}
	a.prompt.restyle(a.theme)
	for _, p := range a.panes {
		p.dirty = true
		for _, t := range p.turns {
			t.restyle(a.md)
		}
	}
}

// Init asks the terminal for its colours and starts the search for servers.
func (a *app) Init() tea.Cmd {
	cmds := []tea.Cmd{tea.RequestBackgroundColor}
	if find := a.cfg.Discover; find != nil {
		cmds = append(cmds, func() tea.Msg {
			return foundMsg{find(a.ctx)}
		})
	}
	return tea.Batch(cmds...)
}

// View returns the frame that the last Update made.
func (a *app) View() tea.View {
	v := tea.NewView(a.frame)
	v.AltScreen = true
	v.Cursor = a.cursor
	v.MouseMode = tea.MouseModeCellMotion
	v.WindowTitle = "lineup"
	return v
}

// look is what the panes draw by.
func (a *app) look() look {
	busy := 0
	for _, p := range a.panes {
		busy += b2i(p.running() && p.place.h > 0)
	}
	return look{theme: a.theme, markdown: a.md, panes: max(1, busy), showThought: a.showThought,
		again: fmt.Sprintf("%s asks again; in the pane, %s goes on from here and %s takes another model", a.keys.label(actAgain),
			a.keys.label(actContinue), a.keys.label(actOther))}
}
