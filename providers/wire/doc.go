// Package wire asks language models over the network and reports exactly what came back.
//
// A [Provider] is one endpoint: base URL, dialect, key, limits and one HTTP client.
// [Provider.Model] returns a model that package policy has wrapped; between attempt and queue it
// gets the provider's key, which may ask the user, before any clock starts. A dialect is a wire
// protocol: it writes a request and decodes one stream of events.
//
// A parameter that a server refuses by name is left out ([providers.EventDropped]), and the limit
// on tokens goes by the name that the server takes. A provider remembers both for each of its
// models.
//
// Answers and reasoning are what the model wrote, character by character; whoever sends them to a
// terminal cleans them. All other text in events, errors and model lists has passed
// [providers.Clean]: it holds no control characters. A provider's key is sent to that provider only
// and is cut out of anything the server says back, also where it comes in pieces.
//
// Inline reasoning is recognised by the tags of the known model families, at the very start of an
// answer, or by an end tag alone. An answer that only talks about the tags keeps them.
package wire
