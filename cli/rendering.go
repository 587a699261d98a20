package cli

import (
	"fmt"
	"time"

	"github.com/charmbracelet/colorprofile"

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
	*live
	style  markdown.Style
	now    func() time.Time
	stream *markdown.Stream
	feed   text.Feed

	wide  int // cells of a row
	done  int // rows that are written for good
	drawn time.Time
}

// redrawEvery is how long the end of an answer stands at least.
const redrawEvery = 50 * time.Millisecond

// rendered reports whether answers are drawn on standard output: it is a terminal that can draw,
// and nobody wants the text itself.
func (g *globals) rendered(plain bool) bool { return !plain && g.tty(g.out) && !g.dumb() }

func (g *globals) newRendering(cfg config.Config) *rendering {
	return &rendering{live: g.liveOn(g.out), style: g.answerStyle(cfg), now: time.Now}
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

// write takes the next piece of the answer.
func (r *rendering) write(piece string) error {
	if r.stream == nil {
		r.wide, _ = r.size()
		r.stream = markdown.New(r.style, r.wide)
		r.feed = text.Feed{Clusters: true} // no frame breaks where a terminal counts differently
	}
	r.stream.Write(r.feed.Add(providers.Clean(piece)))
	if r.now().Sub(r.drawn) < redrawEvery {
		return nil
	}
	return r.show(false)
}

// end writes the rest of the answer for good.
func (r *rendering) end() error {
	if r.stream == nil {
		return nil
	}
	r.stream.Write(r.feed.Flush())
	r.stream.Finish()
	err := r.show(true)
	r.stream, r.done = nil, 0
	return err
}

// show brings what is on the terminal up to date.
func (r *rendering) show(final bool) error {
	frame := r.stream.Render(-1) // at every redraw, whatever it costs
	settled, open := frame.Committed, frame.Tail
	settled = settled[min(r.done, len(settled)):]
	r.done, r.drawn = max(r.done, len(frame.Committed)), r.now()
	if width, _ := r.size(); width != r.wide { // what is written for good keeps its old rows
		r.wide = width
		r.stream.Resize(width)
		frame = r.stream.Render(-1)
		r.done, open = len(frame.Committed), frame.Tail
	}
	if final {
		settled, open = append(settled[:len(settled):len(settled)], open...), nil
	}
	return r.draw(rowTexts(settled), rowTexts(open))
}

// rowTexts are rows as they are written.
func rowTexts(rows []markdown.Row) (texts []string) {
	for _, row := range rows {
		texts = append(texts, row.Text)
	}
	return texts
}

// hide takes the open rows away, so that something else can be written. They come again with the
// next piece.
func (r *rendering) hide() error {
	r.drawn = time.Time{}
	return r.draw(nil, nil)
}

// renderAll writes a whole document.
func (r *rendering) renderAll(doc string) error {
	if err := r.write(doc); err != nil {
		return err
	}
	return r.end()
}

// numbers are TTFT, time, speed, tokens and cost of a reply, what there is of them.
func numbers(r *session.Reply, local bool) (parts []string) {
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
	return parts
}
