// Package turn owns one turn, from the prompt to the stored replies: its estimated cost, its record
// in the store before a request goes out, warm connections, the requests, the growing replies, and
// their records.
//
// A [Turn] asks models, and whoever shows the replies decides when to take events ([Turn.Take]). A
// [Keeper] brings turns into a store. It never writes by itself: it hands out a [Job], which may
// run in any goroutine, so that neither the screen nor a printer waits for a disk. [Keeper.Follow]
// drives both for callers that only print.
//
// A pane may be asked several times ([Turn.AskTimes]): one take after the other, each in the store
// before its request goes out. The conversation goes on from the first answer among them.
//
// A model may read the answers of others. [MergeOf] makes the question of a merge, whose reply is
// one of the turn. A [Judging] asks a judge about pairs of answers; its judgements are no replies.
//
// One rule says when something is offered to the store: pieces of running replies every 250 ms
// ([session.SaveEvery]), replies that have ended at once. After a failure everything that is owed
// is offered again every two seconds ([RetryEvery]), and once more at the end.
package turn
