package cli

import (
	"context"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"

	"lineup/blind"
	"lineup/session"
	"lineup/ui"
)

func replayCommand(g *globals) *cobra.Command {
	var speed float64
	var turn int
	var theme string
	c := &cobra.Command{
		Use:   "replay ID",
		Short: "Play a saved session on the screen, as it was",
		Args:  oneID,
		Long: "Plays a saved session on the screen at its recorded timing: every word comes\n" +
			"when it came, and every number is the recorded one. Nothing is asked and nothing\n" +
			"is saved; no network is needed. Space pauses, ← and → go to other turns, + and -\n" +
			"change the speed, q leaves.",
		Example: "  lineup replay last\n  lineup replay kd7f3 --speed 2 --turn 3",
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case speed < ui.MinReplaySpeed || speed > ui.MaxReplaySpeed:
				return usagef("--speed: %g is out of range %g to %g", speed, ui.MinReplaySpeed,
					ui.MaxReplaySpeed)
			case turn < 1:
				return usagef("--turn: turns count from 1")
			}
			const without = "a replay needs a terminal; sessions export --format cast records one"
			if err := g.canDraw(without); err != nil {
				return err
			}
			return g.replay(cmd.Context(), args[0], speed, turn, theme)
		},
	}
	speed = 1
	c.Flags().Var((*numberFlag)(&speed), "speed", "how fast: 2 is twice as fast")
	c.Flags().IntVar(&turn, "turn", 1,
		"begin with this turn; the ones before it are shown as they ended")
	themeFlag(c, &theme)
	return c
}

func (g *globals) replay(
	ctx context.Context, id string, speed float64, turn int, theme string,
) error {
	cfg, err := g.configForStore(ctx)
	if err != nil {
		return err
	}
	look, err := g.lookNamed(cfg, theme)
	if err != nil {
		return err
	}
	var sess *session.Session
	err = g.withStore(ctx, func(s *session.Store) error { // which is closed before the replay
		sess, err = loadSession(ctx, s, id)
		return err
	})
	if err != nil {
		return err
	}
	sess = blind.Of(sess).Played(sess)
	if turn > len(sess.Turns) {
		return usagef("--turn: the session has %s", english.Plural(len(sess.Turns), "turn", ""))
	}
	return g.show(
		ctx,
		ui.Config{
			Version:    version(),
			Keys:       cfg.Keys,
			FPS:        cfg.UI.FrameRate,
			Theme:      look.name,
			Themes:     look.own,
			NoMouse:    !cfg.UI.Mouse,
			Background: g.background,
			Replay:     &ui.Replay{Session: sess, Speed: speed, Turn: turn},
		},
	)
}
