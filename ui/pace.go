package ui

import (
	"time"

	"lineup/ui/redraw"
)

// calmPeriod is between two frames with new text where motion is reduced.
const calmPeriod = 250 * time.Millisecond

// pace is how often the screen changes while text comes.
type pace struct {
	rate    int             // frames a second
	most    int             // that the terminal gets, as it was started
	motion  string          // "auto", "full" or "reduced"
	painter *redraw.Painter // nil where no terminal is there
	taken   time.Time       // when the last events of a turn were taken
}

// next is the time of the frame after the last one: when it is due, and the terminal can take it.
func (p *pace) next(last time.Time) time.Time {
	period := time.Second / time.Duration(p.rate)
	if p.motion == "reduced" {
		period = max(period, calmPeriod)
	}
	next := last.Add(period)
	if p.painter == nil {
		return next
	}
	if due := p.painter.Due(); due.After(next) {
		return due
	}
	return next
}
