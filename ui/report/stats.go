package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"lineup/compare"
	"lineup/figures"
	"lineup/session"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// Stats lays statistics out in lines of at most width cells, styled with the terminal's own sixteen
// colours. Times of day are those of a place, nil being here.
func Stats(
	list []session.Stats, ratings []compare.Rating, width int, in *time.Location,
) string {
	return strings.Join(StatsLines(theme.New("terminal", nil, false, colorprofile.ANSI), list,
		ratings, width, in), "\n") + "\n"
}

// StatsLines are the sections of the report: replies, votes, TTFT, waits, speed, gaps, tokens and
// cost, each a table over the same names, so that what is compared stands one below the other.
// Ratings are of models or of contenders, as the statistics are.
func StatsLines(
	t theme.Styles, list []session.Stats, ratings []compare.Rating, width int, in *time.Location,
) []string {
	if len(list) == 0 {
		return []string{" no replies are saved that fit"}
	}
	names := make([]string, len(list))
	for i := range list {
		names[i] = text.OneLine(list[i].Group)
		if list[i].Simulated {
			names[i] += " SIM" // after the name, which is cut from the left
		}
	}
	rows := strong(t, text.Parts(statsTitle(list, in), width-1))
	for _, sec := range []statsTable{repliesTable(list), failureTable(list, statsFailures),
		votesTable(list, ratings), ttftTable(list), waitedTable(list), speedTable(list),
		gapsTable(list), costTable(list)} {
		if sec.title == "" {
			continue
		}
		sec.names = names
		rows = append(rows, "")
		rows = append(rows, sec.lines(t, width)...)
	}
	for i, row := range rows {
		rows[i] = ansi.Truncate(row, width, "…")
	}
	return rows
}

// statsTitle gives the number of replies, the first day, and their cost.
func statsTitle(list []session.Stats, in *time.Location) []string {
	if in == nil {
		in = time.Local
	}
	first, replies, simulated, repeated := list[0].First, 0, 0, 0
	var real session.Stats // what simulated replies cost is no money
	for _, s := range list {
		if s.First.Before(first) {
			first = s.First
		}
		replies += s.Replies
		repeated += s.Repeated
		if s.Simulated {
			simulated += s.Replies
			continue
		}
		real.CostKnown += s.CostKnown
		real.CostEstimated += s.CostEstimated
		real.CostUnknown += s.CostUnknown
		real.Judging.Add(s.Judging)
		if usd, ok := text.Value(s.CostUSD); ok {
			sum, _ := text.Value(real.CostUSD)
			sum += usd
			real.CostUSD = &sum
		}
	}
	word := "replies"
	if replies == 1 {
		word = "reply"
	}
	title := []string{fmt.Sprintf("%s %s by %s since %s", text.Grouped(replies), word, list[0].By,
		first.In(in).Format("2006-01-02 15:04"))}
	var costs []string
	if real.CostUSD != nil {
		costs = append(costs, knownCost(&real, 1))
	}
	if real.CostUnknown > 0 {
		costs = append(costs, text.Grouped(real.CostUnknown)+" of unknown cost")
	}
	if len(costs) > 0 {
		title = append(title, strings.Join(costs, " and "))
	}
	if real.Judging.Judgements > 0 {
		title = append(title, "judging "+judgingCost(&real))
	}
	if repeated > 0 {
		title = append(title, text.Grouped(repeated)+" of them in repeats")
	}
	if simulated > 0 {
		title = append(title, text.Grouped(simulated)+" of them SIMULATED")
	}
	return title
}

func repliesTable(list []session.Stats) statsTable {
	some := func(n int) string {
		if n == 0 {
			return "–"
		}
		return text.Grouped(n)
	}
	s := statsTable{title: "REPLIES", key: "━ answered ─ failed or stopped", cols: []statsColumn{
		column("all", list, func(s *session.Stats) string { return text.Grouped(s.Replies) }),
		column("failed", list, func(s *session.Stats) string { return some(s.Failed) }),
		column("stopped", list, func(s *session.Stats) string { return some(s.Stopped) }),
	}}
	fellBack, tried := false, false
	for i := range list {
		fellBack, tried = fellBack || list[i].FellBack > 0, tried || list[i].Asked > list[i].Replies
		s.bars = append(s.bars, statsBar{float64(list[i].Answers), float64(list[i].Replies)})
	}
	if fellBack {
		s.cols = append(s.cols, column("fell back", list,
			func(s *session.Stats) string { return some(s.FellBack) }))
	}
	if tried {
		s.cols = append(s.cols,
			column("asked", list, func(s *session.Stats) string { return some(s.Asked) }),
			column("stood in", list, func(s *session.Stats) string { return some(s.FellBackTo) }),
			column("available", list,
				func(s *session.Stats) string { return share(s.Availability) }))
	}
	return s
}

