package chart

import (
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
)

// The picture is 16:9, as slides are; the plot leaves room for the names of the lines on its right.
const (
	picWidth, picHeight   = 1200, 675
	plotLeft, plotTop     = 110, 90
	plotRight, plotBottom = 900, 590
	titleHeight           = 50 // above the plot and the name of its axis
)

// Style are the colours of the picture, of light and of dark pages. Each colour keeps 4.5:1
// against its ground; the dashes and the names at the lines say the same without them.
const Style = "\n" +
	".lu{--ground:#fff;--ink:#1b1f27;--mute:#656d7a;--rule:#e3e6eb;--l0:#1b1f27;--l1:#2558c4;" +
	"--l2:#b04a00;--l3:#2f7a2f;--l4:#7a3eb1;--l5:#00708a;--l6:#b4236a}\n" +
	"@media (prefers-color-scheme:dark){.lu{--ground:#15171c;--ink:#e6e8ec;--mute:#8a919e;" +
	"--rule:#2c313b;--l0:#e6e8ec;--l1:#7aa2f7;--l2:#ff9e64;--l3:#9ece6a;--l4:#bb9af7;" +
	"--l5:#7dcfff;--l6:#f6a5c0}}\n" +
	".lu .ground{fill:var(--ground)}.lu text{fill:var(--ink);" +
	"font:16px system-ui,-apple-system,\"Segoe UI\",Roboto,sans-serif}\n" +
	".lu .h{font-size:26px;font-weight:600}.lu .m{fill:var(--mute)}.lu .b{font-weight:600;" +
	"paint-order:stroke;stroke:var(--ground);stroke-width:4px;stroke-linejoin:round}\n" +
	".lu .r{stroke:var(--rule);stroke-width:1}.lu .a{stroke:var(--mute);stroke-width:1}\n" +
	".lu .limit{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:2 5}" +
	".lu .hatch{stroke:var(--rule);stroke-width:2}\n" +
	".lu path{fill:none;stroke-width:2.5;stroke-linejoin:round}.lu .bold{stroke-width:4}" +
	".lu .beyond{stroke-dasharray:3 7;opacity:.6}\n" +
	".lu .p{fill:var(--ink);stroke:var(--ground);stroke-width:2}.lu .o{fill:var(--ground);" +
	"stroke:var(--ink);stroke-width:2}\n" +
	".lu .c0{fill:var(--l0)}.lu .c1{fill:var(--l1)}.lu .c2{fill:var(--l2)}.lu .c3{fill:var(--l3)}" +
	".lu .c4{fill:var(--l4)}.lu .c5{fill:var(--l5)}.lu .c6{fill:var(--l6)}\n"

// dashes tell the lines apart without colours.
func dashes(i int) string { return [...]string{"", "9 5", "2 4", "12 4 2 4", "5 3", "14 3"}[i%6] }

// colourOf is the number of a line's colour; n counts the lines that are not bold.
func colourOf(bold bool, n int) int {
	if bold {
		return 0
	}
	return 1 + n%6
}

// SVG draws the chart as a picture that needs nothing beside it, in light and dark.
func (c *Chart) SVG() string { return c.draw(true) }

// Inline draws the chart for a page that has [Style], and says the title itself.
func (c *Chart) Inline() string { return c.draw(false) }

func (c *Chart) draw(alone bool) string {
	p := &picture{Chart: c}
	p.x, p.y = c.axes()
	from := 0
	if !alone {
		from = titleHeight
	}
	p.add(`<svg xmlns="http://www.w3.org/2000/svg" class="lu" viewBox="0 %d %d %d" `+
		`role="img" aria-label="%s">`, from, picWidth, picHeight-from, text(c.Title))
	if alone {
		p.add(`<style>%s</style>`, Style)
	}
	p.add(`<defs><pattern id="lu-hatch" width="12" height="12" patternUnits="userSpaceOnUse" ` +
		`patternTransform="rotate(45)"><line class="hatch" x1="0" y1="0" x2="0" y2="12"/>` +
		`</pattern></defs>`)
	p.add(`<rect class="ground" width="%d" height="%d"/>`, picWidth, picHeight)
	if alone {
		p.add(`<text class="h" x="%d" y="46">%s</text>`, plotLeft, text(c.Title))
	}
	if c.From > 0 && c.To > c.From {
		p.grid()
		p.limit()
		p.lines()
		p.dots()
	}
	p.add(`</svg>`)
	return p.b.String()
}

// picture is a chart on its way to SVG.
type picture struct {
	*Chart
	b    strings.Builder
	x, y axis
}

func (p *picture) add(format string, args ...any) { fmt.Fprintf(&p.b, format+"\n", args...) }

// text makes a text safe within elements and attributes.
func text(s string) string { return html.EscapeString(clean(s)) }

func (p *picture) px(v float64) float64 { return plotLeft + p.x.at(v)*(plotRight-plotLeft) }
func (p *picture) py(v float64) float64 { return plotBottom - p.y.at(v)*(plotBottom-plotTop) }

