package cli

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	runs "lineup/batch/report"
	"lineup/compare"
	"lineup/providers"
	"lineup/session"
	"lineup/ui"
	"lineup/ui/report"
)

// statsFlags are the flags of lineup stats.
type statsFlags struct {
	model, provider string
	since           string
	by              string
	json, csv       bool
	simulated       bool
}

func statsCommand(g *globals) *cobra.Command {
	var f statsFlags
	c := &cobra.Command{
		Use:   "stats",
		Short: "Speed, failures, tokens and cost of each model, from the saved replies",
		Long: "Counts the saved replies: how many, what failed, time to the first token and\n" +
			"tokens a second with their percentiles, gaps between the chunks of a stream (a\n" +
			"chunk may hold many tokens), tokens, and what they cost. Waited is the time from\n" +
			"Enter to the first and to the last token of an answer, through queue and failed\n" +
			"attempts. A reply counts for the model that served it, a failed attempt for the\n" +
			"model where it happened, and both for the day on which the reply ended, in local\n" +
			"time. available is the part of what was asked of a model that it answered, what\n" +
			"the user stopped left out. A percentile of 99 wants 100 replies; ~ marks what\n" +
			"rests on estimated tokens, and what is unknown is counted apart, never as 0.\n" +
			"Sessions in the trash count until sessions prune removes them, because their\n" +
			"money is spent; what a fork took over counts where it was asked.",
		Example: "  lineup stats\n" +
			"  lineup stats --by day --since 2w --provider holysheep\n" +
			"  lineup stats --json | jq 'select(.ttft_ms.n >= 20) | {group, p95: .ttft_ms.p95}'",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			q, err := f.query(time.Now())
			if err != nil {
				return err
			}
			return g.withStore(cmd.Context(), func(s *session.Store) error {
				list, err := s.Stats(cmd.Context(), q)
				if err != nil {
					return err
				}
				ratings, err := ui.RatingsBeside(cmd.Context(), s, q)
				switch {
				case err != nil:
					return err
				case f.csv:
					return statsCSV(g.out, list, ratings)
				case f.json:
					return g.statsJSON(list, ratings)
				}
				return g.printStats(list, ratings)
			})
		},
	}
	c.Flags().StringVarP(&f.model, "model", "m", "",
		"only replies that this model served, PROVIDER/MODEL")
	c.Flags().StringVar(&f.provider, "provider", "", "only replies of this provider")
	c.Flags().StringVar(&f.since, "since", "",
		"only replies of the last 90m, 24h, 7d, 2w, or since a date such as 2026-11-20")
	c.Flags().StringVar(&f.by, "by", string(session.ByModel),
		"count by model, provider, day or contender")
	c.Flags().BoolVar(&f.json, "json", false, "print one JSON object a group")
	c.Flags().BoolVar(&f.csv, "csv", false, "print comma-separated values with a header")
	c.Flags().BoolVar(&f.simulated, "simulated", false,
		"count simulated replies too, in groups of their own")
	return c
}

// query makes a query of the flags.
func (f statsFlags) query(now time.Time) (q session.StatsQuery, err error) {
	q = session.StatsQuery{
		By:        session.Grouping(f.by),
		Model:     f.model,
		Provider:  f.provider,
		Simulated: f.simulated,
	}
	if !slices.Contains(session.Groupings(), q.By) {
		return q, usagef("--by %s: replies are counted by model, provider, day or contender", f.by)
	}
	if f.json && f.csv {
		return q, usagef("--json and --csv exclude each other")
	}
	if f.since != "" {
		if q.Since, err = parseMoment("--since", f.since, now); err != nil {
			return q, err
		}
	}
	return q, nil
}

// parseMoment reads what a flag says: a span before now (90m, 24h, 7d, 2w) or a moment (2026-11-20,
// 2026-11-20 14:00, RFC 3339). Dates are of the local time zone.
func parseMoment(flag, s string, now time.Time) (time.Time, error) {
	s = strings.TrimSpace(s)
	for suffix, days := range map[string]int{"d": 1, "w": 7} {
		if n, err := strconv.Atoi(strings.TrimSuffix(s, suffix)); err == nil &&
			strings.HasSuffix(s, suffix) &&
			n > 0 &&
			n < 100_000 {
			return now.AddDate(0, 0, -n*days), nil
		}
	}
	if d, err := time.ParseDuration(s); err == nil && d > 0 {
		return now.Add(-d), nil
	}
	layouts := []string{time.DateOnly, "2006-01-02 15:04", time.DateTime, "2006-01-02T15:04",
		time.RFC3339}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, s, now.Location()); err == nil {
			return t, nil
		}
	}
	return time.Time{}, usagef(
		"%s %s is neither a span nor a date; write for example 24h, 7d, 2w or %s", flag,
		providers.CleanLine(s), now.Format(time.DateOnly))
}

// statsLine is a line of stats --json: statistics with what votes say of the same group.
type statsLine struct {
	stats  *session.Stats
	rating *compare.Rating
}

// MarshalJSON adds the rating to the record of the statistics.
func (l statsLine) MarshalJSON() ([]byte, error) {
	record, err := json.Marshal(l.stats)
	if err != nil || l.stats.By != session.ByModel && l.stats.By != session.ByContender {
		return record, err
	}
	rating, err := json.Marshal(l.rating)
	return slices.Concat(record[:len(record)-1], []byte(`,"rating":`), rating, []byte("}")), err
}

