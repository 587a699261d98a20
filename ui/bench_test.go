package ui

import (
	"context"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/providers"
	"lineup/session"
	"lineup/ui/pane"
)

// BenchmarkView makes frames of eight panes on 200×60 as a race at 100 tokens a second gives them: three tokens a
// pane, then the frame. "still" is a frame in which nothing has changed.
func BenchmarkView(b *testing.B) {
	for name, text := range map[string]string{"latin": latin, "korean": korean} {
		b.Run(name, func(b *testing.B) {
			a, views := eightPanes()
			tokens := strings.SplitAfter(text, " ")
			i := 0
			for b.Loop() {
				for slot, v := range views {
					for range 3 {
						i++
						apply(v, providers.Event{Type: providers.EventText, At: time.Now(), Text: tokens[i%len(tokens)]})
					}
					a.panes.open[slot].Redraw()
				}
				a.relayout()
				a.render()
			}
		})
	}
	b.Run("still", func(b *testing.B) {
		a, _ := eightPanes()
		for b.Loop() {
			a.Update(tea.FocusMsg{})
			a.View()
		}
	})
}

// apply folds an event into a reply and shows it.
func apply(v *pane.View, ev providers.Event) {
	v.Reply.Apply(ev)
	v.Show(ev)
}

// eightPanes is an app in the middle of its first turn.
func eightPanes() (*app, []*pane.View) {
	var models []*script
	for _, name := range strings.Fields("a b c d e f g h") {
		models = append(models, says("x/"+name, "", 0, 0))
	}
	a := newApp(context.Background(), Config{Panes: specs(models...)})
	a.Update(tea.WindowSizeMsg{Width: 200, Height: 60})
	var views []*pane.View
	for i, p := range a.panes.open {
		reply := session.NewReply(i, p.Spec.Info, providers.Request{}, time.Now())
		reply.Apply(providers.Event{Type: providers.EventAttemptStart, At: time.Now(), Attempt: &p.Spec.Info})
		p.Add(&session.Turn{Prompt: "go"}, reply)
		views = append(views, p.ViewOf(reply))
	}
	return a, views
}
