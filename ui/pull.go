package ui

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/providers"
	"lineup/providers/wire"
	"lineup/ui/keys"
	"lineup/ui/text"
)

// pull is a model that its server fetches. It goes on while other things are done.
type pull struct {
	ref    string
	at     wire.PullProgress
	next   func() (wire.PullProgress, error, bool)
	end    func()
	cancel context.CancelFunc
}

// pullMsg says how far a pull has come, or that it has ended: at.Done, or with an error.
type pullMsg struct {
	pull *pull
	at   wire.PullProgress
	err  error
}

// pullBeat is how often a pull tells how far it is.
const pullBeat = 200 * time.Millisecond

// pulls are the models that servers fetch now.
type pulls []*pull

// start has the server of a reference fetch its model.
func (ps *pulls) start(a *app, ref string) tea.Cmd {
	puller, ok := a.cfg.Models.(Puller)
	if !ok {
		a.flash = "this server cannot fetch models"
		return nil
	}
	if ps.of(ref) != nil {
		return nil
	}
	ctx, cancel := context.WithCancel(a.ctx)
	p := &pull{ref: ref, cancel: cancel, at: wire.PullProgress{Status: "asking the server"}}
	p.next, p.end = iter.Pull2(puller.Pull(ctx, ref))
	*ps = append(*ps, p)
	return p.wait()
}

// wait reads what the server writes until it is time to tell, or the end. There is never more than
// one of these commands for a pull.
func (p *pull) wait() tea.Cmd {
	return func() tea.Msg {
		began := time.Now()
		for {
			at, err, more := p.next()
			switch {
			case !more:
				err = errors.New("the server ended the download without a word")
				fallthrough
			case err != nil, at.Done:
				p.end()
				p.cancel()
				return pullMsg{p, at, err}
			case time.Since(began) >= pullBeat:
				return pullMsg{p, at, nil}
			}
		}
	}
}

func (ps pulls) of(ref string) *pull {
	for _, p := range ps {
		if p.ref == ref {
			return p
		}
	}
	return nil
}

// take takes a message of a pull. One that has ended well is told to the overlay that is open.
func (ps *pulls) take(a *app, msg pullMsg) tea.Cmd {
	p := msg.pull
	if msg.err == nil && !msg.at.Done {
		p.at = msg.at
		return p.wait()
	}
	*ps = slices.DeleteFunc(*ps, func(other *pull) bool { return other == p })
	var e *providers.Error
	switch {
	case errors.As(msg.err, &e) && e.Kind == providers.Cancelled:
		a.flash = text.OneLine(p.ref) + ": pull stopped; pull it again to resume"
	case errors.As(msg.err, &e):
		a.flash = text.OneLine(p.ref) + ": " + text.OneLine(e.Message+"; "+e.Hint)
	case msg.err != nil:
		a.flash = text.OneLine(p.ref) + ": " + text.OneLine(msg.err.Error())
	default:
		a.flash = text.OneLine(p.ref) + " is there; " + a.keys.Label(keys.Models) + " opens it"
	}
	if l, ok := a.layer.overlay.(listener); ok {
		return l.heard(a, msg)
	}
	return nil
}

// progress is the state of a pull in at most w cells: a bar, the share and the bytes.
func (p *pull) progress(w int) string {
	if p.at.Total == 0 {
		return text.Cut(text.OneLine(p.at.Status)+"…", w)
	}
	share := float64(p.at.Completed) / float64(p.at.Total)
	s := fmt.Sprintf("%3.0f%%", share*100)
	done, all := text.Bytes(p.at.Completed), text.Bytes(p.at.Total)
	if full := fmt.Sprintf("%s  %s of %s", s, done, all); ansi.StringWidth(full)+8 <= w {
		s = full
	}
	bar := min(20, w-ansi.StringWidth(s)-1)
	if bar < 4 {
		return s
	}
	filled := int(share * float64(bar))
	return strings.Repeat("█", filled) + strings.Repeat("░", bar-filled) + " " + s
}

// hint tells in the last line of the screen what is being pulled.
func (ps pulls) hint() string {
	if len(ps) == 0 {
		return ""
	}
	p := ps[0]
	s := "pulling " + text.OneLine(p.ref)
	if p.at.Total > 0 {
		s += fmt.Sprintf(" %.0f%%", float64(p.at.Completed)/float64(p.at.Total)*100)
	}
	if n := len(ps) - 1; n > 0 {
		s += fmt.Sprintf(" and %d more", n)
	}
	return s
}
