package widget

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"lineup/ui/text"
	"lineup/ui/theme"
)

// Frame draws a frame around rows of w cells, and says how many items are below those in view.
func Frame(th theme.Styles, title string, body []string, w, below int) []string {
	border := th.Accent(0)
	title = text.Cut(title, w)
	out := make([]string, 0, len(body)+2)
	rule := strings.Repeat("─", max(0, w-ansi.StringWidth(title)))
	out = append(out, border.Render("╭ ")+th.Strong.Render(title)+border.Render(" "+rule+"╮"))
	side := border.Render("│")
	for _, row := range body {
		out = append(out, side+" "+row+" "+side)
	}
	foot := ""
	if below > 0 {
		foot = fmt.Sprintf(" ↓ %d ", below)
	}
	line := strings.Repeat("─", max(0, w+1-ansi.StringWidth(foot)))
	return append(out, border.Render("╰"+line)+th.Warn.Render(foot)+border.Render("─╯"))
}
