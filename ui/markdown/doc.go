// Package markdown draws Markdown that is still being written, as lines for a terminal pane.
//
// A [Stream] takes the text of one answer in whatever pieces it comes and returns, whenever a frame
// is due, lines of at most so many cells. What it promises:
//
//   - In the end the lines are those that drawing the whole text at once would give, whatever the
//     pieces were. Before the end two things may look different: a link without its definition yet,
//     and code or bold words without their closing marks yet. The latter are drawn as if the marks
//     stood there.
//   - The cost of a token does not grow with the answer. Blocks that nothing to come can change are
//     drawn once; so are the items of a list, the rows of a long table and the lines of a long code
//     block. Only the open end is drawn again, and within a time budget.
//   - A [Row] tells what its end stands for. Text that was broken for want of width is still read
//     and copied as one.
//   - Every line stands alone. It sets and ends its own looks and links, so that a pane may show
//     any window of them; and no line is too wide, whatever the text. No text is lost at a line's
//     end, and no character that a model wrote, or hid in a character reference, reaches the
//     terminal as a control character.
//
// The dialect is GitHub's, parsed by goldmark; code is coloured by chroma. The layout of blocks is
// done here, because Glamour's fits neither narrow panes nor a stream: it joins the paragraphs of a
// list item, has no hanging indents, wraps code back to the first column, pads every line with an
// escape sequence a cell, and takes 2 to 4 ms for 1,000 characters, where this package takes 0.2
// ms.
package markdown
