// Package text makes plain and styled strings fit for the cells of a terminal, and writes sizes,
// prices and axes. The numbers of a reply are written by package figures.
//
// Text from outside goes through [OneLine], or through providers.Clean and [Screen] where it keeps
// its lines. Afterwards every terminal gives it the same width, which all other functions rely on.
// Widths count cells. The package holds no state and knows nothing of panes, themes or sessions.
package text