func (g *globals) statsJSON(list []session.Stats, ratings []compare.Rating) error {
	for i := range list {
		line := statsLine{&list[i], report.RatingOf(&list[i], ratings)}
		if err := printJSON(g.out, line); err != nil {
			return err
		}
	}
	return nil
}

// printStats prints statistics for people, with what votes say of the same groups.
func (g *globals) printStats(list []session.Stats, ratings []compare.Rating) error {
	if len(list) == 0 {
		fmt.Fprintln(
			g.err,
			"lineup: no saved reply fits; ask something with lineup, widen --since, or add "+
				"--simulated",
		)
		return nil
	}
	_, err := io.WriteString(g.colours(), report.Stats(list, ratings, g.width(), nil))
	return err
}

// statsCSV writes a row a group. An empty cell is what the replies cannot tell.
func statsCSV(w io.Writer, list []session.Stats, ratings []compare.Rating) error {
	out := csv.NewWriter(w)
	_ = out.Write(statsHeader()) // the error stays in the writer
	for i := range list {
		rating := report.RatingOf(&list[i], ratings)
		_ = out.Write(append(statsRecord(&list[i]), ratingCells(rating)...))
	}
	out.Flush()
	return out.Error()
}

func statsHeader() []string {
	h := []string{"by", "group", "simulated", "first", "last", "replies", "answers", "failed",
		"stopped", "fell_back", "failures", "asked", "fell_back_to", "attempts",
		"attempts_failed", "availability"}
	for _, name := range []string{"ttft_ms", "waited_ttft_ms", "waited_ms",
		"tokens_per_second"} {
		h = append(h, name+"_n", name+"_p50", name+"_p90", name+"_p95", name+"_p99", name+"_max")
	}
	return append(h, "tokens_per_second_estimated", "chunk_gap_ms_n", "chunk_gap_ms_p50",
		"chunk_gap_ms_p95", "chunk_gap_ms_max", "counted_replies", "input_tokens", "output_tokens",
		"reasoning_tokens", "cache_read_tokens", "estimated_tokens_replies", "cost_usd",
		"cost_known_replies", "cost_estimated_replies", "cost_unknown_replies", "busy_ms",
		"cached_share", "repeated_replies", "contender", "judgements", "judging_cost_usd",
		"judging_cost_known", "judging_cost_estimated", "judging_cost_unknown", "rating_votes",
		"rating_p", "rating_low", "rating_high", "rating_rank")
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// known is a number, "" where it is unknown.
func known(v *float64) string {
	if v == nil {
		return ""
	}
	return number(*v)
}

func statsRecord(s *session.Stats) []string {
	var kinds []string
	for _, k := range slices.Sorted(maps.Keys(s.Failures)) {
		kinds = append(kinds, fmt.Sprintf("%s=%d", k, s.Failures[k]))
	}
	cell := func(s string) string { return runs.CSVCell(providers.CleanLine(s)) }
	r := []string{string(s.By), cell(s.Group), strconv.FormatBool(s.Simulated),
		s.First.Format(time.RFC3339), s.Last.Format(time.RFC3339), strconv.Itoa(s.Replies),
		strconv.Itoa(s.Answers), strconv.Itoa(s.Failed), strconv.Itoa(s.Stopped),
		strconv.Itoa(s.FellBack), cell(strings.Join(kinds, " ")), strconv.Itoa(s.Asked),
		strconv.Itoa(s.FellBackTo), strconv.Itoa(s.Attempts), strconv.Itoa(s.AttemptsFailed),
		known(s.Availability)}
	for _, sp := range []session.Spread{s.TTFT, s.WaitedFirst, s.Waited, s.TokensPerSecond} {
		r = append(r, strconv.Itoa(sp.N))
		for _, v := range []*float64{sp.P50, sp.P90, sp.P95, sp.P99, sp.Max} {
			r = append(r, known(v))
		}
	}
	gaps := s.ChunkGaps
	r = append(r, strconv.FormatBool(s.SpeedEstimated), strconv.Itoa(gaps.N), known(gaps.P50),
		known(gaps.P95), known(gaps.Max), strconv.Itoa(s.Counted))
	for _, n := range []int64{s.Input, s.Output, s.Reasoning, s.CacheRead} {
		cell := ""
		if s.Counted > 0 {
			cell = strconv.FormatInt(n, 10)
		}
		r = append(r, cell)
	}
	busy := ""
	if s.Counted > 0 {
		busy = number(s.BusyMS)
	}
	contender := ""
	if s.Contender != nil {
		contender = s.Contender.ID()
	}
	return append(r, strconv.Itoa(s.EstimatedTokens), known(s.CostUSD), strconv.Itoa(s.CostKnown),
		strconv.Itoa(s.CostEstimated), strconv.Itoa(s.CostUnknown), busy, known(s.CachedShare()),
		strconv.Itoa(s.Repeated), contender, strconv.Itoa(s.Judging.Judgements),
		known(s.Judging.CostUSD), strconv.Itoa(s.Judging.CostKnown),
		strconv.Itoa(s.Judging.CostEstimated), strconv.Itoa(s.Judging.CostUnknown))
}

// ratingCells are the cells of a rating, empty where there is none.
func ratingCells(r *compare.Rating) []string {
	if r == nil {
		return make([]string, 5)
	}
	rank := ""
	if r.Rank != nil {
		rank = strconv.Itoa(*r.Rank)
	}
	return []string{strconv.Itoa(r.Votes), number(r.P), number(r.Low), number(r.High), rank}
}
