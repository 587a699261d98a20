package report

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"lineup/figures"
	"lineup/providers"
	"lineup/session"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// Detail shows everything known of a reply: settings, attempts with their phases, times, usage and
// cost with their sources, and the server's own measurements.
func Detail(r *session.Reply, s Setup, th theme.Styles, width int, sums string) []string {
	var out []string
	head := func(s string) { out = append(out, "", th.Strong.Render(text.Cut(s, width))) }
	say := func(format string, args ...any) {
		out = append(out, hang("  ", text.OneLine(fmt.Sprintf(format, args...)), width)...)
	}
	out = append(out, th.Strong.Render(text.Cut(text.OneLine(r.Model), width)))
	if r.ServedModel != "" && !strings.HasSuffix(r.ServedBy, "/"+r.ServedModel) {
		say("the server calls it %s", r.ServedModel)
	}
	if r.ServedBy != r.Model {
		say("served by %s", r.ServedBy)
	}
	if r.FinishReason != "" {
		say("finish reason: %s", r.FinishReason)
	}
	out = append(out, settingLines(settingRows(r, s), th, width)...)
	head("Attempts")
	for i, a := range r.Attempts {
		say("%s", attemptLine(i, a))
		if p := a.Phases; p != nil {
			out = append(out, hang("    ", phaseLine(p, a.Outcome == ""), width)...)
		}
	}
	head("Times, ours")
	m := r.Metrics
	say("first token %s, first visible %s, last %s", figures.Millis(m.TTFT),
		figures.Millis(m.VisibleTTFT), figures.Millis(m.Duration))
	if m.Queue >= 0.5 {
		say("queued behind other panes %s", figures.Millis(&m.Queue))
	}
	if m.Load != nil {
		say("load %s", figures.Millis(m.Load))
	}
	for _, s := range enterLines(m, len(r.Attempts)) {
		say("%s", s)
	}
	if g := r.Gaps(); g != nil {
		say("gaps between chunks: p50 %s, p95 %s, longest %s (%d chunks, not tokens)",
			figures.Fine(g.P50), figures.Fine(g.P95), figures.Fine(g.Max), g.N+1)
	}
	if len(m.Server) > 0 {
		head("As the server says")
		for _, k := range slices.Sorted(maps.Keys(m.Server)) {
			say("%s", serverLine(k, m.Server[k]))
		}
	}
	head("Tokens, " + r.Usage.Source)
	u := r.Usage
	mark := figures.Approx(u.Source == session.Estimated)
	say("%s%d in%s", mark, u.Input, partsOf(part{u.CacheRead, "read from cache"},
		part{u.CacheWrite, "written to it"}))
	say("%s%d out%s", mark, u.Output, partsOf(part{u.Reasoning, "of them reasoning"}))
	head("Cost")
	say("%s", costLine(r))
	for _, s := range priceLines(r) {
		say("%s", s)
	}
	if sums != "" {
		say("%s", sums)
	}
	if e := r.Error; e != nil {
		head("Error")
		say("%s: %s", kindWords(string(e.Kind)), e.Message)
		if e.Hint != "" {
			say("%s", e.Hint)
		}
	}
	if lines := systemLines(r.System); len(lines) > 0 {
		head("System prompt")
		for _, s := range lines {
			say("%s", s)
		}
	}
	return out
}

// hang breaks a line of details at width cells; what goes on stands two cells further in.
func hang(indent, s string, width int) (rows []string) {
	if lines := text.Wrap(s, max(1, width-len(indent))); len(lines) == 1 {
		return []string{indent + lines[0]}
	}
	for _, line := range text.Wrap(s, max(1, width-len(indent)-2)) {
		rows = append(rows, indent+line)
		if len(rows) == 1 {
			indent += "  "
		}
	}
	return rows
}

// systemLines are the lines of the system prompt that was sent, none without one.
func systemLines(system string) []string {
	if strings.TrimSpace(system) == "" {
		return nil
	}
	return strings.Split(strings.TrimRight(system, "\n"), "\n")
}

