package ui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textarea"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"lineup/providers"
	"lineup/ui/keys"
	"lineup/ui/theme"
)

// A paste of this many lines or bytes stands in the prompt as a chip; its text is kept aside and sent in its place.
const (
	chipLines = 20
	chipBytes = 2 << 10
)

// prompt is the box in which the user writes.
type prompt struct {
	area    textarea.Model
	history []string // prompts sent and drafts cleared, oldest first
	at      int      // place in history; len(history) is the draft
	chips   []chip
	draft   *draftFile // where the draft is kept, or nil
}

// chip stands for a long paste.
type chip struct{ label, text string }

func newPrompt(km keys.Map, draft *draftFile) prompt {
	a := textarea.New()
	a.SetVirtualCursor(false) // input methods need the terminal's own cursor
	a.ShowLineNumbers = false
	a.SetPromptFunc(2, func(line textarea.PromptInfo) string {
		if line.LineNumber == 0 {
			return "> "
		}
		return "  "
	})
	a.Placeholder = "Ask all panes…"
	a.CharLimit = 0
	a.DynamicHeight = true // it keeps its view at the top while the box can grow
	a.MaxContentHeight = 1 << 30
	a.EndOfBufferCharacter = ' '
	a.KeyMap.InsertNewline = key.NewBinding(key.WithKeys(km.Of(keys.Newline)...))
	a.Focus()
	p := prompt{area: a, draft: draft}
	if draft != nil {
		p.restore(draft.load())
	}
	return p
}

func (p *prompt) restyle(th theme.Styles) {
	s := textarea.DefaultStyles(true)
	for _, st := range []*textarea.StyleState{&s.Focused, &s.Blurred} {
		st.Base, st.Text, st.CursorLine = lipgloss.NewStyle(), lipgloss.NewStyle(), lipgloss.NewStyle()
		st.Prompt, st.Placeholder, st.EndOfBuffer = th.Dim, th.Dim, lipgloss.NewStyle()
	}
	s.Cursor.Color, s.Cursor.Blink = nil, false // the terminal's own colour, which its user can see
	p.area.SetStyles(s)
}

func (p *prompt) empty() bool { return p.area.Value() == "" }

// rows is how many lines of the screen the draft takes, at most the given number.
func (p *prompt) rows() int { return p.area.Height() }

// resize gives the box its width and the most rows it may grow to.
func (p *prompt) resize(width, most int) {
	if p.area.MaxHeight != most || p.area.Width() != width-2 {
		p.area.MaxHeight = most
		p.area.SetWidth(width)
	}
}

func (p *prompt) update(msg tea.Msg) tea.Cmd {
	if paste, ok := msg.(tea.PasteMsg); ok {
		p.paste(paste.Content)
		return nil
	}
	var cmd tea.Cmd
	p.area, cmd = p.area.Update(msg)
	return cmd
}

// paste inserts clean text, or a chip for it where it is long.
func (p *prompt) paste(s string) {
	s = providers.Clean(s)
	if lines := strings.Count(s, "\n") + 1; lines > chipLines || len(s) > chipBytes {
		c := chip{label: fmt.Sprintf("[pasted %d lines, %d kB #%d]", lines, (len(s)+1023)/1024, len(p.chips)+1), text: s}
		p.chips = append(p.chips, c)
		s = c.label
	}
	p.area.InsertString(s)
}

// text is the draft with the pastes in place of their chips.
func (p *prompt) text() string {
	s := p.area.Value()
	for _, c := range p.chips {
		s = strings.Replace(s, c.label, c.text, 1)
	}
	return s
}

// set replaces the draft.
func (p *prompt) set(s string) {
	p.area.SetValue(s)
	p.area.MoveToEnd()
}

// take empties the box and remembers what stood there.
func (p *prompt) take() {
	if v := p.area.Value(); strings.TrimSpace(v) != "" && (len(p.history) == 0 || p.history[len(p.history)-1] != v) {
		p.history = append(p.history, v)
	}
	p.at = len(p.history)
	p.area.Reset()
}

// recall moves through the history; by is -1 for earlier and 1 for later. It reports whether it did anything: with a
// draft of the user's own in the box the key moves the cursor instead.
func (p *prompt) recall(by int) bool {
	if !p.empty() && (p.at >= len(p.history) || p.area.Value() != p.history[p.at]) {
		return false
	}
	to := p.at + by
	if to < 0 || to > len(p.history) {
		return p.empty() || by < 0 && p.area.Line() == 0
	}
	if !p.empty() && strings.Contains(p.area.Value(), "\n") && (by < 0 && p.area.Line() > 0 || by > 0 && p.area.Line() < p.area.LineCount()-1) {
		return false // inside a recalled prompt of several lines
	}
	p.at = to
	if to == len(p.history) {
		p.area.Reset()
	} else {
		p.set(p.history[to])
	}
	return true
}
