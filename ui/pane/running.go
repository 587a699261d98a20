package pane

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"lineup/ui/markdown"
	"lineup/ui/text"
)

// Running is text as it runs on over the lines of a conversation: a paragraph, a line of code, a
// cell of a table, without the marks and the indentation before it.
type running struct {
	text   []rune
	pieces []piece
}

// piece is what of a running text stands in one line.
type piece struct {
	at       position
	cell     int // of the line, where it begins
	from, to int // of the text
}

func (r *running) add(at position, cell int, text string, brk markdown.Break) {
	if brk.GoesOn() {
		text = strings.TrimRight(text, " ")
	}
	from := len(r.text)
	r.text = append(r.text, []rune(text)...)
	r.pieces = append(r.pieces, piece{at, cell, from, len(r.text)})
	r.text = append(r.text, []rune(brk.Blanks())...)
}

// parts are the cells that a stretch of the text takes in each line.
func (r *running) parts(from, to int) (parts []cells) {
	for _, p := range r.pieces {
		lo, hi := max(from, p.from), min(to, p.to)
		if lo >= hi {
			continue
		}
		at := p.cell + ansi.StringWidth(string(r.text[p.from:lo]))
		parts = append(parts, cells{p.at, at, at + ansi.StringWidth(string(r.text[lo:hi]))})
	}
	return parts
}

// cells are cells [from, to) of a line.
type cells struct {
	position
	from, to int
}

// eachRunning calls f with every running text of the lines of a turn, the texts of a table's
// columns in the order in which they end. It is f's for the call only.
func eachRunning(turn int, rows []markdown.Row, f func(*running)) {
	var columns []running
	flush := func() {
		for i := range columns {
			if len(columns[i].pieces) > 0 {
				f(&columns[i])
			}
		}
		columns = columns[:0]
	}
	for n, row := range rows {
		plain, at := ansi.Strip(row.Text), position{turn, n}
		if width := max(1, len(row.Cells)); width != len(columns) {
			flush()
			columns = slices.Grow(columns, width)[:width]
			clear(columns)
		}
		add := func(i, cell int, text string, brk markdown.Break) {
			c := &columns[i]
			if c.add(at, cell, text, brk); !brk.GoesOn() {
				f(c)
				c.text, c.pieces = c.text[:0], c.pieces[:0]
			}
		}
		if row.Cells == nil {
			add(0, row.Lead, text.After(plain, row.Lead), row.Break)
			continue
		}
		for i, c := range row.Cells {
			add(i, c.From, ansi.Cut(plain, c.From, c.To), c.Break)
		}
	}
	flush()
}

// plainRow makes a row of a line that has n cells of marks before its text.
func plainRow(s string, n int) markdown.Row { return markdown.Row{Text: s, Lead: n} }
