package redraw

import (
	"bytes"
	"strconv"
)

// canvas knows what the terminal shows.
type canvas struct {
	width, height int
	rows          []row
	spare         row // the cells of the row that was replaced last
	pens          *pens
	wide          bool // ambiguous characters take two columns

	buf  *bytes.Buffer // where output goes while rows are painted
	x, y int           // where the terminal's cursor is then; unknown
	pen  uint16
}

// unknown is a place that nobody can tell.
const unknown = -1

// forget has every row written again.
func (c *canvas) forget() {
	for i := range c.rows {
		c.rows[i].known = false
	}
}

// resize makes a canvas of another size. Nobody knows how the terminal moved what it showed.
func (c *canvas) resize(width, height int) {
	if c.width == width && c.height == height && c.pens != nil && len(c.pens.all) < morePens {
		return
	}
	*c = canvas{width: width, height: height, rows: make([]row, height), pens: newPens(),
		wide: c.wide}
}

// paint writes what changes the terminal's rows into these, which begin at the top; those below are
// blank. The cursor and the pen may be anywhere before, and the pen is plain after.
func (c *canvas) paint(buf *bytes.Buffer, rows []string) {
	c.buf, c.x, c.y, c.pen = buf, unknown, unknown, 0
	for y := range c.rows {
		s := ""
		if y < len(rows) {
			s = rows[y]
		}
		was := &c.rows[y]
		if was.known && was.text == s {
			was.text = s // lets go of the frame that it was part of
			continue
		}
		now := c.spare
		now.read(s, c.width, c.pens, c.wide)
		if was.known && !was.unsure && !now.unsure {
			c.change(y, was, &now)
		} else {
			c.whole(y, &now)
		}
		c.spare, c.rows[y] = *was, now
	}
	c.draw(0)
	c.buf = nil
}

// whole writes a row over whatever is there.
func (c *canvas) whole(y int, r *row) {
	c.at(y, 0)
	c.draw(0)
	c.buf.WriteString("\x1b[K")
	c.run(y, r, 0, r.end)
	if r.unsure && r.end < c.width { // the last cluster may be wider there
		c.at(y, r.end)
		c.draw(0)
		c.buf.WriteString("\x1b[K")
	}
}

// gap is how many cells that did not change are written again rather than skipped: a movement takes
// as many bytes.
const gap = 7

// change writes the runs in which two rows differ.
func (c *canvas) change(y int, was, now *row) {
	for x := 0; x < c.width; {
		if now.same(was, x) {
			x++
			continue
		}
		// A wide cluster is written whole, and so is what takes the place of one.
		begin := x
		for begin > 0 && (now.cells[begin].width == 0 || was.cells[begin].width == 0) {
			begin--
		}
		end := x + 1
		for next := end; next < c.width && next-end < gap; next++ {
			if !now.same(was, next) {
				end = next + 1
			}
		}
		for end < c.width && (now.cells[end].width == 0 || was.cells[end].width == 0) {
			end++
		}
		c.run(y, now, begin, min(end, max(begin, now.end)))
		if end > now.end {
			c.at(y, max(begin, now.end))
			c.draw(0)
			c.buf.WriteString("\x1b[K")
			return
		}
		x = end
	}
}

// run writes the cells of a row from one column to before another.
func (c *canvas) run(y int, r *row, from, to int) {
	for x := from; x < to; {
		cell := r.cells[x]
		c.at(y, x)
		c.draw(cell.pen)
		c.buf.WriteString(r.cluster(cell))
		x += max(1, int(cell.width))
		if c.x = x; cell.unsure || x >= c.width {
			c.x = unknown
		}
	}
}

// at moves the cursor.
func (c *canvas) at(y, x int) {
	switch {
	case c.y == y && c.x == x:
	case c.y == y:
		c.buf.WriteString("\x1b[" + strconv.Itoa(x+1) + "G")
	default:
		c.buf.WriteString(place(x, y))
	}
	c.x, c.y = x, y
}

// place is the sequence that moves the cursor to a column and a row, from 0.
func place(x, y int) string { return "\x1b[" + strconv.Itoa(y+1) + ";" + strconv.Itoa(x+1) + "H" }

// draw takes another pen.
func (c *canvas) draw(number uint16) {
	if number == c.pen {
		return
	}
	was, now := c.pens.all[c.pen], c.pens.all[number]
	if was.link != now.link {
		link := now.link
		if link == "" {
			link = "\x1b]8;;\x07"
		}
		c.buf.WriteString(link)
	}
	if was.style != now.style {
		if was.style != "" {
			c.buf.WriteString("\x1b[m")
		}
		c.buf.WriteString(now.style)
	}
	c.pen = number
}
