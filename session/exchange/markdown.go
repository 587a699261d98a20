package exchange

import (
	"fmt"
	"io"
	"strings"

	"lineup/figures"
	"lineup/providers"
	"lineup/session"
)

// WriteMarkdown writes a session as a Markdown document: prompts as quotations, answers verbatim,
// and the numbers of each answer. The text is cleaned of control characters, so that it may go to a
// terminal. It is what the models wrote: HTML in it stays HTML. Each text stands for itself: what
// it leaves open is closed, and one whose link definitions or footnotes would act in another text
// is a code block. So is a prompt whose lines are indented: it keeps its tabs and blanks.
func WriteMarkdown(w io.Writer, s *session.Session) error {
	d := document{closing: newCloser()}
	fmt.Fprintf(&d.own, "# %s\n\n%s · %s\n", inLine(providers.CleanLine(s.Title)), s.ID,
		s.CreatedAt.Local().Format("2006-01-02 15:04"))
	for _, t := range s.Turns {
		d.turn(t)
	}
	return d.write(w)
}

// document is a Markdown document that is being made.
type document struct {
	closing *closer
	parts   []part
	own     strings.Builder // lineup's own lines after the last part
}

// part is a text of somebody else, after lines of lineup's own.
type part struct {
	before, text string
	quoted       bool
}

// add adds a text, cleaned.
func (d *document) add(text string, quoted bool) {
	d.parts = append(d.parts, part{d.own.String(), text, quoted})
	d.own.Reset()
}

func (d *document) turn(t *session.Turn) {
	d.own.WriteString("\n")
	d.add(strings.TrimRight(providers.Clean(t.Prompt), "\n"), true)
	if len(t.Attachments) > 0 {
		d.own.WriteString("\nAttached: " + inLine(fileTitles(t.Attachments)) + "\n")
	}
	for _, r := range t.Replies {
		if r == nil { // a pane that was not asked
			continue
		}
		promoted := ""
		if t.Promoted != nil && *t.Promoted == r.Slot {
			promoted = " · all panes continue from this answer"
		}
		fmt.Fprintf(&d.own, "\n## %s\n\n_%s%s_\n", inLine(providers.CleanLine(r.Model)),
			inLine(summary(r)), promoted)
		if e := r.Error; e != nil && e.Hint != "" {
			d.own.WriteString("\n→ " + inLine(providers.CleanLine(e.Hint)) + "\n")
		}
		text := strings.TrimRight(providers.Clean(r.VisibleText()), "\n")
		if text != "" {
			d.own.WriteString("\n")
			d.add(text, false)
		}
		mark := ""
		for _, line := range append(callLines(r), verdictLines(r)...) {
			if mark == "" {
				mark = d.closing.bullet(text)
				d.own.WriteString("\n")
			}
			d.own.WriteString(mark + " " + inLine(line) + "\n")
		}
	}
	lines := voteWords(t)
	for _, j := range judgedIn(t) {
		lines = append(lines, j.Line)
	}
	for _, line := range lines {
		d.own.WriteString("\n_" + inLine(line) + "_\n")
	}
}

func (d *document) write(w io.Writer) error {
	var own, b strings.Builder
	var texts []string
	for _, p := range d.parts {
		texts = append(texts, p.text)
		own.WriteString(p.before)
	}
	definer := newDefiner()
	reaching := definer.reaching(texts, own.String()+d.own.String())
	for i, p := range d.parts {
		text := p.text
		if reaching[i] {
			text = verbatim(text, "markdown")
		} else if p.quoted && definer.indented(text) {
			text = verbatim(text, "text")
		} else if end := d.closing.lines(text); end != "" {
			text += "\n" + strings.TrimRight(end, "\n")
		}
		if p.quoted {
			text = "> " + strings.ReplaceAll(text, "\n", "\n> ")
		}
		b.WriteString(p.before + text + "\n")
	}
	_, err := io.WriteString(w, b.String()+d.own.String())
	return err
}

// verdictLines tell whether an answer fits its JSON Schema, with every mistake.
func verdictLines(r *session.Reply) []string {
	if r.JSON == nil {
		return nil
	}
	if r.JSON.Valid {
		return []string{"✓ JSON"}
	}
	var lines []string
	for _, p := range r.JSON.Errors {
		lines = append(lines, "✗ "+providers.CleanLine(p.String()))
	}
	return lines
}

// callLines are the calls of tools, by name and arguments.
func callLines(r *session.Reply) []string {
	var lines []string
	for _, c := range r.Calls() {
		lines = append(lines, "call: "+providers.CleanLine(c.Name)+" "+c.Line())
	}
	return lines
}

// summary is one line of what is known of a reply.
func summary(r *session.Reply) string {
	parts := []string{providers.CleanLine(string(r.Status))}
	if r.Simulated {
		parts = append([]string{"SIMULATED"}, parts...)
	}
	if r.Merge {
		parts = append(parts, mergeWords(r))
	}
	if r.ServedBy != r.Model {
		parts = append(parts, "served by "+providers.CleanLine(r.ServedBy))
	}
	if v := r.Metrics.TTFT; v != nil {
		parts = append(parts, "TTFT "+figures.Millis(v))
	}
	if v := r.Metrics.Duration; v != nil {
		parts = append(parts, figures.Millis(v)+before(r))
	}
	if v := r.Metrics.TokensPerSecond; v != nil {
		parts = append(parts, markOf(r.Usage)+figures.Speed(*v)+" tok/s")
	}
	if counted(r) {
		parts = append(parts, fmt.Sprintf("%s%d tokens in, %s%d out", markOf(r.Usage),
			r.Usage.Input, markOf(r.Usage), r.Usage.Output))
	}
	switch {
	case r.Cost.USD != nil:
		parts = append(parts, costWords(r.Cost))
	case r.CostUnknown():
		parts = append(parts, "cost not known")
	}
	if n := len(r.Attempts); n > 1 {
		parts = append(parts, fmt.Sprintf("%d attempts", n))
	}
	if e := r.Error; e != nil {
		kind := providers.CleanLine(string(e.Kind))
		if e.Status != 0 {
			kind += fmt.Sprintf(" (HTTP %d)", e.Status)
		}
		parts = append(parts, kind+": "+providers.CleanLine(e.Message))
	}
	return strings.Join(parts, " · ")
}

// before tells how long earlier attempts took, "" where there were none.
func before(r *session.Reply) string {
	if ms := r.Before(); ms > 0 {
		return " +" + figures.Millis(&ms) + " before"
	}
	return ""
}

// counted reports whether its tokens are worth telling: of a reply of which nothing came the prompt
// was estimated, and perhaps never read.
func counted(r *session.Reply) bool {
	return r.Usage.Source == session.Reported || r.Metrics.TTFT != nil || r.Usage.Output > 0
}

// markOf gives the sign that stands before numbers that are estimates.
func markOf(u session.Usage) string { return figures.Approx(u.Source == session.Estimated) }
