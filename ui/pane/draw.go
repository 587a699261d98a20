package pane

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/figures"
	"lineup/providers"
	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/report"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// frameParts are what a pane's frame is drawn with. The one with the focus alone has a frame on all
// sides, a heavy one, so that it can be told without colours. The others have a line above them.
type frameParts struct{ topLeft, top, topRight, side, bottomLeft, bottom, bottomRight string }

func frameFor(focused bool) frameParts {
	if focused {
		return frameParts{"┏", "━", "┓", "┃", "┗", "━", "┛"}
	}
	return frameParts{"─", "─", " ", " ", " ", " ", " "}
}

// kept is what a pane keeps of its rows from one frame to the next, in one theme.
type kept struct {
	side    text.Memo[rim]
	title   text.Memo[rim]
	bottom  text.Memo[rim]
	numbers text.Memo[string]
	prompt  text.Memo[prompted]
	inside  []text.Memo[inner] // by row
}

// prompted is what the row of the prompt above an answer is made of.
type prompted struct {
	turn     *session.Turn
	width    int
	clusters text.Clusters
}

// rim is what a part of a pane's frame is made of.
type rim struct {
	width, accent int
	focused       bool
	left, right   string // the words in it
	numbers       bool   // left is the line of numbers
	feel          theme.Tone
}

// inner is what a row between the sides of the frame is made of.
type inner struct {
	line, side string
	width      int
}

