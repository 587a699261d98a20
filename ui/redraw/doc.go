// Package redraw shows frames on a terminal and writes no more than the cells that changed.
//
// The renderer of Bubble Tea reads and compares all cells of the screen for each frame, and writes
// every row that holds a wide character again (ultraviolet, TerminalRenderer.paintLine). That was
// half of the program's CPU beside eight streaming panes. One letter typed beside panes of Korean
// text cost 10 to 17 kB. Here a row that did not change is compared as one string. In a row that
// did, the cells are compared, and the runs that differ are written where they stand.
//
// Bubble Tea keeps the terminal's modes and its input. It draws an empty view, and what it writes
// goes through the Painter, which watches for the few things that concern a frame: the alternate
// screen and an erased screen.
package redraw
