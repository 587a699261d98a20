package ui

import (
	"errors"
	"fmt"
	"reflect"
	"sync"

	tea "charm.land/bubbletea/v2"

	"lineup/providers"
	"lineup/ui/pane"
)

// guard stands between Bubble Tea and the app. A panic in Update, View or a command ends the screen
// as quitting does: the terminal is restored, and the conversation can be saved. Bubble Tea's own
// way prints a stack over the screen and ends the program.
type guard struct {
	mu    sync.Mutex // held while the app's state is in use
	app   *app
	tour  *tour            // that lies over the app, or nil
	fault *providers.Panic // why the screen ended; the app gets no more messages
	view  tea.View         // the last one
}

// faultMsg brings the panic of a command.
type faultMsg struct{ *providers.Panic }

// model is what Bubble Tea drives.
func (g *guard) model() tea.Model {
	if g.tour != nil {
		return g.tour
	}
	return g.app
}

func (g *guard) Init() (cmd tea.Cmd) {
	g.mu.Lock()
	defer g.mu.Unlock()
	defer providers.Catch("the screen", func(p *providers.Panic) { cmd = g.end(p) })
	return watched(g.model().Init())
}

func (g *guard) Update(msg tea.Msg) (_ tea.Model, cmd tea.Cmd) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.fault != nil {
		return g, tea.Quit
	}
	if fault, ok := msg.(faultMsg); ok {
		return g, g.end(fault.Panic)
	}
	where := fmt.Sprintf("the screen, at %T", msg)
	defer providers.Catch(where, func(p *providers.Panic) { cmd = g.end(p) })
	if painter := g.app.pace.painter; painter != nil {
		learn(painter, msg)
	}
	_, cmd = g.model().Update(msg)
	return g, watched(cmd)
}

func (g *guard) View() tea.View {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.fault == nil {
		defer providers.Catch("the view", func(p *providers.Panic) { g.fault = p })
		g.view = g.model().View()
		if painter := g.app.pace.painter; painter != nil {
			g.view = paint(painter, g.view)
		}
	}
	return g.view
}

// end notes why the screen ends.
func (g *guard) end(p *providers.Panic) tea.Cmd {
	g.fault = p
	return tea.Quit
}

// watched makes a message of a command's panic, and of the panics of the commands that it answers
// with: those of tea.Batch and tea.Sequence, which are slices of commands.
func watched(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer providers.Catch("a command", func(p *providers.Panic) { msg = faultMsg{p} })
		msg = cmd()
		for cmds, i := commands(msg), 0; i < len(cmds); i++ {
			cmds[i] = watched(cmds[i])
		}
		return msg
	}
}

// commands are those in the message of tea.Batch or tea.Sequence, whose type is hidden; nil for any
// other message.
func commands(msg tea.Msg) []tea.Cmd {
	list := reflect.ValueOf(msg)
	if list.Kind() == reflect.Slice && list.Type().Elem() == reflect.TypeFor[tea.Cmd]() {
		return list.Convert(reflect.TypeFor[[]tea.Cmd]()).Interface().([]tea.Cmd)
	}
	return nil
}

// reportedMsg says where the report of a fault is that ended one reply.
type reportedMsg struct {
	view *pane.View
	path string
	err  error
}

// report writes a report of the fault that ended a reply, if one did. The other panes go on.
func (c *Config) report(t *pane.View, err *providers.Error) tea.Cmd {
	var fault *providers.Panic
	if err == nil || !errors.As(err, &fault) || c.Report == nil {
		return nil
	}
	return func() tea.Msg {
		path, err := c.Report(fault)
		return reportedMsg{t, path, err}
	}
}

// tell names the report in the pane.
func (msg reportedMsg) tell(a *app) {
	hint := "please report it with the file " + msg.path + "; it holds no prompts, answers or keys"
	if msg.err != nil {
		hint = "no report of it could be written: " + msg.err.Error()
	}
	named := *msg.view.Reply.Error // a save that is under way reads the one that it was given
	named.Hint = hint
	msg.view.SetError(&named)
	a.panes.redraw()
}
