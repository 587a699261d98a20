package markdown_test

import (
	"cmp"
	"fmt"

	"github.com/charmbracelet/x/ansi"

	"lineup/ui/markdown"
)

// A stream takes an answer in pieces. A frame can be drawn at any moment: what nothing to come can change
// is committed, and only the rest is drawn again.
func ExampleStream() {
	s := markdown.New(markdown.Plain(), 24)
	show := func() {
		frame := s.Render(1)
		fmt.Printf("%d committed, %d open\n", len(frame.Committed), len(frame.Tail))
		for _, rows := range [][]markdown.Row{frame.Committed, frame.Tail} {
			for _, row := range rows {
				fmt.Println(cmp.Or(ansi.Strip(row.Text), "(blank)"))
			}
		}
	}
	s.Write("A token is a **piece of text**.\n\n- one\n- **tw")
	show()
	s.Write("o**\n")
	s.Finish()
	show()
	// Output:
	// 2 committed, 3 open
	// A token is a piece of
	// text.
	// (blank)
	// • one
	// • tw
	// 5 committed, 0 open
	// A token is a piece of
	// text.
	// (blank)
	// • one
	// • two
}

// A selection of rows is read as one text: where a row was broken for want of width, nothing but the
// blanks that stood there come between it and the next one.
func ExampleRow() {
	s := markdown.New(markdown.Plain(), 12)
	s.Write("one two three four")
	s.Finish()
	for _, row := range s.Render(1).Committed {
		fmt.Printf("%q goes on: %t, after %q\n", row.Text, row.Break.GoesOn(), row.Break.Blanks())
	}
	// Output:
	// "one two" goes on: true, after " "
	// "three four" goes on: false, after ""
}
