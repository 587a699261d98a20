package ui

import (
	"fmt"
	"html"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"lineup/session"
	"lineup/session/exchange"
	"lineup/ui/report"
	"lineup/ui/theme"
)

// measured is a reply with random numbers: from parts of a millisecond to hours, many of them where digits are rounded.
func measured(random *rand.Rand, slot int) *session.Reply {
	edges := []float64{4.999, 5, 45, 94.999, 99.5, 125, 994.999, 995, 2349.9999, 2350, 9950, 59_949, 59_950, 119_500, 3_599_499, 3_599_500, 3_629_999}
	some := func() float64 {
		if random.IntN(3) == 0 {
			return edges[random.IntN(len(edges))]
		}
		ms := 0.6
		for range random.IntN(24) {
			ms *= 1 + random.Float64()
		}
		return ms
	}
	ttft, stream, speed, lead := some(), some(), some()/100, some()
	duration := ttft + stream
	fromEnter := lead + duration
	r := &session.Reply{Slot: slot, Model: "x/m", ServedBy: "x/m", Status: session.Done, Text: "hi"}
	r.Metrics = session.Metrics{TTFT: &ttft, VisibleTTFT: &ttft, Duration: &duration, FromEnter: &fromEnter, TokensPerSecond: &speed}
	r.Attempts = []session.Attempt{{Model: "x/m", Ended: duration, Outcome: "done"}}
	r.Usage = session.Usage{Input: random.IntN(30_000), Output: 1 + random.IntN(30_000), Source: []string{session.Reported, session.Estimated}[random.IntN(2)]}
	return r
}

// Fault: the waterfall said 2.4 s, the pane and the verdict 2.3 s, for the same answer; the Markdown export said 0.4 s of what
// the pane called 0.36s.
func TestEveryPlaceSaysTheSameNumber(t *testing.T) {
	random := rand.New(rand.NewPCG(13, 23))
	th := theme.New("", nil, true, colorprofile.Ascii)
	find := func(place, text, pattern string) (s []string) {
		t.Helper()
		m := regexp.MustCompile(pattern).FindStringSubmatch(ansi.Strip(text))
		if m == nil {
			t.Fatalf("%s: no %q in\n%s", place, pattern, text)
		}
		return m[1:]
	}
	for range 300 {
		r := measured(random, 0)
		turn := &session.Turn{Prompt: "?", Replies: []*session.Reply{r}}
		sess := &session.Session{ID: "s", Title: "t", Turns: []*session.Turn{turn}}
		var md, page strings.Builder
		if err := exchange.WriteMarkdown(&md, sess); err != nil {
			t.Fatal(err)
		}
		if err := exchange.WriteHTML(&page, sess); err != nil {
			t.Fatal(err)
		}
		lane := report.Lane{Name: "m", Line: r.Timeline(time.Time{}), Reply: r}
		waterfall := strings.Join(report.NewWaterfall(th, time.Time{}, []report.Lane{lane}, 120).Rows([]report.Lane{lane}, 9), "\n")
		detail := strings.Join(report.Detail(r, report.Setup{}, th, 200, ""), "\n")
		doc, shown := strings.ReplaceAll(md.String(), `\`, ""), html.UnescapeString(page.String())

		want := append(find("pane", report.Metrics(r, true, time.Time{}, 200), `TTFT (\S+) +(\S+) `), strings.TrimSuffix(report.Speed(r), " tok/s"))
		for place, got := range map[string][]string{
			"Markdown":  find("Markdown", doc, `TTFT (\S+) · (\S+) · (\S+) tok/s`),
			"HTML":      find("HTML", shown, `<dt>TTFT</dt><dd>([^ ]+)</dd></div><div><dt>time</dt><dd>([^ ]+)</dd></div><div><dt>tok/s</dt><dd>([^ ]+)</dd>`),
			"detail":    append(find("detail", detail, `first token (\S+), first visible \S+, last (\S+)`), want[2]),
			"waterfall": append(find("waterfall", waterfall, `wait (\S+)`), want[1:]...),
		} {
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("the pane says %q, %s %q of %+v", want, place, got, r.Metrics)
			}
		}
		ends := find("waterfall", waterfall, `✓ (\S+)`)
		if told := find("detail", detail, `from Enter: first token \S+, last (\S+)`); told[0] != ends[0] {
			t.Errorf("the waterfall says that it ended at %s, the detail %s", ends, told)
		}
		slower := measured(random, 1)
		*slower.Metrics.TTFT += 2**r.Metrics.TTFT + 1e7
		*slower.Metrics.Duration += 2**r.Metrics.Duration + 1e7
		turn.Replies = append(turn.Replies, slower)
		for i, c := range verdictOf(turn).crowns[:2] {
			if c.value != want[i] {
				t.Errorf("the pane says %q, the verdict %q for %s", want[i], c.value, c.title)
			}
		}
	}
}
