package ui

import (
	"fmt"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/providers"
	"lineup/session"
)

// Spec is one pane: the model that it shows and how to ask it.
type Spec struct {
	Info   providers.Info
	Model  providers.Model
	System string // system prompt of this model; "" takes the session's

	Provider *providers.Provider // to open a connection to before a race, or nil
}

// pane is one model with its conversation and its place on the screen.
type pane struct {
	spec  Spec
	slot  int // in the session; see order.go
	turns []*turnView

	number int // as people count the panes, from the left
	accent int // which of the theme's accents is its own

	detail bool     // the numbers of the newest reply are shown in place of the conversation
	follow bool     // the end of the conversation stays in view
	top    position // first line in view, where the pane does not follow

	place   rect
	focused bool
	rows    []string // what is on the screen, place.h strings of place.w cells
	dirty   bool     // rows are out of date
	changed bool     // text came that is not laid out yet
}

// position is a line of a conversation.
type position struct{ turn, line int }

func newPane(slot int, spec Spec) *pane {
	return &pane{spec: spec, slot: slot, number: slot + 1, accent: slot, follow: true, dirty: true}
}

// restyle draws everything anew in another theme.
func (p *pane) restyle(th theme) {
	p.dirty = true
	for _, t := range p.turns {
		t.restyle(th.markdown(p.accent))
	}
}

// reply is the newest one, or nil.
func (p *pane) reply() *session.Reply {
	if len(p.turns) == 0 {
		return nil
	}
	return p.turns[len(p.turns)-1].reply
}

// running reports whether the pane waits for an answer or receives one.
func (p *pane) running() bool {
	r := p.reply()
	return r != nil && !r.Status.Final()
}

// resize gives the pane its place.
func (p *pane) resize(to rect) {
	if p.place != to {
		p.place, p.dirty = to, true
	}
}

// Room inside a pane: borders and a blank on each side; two lines of the body are state and metrics.
func (p *pane) innerWidth() int { return max(1, p.place.w-4) }

func (p *pane) bodyHeight() int { return max(0, p.place.h-4-b2i(p.airy())) }

// airy panes have a blank line under the state.
func (p *pane) airy() bool { return p.place.h >= 14 }

// window gives the lines in view and remembers where they begin.
func (p *pane) window(l look) []string {
	h := p.bodyHeight()
	if len(p.turns) == 0 || h == 0 {
		return nil
	}
	if p.detail {
		lines := detailLines(p.reply(), l)
		return lines[:min(h, len(lines))]
	}
	if p.follow {
		p.top = p.followTop(l, h)
	}
	var out []string
	for i, line := p.top.turn, p.top.line; i < len(p.turns) && len(out) < h; i, line = i+1, 0 {
		t := p.turns[i]
		t.layout(l)
		out = t.appendLines(out, line, line+h-len(out))
	}
	return out
}

// followTop is the position from which a pane that follows shows the end. While text comes it moves on by a few lines
// at once, not by each, as a terminal does that jump-scrolls: every row that scrolls is written to the terminal anew, and
// at 8 panes of 100 tokens a second that was half of all bytes.
func (p *pane) followTop(l look, h int) position {
	spare := 0
	if h >= 12 {
		spare = h / 6
	}
	if n := p.linesFrom(p.top, l, h+1); h-2*spare <= n && n <= h {
		return p.top
	}
	if top := p.endTop(l, h); !p.running() || top == (position{}) {
		return top
	}
	return p.endTop(l, h-spare)
}

// linesFrom counts the lines from a position to the end, as far as most.
func (p *pane) linesFrom(pos position, l look, most int) int {
	n := -pos.line
	for i := pos.turn; i < len(p.turns) && n < most; i++ {
		p.turns[i].layout(l)
		n += p.turns[i].height()
	}
	return n
}

// endTop is the position from which the end of the conversation fills the view. Only the turns in view are laid out.
func (p *pane) endTop(l look, h int) position {
	for i := len(p.turns) - 1; ; i-- {
		p.turns[i].layout(l)
		n := p.turns[i].height()
		if n >= h || i == 0 {
			return position{i, max(0, n-h)}
		}
		h -= n
	}
}

