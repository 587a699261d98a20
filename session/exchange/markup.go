package exchange

import (
	"bufio"
	"fmt"
	"html"

	"github.com/dustin/go-humanize/english"
)

// markup writes the page, part by part. What comes from a session is written by text alone, which
// escapes it, or is a markdownHTML. (A template would do the same, but html/template calls methods
// by name, so that the linker must keep every method of the program: 4 MB of it.)
type markup struct{ *bufio.Writer }

// Writers of the page leave errors to Flush.

func (m markup) raw(s string) { _, _ = m.WriteString(s) }

// text writes what is data, between tags or in a quoted attribute.
func (m markup) text(s string) { m.raw(html.EscapeString(s)) }

// put writes text between an opening and an end.
func (m markup) put(open, s, end string) {
	m.raw(open)
	m.text(s)
	m.raw(end)
}

// opt is put for what may be missing.
func (m markup) opt(open, s, end string) {
	if s != "" {
		m.put(open, s, end)
	}
}

func (m markup) page(p *page) {
	m.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
	m.put(`<meta http-equiv="Content-Security-Policy" content="`, p.Policy, "\">\n")
	m.raw(`<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="lineup">
`)
	m.put("<title>", p.Title, "</title>\n")
	m.raw("<style>" + pageStyle + "</style>\n</head>\n<body>\n")
	m.header(p)
	if p.Differs {
		m.raw(diffSwitch)
	}
	m.raw("<main>\n")
	for i := range p.Turns {
		m.turn(&p.Turns[i])
	}
	m.raw("</main>\n" + pageFoot + "</body>\n</html>\n")
}

func (m markup) file(f *pageFile) {
	m.raw(`<details class="file"`)
	if f.Image != "" {
		m.raw(" open")
	}
	m.put("><summary>", f.Title, "</summary>")
	if f.Image != "" {
		m.put(`<img alt="`, f.Title, `" src="`)
		m.put("", f.Image, `">`)
	}
	m.opt(`<pre dir="auto">`, f.Text, "</pre>")
	m.raw("</details>\n")
}

func (m markup) header(p *page) {
	m.put("<header>\n<h1 dir=\"auto\">", p.Title, "</h1>\n")
	m.put(`<p class="sub">`, p.When, "")
	m.put(" · ", p.Size, "")
	m.opt(" · ", p.Total, "")
	m.put(" · ", p.ID, "")
	for _, tag := range p.Tags {
		m.put(` <span class="tag" dir="auto">#`, tag, "</span>")
	}
	m.raw("</p>\n")
	if p.Simulated {
		m.raw("<p class=\"simnote\"><strong>SIMULATED</strong> answers are among these: their " +
			"numbers measure a simulation, not a model.</p>\n")
	}
	m.opt(`<details><summary>System prompt</summary><div class="prompt" dir="auto">`, p.System,
		"</div></details>\n")
	m.raw("</header>\n")
}

// pageFoot explains the bars and the signs.
const pageFoot = `<footer class="foot">
<p class="key">The bars of a turn share one time axis, from the prompt:
<svg viewBox="0 0 12 9" aria-hidden="true"><rect class="before" width="12" height="9"/></svg>queue, connection, retries
<svg viewBox="0 0 12 9" aria-hidden="true"><rect class="wait" width="12" height="9"/></svg>waiting for the first token
<svg viewBox="0 0 12 9" aria-hidden="true"><rect class="think" width="12" height="9"/></svg>reasoning
<svg viewBox="0 0 12 9" aria-hidden="true"><rect class="stream" width="12" height="9"/></svg>answer</p>
<p>TTFT: time to the first token. ~ marks an estimate, ? what is not known. Exported by lineup.</p>
</footer>
`

