package markdown

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strings"

	glamour "charm.land/glamour/v2/ansi"
	glamourstyles "charm.land/glamour/v2/styles"
	"github.com/alecthomas/chroma/v2"
)

// GlamourNames are the styles that come with Glamour, sorted.
func GlamourNames() []string { return slices.Sorted(maps.Keys(glamourstyles.DefaultStyles)) }

// Glamour is one of Glamour's own styles. ok is false where there is none of that name.
func Glamour(name string) (s Style, ok bool) {
	config, ok := glamourstyles.DefaultStyles[name]
	if !ok {
		return Style{}, false
	}
	return fromGlamour(*config), true
}

// fromGlamour takes the colours, attributes, marks and lines of a style of Glamour's. Margins and
// indentation stay this package's. So do the words: nothing is concealed or written in other
// letters.
func fromGlamour(g glamour.StyleConfig) Style {
	// of whole blocks, whose marks would come with each paragraph
	plain := func(all ...glamour.StylePrimitive) looks {
		l := primitive(all...)
		l.Prefix, l.Suffix = "", ""
		return l
	}
	heading := func(h glamour.StyleBlock) looks {
		return primitive(g.Heading.StylePrimitive,
			h.StylePrimitive)
	}
	s := sheet{
		Document: plain(g.Document.StylePrimitive, g.Text), Emph: primitive(g.Emph),
		Strong:        primitive(g.Strong),
		Strikethrough: primitive(g.Strikethrough), Code: primitive(g.Code.StylePrimitive),
		H1: heading(g.H1), H2: heading(g.H2), H3: heading(g.H3), H4: heading(g.H4),
		H5: heading(g.H5), H6: heading(g.H6),
		Item: mark(g.Item), Enumeration: mark(g.Enumeration),
		Link: primitive(g.Link), LinkText: primitive(g.LinkText),
		Image: primitive(g.Image), ImageText: primitive(g.ImageText),
		HTMLBlock:      primitive(g.HTMLBlock.StylePrimitive),
		HTMLSpan:       primitive(g.HTMLSpan.StylePrimitive),
		HorizontalRule: primitive(g.HorizontalRule),
	}
	s.ImageText.Prefix = cmp.Or(s.ImageText.Prefix, "image: ")
	s.BlockQuote.looks = plain(g.BlockQuote.StylePrimitive)
	s.BlockQuote.IndentToken = or(value(g.BlockQuote.IndentToken), "│ ")
	s.Task.looks = plain(g.Task.StylePrimitive)
	s.Task.Ticked, s.Task.Unticked = or(g.Task.Ticked, "[✓] "), or(g.Task.Unticked, "[ ] ")
	s.Table.looks = plain(g.Table.StylePrimitive)
	s.Table.ColumnSeparator = or(value(g.Table.ColumnSeparator), "│")
	s.Table.RowSeparator = or(value(g.Table.RowSeparator), "─")
	s.Table.CenterSeparator = or(value(g.Table.CenterSeparator), "┼")
	s.CodeBlock.looks = plain(g.CodeBlock.StylePrimitive)
	s.CodeBlock.Theme = g.CodeBlock.Theme
	if g.CodeBlock.Chroma != nil {
		s.CodeBlock.tokens = tokenLooks(*g.CodeBlock.Chroma)
	}
	return Style{sheet: s}
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// primitive takes what both packages know of a look; a later one goes before an earlier one.
func primitive(all ...glamour.StylePrimitive) (l looks) {
	for _, p := range all {
		prefix, suffix := l.Prefix, l.Suffix
		l = cascade(l, looks{
			Color: p.Color, Background: p.BackgroundColor, Bold: p.Bold, Italic: p.Italic,
			Underline:  p.Underline,
			CrossedOut: p.CrossedOut, Faint: p.Faint, Inverse: p.Inverse, Blink: p.Blink,
		})
		l.Prefix = cmp.Or(strings.Trim(p.BlockPrefix, "\n")+p.Prefix, prefix)
		l.Suffix = cmp.Or(p.Suffix+strings.Trim(p.BlockSuffix, "\n"), suffix)
	}
	return l
}

// mark is the look of what stands before an item. Glamour has the mark itself in the prefix of the
// block; its usual ones are left to this package, which tells the levels of a list apart.
func mark(p glamour.StylePrimitive) looks {
	l := primitive(p)
	if l.Suffix = ""; l.Prefix == "• " || l.Prefix == ". " {
		l.Prefix = ""
	}
	return l
}

// tokenLooks are the looks of code. The fields of Glamour's struct are named as Chroma's tokens
// are.
func tokenLooks(c glamour.Chroma) map[chroma.TokenType]looks {
	byName := map[string]chroma.TokenType{}
	for _, t := range chroma.TokenTypeValues() {
		byName[t.String()] = t
	}
	tokens := map[chroma.TokenType]looks{}
	v := reflect.ValueOf(c)
	for i := range v.NumField() {
		if t, ok := byName[v.Type().Field(i).Name]; ok && t != chroma.Background {
			l := primitive(v.Field(i).Interface().(glamour.StylePrimitive))
			l.Background = nil // panes end a line where its text ends
			if l != (looks{}) {
				tokens[t] = l
			}
		}
	}
	return tokens
}

// tokenLook is the look of a token of code, or of the kind of token that it is one of.
func tokenLook(tokens map[chroma.TokenType]looks, t chroma.TokenType) looks {
	for _, kind := range [...]chroma.TokenType{t, t.SubCategory(), t.Category(), chroma.Text} {
		if l, ok := tokens[kind]; ok {
			return l
		}
	}
	return looks{}
}

// Colours are what the rest of the screen can take from a style: accents, and the colour of code.
func (s Style) Colours() (accents []string, code string) {
	sheet := &s.sheet
	for _, l := range [...]looks{sheet.H2, sheet.LinkText, sheet.Enumeration, sheet.Strong,
		sheet.Emph, sheet.Link} {
		if c := value(l.Color); c != "" && !slices.Contains(accents, c) {
			accents = append(accents, c)
		}
	}
	return accents, value(sheet.Code.Color)
}
