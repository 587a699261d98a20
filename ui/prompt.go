package ui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textarea"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"lineup/ui/keys"
	"lineup/ui/theme"
	"lineup/ui/widget"
)

// prompt is the box in which the user writes.
type prompt struct {
	area    widget.Area
	history []string   // prompts sent and drafts cleared, as drafts of the area, oldest first
	at      int        // place in history; len(history) is the draft
	draft   *draftFile // where the draft is kept, or nil
	slash   slash      // commands that it may mean
	branch  *branch    // the edited prompt of a turn, or nil
	files   files      // that go with it
	repeat  int        // how often each pane is asked it; 0 for once
	always  int        // the same for every prompt, of a line-up
	drawn   *drawnArea // nil where the area may look different now
}

// drawnArea is the area on the screen. Bubbles takes some 60 µs to draw it, a fifth of what a frame
// takes while text comes to eight panes.
type drawnArea struct {
	lines  []string
	cursor *tea.Cursor // nil without the focus
}

// settle says that a message is through. The area is drawn again unless the message was about the
// answers alone.
func (p *prompt) settle(msg tea.Msg) {
	switch msg.(type) {
	case batchMsg, clockMsg, savedMsg:
	default:
		p.drawn = nil
	}
}

// draw gives the rows of the area and the cursor in it.
func (p *prompt) draw() ([]string, *tea.Cursor) {
	if p.drawn == nil {
		p.drawn = &drawnArea{strings.Split(p.area.View(), "\n"), p.area.Cursor()}
	}
	if c := p.drawn.cursor; c != nil {
		own := *c
		return p.drawn.lines, &own
	}
	return p.drawn.lines, nil
}

func newPrompt(km keys.Map, draft *draftFile) prompt {
	a := widget.NewArea()
	a.SetPromptFunc(2, func(line textarea.PromptInfo) string {
		if line.LineNumber == 0 {
			return "> "
		}
		return "  "
	})
	a.DynamicHeight = true // it keeps its view at the top while the box can grow
	a.EndOfBufferCharacter = ' '
	a.KeyMap.InsertNewline = key.NewBinding(key.WithKeys(km.Of(keys.Newline)...))
	p := prompt{area: a, draft: draft}
	if draft != nil {
		p.restore(draft.load())
	}
	return p
}

func (p *prompt) restyle(th theme.Styles) {
	s := textarea.DefaultStyles(true)
	for _, st := range []*textarea.StyleState{&s.Focused, &s.Blurred} {
		plain := lipgloss.NewStyle()
		st.Base, st.Text, st.CursorLine = plain, plain, plain
		st.Prompt, st.Placeholder, st.EndOfBuffer = th.Dim, th.Dim, lipgloss.NewStyle()
	}
	s.Cursor.Color, s.Cursor.Blink = nil, false // the terminal's own colour, which its user can see
	p.area.SetStyles(s)
	p.drawn = nil
}

func (p *prompt) empty() bool { return p.area.Empty() }

// rows is how many lines of the screen the draft takes, at most the given number.
func (p *prompt) rows() int { return p.area.Height() }

// invite says in the empty box how many panes will be asked.
func (p *prompt) invite(panes int) {
	words := "Ask all panes…"
	if panes == 1 {
		words = "Ask…"
	}
	if p.area.Placeholder != words {
		p.area.Placeholder, p.drawn = words, nil
	}
}

// resize gives the box its width and the most rows it may grow to.
func (p *prompt) resize(width, most int) {
	if p.area.MaxHeight != most || p.area.Width() != width-2 {
		p.area.Resize(width, most)
		p.drawn = nil
	}
}

func (p *prompt) update(msg tea.Msg) tea.Cmd {
	if paste, ok := msg.(tea.PasteMsg); ok {
		p.paste(paste.Content)
		return nil
	}
	return p.area.Update(msg)
}

// paste inserts a text, or a chip for it where it is long.
func (p *prompt) paste(s string) { p.area.Paste(s) }

// text is the draft as it was written, with the pastes in place of their chips.
func (p *prompt) text() string { return p.area.Text() }

// set replaces the draft by a text from elsewhere.
func (p *prompt) set(s string) { p.area.Set(s) }

// remember adds prompts of before to the history.
func (p *prompt) remember(prompts ...string) {
	for _, s := range prompts {
		p.history = append(p.history, p.area.Keep(s))
	}
	p.at = len(p.history)
}

// earlier puts prompts of other sessions before the history.
func (p *prompt) earlier(prompts []string) {
	var kept []string
	for _, s := range prompts {
		kept = append(kept, p.area.Keep(s))
	}
	p.history = append(kept, p.history...)
	p.at += len(kept)
}

// take empties the box and remembers what stood there.
func (p *prompt) take() {
	v := p.area.Draft()
	if strings.TrimSpace(v) != "" && (len(p.history) == 0 || p.history[len(p.history)-1] != v) {
		p.history = append(p.history, v)
	}
	p.at = len(p.history)
	p.area.Reset()
}

// recall moves through the history; by is -1 for earlier and 1 for later. It reports whether it did
// anything: with a draft of the user's own in the box the key moves the cursor instead.
func (p *prompt) recall(by int) bool {
	draft := p.area.Draft()
	if !p.empty() && (p.at >= len(p.history) || draft != p.history[p.at]) {
		return false
	}
	to := p.at + by
	if to < 0 || to > len(p.history) {
		return p.empty() || by < 0 && p.area.Line() == 0
	}
	inside := by < 0 && p.area.Line() > 0 || by > 0 && p.area.Line() < p.area.LineCount()-1
	if !p.empty() && strings.Contains(draft, "\n") && inside {
		return false // inside a recalled prompt of several lines
	}
	p.at = to
	if to == len(p.history) {
		p.area.Reset()
	} else {
		p.area.SetDraft(p.history[to])
	}
	return true
}
