package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"lineup/batch"
	"lineup/figures"
	"lineup/ui/report"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// How often the numbers change on a terminal, and how often a line tells of them elsewhere.
const (
	barsEvery = 200 * time.Millisecond
	tellEvery = 10 * time.Second
)

// watch shows how far the run is until stop is called. interrupted is said where ctx ends before.
func (r *running) watch(ctx context.Context, interrupted string) (stop func()) {
	done := make(chan struct{})
	var shown sync.WaitGroup
	switch {
	case r.f.noProgress:
	case r.g.tty(r.g.err) && !r.g.dumb():
		b := newBars(r.g, func() []report.RunBar { return runBars(r.run.Progress(time.Now())) })
		r.tell = b.all // which prints above the bars
		shown.Go(func() { b.show(done) })
	default:
		shown.Go(func() { r.tellLines(done) })
	}
	shown.Go(func() {
		select {
		case <-ctx.Done():
		case <-done: // perhaps because of the interrupt
		}
		if ctx.Err() != nil {
			r.say("%s", interrupted)
		}
	})
	return func() {
		close(done)
		shown.Wait()
		r.tell = r.g.err
	}
}

// tellLines prints a line now and then.
func (r *running) tellLines(done <-chan struct{}) {
	tick := time.NewTicker(tellEvery)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case now := <-tick.C:
			p := r.run.Progress(now)
			var parts []string
			for _, one := range p.Providers {
				parts = append(parts, one.Name+" "+doneWords(one)+stateWords(one))
			}
			if spent := p.Spent; len(p.Providers) > 1 && spent.Known+spent.Unknown > 0 {
				parts = append(parts, spent.Words(figures.Money))
			}
			r.say("%s", strings.Join(parts, "; "))
		}
	}
}

// doneWords is how many lines there are of all.
func doneWords(p batch.ProviderProgress) string {
	return humanize.Comma(int64(p.Done+p.Failed)) + "/" + humanize.Comma(int64(p.All))
}

// stateWords is the rest of what is known of a provider.
func stateWords(p batch.ProviderProgress) string {
	var b strings.Builder
	if p.Failed > 0 {
		fmt.Fprintf(&b, ", %s failed", humanize.Comma(int64(p.Failed)))
	}
	if p.Left > 0 {
		fmt.Fprintf(&b, ", %s left out", humanize.Comma(int64(p.Left)))
	}
	if p.Running > 0 {
		fmt.Fprintf(&b, ", %d in flight", p.Running)
	}
	if p.TokensPerSecond > 0 {
		fmt.Fprintf(&b, ", %s tok/s", figures.Speed(p.TokensPerSecond))
	}
	if p.Spent.Known+p.Spent.Unknown > 0 {
		b.WriteString(", " + p.Spent.Words(figures.Money))
	}
	if p.ETA > 0 && p.Down == "" {
		b.WriteString(", " + figures.Duration(p.ETA) + " left")
	}
	if p.Down != "" {
		b.WriteString(", down")
	}
	return b.String()
}

// runBars are the bars of a run's providers.
func runBars(p batch.Progress) (bars []report.RunBar) {
	for _, one := range p.Providers {
		rest := one
		rest.Failed = 0 // the bar tells them
		bars = append(bars, report.RunBar{
			Name: one.Name, All: one.All, Done: one.Done, Failed: one.Failed,
			Rest: strings.ReplaceAll(strings.TrimPrefix(stateWords(rest), ", "), ", ", " · "),
		})
	}
	return bars
}

// bars are the bars of a run on a terminal, one a provider, drawn as on the screen.
type bars struct {
	look func() []report.RunBar
	now  atomic.Pointer[[]report.RunBar]
	all  *mpb.Progress
	each []*mpb.Bar
}

// restBelow is the width under which the rest of what is known stands below each bar.
const restBelow = 100

func newBars(g *globals, look func() []report.RunBar) *bars {
	b := &bars{look: look}
	b.update()
	width := g.widthOf(g.err)
	track := max(10, min(40, width/4))
	style := theme.New("terminal", nil, false, g.coloursOf(g.err).Profile)
	b.all = mpb.New(mpb.WithOutput(terminalOf(g.err)), mpb.WithRefreshRate(barsEvery),
		mpb.WithAutoRefresh())
	for i, bar := range *b.now.Load() {
		one := func() report.RunBar { return (*b.now.Load())[i] }
		options := []mpb.BarOption{mpb.PrependDecorators(decor.Name(bar.Name, decor.WCSyncSpaceR),
			decor.Any(func(decor.Statistics) string { return one().Ended() }, decor.WCSyncSpace))}
		if width < restBelow {
			options = append(options, mpb.BarExtender(mpb.BarFillerFunc(
				func(w io.Writer, s decor.Statistics) error {
					rest := style.Dim.Render(text.Cut("  "+one().Words(), s.AvailableWidth))
					_, err := io.WriteString(w, rest+"\n")
					return err
				}), false))
		} else {
			options = append(options, mpb.AppendDecorators(decor.Any(
				func(decor.Statistics) string { return " " + one().Words() })))
		}
		added, err := b.all.Add(int64(bar.All), mpb.BarFillerFunc(
			func(w io.Writer, s decor.Statistics) error {
				_, err := io.WriteString(w, one().Track(style, min(track, s.AvailableWidth)))
				return err
			}), options...)
		if err == nil { // it fails only once all is waited for
			b.each = append(b.each, added)
		}
	}
	return b
}

// terminalOf is the file of a terminal, which knows its width.
func terminalOf(w io.Writer) io.Writer {
	if o, ok := w.(*outletFile); ok {
		if f, ok := o.file.(*os.File); ok {
			return f
		}
	}
	return w
}

// update takes the numbers of the moment.
func (b *bars) update() {
	now := b.look()
	b.now.Store(&now)
}

// show keeps the bars up to date.
func (b *bars) show(done <-chan struct{}) {
	tick := time.NewTicker(barsEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			b.update()
			continue
		case <-done:
		}
		b.update()
		for _, bar := range b.each {
			bar.Abort(false)
		}
		b.all.Wait()
		return
	}
}
