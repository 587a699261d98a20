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
		b := r.newBars()
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

// bars are the bars of a run on a terminal, one a provider.
type bars struct {
	r    *running
	all  *mpb.Progress
	each []*mpb.Bar
	now  atomic.Pointer[batch.Progress]
}

func (r *running) newBars() *bars {
	b := &bars{r: r}
	b.look()
	b.all = mpb.New(mpb.WithOutput(terminalOf(r.g.err)), mpb.WithWidth(barWidth),
		mpb.WithRefreshRate(barsEvery), mpb.WithAutoRefresh())
	for i, p := range b.now.Load().Providers {
		one := func() batch.ProviderProgress { return b.now.Load().Providers[i] }
		bar := b.all.New(int64(p.All), mpb.BarStyle().Rbound("]"),
			mpb.PrependDecorators(decor.Name(p.Name, decor.WCSyncSpaceR),
				decor.Any(func(decor.Statistics) string { return doneWords(one()) },
					decor.WCSyncSpace)),
			mpb.AppendDecorators(decor.Any(func(s decor.Statistics) string {
				return b.words(one(), s.AvailableWidth)
			})))
		b.each = append(b.each, bar)
	}
	return b
}

// How wide a bar is, and how wide one is at least beside words that are padded.
const (
	barWidth = 40
	barLeast = 12
)

// words are those after the bar of a provider. Where there is room all of them are equally wide:
// then the bars are, too.
func (b *bars) words(p batch.ProviderProgress, room int) string {
	words, most := " "+strings.TrimPrefix(stateWords(p), ", "), 0
	for _, other := range b.now.Load().Providers {
		most = max(most, len(stateWords(other))-1)
	}
	if most+barLeast > room {
		return words
	}
	return fmt.Sprintf("%-*s", most, words)
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

// look takes the numbers of the moment.
func (b *bars) look() {
	p := b.r.run.Progress(time.Now())
	b.now.Store(&p)
	for i, bar := range b.each {
		bar.SetCurrent(int64(p.Providers[i].Done + p.Providers[i].Failed))
	}
}

// show keeps the bars up to date.
func (b *bars) show(done <-chan struct{}) {
	tick := time.NewTicker(barsEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			b.look()
			continue
		case <-done:
		}
		b.look()
		for _, bar := range b.each {
			bar.Abort(false) // does nothing to one that is full
		}
		b.all.Wait()
		return
	}
}
