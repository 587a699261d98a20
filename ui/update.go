package ui

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"lineup/blind"
	"lineup/turn"
	"lineup/ui/keys"
	"lineup/ui/pane"
	"lineup/ui/text"
)

// Messages that commands answer with.
type (
	// foundMsg brings what Discover found.
	foundMsg struct{ Found }
	// chooseMsg offers the models, because none is open.
	chooseMsg struct{}
	// continuedMsg says that lineup was stopped from outside and goes on.
	continuedMsg struct{}
	// clockMsg moves the clocks of panes that wait.
	clockMsg struct{ turn *turn.Turn }
	// editedMsg brings the prompt back from the editor.
	editedMsg struct {
		text string
		err  error
	}
)

// Update takes one message, changes the state, and makes the next frame.
func (a *app) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	a.outside.pictures.hear(msg, a.screen.width, a.screen.height)
	cmd := a.handle(msg)
	if read := a.screen.welcome.read(a); read != nil {
		cmd = tea.Batch(cmd, read)
	}
	if keep := a.prompt.keepDraft(msg); keep != nil {
		cmd = tea.Batch(cmd, keep)
	}
	if keep := a.keepLayout(); keep != nil {
		cmd = tea.Batch(cmd, keep)
	}
	a.prompt.settle(msg)
	a.votes.veil(a)
	stepPanes(a)
	a.relayout()
	a.render()
	if show := a.outside.pictures.show(a, msg); show != nil {
		cmd = tea.Batch(cmd, show)
	}
	if draw := a.panes.drawNext(a.look().Panes); draw != nil {
		cmd = tea.Batch(cmd, draw)
	}
	return a, cmd
}

// newlines makes one kind of the ends of lines. Most terminals paste a bare carriage return, as the
// Enter key sends it.
var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func (a *app) handle(msg tea.Msg) tea.Cmd {
	if a.replay != nil {
		if cmd, done := a.replay.handle(a, msg); done {
			return cmd
		}
	}
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		first := a.screen.width == 0
		a.screen.width, a.screen.height = msg.Width, msg.Height
		if !first {
			return a.screen.resized()
		}
	case quietMsg:
		if msg.resizes == a.screen.resizes {
			return tea.ClearScreen
		}
	case groundMsg:
		if a.theme.waited() {
			a.retheme()
		}
	case continuedMsg:
		return tea.Batch(tea.ClearScreen, tea.RequestBackgroundColor)
	case tea.ResumeMsg:
		return tea.RequestBackgroundColor // it may be another one now
	case uv.DarkColorSchemeEvent, uv.LightColorSchemeEvent:
		return schemed(a, msg == uv.DarkColorSchemeEvent{})
	case tea.BackgroundColorMsg:
		if a.theme.hear(msg.IsDark(), byTerminal) {
			a.retheme()
		}
	case tea.ModeReportMsg:
		a.clusters(msg)
	case tea.ColorProfileMsg:
		if a.theme.colours(msg.Profile) {
			a.retheme()
		}
	case foundMsg:
		return msg.open(a)
	case chooseMsg:
		return a.pick(nil)
	case toldMsg:
		if l, ok := msg.to.(listener); ok && a.layer.overlay == msg.to {
			return l.heard(a, msg.msg)
		}
	case batchMsg:
		return a.takeBatch(msg.turn)
	case clockMsg:
		return a.tick(msg.turn)
	case savedMsg:
		return a.saved(msg.job)
	case retryMsg:
		return a.keep()
	case outcome:
		a.flash = cmp.Or(msg.says(), a.flash)
	case serverMsg:
		return msg.taken(a)
	case pastMsg:
		a.remember(msg)
	case pane.Drawn:
		a.panes.drawn(msg)
	case teller:
		msg.tell(a)
	case further:
		return msg.goOn(a)
	case tea.PasteMsg:
		return a.paste(newlines.Replace(msg.Content))
	case tea.MouseMsg:
		return a.outside.mouse.handle(a, msg)
	case draftDueMsg:
		return a.prompt.writeDraft()
	case tea.KeyPressMsg:
		if a.keys.escTwice(msg) {
			esc := tea.KeyPressMsg{Code: tea.KeyEscape}
			return tea.Batch(a.press(esc), a.press(esc))
		}
		return a.press(msg)
	}
	return nil
}

