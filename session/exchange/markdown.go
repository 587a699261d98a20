package exchange

import (
	"fmt"
	"io"
	"strings"

	"lineup/providers"
	"lineup/session"
)

// WriteMarkdown writes a session as a Markdown document: prompts as quotations, answers as they are, and the numbers of
// each answer. The text is cleaned of control characters, so that it may go to a terminal. It is what the models wrote:
// HTML in it stays HTML.
func WriteMarkdown(w io.Writer, s *session.Session) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s · %s\n", providers.CleanLine(s.Title), s.ID, s.CreatedAt.Local().Format("2006-01-02 15:04"))
	for _, t := range s.Turns {
		b.WriteString("\n")
		for line := range strings.SplitSeq(strings.TrimRight(providers.Clean(t.Prompt), "\n"), "\n") {
			b.WriteString("> " + line + "\n")
		}
		for _, r := range t.Replies {
			if r == nil { // a pane that was not asked
				continue
			}
			promoted := ""
			if t.Promoted != nil && *t.Promoted == r.Slot {
				promoted = " · all panes continue from this answer"
			}
			fmt.Fprintf(&b, "\n## %s\n\n_%s%s_\n", providers.CleanLine(r.Model), summary(r), promoted)
			if e := r.Error; e != nil && e.Hint != "" {
				b.WriteString("\n→ " + providers.CleanLine(e.Hint) + "\n")
			}
			if text := strings.TrimRight(providers.Clean(r.VisibleText()), "\n"); text != "" {
				b.WriteString("\n" + text + "\n" + openFence(text))
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// summary is one line of what is known of a reply.
func summary(r *session.Reply) string {
	parts := []string{string(r.Status)}
	if r.Simulated {
		parts = append([]string{"SIMULATED"}, parts...)
	}
	if r.ServedBy != r.Model {
		parts = append(parts, "served by "+providers.CleanLine(r.ServedBy))
	}
	if v := r.Metrics.TTFT; v != nil {
		parts = append(parts, fmt.Sprintf("TTFT %.0f ms", *v))
	}
	if v := r.Metrics.Duration; v != nil {
		parts = append(parts, fmt.Sprintf("%.1f s", *v/1000)+before(r))
	}
	if v := r.Metrics.TokensPerSecond; v != nil {
		parts = append(parts, fmt.Sprintf("%s%.0f tok/s", markOf(r.Usage), *v))
	}
	if counted(r) {
		parts = append(parts, fmt.Sprintf("%s%d tokens in, %s%d out", markOf(r.Usage), r.Usage.Input, markOf(r.Usage), r.Usage.Output))
	}
	switch {
	case r.Cost.USD != nil:
		parts = append(parts, costWords(r.Cost))
	case !r.Refused():
		parts = append(parts, "cost not known")
	}
	if n := len(r.Attempts); n > 1 {
		parts = append(parts, fmt.Sprintf("%d attempts", n))
	}
	if e := r.Error; e != nil {
		kind := string(e.Kind)
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
		return fmt.Sprintf(" +%.1f s before", ms/1000)
	}
	return ""
}

// counted reports whether its tokens are worth telling: of a reply of which nothing came the prompt was estimated, and
// perhaps never read.
func counted(r *session.Reply) bool {
	return r.Usage.Source == session.Reported || r.Metrics.TTFT != nil || r.Usage.Output > 0
}

// markOf gives the sign that stands before numbers that are estimates.
func markOf(u session.Usage) string {
	if u.Source == session.Estimated {
		return "~"
	}
	return ""
}

// openFence gives the line that closes a code block which a text leaves open, or "": an answer that was cut off must not
// make code of what follows it.
func openFence(text string) string {
	fence := ""
	for line := range strings.SplitSeq(text, "\n") {
		t := strings.TrimLeft(line, " ")
		if len(line)-len(t) > 3 || t == "" || t[0] != '`' && t[0] != '~' {
			continue
		}
		run := t[:len(t)-len(strings.TrimLeft(t, t[:1]))]
		info := strings.TrimSpace(t[len(run):])
		switch {
		case len(run) < 3:
		case fence == "" && (run[0] == '~' || !strings.Contains(info, "`")):
			fence = run
		case fence != "" && run[0] == fence[0] && len(run) >= len(fence) && info == "":
			fence = ""
		}
	}
	if fence == "" {
		return ""
	}
	return fence + "\n"
}
