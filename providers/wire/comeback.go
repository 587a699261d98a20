package wire

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// When to come back, wherever a server says it: in headers, in fields of an error's body, in its
// words.

// maxComeback bounds what is believed of a wait.
const maxComeback = 60 * 24 * time.Hour

// retryAfter reads how long the headers ask to wait: retry-after-ms (OpenAI, Azure), Retry-After in
// seconds, whole or not, with a unit, or as a point in time, then Anthropic's own headers. Azure
// has answered 0 and -1: no answer. A point in time is by the server's clock, if it sends a Date.
// RFC 9110 §10.2.3, §5.6.7
func retryAfter(h http.Header, now time.Time) time.Duration {
	now = serverTime(h, now)
	for _, name := range []string{"retry-after-ms", "x-ms-retry-after-ms"} {
		ms, err := strconv.ParseFloat(strings.TrimSpace(h.Get(name)), 64)
		if err == nil && ms > 0 && ms < 1e12 {
			return time.Duration(ms * float64(time.Millisecond))
		}
	}
	for _, name := range []string{"retry-after", "x-retry-after"} {
		if wait := comeback(h.Get(name), now); wait > 0 {
			return wait
		}
	}
	return anthropicReset(h, now)
}

// serverTime is what the server's clock says.
func serverTime(h http.Header, now time.Time) time.Time {
	if t, err := http.ParseTime(h.Get("date")); err == nil {
		return t
	}
	return now
}

// anthropicReset reads the times at which Anthropic's limits are lifted, in RFC 3339. Only a limit
// with nothing left counts, and the last of those: each of them refuses.
// https://docs.anthropic.com/en/api/rate-limits#response-headers
func anthropicReset(h http.Header, now time.Time) time.Duration {
	var wait time.Duration
	for _, limit := range []string{"requests", "tokens", "input-tokens", "output-tokens"} {
		if h.Get("anthropic-ratelimit-"+limit+"-remaining") != "0" {
			continue
		}
		reset := h.Get("anthropic-ratelimit-" + limit + "-reset")
		if t, err := time.Parse(time.RFC3339, reset); err == nil {
			wait = max(wait, t.Sub(now))
		}
	}
	return wait
}

// limitReset reads the headers that tell when a limit is lifted: X-RateLimit-Reset with its many
// spellings and units (OpenRouter, OpenAI, Groq, GitHub), and the ones of the IETF's drafts. A
// limit with something left does not refuse. For a limit that does not say, refused counts: the
// answer as a whole refuses for a limit.
func limitReset(h http.Header, now time.Time, refused bool) time.Duration {
	now = serverTime(h, now)
	var wait time.Duration
	for name := range h {
		lower := strings.ToLower(name)
		if !strings.Contains(lower, "ratelimit") && !strings.Contains(lower, "rate-limit") ||
			strings.HasPrefix(lower, "anthropic-") {
			continue
		}
		if strings.Contains(lower, "reset") {
			left := strings.TrimSpace(h.Get(strings.Replace(lower, "reset", "remaining", 1)))
			if left == "0" || left == "" && refused {
				wait = max(wait, comeback(h.Get(name), now))
			}
			continue
		}
		// RateLimit: "default";r=0;t=30
		if m := draftLimit.re().FindStringSubmatch(h.Get(name)); m != nil {
			wait = max(wait, comeback(m[1], now))
		}
	}
	return wait
}

// draftLimit matches the RateLimit header of the IETF's drafts where nothing remains.
// https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
var draftLimit = wordsOf(`(?:\br|remaining)=0\b.*?(?:\bt|reset)=(\d+)`)

// comeback reads a value that says when to come back; see whenOf. 0 means that it says nothing, or
// that the time is over.
func comeback(v string, now time.Time) time.Duration {
	at, wait := whenOf(v)
	if !at.IsZero() {
		wait = at.Sub(now)
	}
	if wait < 0 || wait > maxComeback {
		return 0
	}
	return wait
}

// whenOf reads seconds, a span with units, a Unix time in seconds or milliseconds, or a date.
func whenOf(v string) (at time.Time, in time.Duration) {
	v = strings.Trim(v, " \t\"'.")
	v = waitPrefix.re().ReplaceAllString(v, "")
	n, err := strconv.ParseFloat(v, 64)
	switch {
	case err == nil && n > 1e11 && n < 1e14:
		return time.UnixMilli(int64(n)), 0
	case err == nil && n > 1e9 && n < 1e11:
		return time.Unix(int64(n), 0), 0
	case err == nil && n > 0 && n < 1e9:
		return at, time.Duration(n * float64(time.Second))
	case err == nil:
		return at, 0
	}
	if t, ok := parseTime(v); ok {
		return t, 0
	}
	if spanWhole.in(v) {
		return at, parseSpan(v)
	}
	if span := isoSpan.re().FindString(strings.ToUpper(v)); span != "" && len(span) == len(v) {
		return at, parseSpan(isoLetters.Replace(span))
	}
	if m := clockSpan.re().FindStringSubmatch(v); m != nil {
		return at, parseSpan(m[1] + "h" + m[2] + "m" + m[3] + "s")
	}
	return at, 0
}

