package ui

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"lineup/providers"
	"lineup/session"
	"lineup/turn"
	"lineup/ui/text"
)

// CastConfig says how a session is recorded as an asciicast. The zero value is a terminal of 120×36
// at the recorded speed.
type CastConfig struct {
	Width, Height int     // of the terminal, in cells
	Speed         float64 // 2 is twice as fast
	Light         bool    // on a light ground
}

// The terminal of a cast, where none is asked for.
const (
	castWidth  = 120
	castHeight = 36
)

// castFrame is how far apart two frames of a cast are at most, in its own time. No terminal shows
// more of it.
const castFrame = 50 * time.Millisecond

// castHeader is the first line of an asciicast, version 2
// (https://docs.asciinema.org/manual/asciicast/v2/).
type castHeader struct {
	Version   int               `json:"version"`
	Width     int               `json:"width"`
	Height    int               `json:"height"`
	Timestamp int64             `json:"timestamp"`
	Title     string            `json:"title"`
	Env       map[string]string `json:"env"`
}

// Cast writes a session as an asciicast: a recording of its replay on the screen, at the recorded
// timing. The frames are made one after the other, which takes no time but for the drawing.
func Cast(ctx context.Context, w io.Writer, s *session.Session, cfg CastConfig) error {
	if cfg.Width == 0 || cfg.Height == 0 {
		cfg.Width, cfg.Height = castWidth, castHeight
	}
	if cfg.Speed <= 0 {
		cfg.Speed = 1
	}
	if cfg.Width < minWidth || cfg.Height < minHeight {
		return fmt.Errorf("a cast needs a terminal of %d×%d at least", minWidth, minHeight)
	}
	a := newApp(ctx, Config{Replay: &Replay{Session: s, Speed: cfg.Speed}})
	a.replay.record = true
	a.theme.hear(!cfg.Light, byTerminal)
	a.theme.colours(colorprofile.TrueColor)
	a.retheme()
	a.replay.player.hold(true) // it goes where it is put
	c := cast{app: a, out: json.NewEncoder(w), speed: cfg.Speed}
	c.out.SetEscapeHTML(false)
	err := c.out.Encode(castHeader{Version: 2, Width: cfg.Width, Height: cfg.Height,
		Timestamp: s.CreatedAt.Unix(), Title: text.OneLine(s.Title),
		Env: map[string]string{"TERM": "xterm-256color"}})
	if err != nil {
		return err
	}
	if err := c.write("\x1b[?25l\x1b[2J"); err != nil {
		return err
	}
	a.Update(tea.WindowSizeMsg{Width: cfg.Width, Height: cfg.Height})
	for turn := range s.Turns {
		if err := c.turn(ctx, turn); err != nil {
			return err
		}
	}
	if err := c.frame(); err != nil {
		return err
	}
	return c.write("\x1b[?25h")
}

// cast is an asciicast in the making.
type cast struct {
	app   *app
	out   *json.Encoder
	at    time.Duration // of the cast, at the speed of 1
	speed float64
	rows  []string // on the terminal
}

// write adds output at the present moment.
func (c *cast) write(data string) error {
	seconds := json.Number(fmt.Sprintf("%.6f", c.at.Seconds()/c.speed))
	return c.out.Encode([]any{seconds, "o", data})
}

// frame draws the screen and writes the rows that have changed.
func (c *cast) frame() error {
	c.app.relayout()
	c.app.render()
	rows := strings.Split(c.app.screen.frame, "\n")
	var b strings.Builder
	for i, row := range rows {
		if i < len(c.rows) && c.rows[i] == row {
			continue
		}
		fmt.Fprintf(&b, "\x1b[%d;1H\x1b[0m%s\x1b[0m", i+1, row)
	}
	c.rows = rows
	if b.Len() == 0 {
		return nil
	}
	return c.write(b.String())
}

// turn plays a turn, frame by frame.
func (c *cast) turn(ctx context.Context, turn int) error {
	a := c.app
	a.replay.turn = turn
	t, scripts := a.replay.load(a)
	begun := c.at
	for !t.Ended() {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		c.take(t, scripts)
		if err := c.frame(); err != nil {
			return err
		}
		c.pass(t, scripts)
		a.replay.player.seek(c.at - begun)
		for _, p := range a.panes.open { // their clocks run
			if p.Running() {
				p.Redraw()
			}
		}
	}
	a.verdict = verdictOf(t.Record)
	if err := c.frame(); err != nil {
		return err
	}
	c.at += betweenTurns
	return nil
}

// take gives the replies what has come by now.
func (c *cast) take(t *turn.Turn, scripts [][]providers.Event) {
	now := c.app.replay.player.now()
	for i := range t.Replies {
		n := 0
		for n < len(scripts[i]) && !scripts[i][n].At.After(now) {
			n++
		}
		t.Fold(i, scripts[i][:n], func(reply *session.Reply, events []providers.Event) {
			_ = c.app.show(t, reply, events) // recorded events hold no fault of lineup's own
		})
		scripts[i] = scripts[i][n:]
	}
	c.app.replay.settle(t)
}

// pass goes on to the next frame: the next beat of the cast at which something is to be seen.
func (c *cast) pass(t *turn.Turn, scripts [][]providers.Event) {
	beat := time.Duration(float64(castFrame) * c.speed)
	next := c.at + time.Duration(float64(clockInterval)*c.speed)
	now := c.app.replay.player.now()
	for _, s := range scripts {
		if len(s) > 0 {
			next = min(next, c.at+max(beat, s[0].At.Sub(now)))
		}
	}
	if !t.Ended() {
		c.at = max(next, c.at+beat)
	}
}
