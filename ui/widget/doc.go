// Package widget has what one types into and chooses from: a [Field], a [Question] beside a label,
// a [Form] of several fields, a [List] with a filter, and the [Frame] around them.
//
// A widget keeps its own state, takes keys, pastes, clicks and the wheel, and draws itself into the
// cells that its owner gives it. It reports what happened in its results and starts no commands:
// only the owner knows what an answer is for. Rows count from 0, and widths are cells.
package widget