func (m markup) turn(t *pageTurn) {
	m.put("<section class=\"turn\">\n<h2>", fmt.Sprintf("Turn %d · %s", t.N, t.When), "</h2>\n")
	m.put(`<div class="prompt" dir="auto">`, t.Prompt, "</div>\n")
	for i := range t.Files {
		m.file(&t.Files[i])
	}
	m.raw("<div class=\"replies\">\n")
	for i := range t.Replies {
		m.reply(&t.Replies[i])
	}
	m.raw("</div>\n")
	for _, v := range t.Votes {
		m.put(`<p class="sub" dir="auto">`, v, "</p>\n")
	}
	m.raw("</section>\n")
}

func (m markup) reply(r *pageReply) {
	class := r.Colour
	if r.Diff != nil {
		class += " differs"
	}
	m.put(`<article class="reply `, class, "\">\n")
	m.put(`<div class="head"><span class="n">`, fmt.Sprint(r.N), "</span>")
	m.put(` <bdi class="model">`, r.Model, "</bdi>")
	m.put(` <bdi class="where">`, r.Provider, "</bdi>")
	m.put("\n<span class=\"chip ", r.Feel, `">`)
	m.put("", r.Status, "</span>")
	if r.Simulated {
		m.raw(` <span class="chip sim">SIMULATED</span>`)
	}
	m.opt(` <span class="chip warn">served by <bdi>`, r.Served, "</bdi></span>")
	if r.Merge {
		m.raw(` <span class="chip">merges the others</span>`)
	}
	if r.Promoted {
		m.raw(` <span class="chip">all go on from this</span>`)
	}
	m.raw("</div>\n")
	m.numbers(r)
	m.answer(r)
	if len(r.Notes) > 0 {
		m.raw(`<ul class="notes">`)
		for _, n := range r.Notes {
			m.put(`<li dir="auto">`, n, "</li>")
		}
		m.raw("</ul>\n")
	}
	if len(r.Details) > 0 {
		m.raw(`<details class="more"><summary>Details</summary><div class="wide"><table>`)
		for _, d := range r.Details {
			m.put("<tr><th>", d.Name, "</th>")
			m.put(`<td dir="auto">`, d.Value, "</td></tr>")
		}
		m.raw("</table></div></details>\n")
	}
	if n := len(r.Others); n > 0 {
		m.put("<details><summary>",
			english.Plural(n, "other answer", "")+" to the same prompt", "</summary>")
		for i := range r.Others {
			m.reply(&r.Others[i])
		}
		m.raw("</details>\n")
	}
	m.raw("</article>\n")
}

// numbers draws the bar and the numbers under it.
func (m markup) numbers(r *pageReply) {
	if len(r.Bar) > 0 {
		m.raw(`<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">`)
		for _, b := range r.Bar {
			fmt.Fprintf(m, `<rect class="%s" x="%d" width="%d" height="10"/>`, b.Class, b.X,
				b.Width)
		}
		m.raw("</svg>\n")
	}
	m.raw(`<dl class="numbers">`)
	for _, n := range r.Numbers {
		m.put("<div><dt>", n.Name, "</dt>")
		m.put("<dd>", n.Value, "</dd></div>")
	}
	m.raw("</dl>\n")
}

// answer writes reasoning, text and error.
func (m markup) answer(r *pageReply) {
	if r.Reasoning != "" {
		m.raw("<details><summary>Reasoning")
		m.opt(" · ", r.ReasoningSize, "")
		m.raw(`</summary><div class="md thought" dir="auto">` + string(r.Reasoning) +
			"</div></details>\n")
	}
	if r.Text != "" {
		m.raw(`<div class="md" dir="auto">` + string(r.Text) + "</div>\n")
	}
	if r.Diff != nil {
		m.diff(r.Diff)
	}
	if e := r.Error; e != nil {
		m.put(`<div class="error"><p><strong>`, e.Kind, "</strong>")
		m.put(" <bdi>", e.Message, "</bdi>")
		m.raw("</p>")
		m.opt(`<p class="hint" dir="auto">`, e.Hint, "</p>")
		m.raw("</div>\n")
	}
}
