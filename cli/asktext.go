package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"lineup/providers"
	"lineup/registry"
	"lineup/session"
	"lineup/turn"
	"lineup/ui/report"
)

// textPrinter streams answers as text. The first of several models streams. The next one begins
// after its end, with all of its text so far, and so answers never mix.
type textPrinter struct {
	out    io.Writer
	tell   *teller
	apart  bool       // what is told does not come between the answers: those go elsewhere
	draws  *rendering // on a terminal; nil: the text as it comes
	single bool
	times  int   // that each model is asked, 0 for no repeat
	first  int   // slot of the first reply that is printed
	order  []int // the slots of the replies that are printed; nil: all, from the first on
	turn   *turn.Turn
	slots  []textSlot // in the order of the panes, and of the takes of a pane
	at     int        // the slot that is being printed
	closes bool       // what has not come will not come
}

// textSlot is an answer that has not been printed in full.
type textSlot struct {
	local   bool   // of the model that was asked
	heading string // until it is printed: with the first text, when it is known who answers
	reply   *session.Reply
	pending strings.Builder
	last    byte // of what was printed; 0 before anything was
	ended   bool
	untold  []providers.Event // that come before the turn of the slot
	told    bool              // something stands above the heading
}

func newTextPrinter(
	g *globals, specs []registry.Spec, times int, draws *rendering,
) *textPrinter {
	p := &textPrinter{
		out:    g.out,
		tell:   newTeller(g),
		apart:  !g.tty(g.out),
		draws:  draws,
		single: len(specs) == 1 && times == 0,
		times:  times,
	}
	for _, s := range specs {
		heading := s.Info.Ref.String()
		if s.Info.Simulated {
			heading += " (simulated)"
		}
		for take := range max(1, times) {
			slot := textSlot{heading: heading, local: s.Info.Local && s.Info.Simulated}
			if times > 0 {
				slot.heading += fmt.Sprintf(", take %d of %d", take+1, times)
			}
			p.slots = append(p.slots, slot)
		}
	}
	return p
}

func (p *textPrinter) event(r *session.Reply, ev providers.Event) error {
	place := r.Slot - p.first
	if p.order != nil {
		place = slices.Index(p.order, r.Slot)
	}
	s := &p.slots[place*max(1, p.times)+r.Take]
	s.reply = r
	switch ev.Type {
	case providers.EventText:
		s.pending.WriteString(ev.Text)
	case providers.EventMoved: // what is not printed yet is no answer
		s.pending.Reset()
		if s.last != 0 {
			s.pending.WriteString("\n\n")
		}
	case providers.EventEnd:
		s.ended = true
		s.pending.WriteString(callText(r, s.last != 0 || s.pending.Len() > 0))
	case providers.EventReasoning, providers.EventCall:
		return nil
	default:
		if p.apart {
			p.tell.event(r, ev)
			return nil
		}
		s.untold = append(s.untold, ev)
	}
	return p.flush()
}

// callText is the calls of tools in a reply, a line each: NAME ARGUMENTS. They stand apart from
// text before them.
func callText(r *session.Reply, apart bool) string {
	var b strings.Builder
	for i, c := range r.ToolCalls {
		if i == 0 && apart {
			b.WriteString("\n\n")
		}
		b.WriteString(providers.CleanLine(c.Name) + " " + c.Line() + "\n")
	}
	return b.String()
}

// flush prints what the present slot has, and goes on to the next one where it has ended.
func (p *textPrinter) flush() error {
	for p.at < len(p.slots) {
		s := &p.slots[p.at]
		if p.closes && s.reply == nil { // of a repeat that was stopped
			p.at++
			continue
		}
		if p.draws != nil && len(s.untold) > 0 {
			if err := p.draws.hide(); err != nil {
				return err
			}
		}
		lines := p.tell.lines
		for _, ev := range s.untold {
			p.tell.event(s.reply, ev)
		}
		s.told = s.told || p.tell.lines > lines
		s.untold = nil
		if err := p.head(s); err != nil {
			return err
		}
		if err := p.print(s, s.pending.String()); err != nil {
			return err
		}
		s.pending.Reset()
		if !s.ended {
			return nil
		}
		if err := p.end(s); err != nil {
			return err
		}
		p.at++
	}
	return nil
}

// head prints the heading of an answer, once there is something below it. It also names a fallback
// that answers.
func (p *textPrinter) head(s *textSlot) error {
	if s.heading == "" || p.single || !s.ended && s.pending.Len() == 0 {
		return nil
	}
	heading := s.heading
	if s.told && !p.apart {
		if _, err := io.WriteString(p.out, "\n"); err != nil {
			return err
		}
	}
	if s.reply.ServedBy != s.reply.Model && (s.pending.Len() > 0 || s.reply.Status.Answer()) {
		heading += ", answered by " + s.reply.ServedBy
	}
	s.heading = ""
	return p.line("## " + heading)
}

// line prints a heading.
func (p *textPrinter) line(heading string) error {
	heading = providers.CleanLine(heading)
	if p.draws != nil {
		_, err := io.WriteString(p.draws.out, drawnHeading(heading)+"\n\n")
		return err
	}
	_, err := io.WriteString(p.out, heading+"\n\n")
	return err
}

// drawnHeading is a heading on a terminal: bold, in place of the marks of Markdown.
func drawnHeading(heading string) string {
	return ansi.SGR(ansi.AttrBold) + strings.TrimPrefix(heading, "## ") + ansi.ResetStyle
}

func (p *textPrinter) print(s *textSlot, text string) error {
	if text == "" {
		return nil
	}
	// A pipe ends at a terminal, too. Whoever wants every character takes --json.
	if text = providers.Clean(text); text == "" {
		return nil
	}
	s.last = text[len(text)-1]
	if p.draws != nil {
		return p.draws.write(text)
	}
	_, err := io.WriteString(p.out, text)
	return err
}

// end closes an answer with a line end, and says on standard error what went wrong with it.
func (p *textPrinter) end(s *textSlot) error {
	if p.draws != nil {
		if err := p.draws.end(); err != nil {
			return err
		}
	} else if s.last != 0 && s.last != '\n' {
		if err := p.print(s, "\n"); err != nil {
			return err
		}
	}
	p.tell.end(s.reply)
	p.tell.check(s.reply, p.single)
	if !p.apart {
		p.tell.numbers(s.reply, s.local, p.single)
	}
	if p.single || p.at == len(p.slots)-1 {
		return nil
	}
	_, err := io.WriteString(p.out, "\n")
	return err
}

// close prints what is left, and a summary of each pane that was asked several times.
func (p *textPrinter) close() error {
	p.closes = true
	if err := p.flush(); err != nil {
		return err
	}
	for _, s := range summaries(p.turn) {
		if _, err := io.WriteString(p.out, "\n"); err != nil {
			return err
		}
		if err := p.line("## " + s.Contender.Label() + ", in sum"); err != nil {
			return err
		}
		rows := strings.Join(report.Repeat(s, summaryWidth), "\n")
		if _, err := io.WriteString(p.out, providers.Clean(rows)+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// summaryWidth is the widest line of a summary.
const summaryWidth = 80
