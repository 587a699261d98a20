package markdown

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// A span is text in one look.
type span struct {
	text string
	pen  string // an SGR sequence, or "" for the terminal's own look
	link string // the OSC 8 sequence that opens a hyperlink, or ""
}

// appendSpan adds text to spans. Neighbours of the same look become one, so that a grapheme never
// spans two.
func appendSpan(spans []span, s span) []span {
	if s.text == "" {
		return spans
	}
	if n := len(spans); n > 0 && spans[n-1].pen == s.pen && spans[n-1].link == s.link {
		spans[n-1].text += s.text
		return spans
	}
	return append(spans, s)
}

// A line is one line of text, its width in cells, how many of them are indentation, and how it
// ends.
type line struct {
	text        string
	cells, lead int
	brk         Break
}

// A part is a stretch of one span.
type part struct{ span, from, to int }

// A wrapper breaks spans into lines of at most width cells. Every line stands alone: it opens the
// looks and links it uses and closes them.
type wrapper struct {
	spans []span
	width int
	hang  int  // cells by which all lines but the first are indented
	code  bool // keep the blanks that a line begins with
	lines []line

	// the line so far, blanks that follow it, the word that follows those
	row, gap, word                []part
	rowCells, gapCells, wordCells int
	broken                        bool  // word goes on from a piece of it that filled a line
	last                          class // of the run before
	buf                           []byte
}

// wrap breaks spans between words where it can and within them where it must. Blanks at a break
// vanish, all other text is kept. There is at least one line.
func wrap(spans []span, width int) []line {
	return (&wrapper{spans: spans, width: width}).wrap()
}

// wrapCode is wrap for a line of code: it keeps its indentation, and further lines are indented a
// little more, so that they are not taken for lines of their own.
func wrapCode(spans []span, width int) []line {
	indent := 0
	for _, s := range spans {
		n := len(s.text) - len(strings.TrimLeft(s.text, " "))
		if indent += n; n < len(s.text) {
			break
		}
	}
	w := wrapper{spans: spans, width: width, hang: indent + 2, code: true}
	if cells, _ := measure(spans); cells <= width { // as nearly all lines of code do
		for i, s := range spans {
			w.row = append(w.row, part{i, 0, len(s.text)})
		}
		w.rowCells = cells
		w.endLine(End)
		return w.lines
	}
	return w.wrap()
}

func (w *wrapper) wrap() []line {
	w.width, w.last = max(w.width, 1), blank
	w.hang = max(0, min(w.hang, w.width/2))
	for i := range len(w.spans) { // and not what substitute adds
		text := w.spans[i].text
		for at, end, cells := 0, 0, 0; at < len(text); at = end {
			var c class
			end, cells, c = nextRun(text, at)
			w.run(part{i, at, end}, cells, c)
		}
	}
	w.placeWord()
	if len(w.row) > 0 || len(w.lines) == 0 {
		w.endLine(End)
	}
	return w.lines
}

// run takes the next run of text.
func (w *wrapper) run(p part, cells int, c class) {
	switch {
	case c == newline:
		w.placeWord()
		w.endLine(End)
		w.gap, w.gapCells = w.gap[:0], 0
		w.last = blank
		return
	case c == blank:
		w.placeWord()
		if w.rowCells > 0 || w.code && len(w.lines) == 0 {
			w.gap, w.gapCells = join(w.gap, p), w.gapCells+cells
		}
		w.last = blank
		return
	case mayBreak(w.last, c):
		w.placeWord()
	}
	w.last = c
	w.word, w.wordCells = join(w.word, p), w.wordCells+cells
	if w.wordCells > w.width { // no line can hold it
		w.breakWord()
	}
}

// placeWord ends the word: it goes on the line, or on the next one if it does not fit.
func (w *wrapper) placeWord() {
	if len(w.word) == 0 {
		w.broken = false
		return
	}
	if w.rowCells+w.gapCells+w.wordCells > w.width {
		if !w.broken && w.rowCells > 0 {
			w.endLine(blanks(w.gapCells))
			w.gap, w.gapCells = w.gap[:0], 0
		}
		// the rest of a long word fills the line like its beginning
		if w.broken || w.wordCells > w.width {
			w.breakWord()
		}
		w.gap, w.gapCells = w.gap[:0], 0
	}
	for _, p := range w.gap {
		w.row = join(w.row, p)
	}
	for _, p := range w.word {
		w.row = join(w.row, p)
	}
	w.rowCells += w.gapCells + w.wordCells
	w.gap, w.gapCells = w.gap[:0], 0
	w.word, w.wordCells, w.broken = w.word[:0], 0, false
}

