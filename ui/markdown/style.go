package markdown

import (
	"cmp"

	"charm.land/lipgloss/v2"
	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/styles"
	"github.com/charmbracelet/x/ansi"
)

// A Style says how Markdown looks. The zero Style draws text without any look.
type Style struct {
	sheet sheet
	raw   bool
}

// Raw draws the text itself in place of Markdown: its lines as they are, broken only for want of
// width.
func (s Style) Raw() Style {
	s.raw = true
	return s
}

// looks are a colour and attributes of text; nil and "" leave what the text around has.
type looks struct {
	Color, Background       *string // as Lip Gloss takes them
	Bold, Italic, Underline *bool
	CrossedOut, Faint       *bool
	Inverse, Blink          *bool
	Prefix, Suffix          string // of headings, code and images; the mark of items
}

// sheet has the looks of every kind of block and text.
type sheet struct {
	Document, H1, H2, H3, H4, H5, H6  looks
	Emph, Strong, Strikethrough, Code looks
	Item, Enumeration                 looks
	LinkText, Link, ImageText, Image  looks
	HTMLBlock, HTMLSpan               looks
	HorizontalRule                    looks
	BlockQuote                        struct {
		looks
		IndentToken string
	}
	Task struct {
		looks
		Ticked, Unticked string
	}
	CodeBlock struct {
		looks
		Theme  string                     // one of Chroma's; "" for no highlighting
		tokens map[chroma.TokenType]looks // in place of a theme; or nil
	}
	Table struct {
		looks
		ColumnSeparator, RowSeparator, CenterSeparator string
	}
}

// Dark is for light text on a dark ground. Headings, list marks and links are in the accent, a
// colour as Lip Gloss takes it, such as "#7aa2f7" or "12"; empty means a calm blue. Plain text
// keeps the terminal's own colour.
func Dark(accent string) Style {
	return Coloured(Palette{or(accent, "#7AA2F7"), "#E0AF68", "#8A8F98", "#565B66", "github-dark"})
}

// Light is for dark text on a light ground; accent as for [Dark].
func Light(accent string) Style {
	return Coloured(Palette{or(accent, "#2558C4"), "#9A4D00", "#6B7280", "#B4BAC4", "xcode"})
}

// A Palette is what coloured styles differ in. A colour is as Lip Gloss takes it; "" leaves the
// terminal's own, and makes it faint where it is Muted or Rule.
type Palette struct {
	Accent string // headings, list marks, links
	Code   string // code within text
	Muted  string // quotations, addresses, HTML
	Rule   string // rules and the lines of tables
	Syntax string // the Chroma style of code blocks; "" for no highlighting
}

// Coloured is a style of one's own colours.
func Coloured(c Palette) Style {
	tint := func(name string) looks {
		if name == "" {
			return looks{}
		}
		return looks{Color: &name}
	}
	mute := func(name string) looks {
		if name == "" {
			return looks{Faint: new(true)}
		}
		return tint(name)
	}
	s := newSheet(tint(c.Accent), mute(c.Muted), mute(c.Rule))
	s.BlockQuote.looks = mute(c.Muted)
	s.Code.Color = tint(c.Code).Color
	s.CodeBlock.Theme = c.Syntax
	s.Task.Ticked = "[✓] "
	return Style{sheet: s}
}

// Plain has no colours: bold, italic, underlined and faint text and the marks around code carry the
// meaning. It is for NO_COLOR and for terminals that have none.
func Plain() Style {
	faint := looks{Faint: new(true)}
	s := newSheet(looks{}, faint, faint)
	s.H3.Italic = new(true)
	s.Code.Prefix, s.Code.Suffix = "`", "`"
	return Style{sheet: s}
}

// newSheet is what all styles share. Headings are told apart by looks instead of number signs;
// rules are thin.
func newSheet(accent, muted, rule looks) sheet {
	s := sheet{
		H1:             looks{Color: accent.Color, Bold: new(true), Underline: new(true)},
		H2:             looks{Color: accent.Color, Bold: new(true)},
		H3:             accent,
		H4:             looks{Bold: new(true)},
		H5:             looks{Italic: new(true)},
		H6:             looks{Italic: new(true)},
		Emph:           looks{Italic: new(true)},
		Strong:         looks{Bold: new(true)},
		Strikethrough:  looks{CrossedOut: new(true)},
		Item:           accent,
		Enumeration:    accent,
		LinkText:       looks{Color: accent.Color, Underline: new(true)},
		Link:           muted,
		ImageText:      looks{Prefix: "image: ", Color: muted.Color},
		Image:          muted,
		HTMLBlock:      muted,
		HTMLSpan:       muted,
		HorizontalRule: rule,
	}
	s.Task.looks, s.Task.Ticked, s.Task.Unticked = accent, "[x] ", "[ ] "
	s.BlockQuote.IndentToken = "│ "
	s.Table.looks = rule
	s.Table.ColumnSeparator, s.Table.RowSeparator, s.Table.CenterSeparator = "│", "─", "┼"
	return s
}

// pens turns looks into SGR sequences, each once.
type pens struct {
	seen   map[looks]string
	tokens map[chroma.TokenType]string // of code, by the theme of the style
}

func newPens() *pens {
	return &pens{
		seen:   map[looks]string{},
		tokens: map[chroma.TokenType]string{},
	}
}

// of returns the sequence that turns a look on, or "" if there is nothing to turn on.
func (p *pens) of(l looks) string {
	l.Prefix, l.Suffix = "", ""
	if l == (looks{}) {
		return ""
	}
	pen, ok := p.seen[l]
	if !ok {
		pen = l.sgr()
		p.seen[l] = pen
	}
	return pen
}

func (l looks) sgr() string {
	on := func(b *bool) bool { return b != nil && *b }
	var s ansi.Style
	if l.Color != nil {
		s = s.ForegroundColor(lipgloss.Color(*l.Color))
	}
	if l.Background != nil {
		s = s.BackgroundColor(lipgloss.Color(*l.Background))
	}
	if on(l.Underline) {
		s = s.Underline(true)
	}
	if on(l.Bold) {
		s = s.Bold()
	}
	if on(l.Italic) {
		s = s.Italic(true)
	}
	if on(l.CrossedOut) {
		s = s.Strikethrough(true)
	}
	if on(l.Faint) {
		s = s.Faint()
	}
	if on(l.Inverse) {
		s = s.Reverse(true)
	}
	if on(l.Blink) {
		s = s.Blink(true)
	}
	if len(s) == 0 {
		return "" // every attribute is said to be off, as the terminal has it anyway
	}
	return s.String()
}

// cascade returns child as it looks within parent. A prefix is the child's own.
func cascade(parent, child looks) looks {
	return looks{
		Color:      cmp.Or(child.Color, parent.Color),
		Bold:       cmp.Or(child.Bold, parent.Bold),
		Italic:     cmp.Or(child.Italic, parent.Italic),
		Underline:  cmp.Or(child.Underline, parent.Underline),
		CrossedOut: cmp.Or(child.CrossedOut, parent.CrossedOut),
		Faint:      cmp.Or(child.Faint, parent.Faint),
		Background: cmp.Or(child.Background, parent.Background),
		Inverse:    cmp.Or(child.Inverse, parent.Inverse),
		Blink:      cmp.Or(child.Blink, parent.Blink),
		Prefix:     child.Prefix,
		Suffix:     child.Suffix,
	}
}

func or(s, fallback string) string { return cmp.Or(s, fallback) }

// SyntaxNames are the styles that Palette.Syntax can name.
func SyntaxNames() []string { return styles.Names() }