// failureTable names the kinds of failures; it has no title where nothing failed.
func failureTable[T any](list []T, of func(*T) (kinds map[string]int, failed int)) statsTable {
	var s statsTable
	for i := range list {
		kinds, failed := of(&list[i])
		s.texts = append(s.texts, failureText(kinds))
		if failed > 0 {
			s.title = "FAILURES"
		}
	}
	return s
}

func statsFailures(s *session.Stats) (map[string]int, int) { return s.Failures, s.Failed }

// failureText names the kinds of failures, the most frequent first.
func failureText(failures map[string]int) string {
	var words []string
	for _, kind := range mostFirst(failures) {
		words = append(words,
			fmt.Sprintf("%s %d", strings.ReplaceAll(text.OneLine(kind), "_", " "), failures[kind]))
	}
	return strings.Join(words, ", ")
}

// mostFirst are the keys of counts, those of the largest first.
func mostFirst(counts map[string]int) []string {
	return slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(counts[b]-counts[a], strings.Compare(a, b))
	})
}

// barKey explains the bars of a spread.
const barKey = "━ p50 ─ p95"

func ttftTable(list []session.Stats) statsTable {
	return spreadTable("TTFT", list, func(s *session.Stats) (session.Spread,
		string) {
		return s.TTFT, ""
	},
		func(v *float64) string { return figures.Millis(v) })
}

// waitedTable shows the times from Enter on, to the first and to the last token of the answers. It
// has no title where they are not known.
func waitedTable(list []session.Stats) statsTable {
	t := statsTable{key: "first token " + barKey}
	show := func(head string, of func(*session.Stats) *float64) {
		t.cols = append(t.cols, column(head, list,
			func(s *session.Stats) string { return figures.Millis(of(s)) }))
	}
	t.cols = append(t.cols, column("n", list,
		func(s *session.Stats) string { return text.Grouped(s.Waited.N) }))
	show("first p50", func(s *session.Stats) *float64 { return s.WaitedFirst.P50 })
	show("p95", func(s *session.Stats) *float64 { return s.WaitedFirst.P95 })
	show("last p50", func(s *session.Stats) *float64 { return s.Waited.P50 })
	show("p95", func(s *session.Stats) *float64 { return s.Waited.P95 })
	for i := range list {
		var b statsBar
		if first := list[i].WaitedFirst; first.N > 0 {
			b = statsBar{*first.P50, *first.P95}
		}
		if list[i].Waited.N > 0 {
			t.title = "WAITED"
		}
		t.bars = append(t.bars, b)
	}
	return t
}

func speedTable(list []session.Stats) statsTable {
	return spreadTable("TOK/S", list,
		func(s *session.Stats) (session.Spread, string) {
			return s.TokensPerSecond, figures.Approx(s.SpeedEstimated)
		},
		func(v *float64) string {
			if v == nil {
				return "–"
			}
			return strconv.FormatFloat(*v, 'f', text.Int(*v < 10), 64)
		})
}

// spreadTable shows a spread of each group. of gives it with the mark of its values.
func spreadTable(title string, list []session.Stats,
	of func(*session.Stats) (session.Spread, string), show func(*float64) string) statsTable {
	t := statsTable{title: title, key: barKey}
	t.cols = append(t.cols, column("n", list, func(s *session.Stats) string {
		sp, _ := of(s)
		return text.Grouped(sp.N)
	}))
	for _, p := range []struct {
		head string
		of   func(session.Spread) *float64
	}{
		{"p50", func(s session.Spread) *float64 { return s.P50 }},
		{"p90", func(s session.Spread) *float64 { return s.P90 }},
		{"p95", func(s session.Spread) *float64 { return s.P95 }},
		{"p99", func(s session.Spread) *float64 { return s.P99 }},
	} {
		t.cols = append(t.cols, column(p.head, list, func(s *session.Stats) string {
			sp, mark := of(s)
			if v := p.of(sp); v != nil {
				return mark + show(v)
			}
			return "–"
		}))
	}
	for i := range list {
		sp, _ := of(&list[i])
		var b statsBar
		if sp.P50 != nil {
			b = statsBar{*sp.P50, *sp.P95}
		}
		t.bars = append(t.bars, b)
	}
	return t
}

