package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"lineup/config"
	"lineup/figures"
	"lineup/providers"
	"lineup/session"
	"lineup/ui/markdown"
	"lineup/ui/report"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// rendering writes one answer after the other on a terminal, as Markdown, while it comes. The end
// of an answer that may still change is written again in its place.
type rendering struct {
	out    io.Writer
	style  markdown.Style
	size   func() (width, height int)
	now    func() time.Time
	stream *markdown.Stream
	feed   text.Feed

	width int // of the rows
	done  int // rows that are written for good
	tail  int // rows below them, whose last one has no line end
	drawn time.Time
}

// redrawEvery is how long the end of an answer stands at least.
const redrawEvery = 50 * time.Millisecond

// rendered reports whether answers are drawn on standard output: it is a terminal that can draw,
// and nobody wants the text itself.
func (g *globals) rendered(plain bool) bool { return !plain && g.tty(g.out) && !g.dumb() }

func (g *globals) newRendering(cfg config.Config) *rendering {
	return &rendering{out: g.colours(), style: g.answerStyle(cfg), size: g.size, now: time.Now}
}

// answerStyle is how answers look outside the screen. Nobody asks the terminal for its ground
// there, so where the user does not say it "auto" is the terminal's own colours, which can be read
// on any.
func (g *globals) answerStyle(cfg config.Config) markdown.Style {
	l := g.look(cfg)
	if (l.name == "" || l.name == "auto") && g.background == "" {
		l.name = "terminal"
	}
	profile := colorprofile.TrueColor
	if w, ok := g.colours().(*colorprofile.Writer); ok {
		profile = w.Profile
	}
	return theme.New(l.name, l.own, g.background == "dark", profile).Markdown(0)
}

// size is how many cells and rows the terminal has.
func (g *globals) size() (width, height int) {
	if f, ok := g.out.(term.File); ok {
		if w, h, err := term.GetSize(f.Fd()); err == nil && w > 0 {
			return w, h
		}
	}
	return g.width(), 24
}

// write takes the next piece of the answer.
func (r *rendering) write(piece string) error {
	if r.stream == nil {
		r.width, _ = r.size()
		r.stream = markdown.New(r.style, r.width)
		r.feed = text.Feed{Clusters: true} // no frame breaks where a terminal counts differently
	}
	r.stream.Write(r.feed.Add(providers.Clean(piece)))
	if r.now().Sub(r.drawn) < redrawEvery {
		return nil
	}
	return r.draw(false)
}

// end writes the rest of the answer for good.
func (r *rendering) end() error {
	if r.stream == nil {
		return nil
	}
	r.stream.Write(r.feed.Flush())
	r.stream.Finish()
	err := r.draw(true)
	r.stream, r.done = nil, 0
	return err
}

// draw brings what is on the terminal up to date.
func (r *rendering) draw(final bool) error {
	width, height := r.size()
	if width != r.width {
		r.width = width
		r.stream.Resize(width)
	}
	frame := r.stream.Render(-1) // at every redraw, whatever it costs
	settled, open := frame.Committed, frame.Tail
	if final {
		settled, open = append(settled[:len(settled):len(settled)], open...), nil
	}
	if most := max(1, height-1); len(open) > most { // the cursor cannot go back further
		open = open[len(open)-most:]
	}
	var b strings.Builder
	b.WriteString(r.erase())
	for _, row := range settled[min(r.done, len(settled)):] {
		b.WriteString(row.Text + "\n")
	}
	for i, row := range open {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(row.Text)
	}
	r.done, r.tail, r.drawn = max(r.done, len(settled)), len(open), r.now()
	_, err := io.WriteString(r.out, b.String())
	return err
}

// erase is what takes the open rows from the terminal.
func (r *rendering) erase() string {
	if r.tail == 0 {
		return ""
	}
	up := ""
	if r.tail > 1 {
		up = ansi.CursorUp(r.tail - 1)
	}
	r.tail = 0
	return "\r" + up + ansi.EraseScreenBelow
}

// hide takes the open rows away, so that something else can be written. They come again with the
// next piece.
func (r *rendering) hide() error {
	r.drawn = time.Time{}
	_, err := io.WriteString(r.out, r.erase())
	return err
}

// renderAll writes a whole document.
func (r *rendering) renderAll(doc string) error {
	if err := r.write(doc); err != nil {
		return err
	}
	return r.end()
}

// numbers is TTFT, time, speed, tokens and cost of a reply in one line, what there is of them.
func numbers(r *session.Reply, local bool) string {
	var parts []string
	if r.Metrics.TTFT != nil {
		parts = append(parts, "TTFT "+figures.Millis(r.Metrics.TTFT))
	}
	total := figures.Duration(r.Elapsed(time.Now()))
	if ms := r.Before(); ms > 0 {
		total += " +" + figures.Millis(&ms) + " before"
	}
	parts = append(parts, total)
	if speed := report.Speed(r); speed != "" {
		parts = append(parts, speed)
	}
	if r.Usage.Output > 0 {
		approx := figures.Approx(r.Usage.Source == session.Estimated)
		parts = append(parts, fmt.Sprintf("%s%s tok", approx, figures.Tokens(r.Usage.Output)))
		if cost := report.Cost(r.Cost, local); cost != "" {
			parts = append(parts, cost)
		}
	}
	return strings.Join(parts, " · ")
}
