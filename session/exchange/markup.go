package exchange

import (
	"fmt"

	"github.com/dustin/go-humanize/english"

	"lineup/htmlpage"
)

// markup writes the page, part by part. What comes from a session is written by Text alone, which
// escapes it, or is a markdownHTML.
type markup struct{ htmlpage.Writer }

func (m markup) page(p *page) {
	frame := htmlpage.Page{Title: p.Title, Style: pageStyle, Images: p.Images}
	m.Head(frame)
	m.header(p)
	if p.Differs {
		m.Raw(diffSwitch)
	}
	m.Raw("<main>\n")
	for i := range p.Turns {
		m.turn(&p.Turns[i])
	}
	m.Raw("</main>\n" + pageFoot)
	m.Foot(frame)
}

func (m markup) file(f *pageFile) {
	m.Raw(`<details class="file"`)
	if f.Image != "" {
		m.Raw(" open")
	}
	m.Put("><summary>", f.Title, "</summary>")
	if f.Image != "" {
		m.Put(`<img alt="`, f.Title, `" src="`)
		m.Put("", f.Image, `">`)
	}
	m.Opt(`<pre dir="auto">`, f.Text, "</pre>")
	m.Raw("</details>\n")
}

func (m markup) header(p *page) {
	m.Put("<header>\n<h1 dir=\"auto\">", p.Title, "</h1>\n")
	m.Put(`<p class="sub">`, p.When, "")
	m.Put(" · ", p.Size, "")
	m.Opt(" · ", p.Total, "")
	m.Put(" · ", p.ID, "")
	for _, tag := range p.Tags {
		m.Put(` <span class="tag" dir="auto">#`, tag, "</span>")
	}
	m.Raw("</p>\n")
	if p.Simulated {
		m.Raw("<p class=\"simnote\"><strong>SIMULATED</strong> answers are among these: their " +
			"numbers measure a simulation, not a model.</p>\n")
	}
	m.Opt(`<details><summary>System prompt</summary><div class="prompt" dir="auto">`, p.System,
		"</div></details>\n")
	m.Raw("</header>\n")
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
	m.Put("<section class=\"turn\">\n<h2>", fmt.Sprintf("Turn %d · %s", t.N, t.When), "</h2>\n")
	m.Put(`<div class="prompt" dir="auto">`, t.Prompt, "</div>\n")
	for i := range t.Files {
		m.file(&t.Files[i])
	}
	m.Raw("<div class=\"replies\">\n")
	for i := range t.Replies {
		m.reply(&t.Replies[i])
	}
	m.Raw("</div>\n")
	for _, v := range t.Votes {
		m.Put(`<p class="sub" dir="auto">`, v, "</p>\n")
	}
	for _, j := range t.Judged {
		m.judged(&j)
	}
	m.Raw("</section>\n")
}

// judged writes what a judge found, and why.
func (m markup) judged(j *judged) {
	m.Put(`<details><summary class="sub" dir="auto">`, j.Line, "</summary>\n")
	for _, r := range j.Reasons {
		m.Put(`<p class="sub" dir="auto"><b>`, r.Name, "</b><br>")
		m.Put("", r.Value, "</p>\n")
	}
	m.Raw("</details>\n")
}

func (m markup) reply(r *pageReply) {
	class := r.Colour
	if r.Diff != nil {
		class += " differs"
	}
	m.Put(`<article class="reply `, class, "\">\n")
	m.Put(`<div class="head"><span class="n">`, fmt.Sprint(r.N), "</span>")
	m.Put(` <bdi class="model">`, r.Model, "</bdi>")
	m.Put(` <bdi class="where">`, r.Provider, "</bdi>")
	m.Put("\n<span class=\"chip ", r.Feel, `">`)
	m.Put("", r.Status, "</span>")
	if r.Simulated {
		m.Raw(` <span class="chip sim">SIMULATED</span>`)
	}
	m.Opt(` <span class="chip warn">served by <bdi>`, r.Served, "</bdi></span>")
	if r.Merge != "" {
		m.Put(` <span class="chip">`, r.Merge, `</span>`)
	}
	if r.Promoted {
		m.Raw(` <span class="chip">all go on from this</span>`)
	}
	m.Raw("</div>\n")
	m.numbers(r)
	m.answer(r)
	if len(r.Notes) > 0 {
		m.Raw(`<ul class="notes">`)
		for _, n := range r.Notes {
			m.Put(`<li dir="auto">`, n, "</li>")
		}
		m.Raw("</ul>\n")
	}
	if len(r.Details) > 0 {
		m.Raw(`<details class="more"><summary>Details</summary><div class="wide"><table>`)
		for _, d := range r.Details {
			m.Put("<tr><th>", d.Name, "</th>")
			m.Put(`<td dir="auto">`, d.Value, "</td></tr>")
		}
		m.Raw("</table></div></details>\n")
	}
	if n := len(r.Others); n > 0 {
		m.Put("<details><summary>",
			english.Plural(n, "other answer", "")+" to the same prompt", "</summary>")
		for i := range r.Others {
			m.reply(&r.Others[i])
		}
		m.Raw("</details>\n")
	}
	m.Raw("</article>\n")
}

// numbers draws the bar and the numbers under it.
func (m markup) numbers(r *pageReply) {
	if len(r.Bar) > 0 {
		m.Raw(`<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">`)
		for _, b := range r.Bar {
			fmt.Fprintf(m, `<rect class="%s" x="%d" width="%d" height="10"/>`, b.Class, b.X,
				b.Width)
		}
		m.Raw("</svg>\n")
	}
	m.Raw(`<dl class="numbers">`)
	for _, n := range r.Numbers {
		m.Put("<div><dt>", n.Name, "</dt>")
		m.Put("<dd>", n.Value, "</dd></div>")
	}
	m.Raw("</dl>\n")
}

// answer writes reasoning, text and error.
func (m markup) answer(r *pageReply) {
	if r.Reasoning != "" {
		m.Raw("<details><summary>Reasoning")
		m.Opt(" · ", r.ReasoningSize, "")
		m.Raw(`</summary><div class="md thought" dir="auto">` + string(r.Reasoning) +
			"</div></details>\n")
	}
	if r.Text != "" {
		m.Raw(`<div class="md" dir="auto">` + string(r.Text) + "</div>\n")
	}
	if r.Diff != nil {
		m.diff(r.Diff)
	}
	if e := r.Error; e != nil {
		m.Put(`<div class="error"><p><strong>`, e.Kind, "</strong>")
		m.Put(" <bdi>", e.Message, "</bdi>")
		m.Raw("</p>")
		m.Opt(`<p class="hint" dir="auto">`, e.Hint, "</p>")
		m.Raw("</div>\n")
	}
}
