// Package policy wraps a model in a model that waits, asks again or asks another one.
//
// The policies of one model stand around it in this order, from the inside out:
//
//	WithLoading    asks again while the server says that it is loading the model
//	WithDeadlines  connect, response headers, first token, idle, total; each with its own error kind
//	WithAttempt    frames one try with EventAttemptStart and EventAttemptEnd, naming model and price
//	WithQueue      at most so many attempts of one provider at a time; the clock starts after the wait
//	WithRetry      asks again after an error that may pass: with a growing wait, or the one that the server asks for
//	WithCooldown   remembers that the endpoint failed, for the chains of others
//
// [WithFallback] puts several such models into a chain.
//
// The order has reasons. Deadlines are inside everything that repeats, so each attempt has its own.
// Waiting for a model to load belongs to one attempt, because the first-token deadline bounds it.
// The queue is outside the attempt, so that waiting for another pane is never counted against a
// model. It is inside retry, so that no pane holds a place while it waits.
//
// No policy touches the events after the first token, and none starts an answer again after it.
package policy
