// Package compare holds what lineup says about several answers to one prompt.
//
// All of it is pure: no screen, no network, no database, no clock. The screen, the commands and the
// exports call the same functions, so they show the same figures.
//
//   - [Diff] compares two texts word by word; [Comparison.Stretches] is for reading it.
//   - [Agree] lists the facts that only some of several texts state.
//   - [ReadVotes] reads votes, and [Rate] computes from them how strong each contender is.
//   - [JudgePairs], [JudgeQuestion], [NewJudgement] and [TrustIn] are the protocol of a model that
//     judges answers.
//   - [SumUp] sums up the takes of a pane that was asked the same several times.
//   - [Wilson], [Pairs] and [MedianInterval] are the statistics of runs and of two runs.
//   - [Mask] hides the names of models in a text that is shown blind.
package compare
