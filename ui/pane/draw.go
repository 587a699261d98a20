package pane

import (
	"fmt"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/figures"
	"lineup/ui/keys"
	"lineup/ui/report"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// frameParts are what a pane's frame is drawn with. The one with the focus has a heavy frame, so
// that it can be told without colours.
type frameParts struct{ topLeft, top, topRight, side, bottomLeft, bottomRight string }

func frameFor(focused bool) frameParts {
	if focused {
		return frameParts{"┏", "━", "┓", "┃", "┗", "┛"}
	}
	return frameParts{"╭", "─", "╮", "│", "╰", "╯"}
}

// kept is what a pane keeps of its rows from one frame to the next, in one theme.
type kept struct {
	side   text.Memo[rim]
	title  text.Memo[rim]
	bottom text.Memo[rim]
	inside []text.Memo[inner] // by row
}

// rim is what a part of a pane's frame is made of.
type rim struct {
	width, accent int
	focused       bool
	left, right   string // the words in it
}

// inner is what a row between the sides of the frame is made of.
type inner struct {
	line, side string
	width      int
}

// Draw brings rows up to date.
func (p *Pane) Draw(l Look, now time.Time) {
	if !p.dirty || p.place.H == 0 {
		return
	}
	p.dirty, p.changed = false, false
	w, th := p.InnerWidth(), l.Theme
	l.Width, l.Accent, l.Model = w, p.Accent, p.Spec.Info.Ref.String()
	border, f := th.Border, frameFor(p.focused)
	if p.focused {
		border = th.Accent(p.Accent)
	}
	side := p.kept.side.Of(p.rim("", ""), func() string { return border.Render(f.side) })
	p.buttons = p.buttons[:0]
	rows := append(p.rows[:0], p.titleRow(border, f, th))
	put := func(line string) {
		if len(rows) < p.place.H-1 {
			rows = append(rows, p.insideRow(len(rows), inner{line, side, w}))
		}
	}
	body := p.window(l) // first, since the state may depend on what it shows
	put(p.stateRow(th, now, w))
	if p.airy() {
		put("")
	}
	for i := range p.bodyHeight() {
		put(text.At(body, i))
	}
	if offers := p.offers(); len(offers) > 0 {
		put(p.offerRow(offers, l, len(rows), w))
	}
	if p.metered() {
		put(th.Dim.Render(p.metrics(now, w)))
	}
	p.rows = append(rows, p.bottomRow(border, f, l, len(rows)))
}

// rim is a part of the frame with words.
func (p *Pane) rim(left, right string) rim {
	return rim{width: p.place.W, accent: p.Accent, focused: p.focused, left: left, right: right}
}

// insideRow is a row of the pane with the sides of its frame.
func (p *Pane) insideRow(row int, of inner) string {
	for len(p.kept.inside) <= row {
		p.kept.inside = append(p.kept.inside, text.Memo[inner]{})
	}
	return p.kept.inside[row].Of(of, func() string {
		return of.side + " " + text.LeftToRight(text.Pad(of.line, of.width)) + " " + of.side
	})
}

// Free reports whether a cost that nobody knows is none: of a simulated model at a local address.
func (p *Pane) Free() bool { return p.Spec.Info.Local && p.Spec.Info.Simulated }

// metrics are the numbers of the newest reply, none while the pane hides who it is.
func (p *Pane) metrics(now time.Time, w int) string {
	if p.Hidden() {
		return ""
	}
	return report.Metrics(p.Reply(), p.Free(), now, w)
}

// State says in a sign and words what the pane is doing.
func (p *Pane) State(now time.Time) (sign, words string, feel theme.Tone) {
	if p.Hidden() {
		return p.hiddenState()
	}
	sign, words, feel = report.State(p.Reply(), now)
	words += p.take()
	if r := p.Reply(); r != nil && r.Model != p.Spec.Info.Ref.String() && r.ServedBy == r.Model {
		words += ", answer of " + text.OneLine(r.Model)
	}
	return sign, words, feel
}

// stateRow says how the reply is doing, and at the right how fast it came.
func (p *Pane) stateRow(th theme.Styles, now time.Time, w int) string {
	sign, words, feel := p.State(now)
	speed := report.Speed(p.Reply())
	if p.Hidden() {
		speed = ""
	}
	s := text.Cut(sign+" "+words, w)
	room := w - ansi.StringWidth(s)
	if room < len(speed)+2 {
		return th.Tone(feel).Render(s)
	}
	return th.Tone(feel).Render(s) + text.Spaces(room-len(speed)) + th.Dim.Render(speed)
}

// offerRow shows the buttons, as many as there is room for.
func (p *Pane) offerRow(offers []keys.Action, l Look, row, w int) string {
	names := map[keys.Action]string{keys.Again: "ask again", keys.Continue: "go on",
		keys.Other: "other model"}
	short := map[keys.Action]string{keys.Again: "again", keys.Continue: "go on",
		keys.Other: "model"}
	label := func(a keys.Action, names map[keys.Action]string) string {
		return "[" + l.Label(a) + " " + names[a] + "]"
	}
	total := 0
	for _, a := range offers {
		total += ansi.StringWidth(label(a, names)) + 1
	}
	if total-1 > w {
		names = short
	}
	var b strings.Builder
	at := 0
	for _, a := range offers {
		text := label(a, names)
		n := ansi.StringWidth(text)
		if at+n > w {
			break
		}
		p.buttons = append(p.buttons, button{row, 2 + at, 2 + at + n, a})
		b.WriteString(l.Theme.Strong.Render(text) + " ")
		at += n + 1
	}
	return strings.TrimSuffix(b.String(), " ")
}

// titleRow is the upper border with the pane's number, what tells it from its neighbours, and its
// provider. A simulated model always says so.
func (p *Pane) titleRow(border lipgloss.Style, f frameParts, th theme.Styles) string {
	room := max(0, p.place.W-4) // corners, and a blank on each side of the title
	title, mark := p.title(room), " "
	if p.current && !p.focused {
		mark = "▸"
	}
	return p.kept.title.Of(p.rim(mark, title), func() string {
		fill := max(0, room-ansi.StringWidth(title))
		return border.Render(f.topLeft) + th.Accent(p.Accent).Render(mark) +
			th.Accent(p.Accent).Bold(true).Render(title) +
			border.Render(" "+strings.Repeat(f.top, fill)+f.topRight)
	})
}

func (p *Pane) title(room int) string {
	if p.Hidden() {
		return text.Cut(p.Name(), room)
	}
	where := text.OneLine(p.Spec.Info.Ref.Provider)
	if p.called.name == "" { // the settings alone tell it apart
		where = ""
	}
	if r := p.Reply(); p.Spec.Info.Simulated || r != nil && r.Simulated &&
		r.Model == p.Spec.Info.Ref.String() {
		where = "simulated"
	}
	if p.Spec.Replayed { // which must be read before who it was
		where = strings.TrimSuffix("replay, "+where, ", ")
	}
	if where != "" {
		where = " · " + where
	}
	number := fmt.Sprintf("%d ", p.Number)
	return text.Cut(number+p.titleName(max(2, room-len(number)-ansi.StringWidth(where)))+where,
		room)
}

// titleName is the name in the title, in so many cells, with the settings apart from the model.
func (p *Pane) titleName(room int) string {
	name, settings := text.OneLine(p.called.name), text.OneLine(p.called.settings)
	switch {
	case settings == "":
		return text.Cut(name, room)
	case name == "":
		return text.Cut(settings, room)
	}
	const dot = " · "
	left := room - ansi.StringWidth(dot+settings)
	if left < min(minName, ansi.StringWidth(name)) {
		return text.Cut(settings, room)
	}
	return text.Cut(name, left) + dot + settings
}

// bottomRow is the lower border. What the pane is not showing stands in it: lines below, hits, a
// marked block.
func (p *Pane) bottomRow(border lipgloss.Style, f frameParts, l Look, row int) string {
	inner := max(0, p.place.W-2)
	left, right := p.bottomTexts(l)
	room := inner - 2
	if right = text.Cut(right, room); right != "" {
		right = " " + right + " "
		room -= ansi.StringWidth(right)
	}
	if left = text.Cut(left, max(0, room-3)); left != "" {
		left = " " + left + " "
		room -= ansi.StringWidth(left)
	}
	if right != "" && !p.follow && !p.detail {
		end := p.place.W - 2
		p.buttons = append(p.buttons, button{row, end - ansi.StringWidth(right), end, keys.Bottom})
	}
	return p.kept.bottom.Of(p.rim(left, right), func() string {
		return border.Render(f.bottomLeft+f.top) + l.Theme.Strong.Render(left) +
			border.Render(strings.Repeat(f.top, max(0, room))) +
			l.Theme.Warn.Render(right) + border.Render(f.top+f.bottomRight)
	})
}

// bottomTexts are what stands at the left and at the right of the lower border.
func (p *Pane) bottomTexts(l Look) (left, right string) {
	switch {
	case p.find != nil:
		left = p.find.says()
	case p.code != nil:
		left = p.code.says()
	case p.refs != nil:
		left = p.refs.says()
	case l.Locked && p.place.W >= 30:
		left = "⇅ together"
	case p.called.name == "": // the title does not say it
		left = text.OneLine(p.Spec.Info.Ref.String())
	}
	if p.detail && len(p.turns) > 0 {
		if below := len(report.Detail(p.Reply(), p.setup(), l.Theme, l.Width,
			l.Sums)) - p.detailTop - p.bodyHeight(); below > 0 {
			right = fmt.Sprintf("↓ %d", below)
		}
		return left, right
	}
	if p.follow || len(p.turns) == 0 {
		return left, ""
	}
	n, more := p.linesBelow(l)
	switch plus := map[bool]string{true: "+"}[more]; {
	case n == 0 && !more:
		right = "stays here · " + l.Label(keys.Bottom)
	case p.place.W >= 34 && left == "" || p.place.W >= 56:
		right = fmt.Sprintf("↓ %d%s %s below · %s", n, plus, text.Plural(n, "line"),
			l.Label(keys.Bottom))
	default:
		right = fmt.Sprintf("↓ %d%s", n, plus)
	}
	return left, right
}

// linesBelow counts the lines under the view. Turns that were never laid out at this width are not
// counted; more says that there are such.
func (p *Pane) linesBelow(l Look) (n int, more bool) {
	n = -p.top.line - p.bodyHeight()
	for i := p.top.turn; i < len(p.turns); i++ {
		if t := p.turns[i]; t.width == l.Width {
			n += t.height()
		} else {
			more = true
		}
	}
	return max(0, n), more
}

// blank is the body of a pane that has not been asked anything yet.
func (p *Pane) blank(l Look, h int) []string {
	about := p.about(l)
	if h < len(about)+2 {
		return nil
	}
	out := make([]string, h/2-1)
	for _, s := range about {
		s = text.Cut(text.OneLine(s), l.Width)
		out = append(out, text.Spaces((l.Width-ansi.StringWidth(s))/2)+l.Theme.Dim.Render(s))
	}
	return out
}

// about says which model the pane asks, and at what price.
func (p *Pane) about(l Look) []string {
	if p.Hidden() {
		return []string{"who this is", "stays hidden until " + l.Label(keys.Blind)}
	}
	about := []string{p.Spec.Info.Ref.String()}
	if c := p.Spec.Info.Context; c > 0 {
		about = append(about, fmt.Sprintf("%s tokens of context", figures.Tokens(c)))
	}
	if pr := p.Spec.Info.Price.Price; pr.Input > 0 || pr.Output > 0 {
		about = append(about, report.Rates(pr, l.Width))
	}
	return about
}
