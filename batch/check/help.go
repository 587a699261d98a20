package check

import (
	"strings"
	"unicode/utf8"
)

// Help is the table of checks as text.
func Help() string {
	var rows [][2]string
	width := 0
	for _, k := range kinds() {
		call := k.name + " = " + k.value
		for _, arg := range k.args {
			call += ", " + arg
		}
		rows = append(rows, [2]string{call, k.doc})
		width = max(width, utf8.RuneCountInString(k.name+" = "+k.value))
	}
	var b strings.Builder
	for _, row := range rows {
		head, more, _ := strings.Cut(row[0], ", ")
		if strings.HasPrefix(row[0][strings.Index(row[0], "= ")+2:], "[") {
			head, more = row[0], ""
		}
		b.WriteString("  " + head + strings.Repeat(" ", width-utf8.RuneCountInString(head)+2) +
			row[1] + "\n")
		if more != "" {
			b.WriteString("  " + strings.Repeat(" ", width+2) + "further keys: " + more + "\n")
		}
	}
	return b.String()
}
