package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"

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
) (b *session.Bench, err error) {
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
	screen := tea.NewProgram(benchView{ref: t.Info.Ref.String(), width: g.widthOf(g.err),
		style: theme.New("terminal", nil, false, colorprofile.ANSI)},
		tea.WithOutput(g.err), tea.WithInput(nil), tea.WithoutSignalHandler())
	go func() {
		b, err = load.Run(ctx, p, t, func(now load.Progress) { screen.Send(now) })
		screen.Send(benchOver{})
	}()
	if _, e := screen.Run(); e != nil {
		return nil, e
	}
	return b, err
}

// widthOf is how many cells a line of a terminal has.
func (g *globals) widthOf(w io.Writer) int {
	if f, ok := w.(term.File); ok {
		if width, _, err := term.GetSize(f.Fd()); err == nil && width > 0 {
			return width
		}
	}
	return plainWidth
}

// benchOver says that a measurement has ended. Bubble Tea keeps its own message that quits to
// itself, so that the view could not become empty.
type benchOver struct{}

// benchView is a measurement in progress.
type benchView struct {
	ref   string
	width int
	style theme.Styles
	now   load.Progress
	over  bool
}

func (v benchView) Init() tea.Cmd { return nil }

func (v benchView) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case load.Progress:
		v.now = msg
	case tea.WindowSizeMsg:
		v.width = msg.Width
	case benchOver:
		v.over = true
		return v, tea.Quit
	}
	return v, nil
}

// View is empty in the end: the table of all levels takes its place.
func (v benchView) View() tea.View {
	if v.over {
		return tea.NewView("")
	}
	head := fold("Measuring "+providers.CleanLine(v.ref)+
		" · Ctrl+C stops and keeps what is there", v.width, 0)
	if v.now.Now.Concurrency == 0 && len(v.now.Levels) == 0 {
		return tea.NewView(head + "\nwarming up …\n")
	}
	var level *session.BenchLevel
	if v.now.Now.Concurrency > 0 {
		level = &v.now.Now
	}
	rows := report.BenchRows(v.style, v.now.Levels, level, v.now.Part, v.width)
	return tea.NewView(head + "\n" + strings.Join(rows, "\n") + "\n")
}
