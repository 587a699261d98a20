// Package blind decides how much of a blind session may be shown.
//
// A [Veil] stands between such a session and whatever a person looks at. It gives copies of
// sessions, turns and replies in which a letter stands for each pane: without models, settings,
// times, tokens, costs and reasons of failures, and with the names of models masked in all that
// models wrote. Whoever draws or writes such a copy cannot tell more than it has. The record keeps
// everything.
//
// A letter belongs to a slot. The slots of a blind session are given in shuffled order, so that the
// letters say nothing, and stay with the session.
package blind
