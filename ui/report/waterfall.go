package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/figures"
	"lineup/session"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// Lane is one pane's part of it.
type Lane struct {
	Name   string
	Accent int
	Line   session.Timeline
	Reply  *session.Reply
}

// spanLook is how a kind of span looks: its sign and its words, so that meaning does not rest on
// colour.
type spanLook struct {
	kind session.SpanKind
	sign string
	word string
}

// spanLooks are in the order of the legend.
var spanLooks = [...]spanLook{
	{session.SpanStream, "█", "stream"},
	{session.SpanThink, "▓", "think"},
	{session.SpanWait, "░", "wait"},
	{session.SpanLoad, "▒", "load"},
	{session.SpanPause, "╌", "retry pause"},
	{session.SpanQueue, "┄", "queue"},
	{session.SpanDNS, "d", "DNS"},
	{session.SpanTCP, "c", "connect"},
	{session.SpanTLS, "s", "TLS"},
	{session.SpanPrepare, "·", "prepare"},
}

func lookOf(kind session.SpanKind) spanLook {
	i := slices.IndexFunc(spanLooks[:], func(l spanLook) bool { return l.kind == kind })
	return spanLooks[i]
}

// spanStyle is the colour of a kind of span in a lane.
func spanStyle(t theme.Styles, kind session.SpanKind, accent int) lipgloss.Style {
	switch kind {
	case session.SpanStream, session.SpanThink:
		return t.Accent(accent)
	case session.SpanLoad, session.SpanPause:
		return t.Warn
	case session.SpanDNS, session.SpanTCP, session.SpanTLS:
		return t.Text
	}
	return t.Dim
}

// Waterfall lays lanes out: a name, a bar, and when it ended, from Enter.
type Waterfall struct {
	theme theme.Styles
	now   time.Time
	width int
	name  int     // cells for the name
	bar   int     // cells for the bar
	until float64 // where the axis ends, in milliseconds
	step  float64 // from tick to tick
}

// timeWidth is the room after a bar: a sign and a time, such as " ✓ 12.3s".
const timeWidth = 9

// NewWaterfall makes room in width cells for lanes, whose running clocks stand at now.
func NewWaterfall(th theme.Styles, now time.Time, lanes []Lane, width int) Waterfall {
	c := Waterfall{theme: th, now: now, width: width}
	end := 0.0
	for _, l := range lanes {
		end = max(end, l.Line.End)
		c.name = max(c.name, ansi.StringWidth(l.Name))
	}
	c.name = min(c.name, max(2, width/4))
	c.bar = max(1, width-c.name-1-timeWidth)
	c.until = axisEnd(end)
	c.step = tickStep(c.until, c.bar)
	return c
}

// axisEnd is a round number of milliseconds at which an axis for so many ends; it moves in steps,
// so that the bars of a turn under way do not shrink with every frame.
func axisEnd(ms float64) float64 {
	for unit := 1.0; ; unit *= 10 {
		for _, f := range []float64{1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8} {
			if unit*f >= ms {
				return unit * f
			}
		}
	}
}

// tickStep is 1, 2 or 5 times a power of ten milliseconds, or whole minutes: the least at which
// labels stand apart.
func tickStep(until float64, cells int) float64 {
	fits := func(step float64) bool {
		return step/until*float64(cells) >= float64(len(tickLabel(until, step))+2)
	}
	for unit := 1.0; unit < 60_000; unit *= 10 {
		for _, f := range []float64{1, 2, 5} {
			if fits(unit * f) {
				return unit * f
			}
		}
	}
	step := 60_000.0
	for !fits(step) && step < until {
		step *= 2
	}
	return step
}

// tickLabel names a tick in seconds, with as many digits as the step has, or in minutes.
func tickLabel(at, step float64) string {
	switch {
	case at == 0:
		return "0"
	case step >= 60_000:
		return fmt.Sprintf("%.0fm", at/60_000)
	case step >= 1000:
		return fmt.Sprintf("%.0fs", at/1000)
	case step >= 100:
		return fmt.Sprintf("%.1fs", at/1000)
	case step >= 10:
		return fmt.Sprintf("%.2fs", at/1000)
	}
	return fmt.Sprintf("%.3fs", at/1000)
}

// Axis is the time axis: labels, and a line with their ticks.
func (c Waterfall) Axis() []string {
	line := []rune(strings.Repeat("─", c.bar))
	labels := []rune(text.Spaces(c.bar + timeWidth))
	for i := 0; ; i++ {
		at := float64(i) * c.step
		x := int(at / c.until * float64(c.bar))
		if x >= c.bar {
			break
		}
		line[x] = '┬'
		if i == 0 {
			line[x] = '┌'
		}
		copy(labels[x:], []rune(tickLabel(at, c.step)))
	}
	if strings.TrimSpace(string(labels[c.bar:])) == "" { // over what stands after the bars
		copy(labels[c.bar+1:], []rune("ends at"))
	}
	lead := text.Spaces(c.name + 1)
	return []string{c.theme.Dim.Render(strings.TrimRight(lead+string(labels), " ")),
		c.theme.Dim.Render(lead + string(line))}
}

