package text

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// DropLeft takes the first n of a line's width cells away. A wide character that the edge cuts
// through becomes a blank.
func DropLeft(s string, n, width int) string {
	rest := ansi.TruncateLeft(s, n, "")
	if ansi.StringWidth(rest) > width-n { // it keeps such a character
		rest = ansi.TruncateLeft(s, n+1, "")
	}
	return Spaces(width-n-ansi.StringWidth(rest)) + rest
}

// Hints joins as many hints as a row has room for. The margin goes where one more fits without it.
func Hints(parts []string, width int) string {
	text := " "
	for i, p := range parts {
		if i > 0 {
			p = " · " + p
		}
		switch w := ansi.StringWidth(text + p); {
		case w == width+1:
			return (text + p)[1:]
		case w > width:
			return text
		}
		text += p
	}
	return text
}

// After is a text without its first n cells.
func After(s string, n int) string {
	if n == 0 {
		return s
	}
	return ansi.TruncateLeft(s, n, "")
}

// Pad makes a styled line exactly width cells wide, cutting it with an ellipsis where it is longer.
func Pad(s string, width int) string {
	w := ansi.StringWidth(s)
	switch {
	case w == width:
		return s
	case w < width:
		return s + Spaces(width-w)
	}
	return Fill(Clip(s, width, "…"), width)
}

// Clip shortens a styled line to at most width cells and puts a tail in place of what it cuts off.
func Clip(s string, width int, tail string) string {
	for n := width; n > 0; {
		out := ansi.Truncate(s, n, tail)
		over := ansi.StringWidth(out) - width
		if over <= 0 {
			return out
		}
		n -= over // it takes a digit in a key cap for one cell
	}
	return ""
}

// Fill pads with blanks and never cuts: it fills the cell that a wide character left over when the
// line was cut in the middle of it.
func Fill(s string, width int) string {
	return s + Spaces(max(0, width-ansi.StringWidth(s)))
}

const blanks = "                                                                " +
	"                                                                "

// Spaces are n blanks; none for a negative n.
func Spaces(n int) string {
	if n <= len(blanks) {
		return blanks[:max(0, n)]
	}
	return strings.Repeat(" ", n)
}

// Wrap breaks plain text into lines of at most width cells: at spaces where there are any, else
// between characters, so that unspaced Korean, Japanese and Chinese fill their lines.
func Wrap(s string, width int) []string {
	if width < 1 {
		return nil
	}
	s = strings.ReplaceAll(s, "\t", "    ")
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		lines = append(lines, wrapLine(line, width)...)
	}
	return lines
}

// Parts puts parts beside each other, with a dot between them, in rows of at most width cells. Rows
// break in place of a dot, and at the blanks of a part that is longer than a row.
func Parts(parts []string, width int) (rows []string) {
	for _, part := range parts {
		last := len(rows) - 1
		switch {
		case last >= 0 && ansi.StringWidth(rows[last]+" · "+part) <= width:
			rows[last] += " · " + part
		case ansi.StringWidth(part) <= width:
			rows = append(rows, part)
		default:
			for _, line := range Words(part, width+1) {
				rows = append(rows, strings.TrimPrefix(line, " "))
			}
		}
	}
	return rows
}

// wrapLine breaks one line. ansi.Wrap leaves a word that is exactly as wide as the line on the line
// of the spaces before it, and breaks after it.
func wrapLine(line string, width int) (lines []string) {
	parts := strings.Split(wrapWords(line, width), "\n")
	for i, part := range parts {
		over := i > 0 && part == "" && ansi.StringWidth(parts[i-1]) > width
		switch {
		case ansi.StringWidth(part) > width:
			lines = append(lines, strings.Split(ansi.Hardwrap(part, width, true), "\n")...)
		case !over:
			lines = append(lines, part)
		}
	}
	return lines
}

// wrapWords is ansi.Wrap that leaves a flag such as --data-dir whole at its beginning, and a number
// with its "%".
func wrapWords(line string, width int) string {
	const hyphen, space = "\u2011", "\u00a0" // neither breaks
	ties := strings.Contains(line, "-") || strings.Contains(line, " %")
	if !ties || strings.Contains(line, hyphen) || strings.Contains(line, space) {
		return ansi.Wrap(line, width, "")
	}
	tied := strings.NewReplacer(" %", space+"%", " --", " "+hyphen+hyphen, " -", " "+hyphen)
	untied := strings.NewReplacer(space, " ", hyphen, "-")
	return untied.Replace(ansi.Wrap(tied.Replace(line), width, ""))
}

// LeftToRight ends a row of right-to-left letters with a mark of its own direction. A terminal that
// reorders such text would otherwise carry it over the frame and into the next pane.
func LeftToRight(row string) string {
	for _, r := range row {
		if r >= 0x590 && r <= 0x8ff || r >= 0xfb1d && r <= 0xfdff || r >= 0xfe70 && r <= 0xfefc ||
			r >= 0x10800 && r <= 0x10fff || r >= 0x1e800 && r <= 0x1efff {
			return row + "\u200e"
		}
	}
	return row
}

// Cut shortens a line without styles to width cells, with an ellipsis.
func Cut(s string, width int) string {
	if ansi.StringWidth(s) <= width {
		return s
	}
	return Clip(s, width, "…")
}

// Fit joins columns by a blank, or by two where there is room; those that do not fit are left out,
// the last ones first. Padding goes first. The columns hold no wide characters.
func Fit(width int, cells ...string) string {
	if line := strings.Join(cells, "  "); utf8.RuneCountInString(line) <= width {
		return strings.TrimRight(line, " ")
	}
	for n := len(cells); n > 0; n-- {
		if line := strings.Join(cells[:n], " "); utf8.RuneCountInString(line) <= width {
			return strings.TrimRight(line, " ")
		}
		bare := make([]string, n)
		for i := range bare {
			bare[i] = strings.TrimSpace(cells[i])
		}
		if line := strings.Join(bare, " "); utf8.RuneCountInString(line) <= width {
			return line
		}
	}
	return ""
}

// PadLeft puts a short text at the right end of width cells.
func PadLeft(s string, width int) string { return Spaces(width-ansi.StringWidth(s)) + s }

// CutFront shortens a name from the left, because the ends of model references tell more than their
// beginnings.
func CutFront(s string, width int) string {
	wide := ansi.StringWidth(s)
	if wide <= width {
		return s
	}
	for gone := wide - width + 1; gone < wide; gone++ { // a wide letter may stand across the edge
		if cut := ansi.TruncateLeft(s, gone, "…"); ansi.StringWidth(cut) <= width {
			return cut
		}
	}
	return ansi.Truncate("…", max(0, width), "")
}

// Words breaks a sentence at its blanks alone, so that a flag stays whole. A "%" stays with its
// number.
func Words(s string, width int) []string {
	var words, out []string
	for _, word := range strings.Fields(s) {
		if n := len(words) - 1; n >= 0 && strings.HasPrefix(word, "%") {
			words[n] += " " + word
			continue
		}
		words = append(words, word)
	}
	line := ""
	for _, word := range words {
		if line != "" && ansi.StringWidth(line)+1+ansi.StringWidth(word) > width {
			out, line = append(out, line), ""
		}
		line += " " + word
	}
	return append(out, line)
}

func At(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}
