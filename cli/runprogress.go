package cli

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/dustin/go-humanize"

	"lineup/batch"
	"lineup/figures"
	"lineup/ui/report"
	"lineup/ui/theme"
)

// tellEvery is how often a line tells of the numbers where no terminal shows them.
const tellEvery = 10 * time.Second

// watch shows how far the run is until stop is called. interrupted is said where ctx ends before.
func (r *running) watch(ctx context.Context, interrupted string) (stop func()) {
	done := make(chan struct{})
	var shown sync.WaitGroup
	stopBars := func(leave bool) {}
	switch {
	case r.f.noProgress:
	case r.g.tty(r.g.err) && !r.g.dumb():
		bars := r.g.liveOn(r.g.err)
		r.tell = bars
		style := theme.New("terminal", nil, false, r.g.coloursOf(r.g.err).Profile)
		stopBars = bars.follow(func(width int) []string {
			return append(report.RunBars(style, runBars(r.run.Progress(time.Now())), width), "")
		})
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
		stopBars(true)
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
	if p.ETA > 0 && p.Down == "" && p.Running > 0 { // after an interrupt nothing more comes
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