// scroll moves the view by n lines, down where n is positive. Reaching the end follows again.
func (p *pane) scroll(n int, l look) {
	if len(p.turns) == 0 {
		return
	}
	end := p.endTop(l, p.bodyHeight())
	if p.follow {
		p.top = p.followTop(l, p.bodyHeight())
	}
	pos := p.top
	pos.line += n
	for pos.line < 0 && pos.turn > 0 {
		pos.turn--
		p.turns[pos.turn].layout(l)
		pos.line += p.turns[pos.turn].height()
	}
	pos.line = max(0, pos.line)
	for pos.turn < len(p.turns)-1 {
		p.turns[pos.turn].layout(l)
		if h := p.turns[pos.turn].height(); pos.line >= h {
			pos.turn, pos.line = pos.turn+1, pos.line-h
			continue
		}
		break
	}
	p.follow = pos.turn > end.turn || pos.turn == end.turn && pos.line >= end.line
	p.top, p.dirty = pos, true
	if p.follow {
		p.top = end
	}
}

func (p *pane) toTop() { p.top, p.follow, p.dirty = position{}, false, true }

func (p *pane) toEnd() { p.follow, p.dirty = true, true }

// draw brings rows up to date.
func (p *pane) draw(l look, now time.Time) {
	if !p.dirty || p.place.h == 0 {
		return
	}
	p.dirty, p.changed = false, false
	w, th := p.innerWidth(), l.theme
	l.width, l.accent = w, p.accent
	border := th.border
	if p.focused {
		border = th.accent(p.accent)
	}
	left, right := border.Render("│")+" ", " "+border.Render("│")
	rows := append(p.rows[:0], p.titleRow(border, th))
	put := func(line string) {
		if len(rows) < p.place.h-1 {
			rows = append(rows, left+pad(line, w)+right)
		}
	}
	sign, words, feel := state(p.reply(), now)
	put(th.tone(feel).Render(cut(sign+" "+words, w-b2i(!p.follow)*2)) + p.scrollMark(th))
	if p.airy() {
		put("")
	}
	body := p.window(l)
	for i := range p.bodyHeight() {
		if i < len(body) {
			put(body[i])
		} else {
			put("")
		}
	}
	put(th.dim.Render(metricsLine(p.reply(), p.spec.Info.Local, now, w)))
	p.rows = append(rows, border.Render("╰"+strings.Repeat("─", max(0, p.place.w-2))+"╯"))
}

// scrollMark shows that the pane does not follow.
func (p *pane) scrollMark(th theme) string {
	if p.follow {
		return ""
	}
	return th.warn.Render(" ↕")
}

// titleRow is the upper border with the pane's number, model and provider. A simulated model always says so.
func (p *pane) titleRow(border lipgloss.Style, th theme) string {
	room := max(0, p.place.w-4) // corners, and a blank on each side of the title
	title := p.title(room)
	fill := max(0, room-ansi.StringWidth(title))
	return border.Render("╭ ") + th.accent(p.accent).Bold(true).Render(title) + border.Render(" "+strings.Repeat("─", fill)+"╮")
}

func (p *pane) title(room int) string {
	name := oneLine(p.spec.Info.Name)
	if name == "" {
		name = oneLine(p.spec.Info.Ref.Model)
	}
	where := oneLine(p.spec.Info.Ref.Provider)
	if r := p.reply(); p.spec.Info.Simulated || r != nil && r.Simulated {
		where = "simulated"
	}
	number := fmt.Sprintf("%d ", p.number)
	name = cut(name, max(2, room-len(number)-ansi.StringWidth(where)-3))
	return cut(number+name+" · "+where, room)
}

// cut shortens a line without styles to width cells, with an ellipsis.
func cut(s string, width int) string {
	if ansi.StringWidth(s) <= width {
		return s
	}
	return ansi.Truncate(s, max(0, width), "…")
}
