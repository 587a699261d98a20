// Package load measures what one server can do for many at once.
//
// A Plan is a ladder of levels. A level keeps a number of requests running: where one ends, the
// next begins at once (a closed loop). Nothing is asked twice and no other model stands in. A
// failed request is a failure and never a fast one.
//
// A level's rates count the time in which all of its places were taken, and every token that came
// within it. Requests under way at the end of that time are heard to their end. They count in the
// percentiles, where long answers would otherwise be missing.
package load
