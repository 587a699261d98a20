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
// # The database
//
// The file may be queried by others while lineup runs. Times are milliseconds since 1970 in UTC, durations are
// milliseconds, lists and maps are JSON (panes: a list of models, or, where one is zoomed or they scroll together, an object
// with models, zoomed, together), and n is a table's own number for a row.
//
//	sessions      id (20261123-130412-kd7f3) and short, its last part; title, panes, system, created_at, updated_at;
//	              turns, how many there are; deleted_at where it is in the trash; parent and parent_turn, the ids of what it
//	              was forked from
//	tags          session (sessions.n), tag, in small letters
//	turns         session (sessions.n), id, prompt, created_at; promoted, the slot whose answer all panes go on from
//	replies       turn (turns.n), slot, take (0, and for each time the same was asked again one more), in_force (1 for the
//	              take that the conversation goes on from), copied (1 where a fork took it over, which cost nothing),
//	              and the fields of a Reply one by one: metrics as ttft_ms, …; usage as input_tokens, …, usage_source;
//	              chunk_gaps, how many gaps between chunks, and their chunk_gap_p50_ms, …; cost_usd, cost_source, and price,
//	              what was calculated with; cost_unknown (1 where it may have cost something that nobody knows); error,
//	              server, attempts, dropped_params and notes as in its JSON form, and error_kind; params as sent; system
//	              where it is not the session's; ended_at; the version of lineup that wrote it. chunks is, for each piece,
//	              the microseconds since the piece before and 2·bytes+reasoning, as unsigned varints. owner names the lock file
//	              run/OWNER.lock of the lineup that is still writing, and is NULL in a reply that has ended
//	reply_parts   what a running reply has so far: count pieces from piece number start on
//	session_models  session (sessions.n), model, status: which models were asked or answered in it, and how that ended
//	votes         turn (turns.n), kind, slot and model where one won, at
//	search        FTS5 over prompts and answers: row turns.n·1024 is a prompt, turns.n·1024+slot+1 the
//	              answers of a slot
//	title_search  the same over titles and tags, by sessions.n
//
// The search tables hold an index without texts, so that a query joins them by row number. Chinese, Japanese, Korean
// and symbols stand in it as pairs of characters: 토큰화 is found by "토큰 큰화", other words as they are written.
//
//	SELECT s.id, t.prompt FROM search JOIN turns t ON t.n = search.rowid / 1024 JOIN sessions s ON s.n = t.session
//	WHERE search MATCH '"token"* AND "토큰"' ORDER BY search.rowid DESC LIMIT 20;
//
//	SELECT served_by, count(*), avg(ttft_ms), sum(cost_usd) FROM replies WHERE status = 'done' AND NOT copied GROUP BY served_by;
package session