// breakWord fills the line with what fits of the word and starts new lines with the rest.
func (w *wrapper) breakWord() {
	switch {
	case w.rowCells+w.gapCells < w.width:
		for _, p := range w.gap {
			w.row = join(w.row, p)
		}
		w.rowCells += w.gapCells
	case w.rowCells > 0: // no room for a letter after the blanks
		w.endLine(blanks(w.gapCells))
	}
	w.gap, w.gapCells = w.gap[:0], 0
	word := w.word
	w.word = nil
	for _, p := range word {
		w.fill(p)
	}
	w.word, w.wordCells, w.broken = word[:0], 0, true
}

// fill puts p on the line and on as many further ones as it takes.
func (w *wrapper) fill(p part) {
	text := w.spans[p.span].text[:p.to]
	for at := p.from; at < p.to; {
		n, cells := nextGrapheme(text, at)
		switch {
		case w.rowCells+cells <= w.width:
			w.row, w.rowCells = join(w.row, part{p.span, at, at + n}), w.rowCells+cells
			at += n
		case w.rowCells > 0:
			w.endLine(blanks(w.blanksAtEnd()))
		default: // a glyph wider than the whole line
			w.substitute(p.span)
			at += n
		}
	}
}

// substitute puts a question mark in the look of span i on the line.
func (w *wrapper) substitute(i int) {
	s := span{"?", w.spans[i].pen, w.spans[i].link}
	last := len(w.spans) - 1
	if w.spans[last] != s {
		w.spans = append(w.spans, s)
		last++
	}
	w.row, w.rowCells = append(w.row, part{last, 0, 1}), 1
}

// blanksAtEnd counts the blanks that the line so far ends with.
func (w *wrapper) blanksAtEnd() (n int) {
	for i := len(w.row) - 1; i >= 0; i-- {
		p := w.row[i]
		text := w.spans[p.span].text[p.from:p.to]
		rest := strings.TrimRight(text, " ")
		n += len(text) - len(rest)
		if rest != "" {
			break
		}
	}
	return n
}

// endLine writes the line out.
func (w *wrapper) endLine(brk Break) {
	b := w.buf[:0]
	var pen, link string
	for _, p := range w.row {
		s := &w.spans[p.span]
		if pen != "" && s.pen != pen {
			b = append(b, ansi.ResetStyle...)
		}
		if s.link != link {
			if b = append(b, s.link...); s.link == "" {
				b = append(b, closeLink...)
			}
		}
		if s.pen != pen {
			b = append(b, s.pen...)
		}
		pen, link = s.pen, s.link
		b = append(b, s.text[p.from:p.to]...)
	}
	if pen != "" {
		b = append(b, ansi.ResetStyle...)
	}
	if link != "" {
		b = append(b, closeLink...)
	}
	w.lines = append(w.lines, line{text: string(b), cells: w.rowCells, brk: brk})
	if len(w.lines) > 1 && w.hang > 0 {
		l := &w.lines[len(w.lines)-1]
		l.text, l.cells, l.lead = strings.Repeat(" ", w.hang)+l.text, w.hang+l.cells, w.hang
	} else {
		w.width -= w.hang
	}
	w.row, w.rowCells, w.buf = w.row[:0], 0, b
}

// join appends p to parts, to the last of them where it goes on from there.
func join(parts []part, p part) []part {
	if n := len(parts); n > 0 && parts[n-1].span == p.span && parts[n-1].to == p.from {
		parts[n-1].to = p.to
		return parts
	}
	return append(parts, p)
}

// measure returns the width of spans on one line and the width of the longest stretch that wrap
// would not break.
func measure(spans []span) (total, longest int) {
	last, word, row := blank, 0, 0
	for i := range spans {
		for at, end, cells := 0, 0, 0; at < len(spans[i].text); at = end {
			var c class
			end, cells, c = nextRun(spans[i].text, at)
			if c == newline {
				row = 0
			}
			if row += cells; row > total {
				total = row
			}
			if c == blank || c == newline || mayBreak(last, c) {
				word = 0
			}
			if last = c; c != blank && c != newline {
				word += cells
				longest = max(longest, word)
			}
		}
	}
	return total, longest
}

const closeLink = "\x1b]8;;\x07"