// gapsTable shows how steady the streams were; it has no title where no reply came in more than one
// piece.
func gapsTable(list []session.Stats) statsTable {
	t := statsTable{key: barKey}
	show := func(head string, of func(session.Pauses) *float64) {
		t.cols = append(t.cols, column(head, list, func(s *session.Stats) string {
			if v := of(s.ChunkGaps); v != nil {
				return figures.Fine(*v)
			}
			return "–"
		}))
	}
	t.cols = append(t.cols, column("n", list,
		func(s *session.Stats) string { return text.Grouped(s.ChunkGaps.N) }))
	show("p50", func(p session.Pauses) *float64 { return p.P50 })
	show("p95", func(p session.Pauses) *float64 { return p.P95 })
	show("longest", func(p session.Pauses) *float64 { return p.Max })
	for i := range list {
		g, b := list[i].ChunkGaps, statsBar{}
		if g.N > 0 {
			t.title = "CHUNK GAPS"
			b = statsBar{*g.P50, *g.P95}
		}
		t.bars = append(t.bars, b)
	}
	return t
}

func costTable(list []session.Stats) statsTable {
	t := statsTable{title: "COST", key: "━ cost", cols: []statsColumn{
		column("sum", list, func(s *session.Stats) string { return knownCost(s, 1) }),
		column("a reply", list, func(s *session.Stats) string { return knownCost(s, s.CostKnown) }),
		column("unknown", list, func(s *session.Stats) string {
			if s.CostUnknown == 0 {
				return "–"
			}
			return text.Grouped(s.CostUnknown)
		}),
		column("tokens in", list, func(s *session.Stats) string {
			return countedTokens(s,
				s.Input)
		}),
		column("out", list, func(s *session.Stats) string { return countedTokens(s, s.Output) }),
	}}
	if slices.ContainsFunc(list, func(s session.Stats) bool { return s.CachedShare() != nil }) {
		t.cols = append(t.cols, column("cached", list, cachedShare))
	}
	if slices.ContainsFunc(list, func(s session.Stats) bool { return s.Judging.Judgements > 0 }) {
		const beside = 3 // the cost of the replies
		t.cols = slices.Insert(t.cols, beside, column("judging", list, judgingCost))
	}
	for i := range list {
		usd, _ := text.Value(list[i].CostUSD)
		t.bars = append(t.bars, statsBar{to: usd})
	}
	return t
}

// knownCost shows what the replies with a known cost came to, divided; where there is none, the
// cost is unknown and not 0.
func knownCost(s *session.Stats, by int) string {
	switch {
	case s.CostUSD != nil:
		return figures.Money(*s.CostUSD/float64(by), s.CostEstimated > 0)
	case s.CostUnknown == 0: // nothing was asked, or all of it refused
		return "–"
	}
	return "$?"
}

// judgingCost shows the cost of a group as a judge, with its unknown part.
func judgingCost(s *session.Stats) string {
	j := &s.Judging
	switch {
	case j.CostUSD != nil && j.CostUnknown > 0:
		return figures.Money(*j.CostUSD, j.CostEstimated > 0) + " + $?"
	case j.CostUSD != nil:
		return figures.Money(*j.CostUSD, j.CostEstimated > 0)
	case j.CostUnknown > 0:
		return "$?"
	}
	return "–"
}

// cachedShare is how much of the tokens in servers read from their caches, where they tell of any.
func cachedShare(s *session.Stats) string {
	share := s.CachedShare()
	if share == nil {
		return "–"
	}
	return fmt.Sprintf("%.0f %%", *share*100)
}

// countedTokens shows a sum of tokens; where no reply told any, there is none.
func countedTokens(s *session.Stats, n int64) string {
	if s.Counted == 0 {
		return "–"
	}
	return figures.Approx(s.EstimatedTokens > 0) + text.Count(n)
}
