// Package providers asks language models over the network and tells the truth about what came back.
//
// A [Model] is one method: Stream. It yields [Event] values in the order in which their bytes arrived, each
// stamped with the time when they did (package arrival), and ends in one of two ways: after an [EventFinish] with
// no error (the server said that the answer is whole), or with a last error of type *[Error]. A stream that merely
// stops is never a success: it ends with [Truncated], or [Empty] where nothing had come.
//
// A [Provider] is one endpoint: base URL, dialect, key, limits and one HTTP client. [Provider.Model] returns a
// model that is wrapped by the policies, from the inside out:
//
//	dialect     speaks the wire protocol: one request, one stream of events
//	loading     asks again while the server says that it is loading the model
//	deadlines   connect, response headers, first token, idle, total; each with its own error kind
//	attempt     frames one try with EventAttemptStart and EventAttemptEnd, naming model and price
//	key         gets the provider's key, which may ask the user, before any clock starts
//	queue       at most max_concurrent attempts of one provider at a time; the clock starts behind it
//	retry       asks again after what may pass: with a growing wait, or the one that the server asks for
//	cooldown    remembers that the endpoint failed, for the chains of others
//
// and [WithFallback] puts several such models behind one another.
//
// The order has reasons. Deadlines are inside everything that repeats, so that each attempt has its own; only waiting
// for a model to load belongs to one attempt, because the first-token deadline is what bounds it. The queue is outside
// the attempt so that waiting for another pane is never counted against a model, and inside retry so that nobody
// holds a place while he waits. Every policy is a Model that holds a Model; what comes after the first token is passed
// on untouched by all of them, and nothing is started again behind it.
//
// A parameter that a server refuses by name is left out ([EventDropped]), and the limit on tokens goes by the name
// that the server takes; a provider remembers both for each of its models.
//
// [Start] asks several models at once, one goroutine each, and hands the events over in batches ([Run.Take]).
// Nothing is dropped: when nobody takes events for long, reading stops and backpressure reaches the server.
//
// All text in events, errors and model lists has passed [Clean]: it holds no control characters. A provider's
// key is sent to that provider only and is cut out of anything the server says back, also where it comes in pieces.
//
// Reasoning that a server leaves inline counts as such if the answer begins with <think>; one that only talks about
// the tag keeps it.
package providers
