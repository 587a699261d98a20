// Package check says whether an answer is right.
//
// A [Check] is one condition on a reply: a word in it, a schema, a time limit. The kinds of checks
// are the rows of one table; [Read] makes checks of what a suite says, and [Help] prints the
// table. Other programs' files have kinds of their own, with rules of their own: [New] makes a
// check of any function.
//
// A reply that failed passes no check, and neither does an unknown number, whether the check is
// turned round by not_ or not. A check that could not be made at all has no verdict: Result.Pass
// is nil, and the case cannot pass.
package check
