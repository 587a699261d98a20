package ui

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"lineup/session"
)

// seconds shows a duration as people say it: 0.42s, 3.1s, 2m05s.
func seconds(d time.Duration) string {
	switch s := d.Seconds(); {
	case s < 0:
		return "0.0s"
	case s > 0 && s < 0.005: // it took some time, however little
		return "<0.01s"
	case s < 1:
		return fmt.Sprintf("%.2fs", s)
	case s < 60:
		return fmt.Sprintf("%.1fs", s)
	case s < 3600:
		return fmt.Sprintf("%dm%02ds", int(s)/60, int(s)%60)
	default:
		return fmt.Sprintf("%dh%02dm", int(s)/3600, int(s)/60%60)
	}
}

func millis(ms *float64) string {
	if ms == nil {
		return "–"
	}
	return seconds(time.Duration(*ms * float64(time.Millisecond)))
}

// usd shows money with as many digits as its size needs: $12.40, $0.041, $0.0010.
func usd(v float64) string {
	switch {
	case v == 0:
		return "$0"
	case v >= 1:
		return fmt.Sprintf("$%.2f", v)
	case v >= 0.01:
		return fmt.Sprintf("$%.3f", v)
	case v >= 0.00005:
		return fmt.Sprintf("$%.4f", v)
	}
	return "<$0.0001"
}

// cost shows what a reply cost: nothing for a price that is not known of a local model, ? for another one.
func cost(c session.Cost, local bool) string {
	switch {
	case c.USD != nil:
		return money(*c.USD, strings.HasPrefix(c.Source, "~"))
	case local:
		return ""
	}
	return "$?"
}

// money is usd with the mark of an estimate, which a bound needs no more.
func money(v float64, estimated bool) string {
	s := usd(v)
	return estimateMark(estimated && s[0] == '$') + s
}

func estimateMark(yes bool) string {
	if yes {
		return "~"
	}
	return ""
}

// count shows a number of tokens: 391, 12.3k.
func count(n int) string {
	if n < 10000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%.1fk", float64(n)/1000)
}

// speedOf is how fast the output comes or came.
func speedOf(r *session.Reply) string {
	if r == nil || r.Metrics.TokensPerSecond == nil {
		return ""
	}
	return fmt.Sprintf("%s%.0f tok/s", estimateMark(r.Usage.Source == session.Estimated), *r.Metrics.TokensPerSecond)
}

// metricsLine is the last line of a pane: TTFT, time, tokens, cost, load. now is the time of the frame, by which running
// clocks are shown. Every column keeps its width while its number grows, and stays where it is.
func metricsLine(r *session.Reply, local bool, now time.Time, width int) string {
	if r == nil {
		return ""
	}
	spoken := r.Metrics.TTFT != nil
	mark := estimateMark(r.Usage.Source == session.Estimated)
	ttft, total, tokens := "TTFT –", seconds(r.Elapsed(now)), mark+count(r.Usage.Output)+" tok"
	switch {
	case r.Metrics.TTFT != nil:
		ttft = "TTFT " + millis(r.Metrics.TTFT)
	case r.Status.Final():
		if total = "–"; r.Usage.Output == 0 {
			tokens = "0 tok"
		}
		spoken = r.Usage.Output > 0 // paid for, though nothing came of it
	case r.Phase() == session.PhaseQueued: // its clock starts when its request does
		ttft, total, tokens = "TTFT …", "–", "0 tok"
	default:
		ttft, tokens = "TTFT …", "0 tok"
	}
	cells := []string{fmt.Sprintf("%-10s", ttft+visible(r)), fmt.Sprintf("%6s", total), fmt.Sprintf("%9s", tokens)}
	if c := cost(r.Cost, local); c != "" && spoken {
		cells = append(cells, fmt.Sprintf("%8s", c))
	}
	line := fit(width, cells...)
	if v := r.Metrics.Load; v != nil && *v >= 100 {
		if load := "  load " + millis(v); utf8.RuneCountInString(line+load) <= width {
			line += load
		}
	}
	return line
}

// visible is the second time to a first token, the visible one, of a model that thinks first.
func visible(r *session.Reply) string {
	v, first := r.Metrics.VisibleTTFT, r.Metrics.TTFT
	switch {
	case v != nil && first != nil && *v-*first > 50:
		return "→" + millis(v)
	case v == nil && first != nil && r.Phase() == session.PhaseThinking:
		return "→…"
	}
	return ""
}

// fit joins columns by a blank, or by two where there is room; those that do not fit are left out, the last ones first.
// Padding goes first. The columns hold no wide characters.
func fit(width int, cells ...string) string {
	if line := strings.Join(cells, "  "); utf8.RuneCountInString(line) <= width {
		return strings.TrimRight(line, " ")
	}
	for n := len(cells); n > 0; n-- {
		if line := strings.Join(cells[:n], " "); utf8.RuneCountInString(line) <= width {
			return strings.TrimRight(line, " ")
		}
		bare := make([]string, n)
		for i := range bare {
			bare[i] = strings.TrimSpace(cells[i])
		}
		if line := strings.Join(bare, " "); utf8.RuneCountInString(line) <= width {
			return line
		}
	}
	return ""
}
