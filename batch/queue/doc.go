// Package queue lets several machines work on one run. The lines of the run are jobs of River
// (riverqueue.com) in a PostgreSQL database. Workers on any machine ask the models, each with its
// own config and keys, and write the replies into a table. Whoever started the run collects them
// into its result file, checks them there, and asks the judges with keys of their own.
//
// # What holds whatever dies
//
// A result has the run and the line as its primary key. A job ends only when its result is in the
// table, so a line is never lost; a second result of a line is dropped, so none is doubled. Each
// worker gives a sign of life for its jobs every two seconds. River's rescuer gives those without
// one to others, 10 to 45 seconds after their worker died, and the next worker looks into the
// table before it asks.
//
// # What enters the database
//
// The model reference, its settings, and the request: prompts, schema, tools. No key, header or
// further field of a request does. A contender with such fields of its own is refused; those of a
// provider stay in the config of each worker.
//
// # More machines: what limits first
//
// Measured for 10,000 lines of 40 bytes and a server that answers at once, as processor time for
// each line: a worker 0.33 ms, PostgreSQL 0.2 ms, server and collector 0.15 ms. On two cores that
// do all of it and nothing else, one worker did 2,540 lines a second, two did 3,260 and three
// 2,400: there the cores are the limit. A loop without a queue did 9,280. Two statements at a time
// enqueued 40,000 lines a second, and 24,600 where half of the lines were there.
//
// So the order is:
//
//   - Models. One that takes a second, asked 10 times at once, gives 10 lines a second. Add
//     workers, or raise max_concurrent where the server takes it: a worker needs a core for 3,000
//     lines a second.
//   - The worker's fetches, one each 10 ms: it does no more than 100 × max_concurrent lines a
//     second at one provider.
//   - PostgreSQL. One core of it is busy at about 5,000 lines a second. A second core helps: jobs
//     are fetched, completed and answered by connections of their own. Beyond it, split runs over
//     databases; nothing ties two runs together.
//   - The collector, one process a run: it reads, checks and writes about 7,000 lines a second.
//     Checks that start programs or ask judges are slower, and run side by side.
//
// Connections: at most 8 for a worker, 4 for whoever follows, unless the address says otherwise
// (pool_max_conns). The 100 of a PostgreSQL as it comes are enough for ten workers; raise
// max_connections for more.
package queue
