package cli

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"

	"lineup/load"
	"lineup/providers"
	"lineup/session"
	"lineup/ui/report"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// measure runs the measurement and shows its progress: a growing table on a terminal, elsewhere a
// line a level.
func (g *globals) measure(
	ctx context.Context, f benchFlags, t load.Target,
) (*session.Bench, error) {
	p := f.plan()
	if !g.tty(g.err) || g.dumb() {
		levels := 0
		return load.Run(ctx, p, t, func(now load.Progress) {
			for ; levels < len(now.Levels); levels++ {
				l := now.Levels[levels]
				fmt.Fprintf(g.err, "lineup: %d at once: %s tok/s, %.0f %% good\n", l.Concurrency,
					text.Digits3(l.TokensPerSecond), 100*l.Goodput)
			}
		})
	}
	var now atomic.Pointer[load.Progress]
	style := theme.New("terminal", nil, false, g.coloursOf(g.err).Profile)
	rows := g.liveOn(g.err)
	rows.screen = true // however often the terminal changes its size, nothing of them stays
	stop := rows.follow(func(width int) []string {
		return benchRows(style, t.Info.Ref.String(), now.Load(), width)
	})
	defer stop(false)
	return load.Run(ctx, p, t, func(p load.Progress) { now.Store(&p) })
}

// benchRows are a measurement in progress.
func benchRows(t theme.Styles, ref string, now *load.Progress, width int) []string {
	rows := strings.Split(foldParts([]string{"Measuring " + providers.CleanLine(ref),
		"Ctrl+C stops and keeps what is there"}, width, 0), "\n")
	if now == nil || now.Now.Concurrency == 0 && len(now.Levels) == 0 {
		return append(rows, "warming up …")
	}
	var level *session.BenchLevel
	if now.Now.Concurrency > 0 {
		level = &now.Now
	}
	return append(rows, report.BenchRows(t, now.Levels, level, now.Part, width)...)
}
