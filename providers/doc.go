// Package providers has the words that the rest of lineup asks language models with, and no
// protocol.
//
// A [Model] is one method: Stream. It yields [Event] values in the order in which their bytes
// arrived. Each is stamped with the time of that arrival. A stream ends in one of two ways: after
// an [EventFinish] with no error, where the server said that the answer is whole, or with a last
// error of type *[Error]. A stream that merely stops is never a success: it ends with [Truncated],
// or with [Empty] where nothing had come.
//
// [Start] asks several models at once, one goroutine each, and hands the events over in batches
// ([Run.Take]). Nothing is dropped: when nobody takes events for long, reading stops and
// backpressure reaches the server.
//
// A [Usage] counts tokens, a [Quote] is a price with its source.
//
// The packages below hold the rest. Package wire speaks the protocols, package policy wraps a Model
// in timeouts, retries and fallbacks, package price finds prices and compares them, package attach
// makes attachments of files, package arrival stamps bytes, and package sim serves simulated
// models.
package providers