// schemed takes the terminal's word on its colours.
func schemed(a *app, dark bool) tea.Cmd {
	news, ask := a.theme.scheme(dark)
	if news {
		a.retheme()
	}
	if ask {
		return tea.RequestBackgroundColor
	}
	return nil
}

// open opens the panes that were found, or offers the models where none is open.
func (m foundMsg) open(a *app) tea.Cmd {
	a.cfg.Discover, a.notice, a.cfg.Models = nil, m.Notice, m.Models
	a.screen.welcome.shown = false // there is more to tell
	a.setPanes(m.Panes)
	if m.OneServer {
		a.flash = "models of one server"
		if len(m.Panes) > 1 && m.Panes[0].Info.Local {
			a.flash = "one server, which answers one model after the other"
		}
		a.flash += "; " + a.keys.Label(keys.Models) + " chooses others"
		if len(m.Panes) == 1 {
			a.flash = a.keys.Label(keys.Models) + " opens more models beside this one"
		}
	}
	if a.unchosen() {
		return a.pick(nil)
	}
	return nil
}

// further is a message that goes on with what was begun.
type further interface{ goOn(*app) tea.Cmd }

// outcome is a message about the end of something, in one line; "" says nothing.
type outcome interface{ says() string }

// teller is a message that tells the app itself how something ended.
type teller interface{ tell(*app) }

// tell takes the prompt back from the editor.
func (m editedMsg) tell(a *app) {
	if m.err != nil {
		a.flash = "the editor failed: " + text.OneLine(m.err.Error())
		return
	}
	a.flash = ""
	a.prompt.set(strings.TrimRight(m.text, "\n"))
	a.prompt.files.foreign = true
	a.prompt.slash.complete(a)
}

// paste gives pasted text to what has the focus.
func (a *app) paste(s string) tea.Cmd {
	switch {
	case a.layer.overlay != nil:
		if w, ok := a.layer.overlay.(writer); ok {
			return w.paste(a, s)
		}
		return nil
	case a.question != nil:
		a.question.paste(a, s)
		return nil
	}
	a.flash = "" // of a draft that was cleared, say
	a.toPrompt()
	cmd := a.prompt.update(tea.PasteMsg{Content: s})
	a.prompt.slash.complete(a)
	return tea.Batch(cmd, a.prompt.files.pasted(s))
}

// escTwice reports whether a key is Esc pressed twice. Pressed fast, or over a slow line, both
// arrive in one piece, and the legacy encoding cannot tell them from Alt+Esc.
func (m keymap) escTwice(k tea.KeyPressMsg) bool {
	return k.String() == "alt+esc" && m.Find(k, keys.InPane) == "" && m.Find(k, keys.InPrompt) == ""
}

// press handles a key: what asks for an answer first, then the bindings, then the prompt takes it
// as text.
func (a *app) press(k tea.KeyPressMsg) tea.Cmd {
	a.flash = ""
	if a.layer.overlay != nil {
		return a.layer.overlay.press(a, k)
	}
	a.panes.unselect()
	if a.question != nil {
		return a.question.press(a, k)
	}
	if a.completing() && !a.twice.quit {
		if cmd, done := a.prompt.slash.press(a, k); done {
			return cmd
		}
	}
	if p := &a.prompt.files.paths; p.open(a) && !a.twice.quit {
		if cmd, done := p.press(a, k); done {
			return cmd
		}
	}
	scope := keys.InPrompt
	if a.panes.focused {
		scope = keys.InPane
	}
	act := a.keys.find(k, scope)
	if a.twice.quit && act != keys.Quit {
		a.twice.quit = false
		if act == keys.Stop {
			return nil
		}
	}
	if scope == keys.InPrompt && k.String() == "?" && a.prompt.empty() {
		act = keys.Help
	}
	if n := paneNumber(k); n >= 0 && n < len(a.panes.open) {
		a.focus(n)
		return nil
	}
	if k.String() == "enter" && followMark(a) {
		return nil
	}
	if act == "" && a.panes.focused && blind.Hides(a.sess) {
		if cmd, done := voteByLetter(a, k.String()); done {
			return cmd
		}
	}
	if cmd, done := a.screen.welcome.press(a, k); done {
		return cmd
	}
	if cmd, done := a.act(act); done {
		a.prompt.slash.complete(a)
		return cmd
	}
	if a.panes.focused {
		a.flash = noKey(k)
		return nil
	}
	return a.prompt.files.key(a, k)
}

