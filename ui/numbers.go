package ui

import (
	"fmt"
	"slices"
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

// metricsLine is the last line of a pane. now is the time of the frame, by which running clocks are shown.
func metricsLine(r *session.Reply, local bool, now time.Time, width int) string {
	if r == nil {
		return ""
	}
	mark := estimateMark(r.Usage.Source == session.Estimated)
	tokens := mark + count(r.Usage.Output) + " tok"
	if r.Metrics.TTFT == nil {
		if r.Status.Final() {
			return fit(width, "TTFT –", "0 tok")
		}
		return fit(width, "TTFT …", seconds(r.Elapsed(now)), "0 tok")
	}
	ttft := "TTFT " + millis(r.Metrics.TTFT)
	if v := r.Metrics.VisibleTTFT; v != nil && *v-*r.Metrics.TTFT > 50 {
		ttft += "→" + millis(v)
	}
	speed := ""
	if v := r.Metrics.TokensPerSecond; v != nil {
		speed = fmt.Sprintf("%s%.0f tok/s", mark, *v)
	}
	load := ""
	if v := r.Metrics.Load; v != nil && *v >= 100 {
		load = "load " + millis(v)
	}
	return fit(width, ttft, seconds(r.Elapsed(now)), tokens, cost(r.Cost, local), speed, load)
}

// fit joins the parts with two spaces, or with one where that makes them fit; parts that do not fit are left out,
// the last ones first. The parts hold no wide characters.
func fit(width int, parts ...string) string {
	parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
	for n := len(parts); n > 0; n-- {
		for _, gap := range []string{"  ", " "} {
			if line := strings.Join(parts[:n], gap); utf8.RuneCountInString(line) <= width {
				return line
			}
		}
	}
	return ""
}
