// Package ui is lineup's screen: a Bubble Tea program that shows one prompt's answers side by side.
//
// There is one tea.Model, [app]; panes, the prompt box and the rest are structs with methods. Three
// rules keep it fast and honest:
//
//   - View runs after every Update, so it only returns the frame that Update made. Update builds a
//     frame from rows that the panes keep, and asks only changed panes for new rows.
//   - A token never becomes a message. The fan-out of package providers collects stamped events;
//     the screen takes them in batches, one a frame, and sleeps while nothing comes.
//   - Nothing in Update waits for a disk or a network; that happens in commands, which change no
//     state but answer with messages. An answer that takes long to draw is drawn in a command too.
//
// A [Replay] is a saved session on the same screen: its models repeat the recorded replies, its
// clock can be held, and it has no store. [Cast] draws the same frames without waiting, as an
// asciicast.
//
// Text from models, servers, files and the clipboard passes providers.Clean and
// [text.Clusters.Screen] on its way to a row.
package ui
