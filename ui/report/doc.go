// Package report draws recorded data as lines of text: a reply's state, numbers and details, a turn
// as a waterfall, statistics, the cost of a machine beside gateways, and the preview of a session.
//
// Every function is pure: data, a theme, a width in cells and, where clocks run, the time of the
// frame go in, and lines come out that are no wider. Text from outside is made safe here, so
// callers pass it as it was recorded. The same reports serve the screen and the commands.
package report
