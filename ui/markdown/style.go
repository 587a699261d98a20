package markdown

import (
	"strings"

	gansi "charm.land/glamour/v2/ansi"
	"github.com/alecthomas/chroma/v2"
)

// A Style says how Markdown looks: a Glamour style sheet, of which colours, attributes and marks count. Margins and
// templates do not, for blocks are laid out here. The zero Style draws text without any look.
type Style struct {
	sheet gansi.StyleConfig
}

// looks are a colour and attributes of text, as Glamour keeps them.
type looks = gansi.StylePrimitive

// Dark is for light text on a dark ground. Headings, list marks and links are in the accent, a colour as Lip Gloss
// takes it, such as "#7aa2f7" or "12"; empty means a calm blue. Plain text keeps the terminal's own colour.
func Dark(accent string) Style {
	return coloured(colours{or(accent, "#7AA2F7"), "#E0AF68", "#8A8F98", "#565B66", "github-dark"})
}

// Light is for dark text on a light ground; accent as for [Dark].
func Light(accent string) Style {
	return coloured(colours{or(accent, "#2558C4"), "#9A4D00", "#6B7280", "#B4BAC4", "xcode"})
}

// colours are what the coloured styles differ in. The theme is one of Chroma's.
type colours struct{ accent, code, muted, rule, theme string }

func coloured(c colours) Style {
	accent, muted, rule := looks{Color: &c.accent}, looks{Color: &c.muted}, looks{Color: &c.rule}
	s := sheet(accent, muted, rule)
	s.BlockQuote.Color = &c.muted
	s.Code.Color = &c.code
	s.CodeBlock.Theme = c.theme
	s.Task.Ticked = "[✓] "
	return Style{s}
}

// Plain has no colours: bold, italic, underlined and faint text and the marks around code carry the meaning. It is for
// NO_COLOR and for terminals that have none.
func Plain() Style {
	faint := looks{Faint: new(true)}
	s := sheet(looks{}, faint, faint)
	s.H3.Italic = new(true)
	s.Code.Prefix, s.Code.Suffix = "`", "`"
	return Style{s}
}

// sheet is what all styles share. Headings are told apart by looks instead of number signs; rules are thin.
func sheet(accent, muted, rule looks) gansi.StyleConfig {
	block := func(l looks) gansi.StyleBlock { return gansi.StyleBlock{StylePrimitive: l} }
	return gansi.StyleConfig{
		H1:             block(looks{Color: accent.Color, Bold: new(true), Underline: new(true)}),
		H2:             block(looks{Color: accent.Color, Bold: new(true)}),
		H3:             block(accent),
		H4:             block(looks{Bold: new(true)}),
		H5:             block(looks{Italic: new(true)}),
		H6:             block(looks{Italic: new(true)}),
		Emph:           looks{Italic: new(true)},
		Strong:         looks{Bold: new(true)},
		Strikethrough:  looks{CrossedOut: new(true)},
		Item:           accent,
		Enumeration:    accent,
		Task:           gansi.StyleTask{StylePrimitive: accent, Ticked: "[x] ", Unticked: "[ ] "},
		BlockQuote:     gansi.StyleBlock{IndentToken: new("│ ")},
		LinkText:       looks{Color: accent.Color, Underline: new(true)},
		Link:           muted,
		ImageText:      looks{Prefix: "image: ", Color: muted.Color},
		Image:          muted,
		HTMLBlock:      block(muted),
		HTMLSpan:       block(muted),
		DefinitionTerm: looks{Bold: new(true)},
		HorizontalRule: rule,
		Table: gansi.StyleTable{
			StyleBlock:      block(rule),
			ColumnSeparator: new("│"), RowSeparator: new("─"), CenterSeparator: new("┼"),
		},
	}
}

// pens turns looks into SGR sequences, with Glamour's own translation, each once.
type pens struct {
	ctx    gansi.RenderContext
	seen   map[looks]string
	tokens map[chroma.TokenType]string // of code, by the theme of the style
}

func newPens() *pens {
	return &pens{
		ctx:    gansi.NewRenderContext(gansi.Options{}),
		seen:   map[looks]string{},
		tokens: map[chroma.TokenType]string{},
	}
}

// of returns the sequence that turns a look on, or "" if there is nothing to turn on.
func (p *pens) of(l looks) string {
	l.BlockPrefix, l.BlockSuffix, l.Prefix, l.Suffix, l.Format = "", "", "", "", ""
	if l == (looks{}) {
		return ""
	}
	pen, ok := p.seen[l]
	if !ok {
		var b strings.Builder
		if err := (&gansi.BaseElement{Token: " ", Style: l}).Render(&b, p.ctx); err == nil {
			pen, _, _ = strings.Cut(b.String(), " ")
		}
		if l.Faint != nil && *l.Faint { // Glamour has the field and does not heed it
			pen += "\x1b[2m"
		}
		p.seen[l] = pen
	}
	return pen
}

// cascade returns child as it looks within parent.
func cascade(parent, child looks) looks {
	return gansi.BlockStack{{Style: gansi.StyleBlock{StylePrimitive: parent}}}.With(child)
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
