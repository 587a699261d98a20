package session

import (
	"cmp"
	"slices"
	"time"

	"lineup/providers"
)

// groupKey names a group. Simulated replies never share one with real ones.
type groupKey struct {
	name      string
	simulated bool
}

// group is a Stats in the making with the samples of its spreads.
type group struct {
	Stats
	first, last              int64
	ttft, reported, estimate []float64
	waitedFirst, waited      []float64
	gap50, gap95             []float64
	gapMax                   float64
	usd                      float64
}

// counter sorts replies into groups.
type counter struct {
	q      StatsQuery
	left   leftOut
	groups map[groupKey]*group
	day    dayNamer
	// of ByContender alone
	askers *askers
}

func newCounter(q StatsQuery) *counter {
	q.By = cmp.Or(q.By, ByModel)
	if q.Location == nil {
		q.Location = time.Local
	}
	return &counter{q: q, groups: map[groupKey]*group{}, day: dayNamer{in: q.Location}}
}

// nameFor is the group of a reply that was, or should have been, served by a model.
func (c *counter) nameFor(ref string, r *statsRow) string {
	switch c.q.By {
	case ByContender:
		return c.askers.nameFor(ref, r)
	case ByProvider:
		return providerOf(ref)
	case ByDay:
		return c.day.name(r.ended)
	}
	return ref
}

func (c *counter) group(name string, simulated bool) *group {
	key := groupKey{name, simulated}
	g := c.groups[key]
	if g == nil {
		g = &group{Stats: Stats{By: c.q.By, Group: name, Simulated: simulated,
			Failures: map[string]int{}}}
		c.groups[key] = g
	}
	return g
}

func (c *counter) count(r *statsRow) {
	served := c.nameFor(r.servedBy, r)
	if r.model.Valid && c.q.matches(r.model.String) {
		if asked := c.nameFor(r.model.String, r); asked != served || !c.q.matches(r.servedBy) {
			c.group(asked, r.simulated).note(r).FellBack++
		}
	}
	if r.model.Valid && c.q.matches(r.servedBy) && c.nameFor(r.model.String, r) != served {
		c.group(served, r.simulated).FellBackTo++
	}
	if c.q.matches(r.servedBy) {
		c.group(served, r.simulated).note(r).add(r)
	}
}

// note widens the time that a group spans.
func (g *group) note(r *statsRow) *group {
	if g.first == 0 || r.ended < g.first {
		g.first = r.ended
	}
	g.last = max(g.last, r.ended)
	return g
}

func (g *group) add(r *statsRow) {
	g.Replies++
	if r.repeated {
		g.Repeated++
	}
	g.Asked++
	g.Attempts++
	switch status := r.ending(); {
	case status.Answer():
		g.Answers++
		g.addWait(r)
	case status == Cancelled:
		g.Stopped++
	default:
		g.Failed++
		g.AttemptsFailed++
		g.Failures[failureKind(r)]++
	}
	if r.ttft.Valid {
		g.ttft = append(g.ttft, r.ttft.Float64)
	}
	switch {
	case r.tps.Valid && r.reported:
		g.reported = append(g.reported, r.tps.Float64)
	case r.tps.Valid:
		g.estimate = append(g.estimate, r.tps.Float64)
	}
	if r.gapMax.Valid {
		g.gap50, g.gap95 = append(g.gap50, r.gap50.Float64), append(g.gap95, r.gap95.Float64)
		g.gapMax = max(g.gapMax, r.gapMax.Float64)
	}
	g.addTokens(r)
	g.addCost(r)
}

// addWait counts answers alone: a failure that came at once saved nobody any time.
func (g *group) addWait(r *statsRow) {
	if !r.waited.Valid {
		return
	}
	g.waited = append(g.waited, r.waited.Float64)
	if r.ttft.Valid && r.busy.Valid { // both from the request that was answered
		g.waitedFirst = append(g.waitedFirst, r.waited.Float64-r.busy.Float64+r.ttft.Float64)
	}
}

// addTokens leaves out a reply of which nothing came: its prompt was estimated, and perhaps never
// read.
func (g *group) addTokens(r *statsRow) {
	if !r.reported && !r.ttft.Valid {
		return
	}
	g.Counted++
	g.Input += r.in
	g.Output += r.out
	g.Reasoning += r.reasoning
	g.CacheRead += r.cacheRead
	g.BusyMS += r.busy.Float64
	if !r.reported {
		g.EstimatedTokens++
	}
}

// addCost keeps what is unknown apart.
func (g *group) addCost(r *statsRow) {
	switch {
	case r.usd.Valid:
		g.CostKnown++
		g.usd += r.usd.Float64
		if r.doubtful {
			g.CostEstimated++
		}
	case r.doubtful:
		g.CostUnknown++
	}
}

// failureKind is the kind of a reply's error, or its status where it has none.
func failureKind(r *statsRow) string {
	return providers.CleanLine(cmp.Or(r.kind.String, string(r.ending())))
}

// result settles the groups: days in order, others by name, real replies before simulated ones.
func (c *counter) result() []Stats {
	out := make([]Stats, 0, len(c.groups))
	for _, g := range c.groups {
		g.First, g.Last = time.UnixMilli(g.first).UTC(), time.UnixMilli(g.last).UTC()
		if tried := g.Asked - g.Stopped; tried > 0 {
			share := float64(g.Answers) / float64(tried)
			g.Availability = &share
		}
		if g.CostKnown > 0 {
			g.CostUSD = &g.usd
		}
		g.TTFT = SpreadOf(g.ttft)
		g.WaitedFirst, g.Waited = SpreadOf(g.waitedFirst), SpreadOf(g.waited)
		g.ChunkGaps = g.pauses()
		g.TokensPerSecond = SpreadOf(g.reported)
		if len(g.reported) == 0 && len(g.estimate) > 0 {
			g.TokensPerSecond, g.SpeedEstimated = SpreadOf(g.estimate), true
		}
		out = append(out, g.Stats)
	}
	if c.askers != nil {
		c.askers.labelled(out)
	}
	slices.SortFunc(out, func(a, b Stats) int {
		if a.Simulated != b.Simulated {
			if a.Simulated {
				return 1
			}
			return -1
		}
		return cmp.Compare(a.Group, b.Group)
	})
	return out
}

// pauses makes the summary of the gaps.
func (g *group) pauses() Pauses {
	p := Pauses{N: len(g.gap50)}
	if p.N > 0 {
		p.P50, p.P95, p.Max = SpreadOf(g.gap50).P50, SpreadOf(g.gap95).P50, &g.gapMax
	}
	return p
}

// dayNamer names the day of a moment. It remembers the last one, because replies come roughly in
// order and calendars are slow.
type dayNamer struct {
	in       *time.Location
	from, to int64 // milliseconds since 1970
	last     string
}

func (d *dayNamer) name(ms int64) string {
	if d.last != "" && ms >= d.from && ms < d.to {
		return d.last
	}
	t := time.UnixMilli(ms).In(d.in)
	y, m, day := t.Date()
	d.from = time.Date(y, m, day, 0, 0, 0, 0, d.in).UnixMilli()
	d.to = time.Date(y, m, day+1, 0, 0, 0, 0, d.in).UnixMilli()
	d.last = t.Format(time.DateOnly)
	return d.last
}
