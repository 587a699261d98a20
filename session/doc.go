// Package session keeps conversations.
//
// A [Session] is turns in order; a [Turn] is one prompt and one [Reply] a pane. A reply is built from the events
// of package providers by one pure function, [Reply.Apply], which the live panes, the headless commands and the
// store all use, so that a number is the same wherever it is shown. Its JSON form is the one that `lineup ask
// --json` prints.
//
// A [Store] keeps sessions in SQLite. The turn is written before its requests go out, partial text while it
// streams, and the final reply at once; what a dead process left behind is found as interrupted, with its text.
package session
