// Package pane is one pane of the screen: a model's conversation as rows of cells, and all that one
// does with it there: scroll, search, select text, mark a code block, look at the details.
//
// The app gives a [Pane] its place and its standing, adds turns, passes the events of running
// replies to their [View], and asks for [Pane.Rows] after [Pane.Draw]. A pane keeps its rows until
// something changes, and lays out only the turns in view. What all panes are drawn by is in a
// [Look]. An answer that takes long is handed to Look.Later, whose command sends a [Drawn] back.
//
// A pane knows keys only as labels and as the actions of its buttons; it starts no requests, writes
// nothing to the record and knows nothing of the other panes.
package pane
