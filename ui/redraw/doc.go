// Package redraw keeps from the terminal what it shows already.
//
// The renderer below Bubble Tea repaints every row that holds a wide character in every frame,
// whether the row changed or not (ultraviolet, TerminalRenderer.paintLine). One letter typed beside
// panes of Korean text cost 10 to 17 kB so. A Writer stands between the renderer and the terminal.
// It knows the last repaint of each row, drops one that says the same again, and leaves out the
// cursor movements and styles that then lead nowhere.
//
// It understands the few sequences that the renderer uses for text. Anything else passes through
// unchanged. The Writer then forgets what it may have changed, and writes the next repaint.
package redraw