// costLine gives the cost of a reply, or the reason why it is unknown.
func costLine(r *session.Reply) string {
	switch {
	case r.Cost.USD != nil:
		source, estimated := strings.CutPrefix(r.Cost.Source, "~")
		if q := r.Cost.Price; source == string(providers.CostListed) && q != nil && q.AsOf != "" {
			source += " on " + q.AsOf
		}
		return fmt.Sprintf("%s$%.6f, %s", figures.Approx(estimated), *r.Cost.USD, source)
	case !r.Status.Final() && r.Usage.Output == 0:
		return "none yet"
	case r.Refused():
		return "none: nothing came of it"
	case r.Cost.Own:
		return "none: the machine is your own, and the config gives it no cost"
	case r.Usage.Output > 0:
		return fmt.Sprintf("not known; a price goes under [models.%q] in the config", r.Model)
	}
	return "not known: nobody says whether a request is billed that ended before its answer"
}

// serverLine is a number as the server names it, a time with its unit.
func serverLine(name string, v float64) string {
	name = strings.ReplaceAll(name, "_", " ")
	if of, ok := strings.CutSuffix(name, " ms"); ok {
		return of + " " + figures.Fine(v)
	}
	if v == math.Trunc(v) {
		return fmt.Sprintf("%s %.0f", name, v)
	}
	return fmt.Sprintf("%s %.1f", name, v)
}

func attemptLine(i int, a session.Attempt) string {
	if a.Outcome == "" {
		return fmt.Sprintf("%d %s: under way since %s", i+1, a.Model, figures.Millis(&a.Started))
	}
	s := fmt.Sprintf("%d %s: %s, from %s to %s", i+1, a.Model, kindWords(a.Outcome),
		figures.Millis(&a.Started), figures.Millis(&a.Ended))
	if a.Status != 0 {
		s += fmt.Sprintf(", HTTP %d", a.Status)
	}
	if a.Wait > 0 {
		s += ", then waited " + figures.Millis(&a.Wait)
	}
	return s
}

// phaseLine tells what of the way to the server took any time.
func phaseLine(p *session.Phases, underWay bool) string {
	var parts []string
	for _, phase := range []struct {
		name string
		ms   float64
	}{{"DNS", p.DNS}, {"connect", p.Connect}, {"TLS", p.TLS}} {
		if phase.ms > 0 {
			parts = append(parts, phase.name+" "+figures.Fine(phase.ms))
		}
	}
	if p.Reused {
		parts = []string{"open connection used again"}
	}
	switch {
	case p.Headers > 0:
		parts = append(parts, "headers after "+figures.Fine(p.Headers))
	case underWay:
		parts = append(parts, "no headers yet")
	default:
		parts = append(parts, "no headers came")
	}
	return strings.Join(parts, ", ")
}

// part is how many tokens of a sum are of one kind.
type part struct {
	tokens int
	kind   string
}

// partsOf names those that there are, in brackets.
func partsOf(parts ...part) string {
	var out []string
	for _, p := range parts {
		if p.tokens > 0 {
			out = append(out, fmt.Sprintf("%d %s", p.tokens, p.kind))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return " (" + strings.Join(out, ", ") + ")"
}

// enterLines tell the times as the user waited for them: from Enter, through queue, connections and
// failed attempts.
func enterLines(m session.Metrics, attempts int) []string {
	if m.FromEnter == nil {
		return nil
	}
	if m.TTFT == nil || m.Duration == nil {
		return []string{fmt.Sprintf("from Enter to the end %s", figures.Millis(m.FromEnter))}
	}
	first := *m.FromEnter - *m.Duration + *m.TTFT
	s := fmt.Sprintf("from Enter: first token %s, last %s", figures.Millis(&first),
		figures.Millis(m.FromEnter))
	if attempts > 1 {
		s += fmt.Sprintf(" (the times above are those of attempt %d, which won)", attempts)
	}
	return []string{s}
}

// priceLines give the price behind the cost, and its source.
func priceLines(r *session.Reply) []string {
	q := r.Cost.Price
	if q == nil {
		return nil
	}
	if q.Machine != nil {
		busy := time.Duration(0)
		if r.Metrics.Duration != nil {
			busy = time.Duration(*r.Metrics.Duration * float64(time.Millisecond))
		}
		return []string{q.Machine.How(busy)}
	}
	p := q.Price
	parts := []string{Rates(*q, math.MaxInt)}
	for _, rate := range []struct {
		name string
		usd  *float64
	}{{"cache reads", p.CacheRead}, {"cache writes", p.CacheWrite}, {"for an hour", p.CacheWrite1h},
		{"reasoning", p.Reasoning}} {
		if rate.usd != nil {
			parts = append(parts, rate.name+" $"+text.Price(*rate.usd))
		}
	}
	return []string{strings.Join(parts, ", "), "price: " + q.Words()}
}
