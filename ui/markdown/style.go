package markdown

import (
	"io"
	"strings"

	gansi "charm.land/glamour/v2/ansi"
	"charm.land/glamour/v2/styles"
	"github.com/alecthomas/chroma/v2"
)

// A Style says how Markdown looks: a Glamour style sheet, of which the colours, attributes, prefixes and separators
// count (margins and templates do not: blocks are laid out here). The zero Style draws text without any look.
type Style struct {
	sheet gansi.StyleConfig
}

// Dark is for light text on a dark ground. Headings, list marks and links are in the accent, a colour as Lip Gloss
// takes it ("#7aa2f7", "12"); empty means a calm blue.
func Dark(accent string) Style {
	return coloured(styles.DarkStyleConfig, tints{
		accent: or(accent, "#7AA2F7"), code: "#E0AF68", muted: "#8A8F98", rule: "#565B66", theme: "github-dark",
	})
}

// Light is for dark text on a light ground; accent as for [Dark].
func Light(accent string) Style {
	return coloured(styles.LightStyleConfig, tints{
		accent: or(accent, "#2558C4"), code: "#9A4D00", muted: "#6B7280", rule: "#B4BAC4", theme: "github",
	})
}

// Plain has no colours: bold, italic, underline and the marks around code carry the meaning. It is for NO_COLOR and
// for terminals that have none.
func Plain() Style {
	s := shape(styles.ASCIIStyleConfig)
	s.H1.Underline, s.H4.Italic, s.H5.Italic, s.H6.Italic = new(true), new(true), new(true), new(true)
	s.Strong, s.Emph = gansi.StylePrimitive{Bold: new(true)}, gansi.StylePrimitive{Italic: new(true)}
	s.Strikethrough = gansi.StylePrimitive{CrossedOut: new(true)}
	s.LinkText, s.Link = gansi.StylePrimitive{Underline: new(true)}, gansi.StylePrimitive{Faint: new(true)}
	s.Image = gansi.StylePrimitive{Faint: new(true)}
	s.HorizontalRule = gansi.StylePrimitive{Faint: new(true)}
	s.Table.StylePrimitive = gansi.StylePrimitive{Faint: new(true)}
	s.HTMLBlock.StylePrimitive, s.HTMLSpan.StylePrimitive = gansi.StylePrimitive{Faint: new(true)}, gansi.StylePrimitive{Faint: new(true)}
	s.Code.StylePrimitive = gansi.StylePrimitive{Prefix: "`", Suffix: "`"}
	s.CodeBlock = gansi.StyleCodeBlock{}
	return Style{s}
}

// tints are the colours in which the two coloured styles differ.
type tints struct{ accent, code, muted, rule, theme string }

func coloured(from gansi.StyleConfig, t tints) Style {
	s := shape(from)
	s.Heading.Color, s.H1.Underline = &t.accent, new(true)
	s.H5.Color, s.H6.Color = &t.muted, &t.muted
	s.Item.Color, s.Enumeration.Color, s.Task.Color = &t.accent, &t.accent, &t.accent
	s.BlockQuote.Color = &t.muted
	s.HorizontalRule.Color = &t.rule
	s.LinkText = gansi.StylePrimitive{Color: &t.accent, Underline: new(true)}
	s.Link = gansi.StylePrimitive{Color: &t.muted}
	s.Image = gansi.StylePrimitive{Color: &t.muted}
	s.ImageText.Color = &t.muted
	s.Code.StylePrimitive = gansi.StylePrimitive{Color: &t.code}
	s.CodeBlock = gansi.StyleCodeBlock{Theme: t.theme}
	s.CodeBlock.Color = nil
	s.Table.Color = &t.rule
	s.HTMLBlock.Color, s.HTMLSpan.Color = &t.muted, &t.muted
	return Style{s}
}

// shape gives a Glamour style sheet what all styles here share: no colour for plain text, which is the terminal's
// business; headings told apart by attributes instead of number signs; thin rules.
func shape(s gansi.StyleConfig) gansi.StyleConfig {
	s.Document, s.Paragraph = gansi.StyleBlock{}, gansi.StyleBlock{}
	s.Text = gansi.StylePrimitive{}
	s.Heading = gansi.StyleBlock{StylePrimitive: gansi.StylePrimitive{Bold: new(true)}}
	s.H1, s.H2, s.H3, s.H4, s.H5, s.H6 = gansi.StyleBlock{}, gansi.StyleBlock{}, gansi.StyleBlock{}, gansi.StyleBlock{}, gansi.StyleBlock{}, gansi.StyleBlock{}
	s.BlockQuote = gansi.StyleBlock{IndentToken: new("│ ")}
	s.HorizontalRule = gansi.StylePrimitive{}
	s.Item = gansi.StylePrimitive{}
	s.Enumeration = gansi.StylePrimitive{}
	s.Task.StylePrimitive = gansi.StylePrimitive{}
	s.ImageText = gansi.StylePrimitive{Prefix: "image: "}
	s.DefinitionTerm = gansi.StylePrimitive{Bold: new(true)}
	s.DefinitionDescription = gansi.StylePrimitive{}
	s.Table = gansi.StyleTable{ColumnSeparator: new("│"), RowSeparator: new("─"), CenterSeparator: new("┼")}
	return s
}

// pens turns style primitives into SGR sequences, with Glamour's own translation, each once.
type pens struct {
	ctx    gansi.RenderContext
	seen   map[gansi.StylePrimitive]string
	tokens map[chroma.TokenType]string // of code, by the theme of the style
}

func newPens() *pens {
	return &pens{
		ctx:    gansi.NewRenderContext(gansi.Options{}),
		seen:   map[gansi.StylePrimitive]string{},
		tokens: map[chroma.TokenType]string{},
	}
}

// of returns the sequence that turns the look of s on, or "" if it has none.
func (p *pens) of(s gansi.StylePrimitive) string {
	s.BlockPrefix, s.BlockSuffix, s.Prefix, s.Suffix, s.Format = "", "", "", "", ""
	if s == (gansi.StylePrimitive{}) {
		return ""
	}
	pen, ok := p.seen[s]
	if !ok {
		var b strings.Builder
		if err := (&gansi.BaseElement{Token: " ", Style: s}).Render(io.Writer(&b), p.ctx); err == nil {
			pen, _, _ = strings.Cut(b.String(), " ")
		}
		if s.Faint != nil && *s.Faint { // Glamour has the field and does not heed it
			pen += "\x1b[2m"
		}
		p.seen[s] = pen
	}
	return pen
}

// cascade returns child as it looks within parent.
func cascade(parent, child gansi.StylePrimitive) gansi.StylePrimitive {
	return gansi.BlockStack{{Style: gansi.StyleBlock{StylePrimitive: parent}}}.With(child)
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