// Rows draws the lanes, each with a line of its numbers and a blank line below, if there is room.
func (c Waterfall) Rows(lanes []Lane, room int) []string {
	numbers, gap := 2*len(lanes) <= room, 3*len(lanes)-1 <= room
	var out []string
	for i, l := range lanes {
		if gap && i > 0 {
			out = append(out, "")
		}
		sign, words, feel := State(l.Reply, c.now)
		took := c.theme.Tone(feel).Render(sign) + " " + figures.Millis(&l.Line.End)
		name := c.theme.Accent(l.Accent).Render(text.Pad(text.Cut(l.Name, c.name), c.name))
		out = append(out, name+" "+c.cells(l)+" "+took)
		if numbers {
			out = append(out, text.Spaces(c.name+1)+c.theme.Dim.Render(c.numbers(l, words)))
		}
	}
	return out
}

// cells draws a bar. A cell shows what most of its time was spent on, a failed attempt in any case.
func (c Waterfall) cells(l Lane) string {
	unit := c.until / float64(c.bar)
	var b strings.Builder
	for x := range c.bar {
		from, to := float64(x)*unit, float64(x+1)*unit
		if slices.ContainsFunc(l.Line.Failures,
			func(at float64) bool { return from < at && at <= to }) {
			b.WriteString(c.theme.Bad.Render("✗"))
			continue
		}
		most, kind := 0.0, session.SpanKind("")
		for _, s := range l.Line.Spans {
			if part := min(to, s.To) - max(from, s.From); part > most {
				most, kind = part, s.Kind
			}
		}
		if kind == "" {
			b.WriteByte(' ')
			continue
		}
		b.WriteString(spanStyle(c.theme, kind, l.Accent).Render(lookOf(kind).sign))
	}
	return b.String()
}

// numbers gives the end of a reply and the length of each part, in their order. Where there is
// little room the three parts of connecting become one, and what the sign says already goes.
func (c Waterfall) numbers(l Lane, words string) string {
	parts := []string{words}
	if l.Reply.Status == session.Done || l.Reply.Phase() != session.PhaseEnded {
		parts = nil // the sign says it, and the clock
	}
	if n := len(l.Reply.Attempts); n > 1 {
		parts = append(parts, fmt.Sprintf("%d attempts", n))
	}
	said, width := len(parts), c.width-c.name-1
	spent := func(kinds ...session.SpanKind) (ms float64) {
		for _, kind := range kinds {
			ms += l.Line.Spent(kind)
		}
		return ms
	}
	add := func(word string, kind session.SpanKind) {
		if ms := spent(kind); ms >= 0.5 {
			parts = append(parts, word+" "+figures.Millis(&ms))
		}
	}
	fine := func(word string, kinds ...session.SpanKind) {
		if ms := spent(kinds...); ms >= 0.5 {
			parts = append(parts, word+" "+figures.Fine(ms))
		}
	}
	times := func(connect func()) {
		parts = parts[:said:said]
		add("queue", session.SpanQueue)
		connect()
		add("load", session.SpanLoad)
		add("wait", session.SpanWait)
		add("think", session.SpanThink)
		add("stream", session.SpanStream)
		add("pause", session.SpanPause)
	}
	times(func() {
		fine("DNS", session.SpanDNS)
		fine("connect", session.SpanTCP)
		fine("TLS", session.SpanTLS)
	})
	if line := strings.Join(parts, dot); ansi.StringWidth(line) <= width {
		return line
	}
	times(func() { fine("connect", session.SpanDNS, session.SpanTCP, session.SpanTLS) })
	if said > 0 && parts[0] == words && ansi.StringWidth(strings.Join(parts, dot)) > width {
		parts = parts[1:]
	}
	for n := len(parts); n > 0; n-- {
		if line := strings.Join(parts[:n], dot); ansi.StringWidth(line) <= width {
			return line
		}
	}
	return ""
}

// dot stands between parts of a line.
const dot = " · "

// Legend explains the signs of the lanes, in as many rows as needed.
func (c Waterfall) Legend(lanes []Lane) []string {
	var parts []string
	for _, look := range spanLooks {
		for i, l := range lanes {
			if l.Line.Spent(look.kind) > 0 {
				accent := lanes[i].Accent
				parts = append(parts, spanStyle(c.theme, look.kind,
					accent).Render(look.sign)+" "+look.word)
				break
			}
		}
		if look.kind == session.SpanPause && slices.ContainsFunc(lanes,
			func(l Lane) bool { return len(l.Line.Failures) > 0 }) {
			parts = append(parts, c.theme.Bad.Render("✗")+" failed")
		}
	}
	var rows []string
	row := ""
	for _, p := range parts {
		switch {
		case row == "":
			row = p
		case ansi.StringWidth(row)+3+ansi.StringWidth(p) <= c.width:
			row += "   " + p
		default:
			rows = append(rows, row)
			row = p
		}
	}
	return append(rows, row)
}