var (
	waitPrefix = wordsOf(`(?i)^(in|after|for) `)
	// a duration of ISO 8601 with what has one length: PT2H, P1DT30M, P2W
	isoSpan = wordsOf(
		`\bP(?:\d+W|\d+DT|\d+D|T)(?:\d+(?:\.\d+)?H)?(?:\d+(?:\.\d+)?M)?(?:\d+(?:\.\d+)?S)?\b`,
	)
	// hours, minutes and seconds; of two numbers nobody can tell what they are
	clockSpan = wordsOf(`^(\d{1,3}):([0-5]\d):([0-5]\d(?:\.\d+)?)$`)
)

// isoLetters makes a span with units of a duration of ISO 8601.
var isoLetters = strings.NewReplacer("P", "", "T", " ")

// spanPart is one part of a span of time, with what may join it to the next: "2s", "1m30.5s", "2
// minutes and 5 seconds".
const spanPart = `\d+(?:\.\d+)?\s*(?:milliseconds?|msecs?|ms|seconds?|secs?|s|minutes?|mins?|m|` +
	`hours?|hrs?|h|days?|d|weeks?|w)(?:\s*(?:,|and)?\s*)`

var (
	spanWhole = wordsOf(`(?i)^(?:` + spanPart + `)+$`)
	spanUnit  = wordsOf(`(?i)(\d+(?:\.\d+)?)\s*([a-z]+)`)
)

// parseSpan adds up the parts of a span.
func parseSpan(s string) time.Duration {
	var sum float64
	for _, m := range spanUnit.re().FindAllStringSubmatch(s, -1) {
		n, _ := strconv.ParseFloat(m[1], 64)
		unit := strings.ToLower(m[2])
		switch {
		case strings.HasPrefix(unit, "ms") || strings.HasPrefix(unit, "mil"):
			n /= 1e3
		case strings.HasPrefix(unit, "m"):
			n *= 60
		case strings.HasPrefix(unit, "h"):
			n *= 3600
		case strings.HasPrefix(unit, "d"):
			n *= 24 * 3600
		case strings.HasPrefix(unit, "w"):
			n *= 7 * 24 * 3600
		}
		sum += n
	}
	if sum > maxComeback.Seconds() {
		return maxComeback
	}
	return time.Duration(sum * float64(time.Second))
}

// parseTime reads a point in time in any form that servers use for it.
func parseTime(v string) (time.Time, bool) {
	if t, err := http.ParseTime(v); err == nil {
		return t, true
	}
	v = strings.Join(strings.Fields(strings.Replace(v, " at ", " ", 1)), " ")
	v = strings.TrimSuffix(strings.TrimSuffix(v, " GMT"), " UTC")
	for _, layout := range []string{time.RFC3339, time.RFC1123Z, "2006-01-02 15:04:05Z07:00",
		"2006-01-02 15:04:05 Z0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05",
		"2006-01-02 15:04", "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, v); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// takeWait reads the fields of a folded object that say when to come back.
func (e *serverError) takeWait(o map[string]any) {
	for name, v := range o {
		switch name {
		case "retryafterms", "retryinms", "resetinms":
			if n, ok := v.(float64); ok && n > 0 && n < 1e12 {
				e.wait = time.Duration(n * float64(time.Millisecond))
			}
		case "retryafter", "retryafterseconds", "retryaftersecs", "retrydelay", "retryin",
			"retryinseconds", "resetafter", "resetin", "resetinseconds", "resetsinseconds",
			"resetseconds", "waitseconds", "waittime", "cooldownseconds", "resetat", "resetsat",
			"resettime", "retryat", "availableat", "ratelimitreset", "xratelimitreset",
			"quotaresetdelay", "quotaresettimestamp":
			e.setWait(v)
		case "headers":
			if fields, ok := v.(map[string]any); ok {
				e.takeHeaders(fields)
			}
		}
	}
}

// setWait takes a value of the body that says when to come back.
func (e *serverError) setWait(v any) {
	var s string
	switch v := v.(type) {
	case string:
		s = v
	case float64:
		s = strconv.FormatFloat(v, 'f', -1, 64)
	}
	switch at, in := whenOf(s); {
	case !at.IsZero():
		e.until = at
	case in > 0:
		e.wait = min(in, maxComeback)
	}
}

// takeHeaders reads the headers of an upstream's answer, which OpenRouter hands on in the body.
func (e *serverError) takeHeaders(fields map[string]any) {
	h := http.Header{}
	for name, v := range fields {
		switch v := v.(type) {
		case string:
			h.Set(name, v)
		case float64:
			h.Set(name, strconv.FormatFloat(v, 'f', -1, 64))
		}
	}
	for name := range h {
		lower := strings.ToLower(name)
		left := h.Get(strings.Replace(lower, "reset", "remaining", 1))
		if strings.Contains(lower, "reset") && (left == "" || left == "0") {
			e.setWait(h.Get(name))
		}
	}
	if wait := retryAfter(h, time.Unix(0, 0)); wait > 0 {
		e.wait = wait
	}
}
