package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// helpText lists every key, made from the key map.
func (a *app) helpText() []string {
	keyWidth := 0
	for _, b := range a.keys {
		keyWidth = max(keyWidth, ansi.StringWidth(strings.Join(b.keys, ", ")))
	}
	if a.width < 60 { // then the keys go above their meaning
		keyWidth = 0
	}
	rows := []string{a.theme.strong.Render(" Keys") + a.theme.dim.Render("  ↑ ↓ scroll, any other key closes"), ""}
	add := func(keys, help, where string) {
		if keyWidth == 0 {
			rows = append(rows, " "+a.theme.strong.Render(keys), "   "+help+where)
			return
		}
		rows = append(rows, fmt.Sprintf("  %s  %s%s", pad(keys, keyWidth), help, a.theme.dim.Render(where)))
	}
	for _, b := range a.keys {
		where := ""
		if b.scope == inPane {
			where = " (in a pane)"
		}
		add(strings.Join(b.keys, ", "), b.help, where)
	}
	add("alt+1 … alt+9", "focus a pane", "")
	return rows
}

// helpView is the part of the help that h rows show.
func (a *app) helpView(h int) []string {
	text := a.helpText()
	a.helpTop = max(0, min(a.helpTop, len(text)-h))
	out := make([]string, h)
	for i := range out {
		out[i] = pad(line(text, a.helpTop+i), a.width)
	}
	if a.helpTop+h < len(text) && h > 0 {
		out[h-1] = pad(a.theme.dim.Render("  ↓ more"), a.width)
	}
	return out
}

// scrollHelp moves the help; it reports false for a key that closes it.
func (a *app) scrollHelp(k tea.KeyPressMsg) bool {
	page := max(1, a.screen.panes-2)
	switch k.String() {
	case "up", "k":
		a.helpTop--
	case "down", "j":
		a.helpTop++
	case "pgup":
		a.helpTop -= page
	case "pgdown", "space":
		a.helpTop += page
	default:
		return false
	}
	return true
}
