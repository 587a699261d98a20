// Package queue lets several machines work on one run. The lines of the run are jobs of River
// (riverqueue.com) in a PostgreSQL database; workers on any machine ask the models, each with its
// own config and keys, and write the replies into a table; whoever started the run collects them
// into its result file.
package queue
