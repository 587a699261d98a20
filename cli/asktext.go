package cli

import (
	"fmt"
	"io"
	"strings"

	"lineup/providers"
	"lineup/registry"
	"lineup/session"
)

// textPrinter streams answers as text. Of several models the first one streams as it comes; the next begins where it
// ends, with what it has said so far, so that the answers never mix.
type textPrinter struct {
	out, err io.Writer
	single   bool
	slots    []textSlot
	at       int // the slot that is being printed
}

// textSlot is an answer that has not been printed in full.
type textSlot struct {
	heading string
	pending strings.Builder
	last    byte // of what was printed; 0 before anything was
	ended   *session.Reply
}

func newTextPrinter(g *globals, specs []registry.Spec) *textPrinter {
	p := &textPrinter{out: g.out, err: g.err, single: len(specs) == 1, slots: make([]textSlot, len(specs))}
	for i, s := range specs {
		p.slots[i].heading = "## " + s.Info.Ref.String()
		if s.Info.Simulated {
			p.slots[i].heading += " (simulated)"
		}
	}
	return p
}

func (p *textPrinter) event(r *session.Reply, ev providers.Event) error {
	s := &p.slots[r.Slot]
	switch ev.Type {
	case providers.EventText:
		s.pending.WriteString(ev.Text)
	case providers.EventEnd:
		s.ended = r
	default:
		return nil
	}
	return p.flush()
}

// flush prints what the present slot has, and goes on to the next one where it has ended.
func (p *textPrinter) flush() error {
	for p.at < len(p.slots) {
		s := &p.slots[p.at]
		if s.heading != "" && !p.single {
			if err := p.print(s, s.heading+"\n\n"); err != nil {
				return err
			}
		}
		s.heading = ""
		if err := p.print(s, s.pending.String()); err != nil {
			return err
		}
		s.pending.Reset()
		if s.ended == nil {
			return nil
		}
		if err := p.end(s); err != nil {
			return err
		}
		p.at++
	}
	return nil
}

func (p *textPrinter) print(s *textSlot, text string) error {
	if text == "" {
		return nil
	}
	s.last = text[len(text)-1]
	_, err := io.WriteString(p.out, text)
	return err
}

// end closes an answer with a line end, and says on standard error what went wrong with it.
func (p *textPrinter) end(s *textSlot) error {
	if s.last != 0 && s.last != '\n' {
		if err := p.print(s, "\n"); err != nil {
			return err
		}
	}
	if !p.single && p.at < len(p.slots)-1 {
		if err := p.print(s, "\n"); err != nil {
			return err
		}
	}
	r := s.ended
	if r.Status == session.Length {
		fmt.Fprintf(p.err, "lineup: %s: cut at max_tokens\n", r.Model)
	}
	if r.Error != nil {
		fmt.Fprintf(p.err, "lineup: %s: %s: %s\n", r.Model, r.Status, r.Error.Message)
		if r.Error.Hint != "" {
			fmt.Fprintf(p.err, "lineup:   %s\n", r.Error.Hint)
		}
	}
	return nil
}

func (p *textPrinter) close() error { return p.flush() }
