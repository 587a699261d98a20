// Package session keeps conversations.
//
// A [Session] is turns in order; a [Turn] is one prompt and one [Reply] a pane. A reply is built from the events
// of package providers by one pure function, [Reply.Apply], which the live panes, the headless commands and the
// store all use, so that a number is the same wherever it is shown. Its JSON form is the one that `lineup ask
// --json` prints.
//
// A [Store] keeps sessions in SQLite. The turn is written before its requests go out, partial text while it
// streams, and the final reply at once; what a dead process left behind is found as interrupted, with its text.
//
// [Store.Import] takes over sessions that others wrote, each whole or not at all, and never twice; package exchange reads
// and writes their files. [Reply.Events] gives back the events that made a reply, at their times, so that a session can be
// played again by what draws a live one.
//
// docs/schema.md describes the database for those who query it.
package session
