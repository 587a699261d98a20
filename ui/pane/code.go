package pane

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/ui/markdown"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// codePick is the code block of a pane's newest answer that is marked to be copied or saved.
type codePick struct {
	blocks []markdown.Block
	at     int
}

func (c *codePick) block() markdown.Block { return c.blocks[c.at] }

func (c *codePick) says() string {
	lang := ""
	if l := text.OneLine(c.block().Lang); l != "" {
		lang = " " + text.Cut(l, 12)
	}
	return fmt.Sprintf("code%s %d/%d", lang, c.at+1, len(c.blocks))
}

// MarkCode marks one of the newest answer's code blocks, the one after the block that is marked,
// and shows it.
func (p *Pane) MarkCode(blocks []markdown.Block, l Look) {
	if p.code == nil {
		p.code = &codePick{blocks, 0}
	} else {
		p.code = &codePick{blocks, (p.code.at + 1) % len(blocks)}
	}
	p.detail, p.dirty = false, true
	if from, _ := p.code.lines(p, l); from.turn >= 0 {
		p.reveal(from, l)
	}
}

// MarkedCode is the code block that is marked.
func (p *Pane) MarkedCode() (markdown.Block, bool) {
	if p.code == nil {
		return markdown.Block{}, false
	}
	return p.code.block(), true
}

// lines is where the marked block stands in the conversation: [from, to); a turn of -1 if unknown,
// as in a pane too narrow for bars.
func (c *codePick) lines(p *Pane, l Look) (from position, to int) {
	turn := len(p.turns) - 1
	t := p.turns[turn]
	t.layout(l)
	var starts, ends []int
	inside := false
	for i, row := range t.Rows() {
		if code := barAt(row.Text) >= 0; code != inside {
			if inside = code; code {
				starts = append(starts, i)
			} else {
				ends = append(ends, i)
			}
		}
	}
	if inside {
		ends = append(ends, t.height())
	}
	if len(starts) != len(c.blocks) {
		return position{-1, 0}, 0
	}
	return position{turn, starts[c.at]}, ends[c.at]
}

// barAt is the cell of the bar before a line of code, -1 where there is none.
func barAt(line string) int {
	plain := ansi.Strip(line)
	i := strings.Index(plain, "▎ ")
	if i < 0 && strings.HasSuffix(plain, "▎") {
		i = len(plain) - len("▎")
	}
	if i < 0 || strings.Trim(plain[:i], " │|>•◦▪-*+0123456789.)") != "" {
		return -1
	}
	return ansi.StringWidth(plain[:i])
}

// mark shows which lines are meant.
func (c *codePick) mark(line string, th theme.Styles) string {
	at := barAt(line)
	if at < 0 {
		return line
	}
	return text.Restyle(line, []lipgloss.Range{lipgloss.NewRange(at,
		max(at+1, ansi.StringWidth(line)), th.Picked)})
}
