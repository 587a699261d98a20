package ui

import (
	"context"
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"lineup/registry"
)

// clears counts how often the whole screen was drawn again.
func clears(d *driver) (n int) {
	for _, msg := range d.sent {
		n += strings.Count(fmt.Sprintf("%T", msg), "clearScreen")
	}
	return n
}

// Fault: after a storm of resizes some rows differed from a full redraw.
func TestAStormOfResizesEndsWithAFullRedraw(t *testing.T) {
	drive(t, 100, 30, Config{Panes: specs(threeModels()...)}, func(d *driver) {
		for w := range 20 {
			d.app.Update(tea.WindowSizeMsg{Width: 80 + w, Height: 30})
		}
		d.send(tea.WindowSizeMsg{Width: 90, Height: 30})
		early := quietMsg{d.app.screen.resizes - 1}
		if _, cmd := d.app.Update(early); cmd != nil {
			t.Error("it is drawn again before the sizes are quiet")
		}
		if _, cmd := d.app.Update(quietMsg{d.app.screen.resizes}); cmd == nil {
			t.Error("it is not drawn again")
		}
		before := clears(d)
		d.settle()
		if clears(d) <= before {
			t.Error("the screen was not cleared after the last size")
		}
	})
}

// Fault: there was no command that repairs a garbled screen.
func TestRedrawIsACommand(t *testing.T) {
	drive(t, 100, 40, Config{Panes: specs(threeModels()...)}, func(d *driver) {
		for _, press := range [][]string{{"lit:/redraw", "enter"}, {"ctrl+p", "lit:refresh", "enter"}} {
			before := clears(d)
			d.press(press...)
			d.settle()
			if clears(d) != before+1 {
				t.Errorf("%v did not redraw", press)
			}
		}
	})
}

// Fault: nothing said that a server has more models.
func TestOneServerHintsAtThePicker(t *testing.T) {
	own, gateway := threeModels()[:1], threeModels()[1:]
	for said, models := range map[string][]*script{
		"ctrl+l opens more models beside this one":                                   gateway[:1],
		"models of one server; ctrl+l chooses others":                                gateway,
		"one server, which answers one model after the other; ctrl+l chooses others": append(own, gateway...),
	} {
		cfg := Config{Discover: func(context.Context) Found {
			return Found{Panes: specs(models...), Models: &registry.Registry{}, OneServer: true}
		}}
		drive(t, 80, 24, cfg, func(d *driver) {
			d.send(d.app.Init()())
			d.settle()
			d.wantSees(said)
		})
	}
}
