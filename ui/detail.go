package ui

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"lineup/session"
)

// detailLines tell all that is known of a reply: what was asked of whom, each attempt with its phases, the times, the
// usage and the cost with their sources, and what the server measured itself.
func detailLines(r *session.Reply, l look) []string {
	var out []string
	head := func(s string) { out = append(out, "", l.theme.strong.Render(cut(s, l.width))) }
	say := func(format string, args ...any) {
		for _, s := range wrap(oneLine(fmt.Sprintf(format, args...)), max(1, l.width-2)) {
			out = append(out, "  "+s)
		}
	}
	out = append(out, l.theme.strong.Render(cut(oneLine(r.Model), l.width)))
	if r.ServedModel != "" {
		say("the server calls it %s", r.ServedModel)
	}
	if r.ServedBy != r.Model {
		say("served by %s", r.ServedBy)
	}
	if r.FinishReason != "" {
		say("finish reason: %s", r.FinishReason)
	}
	head("Attempts")
	for i, a := range r.Attempts {
		say("%s", attemptLine(i, a))
		if p := a.Phases; p != nil {
			say("   %s", phaseLine(p))
		}
	}
	head("Times, ours")
	m := r.Metrics
	say("first token %s, first visible %s, last %s", millis(m.TTFT), millis(m.VisibleTTFT), millis(m.Duration))
	say("waited behind other panes %s, loading %s", millis(&m.Queue), millis(m.Load))
	if len(m.Server) > 0 {
		head("As the server says")
		for _, k := range slices.Sorted(maps.Keys(m.Server)) {
			say("%s %.1f", strings.ReplaceAll(k, "_", " "), m.Server[k])
		}
	}
	head("Tokens, " + r.Usage.Source)
	u := r.Usage
	say("%d in (%d read from cache, %d written to it)", u.Input, u.CacheRead, u.CacheWrite)
	say("%d out (%d of them reasoning)", u.Output, u.Reasoning)
	head("Cost")
	if r.Cost.USD == nil {
		say("not known")
	} else {
		say("$%.6f, %s", *r.Cost.USD, r.Cost.Source)
	}
	if e := r.Error; e != nil {
		head("Error")
		say("%s: %s", kindWords(string(e.Kind)), e.Message)
		if e.Hint != "" {
			say("%s", e.Hint)
		}
	}
	return out
}

func attemptLine(i int, a session.Attempt) string {
	outcome := kindWords(a.Outcome)
	if outcome == "" {
		outcome = "under way"
	}
	s := fmt.Sprintf("%d %s: %s, from %s to %s", i+1, a.Model, outcome, millis(&a.Started), millis(&a.Ended))
	if a.Status != 0 {
		s += fmt.Sprintf(", HTTP %d", a.Status)
	}
	if a.Wait > 0 {
		s += ", then waited " + millis(&a.Wait)
	}
	return s
}

func phaseLine(p *session.Phases) string {
	if p.Reused {
		return "open connection used again; headers after " + millis(&p.Headers)
	}
	return fmt.Sprintf("DNS %s, connect %s, TLS %s; headers after %s", millis(&p.DNS), millis(&p.Connect), millis(&p.TLS), millis(&p.Headers))
}