func (p *picture) grid() {
	for _, v := range p.y.decades() {
		p.add(`<line class="r" x1="%d" x2="%d" y1="%.1f" y2="%.1f"/>`+
			`<text class="m" x="%d" y="%.1f" text-anchor="end">%s</text>`,
			plotLeft, plotRight, p.py(v), p.py(v), plotLeft-12, p.py(v)+5, text(p.Y(v)))
	}
	for _, v := range p.ticks(p.x) {
		p.add(`<line class="r" y1="%d" y2="%d" x1="%.1f" x2="%.1f"/>`+
			`<text class="m" x="%.1f" y="%d" text-anchor="middle">%s</text>`,
			plotTop, plotBottom, p.px(v), p.px(v), p.px(v), plotBottom+26, text(p.X(v)))
	}
	p.add(`<line class="a" x1="%d" x2="%d" y1="%d" y2="%d"/>`, plotLeft, plotRight, plotBottom,
		plotBottom)
	p.add(`<text class="m" x="%d" y="%d" text-anchor="middle">%s</text>`, (plotLeft+plotRight)/2,
		plotBottom+56, text(p.XTitle))
	p.add(`<text class="m" x="%d" y="%d">%s</text>`, plotLeft, plotTop-14, text(p.YTitle))
}

func (p *picture) limit() {
	if at := p.limited(p.x); at <= 0 || at >= 1 {
		return
	}
	x := p.px(p.Limit)
	p.add(`<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="url(#lu-hatch)"/>`, x, plotTop,
		plotRight-x, plotBottom-plotTop)
	p.add(`<line class="limit" x1="%.1f" x2="%.1f" y1="%d" y2="%d"/>`, x, x, plotTop, plotBottom)
	p.add(`<text class="b" x="%.1f" y="%d" text-anchor="end">%s</text>`, x-10, plotTop+20,
		text(p.LimitName))
}

// lines draws the lines and their names, which keep apart where lines end close together.
func (p *picture) lines() {
	type name struct {
		y      float64
		colour int
		text   string
	}
	var names []name
	n := 0
	for _, l := range p.Lines {
		colour, dash := colourOf(l.Bold, n), ""
		if !l.Bold {
			dash = dashes(n)
			n++
		}
		split := p.x.to
		if l.Until > 0 {
			split = min(split, math.Log10(l.Until))
		}
		class := "line"
		if l.Bold {
			class = "bold"
		}
		d, _ := p.path(l, p.x.from, split)
		rest, end := p.path(l, split, p.x.to)
		p.add(`<path class="%s" d="%s" stroke="var(--l%d)" stroke-dasharray="%s"/>`, class, d, colour, dash)
		if split < p.x.to {
			p.add(`<path class="%s beyond" d="%s" stroke="var(--l%d)"/>`, class, rest, colour)
		} else {
			_, end = p.path(l, p.x.from, split)
		}
		names = append(names, name{end, colour, l.Mark + "  " + l.Name})
	}
	slices.SortStableFunc(names, func(a, b name) int { return int(math.Copysign(1, a.y-b.y)) })
	const lineHeight = 24
	for i := range names {
		if i > 0 {
			names[i].y = max(names[i].y, names[i-1].y+lineHeight)
		}
	}
	for _, n := range names {
		p.add(`<text class="b c%d" x="%d" y="%.1f">%s</text>`, n.colour, plotRight+14, n.y+5,
			text(shorten(n.text)))
	}
}

// path is a line between two powers of ten, and the height at which it ends.
func (p *picture) path(l Line, from, to float64) (d string, end float64) {
	const steps = 64
	var b strings.Builder
	move := true
	end = plotBottom
	for i := range steps + 1 {
		x := math.Pow(10, from+(to-from)*float64(i)/steps)
		v := l.At(x)
		if !(v > 0) || p.y.at(v) < -1e-9 || p.y.at(v) > 1+1e-9 {
			move = true
			continue
		}
		verb := "L"
		if move {
			verb = "M"
		}
		move = false
		end = p.py(v)
		fmt.Fprintf(&b, "%s%.1f %.1f", verb, p.px(x), end)
	}
	return b.String(), end
}

// dots are the crossings, with what they are.
func (p *picture) dots() {
	for i, pt := range p.Points {
		if !(pt.X > 0) || !(pt.Y > 0) || p.x.at(pt.X) < 0 || p.x.at(pt.X) > 1 || p.y.at(pt.Y) < 0 ||
			p.y.at(pt.Y) > 1 {
			continue
		}
		class := "p"
		if pt.Beyond {
			class = "o"
		}
		x, y := p.px(pt.X), p.py(pt.Y)
		p.add(`<circle class="%s" cx="%.1f" cy="%.1f" r="7"/>`, class, x, y)
		// Neighbours take turns, above and below.
		dx, dy, anchor := -10.0, -14.0, "end"
		if i%2 == 1 {
			dx, dy, anchor = 10, 26, "start"
		}
		p.add(`<text class="b" x="%.1f" y="%.1f" text-anchor="%s">%s</text>`, x+dx, y+dy, anchor,
			text(pt.Label))
	}
}

// nameRunes is how long a name at the right may be.
const nameRunes = 34

func shorten(s string) string {
	r := []rune(s)
	if len(r) <= nameRunes {
		return s
	}
	return string(r[:12]) + "…" + string(r[len(r)-(nameRunes-13):])
}