// Draw brings rows up to date.
func (p *Pane) Draw(l Look, now time.Time) {
	if p.best != l.Best {
		p.best, p.dirty = l.Best, true
	}
	if p.busy != l.Busy {
		p.busy, p.dirty = l.Busy, p.dirty || len(p.offers()) > 0
	}
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
	body := p.window(l) // first, since the state may depend on what it shows
	rows := append(p.rows[:0], p.titleRow(border, f, th, now))
	put := func(line string) {
		if len(rows) < p.place.H-1 {
			rows = append(rows, p.insideRow(len(rows), inner{line, side, w}))
		}
	}
	if p.airy() {
		put(p.stateRow(th, now, w))
		put(p.stickyPrompt(l))
	}
	for i := range p.bodyHeight() {
		put(text.At(body, i))
	}
	if offers := p.offers(); len(offers) > 0 {
		put(p.offerRow(offers, l, len(rows), w))
	}
	if p.numbered() {
		put(p.metrics(th, now, w))
	}
	if p.barred() {
		put(p.bars(th, now, w))
	}
	p.rows = append(rows, p.bottomRow(border, f, l, now, len(rows)))
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

// Simulated reports whether the model is a simulated one, as the config or its own server says.
func (p *Pane) Simulated() bool {
	r := p.Reply()
	return p.Spec.Info.Simulated || r != nil && r.Simulated && r.Model == p.Spec.Info.Ref.String()
}

// numbers are those of the newest reply, none while the pane hides who it is.
func (p *Pane) numbers(now time.Time, w int) string {
	if p.Hidden() {
		return ""
	}
	return report.Metrics(p.Reply(), p.Free(), now, w)
}

// metrics is the line of numbers: they stand out, their names and units do not.
func (p *Pane) metrics(th theme.Styles, now time.Time, w int) string {
	line := p.numbers(now, w)
	return p.kept.numbers.Of(line, func() string { return emphasised(line, th) })
}

// emphasised is a line of numbers in which the words without a digit are muted.
func emphasised(line string, th theme.Styles) string {
	var b strings.Builder
	for i, word := range strings.Split(line, " ") {
		if i > 0 {
			b.WriteByte(' ')
		}
		switch {
		case word == "":
		case strings.ContainsAny(word, "0123456789"):
			b.WriteString(th.Text.Render(word))
		default:
			b.WriteString(th.Dim.Render(word))
		}
	}
	return b.String()
}

// bars compare the numbers above them with the best ones of the turn, once its answers are there.
// The best one has a star.
func (p *Pane) bars(th theme.Styles, now time.Time, w int) string {
	v := p.Newest()
	if p.Hidden() || v == nil || p.best == nil || p.best.Turn != v.Turn {
		return ""
	}
	var b strings.Builder
	at := 0
	for _, bar := range report.Bars(v.Reply, p.best, p.Free(), now, w) {
		b.WriteString(text.Spaces(bar.At - at))
		full, rest := bar.Text()
		b.WriteString(th.Accent(p.Accent).Render(full) + th.Border.Render(rest))
		at = bar.At + bar.Width
	}
	return b.String()
}

// mostPromptBytes of a prompt fill the widest row.
const mostPromptBytes = 8 << 10

// stickyPrompt is the beginning of the prompt whose answer is in view, where the prompt itself is
// not.
func (p *Pane) stickyPrompt(l Look) string {
	if len(p.lines) == 0 || p.detail {
		return ""
	}
	first := p.lines[0]
	if first.turn >= len(p.turns) ||
		first.line < len(p.turns[first.turn].prompt)-1 { // whose last row is blank
		return ""
	}
	t := p.turns[first.turn].Turn
	return p.kept.prompt.Of(prompted{t, l.Width, l.Reading.Clusters}, func() string {
		prompt := t.Prompt // of which a row holds no more, and which may be long
		prompt = strings.ToValidUTF8(prompt[:min(len(prompt), mostPromptBytes)], "")
		return l.Theme.Dim.Render(text.Cut("› "+l.Reading.Clusters.OneLine(prompt), l.Width))
	})
}

// State says in a sign and words what the pane is doing.
func (p *Pane) State(now time.Time) (sign, words string, feel theme.Tone) {
	if p.Hidden() {
		return p.hiddenState()
	}
	if p.ahead.panes > 0 {
		sign, words, feel = p.queuedState(now)
	} else {
		sign, words, feel = report.State(p.Reply(), now)
	}
	words += p.take()
	if r := p.Reply(); r != nil && r.Model != p.Spec.Info.Ref.String() && r.ServedBy == r.Model {
		words += ", answer of " + text.OneLine(r.Model)
	}
	return sign, words, feel
}

// briefState is what State says, in a dozen cells.
func (p *Pane) briefState(now time.Time) string {
	switch {
	case p.Hidden():
		_, words, _ := p.hiddenState()
		return words
	case p.ahead.panes > 0:
		return p.queuedFor()
	case p.take() != "":
		return strings.TrimPrefix(p.take(), ", ")
	}
	return report.Brief(p.Reply(), now)
}

// stateRow says how the reply is doing, and at the right how fast it came.
func (p *Pane) stateRow(th theme.Styles, now time.Time, w int) string {
	sign, words, feel := p.State(now)
	speed := report.Speed(p.Reply())
	if p.Hidden() {
		speed = ""
	}
	wordings := p.stateWordings(sign + " " + words)
	s := text.Cut(wordings[len(wordings)-1], w)
	for _, gap := range []int{len(speed) + 2, 0} { // beside the speed, else without it
		fits := func(s string) bool { return ansi.StringWidth(s)+gap <= w }
		if i := slices.IndexFunc(wordings, fits); i >= 0 {
			s = wordings[i]
			break
		}
	}
	room := w - ansi.StringWidth(s)
	if room < len(speed)+2 {
		return th.Tone(feel).Render(s)
	}
	return th.Tone(feel).Render(s) + text.Spaces(room-len(speed)) +
		emphasised(speed, th)
}

// stateWordings are a state in full and, where another model answered, ever shorter. The name of
// that model stays whole; its provider goes only where the pane's own is the same.
func (p *Pane) stateWordings(state string) []string {
	r := p.Reply()
	if p.Hidden() || r == nil || r.ServedBy == r.Model {
		return []string{state}
	}
	full := text.OneLine(r.ServedBy)
	short := full
	if ref := providers.RefOf(r.ServedBy); ref.Provider == p.Spec.Info.Ref.Provider {
		short = text.OneLine(ref.Model)
	}
	before, after, ok := strings.Cut(state, ", served by "+full)
	if !ok {
		return []string{state}
	}
	return []string{state, before + ", served by " + short + after,
		before + ", by " + short + after}
}

// offerRow shows the buttons, as many as there is room for. Its row is empty while they do nothing.
func (p *Pane) offerRow(offers []keys.Action, l Look, row, w int) string {
	names := map[keys.Action]string{keys.Again: "ask again", keys.Continue: "go on",
		keys.Other: "other model"}
	short := map[keys.Action]string{keys.Again: "again", keys.Continue: "go on",
		keys.Other: "model"}
	label := func(a keys.Action, names map[keys.Action]string) string {
		return "[" + l.Label(a) + " " + names[a] + "]"
	}
	if l.Busy {
		return ""
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

// bottomRow is the lower border. What the pane is not showing stands in it: lines below, hits, a
// marked block.
func (p *Pane) bottomRow(
	border lipgloss.Style, f frameParts, l Look, now time.Time, row int,
) string {
	inner := max(0, p.place.W-2)
	left, right := p.bottomTexts(l)
	room := inner - 2
	numbers := ""
	if p.metered() && !p.airy() && (p.find == nil && p.code == nil && p.refs == nil) {
		taken := 3 // a cell of the border, and a blank on each side
		if right != "" {
			taken += ansi.StringWidth(right) + 2
		}
		numbers = p.numbers(now, max(0, room-taken))
	}
	if numbers != "" {
		left = numbers
	}
	if right = text.Cut(right, room); right != "" {
		right = " " + right + " "
		room -= ansi.StringWidth(right)
	}
	if left = text.Cut(left, max(0, room-3)); left != "" {
		if left += " "; p.focused {
			left = " " + left
		}
		room -= ansi.StringWidth(left)
	}
	if right != "" && !p.follow && !p.detail {
		end := p.place.W - 2
		p.buttons = append(p.buttons, button{row, end - ansi.StringWidth(right), end, keys.Bottom})
	}
	of := p.rim(left, right)
	of.numbers = numbers != ""
	return p.kept.bottom.Of(of, func() string {
		words := l.Theme.Strong.Render(left)
		if of.numbers {
			words = emphasised(left, l.Theme)
		}
		return border.Render(f.bottomLeft+f.bottom) + words +
			border.Render(strings.Repeat(f.bottom, max(0, room))) +
			l.Theme.Warn.Render(right) + border.Render(f.bottom+f.bottomRight)
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
	if q := p.Spec.Info.Price; q.Price.Input > 0 || q.Price.Output > 0 {
		about = append(about, report.Rates(q, l.Width))
	}
	return about
}
