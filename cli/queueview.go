package cli

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"lineup/batch/queue"
	"lineup/ui/report"
	"lineup/ui/theme"
)

// The screen of a queue asks the database every lookEvery. A watch waits lookWithin for its answer.
const (
	lookEvery  = 2 * time.Second
	lookWithin = 10 * time.Second
)

// watchQueue shows the queue on the whole screen until somebody leaves it.
func (g *globals) watchQueue(
	ctx context.Context, q *queue.Queue, name string, all []queue.Status,
) error {
	width, height := g.sizeOf(g.out)
	v := queueView{where: q.Where(), all: all, at: time.Now(),
		style: theme.New("terminal", nil, false, colorprofile.ANSI),
		width: width, height: height,
		look: func() tea.Msg {
			ctx, cancel := context.WithTimeout(ctx, lookWithin)
			defer cancel()
			all, err := q.Status(ctx, name)
			return queueNews{all: all, err: err, at: time.Now()}
		}}
	screen := tea.NewProgram(v, tea.WithContext(ctx), tea.WithOutput(g.out),
		tea.WithInput(g.in), tea.WithoutSignalHandler())
	if _, err := screen.Run(); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

// queueNews is what the database has said, or why it said nothing.
type queueNews struct {
	all []queue.Status
	err error
	at  time.Time
}

// queueView is the screen of a queue. What was seen last stays while the database does not answer.
type queueView struct {
	where         string
	look          func() tea.Msg
	style         theme.Styles
	all           []queue.Status
	at            time.Time // of all
	problem       error
	width, height int
	from          int // the first row that is shown
}

func (v queueView) Init() tea.Cmd { return v.later() }

// later asks the database again after a while.
func (v queueView) later() tea.Cmd {
	return tea.Tick(lookEvery, func(time.Time) tea.Msg { return v.look() })
}

func (v queueView) Update(msg tea.Msg) (_ tea.Model, cmd tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		v.width, v.height = msg.Width, msg.Height
	case queueNews:
		if v.problem = msg.err; msg.err == nil {
			v.all, v.at = msg.all, msg.at
		}
		cmd = v.later()
	case tea.KeyPressMsg:
		switch msg.String() {
		case "q", "esc", "ctrl+c":
			return v, tea.Quit
		case "down", "j":
			v.from++
		case "up", "k":
			v.from--
		case "pgdown", "space":
			v.from += max(1, v.height-queueFrame-1)
		case "pgup":
			v.from -= max(1, v.height-queueFrame-1)
		case "home":
			v.from = 0
		}
	}
	v.from = max(0, min(v.from, len(v.rows())-(v.height-queueFrame)))
	return v, cmd
}

// queueFrame is how many rows are not of the list.
const queueFrame = 2

func (v queueView) rows() []string { return report.QueueRows(v.style, v.all, v.width) }

func (v queueView) View() tea.View {
	rows := v.rows()
	room := max(0, v.height-queueFrame)
	below := max(0, len(rows)-v.from-room)
	rows = rows[v.from:min(len(rows), v.from+room)]
	head := report.QueueHead(v.style, v.where, v.at, v.problem, v.width)
	foot := report.QueueFoot(v.style, v.from, below, v.width)
	screen := tea.NewView(head + "\n" + strings.Join(rows, "\n") +
		strings.Repeat("\n", room-len(rows)+1) + foot)
	screen.AltScreen = true
	return screen
}
