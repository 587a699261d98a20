// Package session keeps conversations.
//
// A [Session] is turns in order; a [Turn] is one prompt and one [Reply] a pane. One pure function,
// [Reply.Apply], builds a reply from the events of package providers. The live panes, the headless
// commands and the store all use it. So a number is the same everywhere. Its JSON form is the one
// that `lineup ask --json` prints.
//
// A [Store] keeps sessions in SQLite. The turn is written before its requests go out, partial text
// while it streams, and the final reply at once. Replies of a dead process are found as
// interrupted, with their text.
//
// [Store.Import] takes over sessions that others wrote, each whole or not at all, and never twice;
// package exchange reads and writes their files. [Reply.Events] gives back the events of a reply,
// at their times. With them the live screen can play a session again.
//
// docs/schema.md describes the database for those who query it.
package session
