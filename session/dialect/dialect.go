// Package dialect is the Markdown that models write, for goldmark: GitHub's, with what answers have
// besides. The screen and the exported page read answers by it.
//
//   - Mathematics is shown as it was written. Its backslashes, stars and underscores are content.
//   - A bare address ends at a blank, in any script; its host needs no dot.
//   - A row of a table keeps all of its text, also where a cell says "a || b".
//   - Emphasis works in Chinese, Japanese and Korean text, see package cjk.
package dialect

import (
	"regexp"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"

	"lineup/session/cjk"
)

// Extension is the dialect. It is everything that a parser or a converter needs.
func Extension() goldmark.Extender { return dialect{} }

type dialect struct{}

// never matches no text.
var never = regexp.MustCompile(`[^\x00-\x{10FFFF}]`)

// Extend adds the dialect. Where goldmark has a parser of its own, a smaller number goes first.
func (dialect) Extend(m goldmark.Markdown) {
	extension.TaskList.Extend(m)
	extension.Strikethrough.Extend(m)
	cjk.Emphasis().Extend(m)
	emails := extension.NewLinkifyParser( // goldmark's finds these well
		extension.WithLinkifyURLRegexp(never), extension.WithLinkifyWWWRegexp(never))
	aligned := extension.NewTableHTMLRenderer(
		extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute))
	m.Parser().AddOptions(
		parser.WithBlockParsers(util.Prioritized(mathBlocks{}, 50)),
		parser.WithParagraphTransformers(util.Prioritized(tables{}, 199)),
		parser.WithInlineParsers(
			util.Prioritized(inlineMath{}, 50),
			util.Prioritized(addresses{}, 998),
			util.Prioritized(emails, 999),
		),
	)
	m.Renderer().AddOptions(
		renderer.WithNodeRenderers(util.Prioritized(mathHTML{}, 500),
			util.Prioritized(aligned, 500)),
		html.WithHardWraps(),
	)
}
