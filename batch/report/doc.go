// Package report reads the results of runs and says what is in them.
//
// A result file has one JSON object a line: a reply as `lineup ask --json` prints it, with "id",
// "prompt", "prompt_id", "vars", "take", "checks" and "pass". [Open] reads it once and keeps some
// numbers of each line. Texts stay on the disk and are read again where a page shows them, so the
// memory does not grow with them.
//
//   - [Run.Summaries] are the numbers of each contender.
//   - [Run.Rows] are the matrix case × contender, [Run.Worst] the cases that fail most.
//   - [Compare] aligns two runs.
//   - [WriteHTML], [WriteMarkdown], [WriteJUnit] and [WriteCSV] write them for other programs.
//     Nothing acts that stands in a text.
package report
