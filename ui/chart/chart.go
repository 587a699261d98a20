// Package chart draws lines over two logarithmic axes: in the cells of a terminal, and as a picture
// for slides.
//
// A line is told from the others by its mark, a letter or a word that stands on it, and by its
// dashes in the picture: colours only help. What lies beyond the limit is hatched, and lines that
// do not hold there are dashed.
package chart

import (
	"math"
	"strings"
)

// Chart is what is drawn. The horizontal axis is From … To, both above 0; the vertical one is what
// the lines need.
type Chart struct {
	Title  string // of the picture; a terminal has its text around the chart
	XTitle string
	YTitle string
	From   float64
	To     float64
	X      func(float64) string // writes a value of the horizontal axis
	Y      func(float64) string // and one of the vertical axis

	XTicks []float64 // what the horizontal axis names; nil for the powers of ten

	Lines  []Line
	Points []Point

	Limit     float64 // what lies beyond it cannot be; 0 for none
	LimitName string
}

// Line is a value over the axis.
type Line struct {
	Mark  string                  // what stands on the line, such as "A"
	Name  string                  // what it stands for
	At    func(x float64) float64 // above 0 where the line is to be drawn
	Bold  bool                    // the line that the others are compared with
	Until float64                 // beyond it the line is dashed; 0 for never
}

// Point is where two lines cross.
type Point struct {
	X, Y   float64
	Label  string
	Beyond bool // it lies beyond the limit
}

// axis is a logarithmic scale from 10^from to 10^to.
type axis struct{ from, to float64 }

// at is where a value stands, 0 at the beginning of the axis and 1 at its end.
func (a axis) at(v float64) float64 { return (math.Log10(v) - a.from) / (a.to - a.from) }

// value is what stands at a place.
func (a axis) value(at float64) float64 { return math.Pow(10, a.from+at*(a.to-a.from)) }

// decades are the powers of ten on the axis.
func (a axis) decades() []float64 {
	var out []float64
	for e := math.Ceil(a.from - 1e-9); e <= a.to+1e-9; e++ {
		out = append(out, math.Pow(10, e))
	}
	return out
}

// ticks are the values that the horizontal axis names.
func (c *Chart) ticks(x axis) []float64 {
	if c.XTicks != nil {
		return c.XTicks
	}
	return x.decades()
}

// axes gives both scales: whole decades around what there is to show.
func (c *Chart) axes() (x, y axis) {
	x = axis{math.Log10(c.From), math.Log10(c.To)}
	low, high := math.Inf(1), math.Inf(-1)
	for _, l := range c.Lines {
		for _, at := range []float64{0, 0.5, 1} {
			if v := l.At(x.value(at)); v > 0 && !math.IsInf(v, 0) {
				low, high = min(low, math.Log10(v)), max(high, math.Log10(v))
			}
		}
	}
	if low > high {
		low, high = 0, 1
	}
	y = axis{math.Floor(low + 1e-9), math.Ceil(high - 1e-9)}
	if y.from == y.to {
		y.to++
	}
	return x, y
}

// limited is the limit as a place on the axis, 1 where nothing shown is beyond it.
func (c *Chart) limited(x axis) float64 {
	if c.Limit <= 0 {
		return 1
	}
	return min(1, max(0, x.at(c.Limit)))
}

// every picks each n-th of the decades so that at most most are left.
func every(decades []float64, most int) []float64 {
	step := 1
	for (len(decades)+step-1)/step > max(1, most) {
		step++
	}
	var out []float64
	for i := 0; i < len(decades); i += step {
		out = append(out, decades[i])
	}
	return out
}

// widest is the greatest length of the labels, in characters.
func widest(values []float64, label func(float64) string) int {
	w := 0
	for _, v := range values {
		w = max(w, len([]rune(label(v))))
	}
	return w
}

// clean keeps what would break a line of cells out of a label.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return -1
		}
		return r
	}, s)
}