// find gives the action of a key in a scope, or "". In a pane no key is text: there ? is the help,
// and a letter of another script is the key in its place.
func (m keymap) find(k tea.KeyPressMsg, in keys.Scope) keys.Action {
	act := m.Find(k, in)
	if act != "" || in != keys.InPane {
		return act
	}
	if same, ok := keys.SamePlace(k); ok {
		k = same
		act = m.Find(k, in)
	}
	if act == "" && k.String() == "?" {
		return keys.Help
	}
	return act
}

// noKey says why a letter of another script did nothing in a pane, "" for other keys.
func noKey(k tea.KeyPressMsg) string {
	if !keys.Foreign(k) {
		return ""
	}
	return text.OneLine(k.Text) + " is no key of a pane; they are Latin letters"
}

// paneNumber reads Alt+1 … Alt+9 as 0 … 8 and Alt+0 as 9, else -1.
func paneNumber(k tea.KeyPressMsg) int {
	s, ok := strings.CutPrefix(k.String(), "alt+")
	if ok && len(s) == 1 && s[0] >= '0' && s[0] <= '9' {
		return (int(s[0]-'0') + 9) % 10
	}
	return -1
}

// quit clears a draft first, then asks, then leaves. What is under way is saved after the last
// frame, in Run.
func (a *app) quit() tea.Cmd {
	switch {
	case !a.prompt.empty() && !a.panes.focused:
		a.prompt.take()
		a.flash = "draft cleared; ↑ brings it back"
		return nil
	case a.twice.quit:
		return tea.Quit
	}
	a.twice.quit = true
	return nil
}

// twice is what the same key does when it is pressed once more.
type twice struct {
	quit      bool      // Ctrl+C leaves
	stopUntil time.Time // Esc stops every pane, before this time
	said      string    // in the last line, and true only until the turn ends
}

// stopAllWithin is how long after an Esc a second one stops all panes.
const stopAllWithin = time.Second

func (a *app) stop() {
	now := a.now()
	var p *pane.Pane
	if a.panes.focused && len(a.panes.open) > 0 {
		p = a.panes.now()
	}
	switch {
	case p != nil && p.Unmark():
	case a.prompt.branch != nil:
		a.prompt.leaveBranch()
	case p != nil && p.ShowsDetail() && !p.Running():
		p.ToggleDetail()
	case !a.answering() || !a.turn.Started():
		a.toPrompt()
	case now.Before(a.twice.stopUntil):
		halt(a, a.panes.open...)
		a.turn.CancelAll()
		a.twice.stopUntil = time.Time{}
		a.flash = "stopping all panes"
	default:
		a.twice.stopUntil = now.Add(stopAllWithin)
		words := "stopping pane %d; %s again stops all"
		if showsEnd(a, a.panes.now()) {
			words = "pane %d has ended; %s again stops all"
		}
		a.flash = fmt.Sprintf(words, a.panes.current+1, a.keys.Label(keys.Stop))
		a.twice.said = a.flash
		halt(a, a.panes.now())
		a.turn.Cancel(a.panes.now().Slot)
	}
}

// cycle moves the focus: prompt, pane 1, pane 2, …, prompt.
func (a *app) cycle(by int) {
	if len(a.panes.open) == 0 {
		return
	}
	at := 0 // the prompt
	if a.panes.focused {
		at = a.panes.current + 1
	}
	at = (at + by + len(a.panes.open) + 1) % (len(a.panes.open) + 1)
	if at == 0 {
		a.toPrompt()
		return
	}
	a.focus(at - 1)
}

// focusBy moves the focus to another pane, around the ends.
func (a *app) focusBy(by int) {
	if n := len(a.panes.open); n > 0 {
		a.focus((a.panes.current + by + n) % n)
	}
}

func (a *app) focus(n int) {
	a.panes.current, a.panes.focused = n, true
	a.prompt.area.Blur()
}

func (a *app) toPrompt() {
	a.panes.focused = false
	a.prompt.area.Focus()
}
