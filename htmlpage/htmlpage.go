// Package htmlpage writes the frame of lineup's HTML files: one file that needs nothing from
// elsewhere, light or dark as the reader's system is. A policy in the page forbids everything that
// the page does not bring itself: it names its style and its script by their hashes.
package htmlpage

import (
	"bufio"
	"crypto/sha256"
	_ "embed" // the common style
	"encoding/base64"
	"html"
	"io"
)

//go:embed base.css
var baseStyle string

// Page is what a page consists of beside its body.
type Page struct {
	Title  string
	Style  string // after the common one
	Script string // at the end of the body, or ""
	Images bool   // there are images, inside the page
}

// Writer writes a page, part by part. Data is written by Text alone, which escapes it. Errors are
// left to Flush. (A template would do the same, but html/template calls methods by name, so that
// the linker must keep every method of the program: 4 MB of it.)
type Writer struct{ *bufio.Writer }

// New begins a page.
func New(w io.Writer) Writer { return Writer{bufio.NewWriter(w)} }

// Raw writes markup.
func (w Writer) Raw(s string) { _, _ = w.WriteString(s) }

// Text writes what is data, between tags or in a quoted attribute.
func (w Writer) Text(s string) { w.Raw(html.EscapeString(s)) }

// Put writes text between an opening and an end.
func (w Writer) Put(open, s, end string) {
	w.Raw(open)
	w.Text(s)
	w.Raw(end)
}

// Opt is Put for what may be missing.
func (w Writer) Opt(open, s, end string) {
	if s != "" {
		w.Put(open, s, end)
	}
}

// Table writes a table, which scrolls by itself where it is wider than the page. Its first column
// holds names, in any script. The class "facts" puts the others to the right, as numbers stand.
func (w Writer) Table(class string, head []string, rows [][]string) {
	w.Put(`<div class="wide"><table class="`, class, "\"><tr>")
	for _, h := range head {
		w.Put("<th>", h, "</th>")
	}
	w.Raw("</tr>\n")
	for _, row := range rows {
		w.Raw("<tr>")
		for i, cell := range row {
			open := "<td>"
			if i == 0 {
				open = `<td class="name" dir="auto">`
			}
			w.Put(open, cell, "</td>")
		}
		w.Raw("</tr>\n")
	}
	w.Raw("</table></div>\n")
}

// Head writes everything up to the body.
func (w Writer) Head(p Page) {
	style := baseStyle + p.Style
	w.Raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
	w.Put(`<meta http-equiv="Content-Security-Policy" content="`, p.policy(style), "\">\n")
	w.Raw(`<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="lineup">
`)
	w.Put("<title>", p.Title, "</title>\n")
	w.Raw("<style>" + style + "</style>\n</head>\n<body>\n")
}

// Foot writes the script and the end of the page.
func (w Writer) Foot(p Page) {
	if p.Script != "" {
		w.Raw("<script>" + p.Script + "</script>\n")
	}
	w.Raw("</body>\n</html>\n")
}

func (p Page) policy(style string) string {
	policy := "default-src 'none'; style-src " + hash(style) +
		"; base-uri 'none'; form-action 'none'"
	if p.Script != "" { // which may not make markup of a text either
		policy += "; script-src " + hash(p.Script) + "; require-trusted-types-for 'script'"
	}
	if p.Images {
		policy += "; img-src data:"
	}
	return policy
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
