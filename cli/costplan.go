package cli

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"lineup/config"
	"lineup/providers"
	"lineup/providers/price"
	"lineup/registry"
	"lineup/session"
	"lineup/ui/report"
	"lineup/ui/text"
)

// The assumptions, for want of a config, records or flags: a rented machine with one GPU, a model
// of 8 billion parameters with one request at a time, and prompts three times as long as their
// answers.
const (
	assumedMonthlyUSD      = 800
	assumedTokensPerSecond = 40
	assumedInput           = 750
	assumedOutput          = 250
)

// daysPerMonth is a twelfth of a mean Gregorian year.
const daysPerMonth = 365.2425 / 12

// planner gathers what a plan rests on, and writes down where each part came from.
type planner struct {
	f    costFlags
	reg  *registry.Registry // nil without any provider
	past []session.Stats
	load *session.Bench // the newest one of the model that the machine serves; nil for none
	plan *report.CostPlan
}

func given(v float64) bool { return !math.IsNaN(v) }

func (p *planner) assume(name, value, source, flag string) {
	p.plan.Assumptions = append(p.plan.Assumptions,
		report.Assumption{Name: name, Value: value, Source: source, Flag: flag})
}

// costPlan makes the plan of flags, config and saved replies.
func (g *globals) costPlan(ctx context.Context, f costFlags) (*report.CostPlan, error) {
	reg, cfg, err := g.load(ctx)
	if err != nil {
		return nil, err
	}
	p := &planner{f: f, reg: reg, plan: &report.CostPlan{}}
	if err := p.read(ctx, g, cfg); err != nil {
		return nil, err
	}
	for _, v := range f.volumes {
		tokens, err := parseVolume(v)
		if err != nil {
			return nil, err
		}
		p.plan.Volumes = append(p.plan.Volumes, tokens)
	}
	if len(p.plan.Volumes) == 0 {
		return nil, usagef("--volume names no volume; write for example 1M,10M,100M")
	}
	p.machine()
	p.speed()
	p.upkeep()
	p.workload()
	if err := p.tiers(); err != nil {
		return nil, err
	}
	return p.plan, p.models()
}

// read takes from the store what there is to know of the past, and decides which model the machine
// serves.
func (p *planner) read(ctx context.Context, g *globals, cfg config.Config) error {
	store, err := g.openStore(ctx, cfg)
	if err != nil {
		fmt.Fprintln(g.err, "lineup: without saved replies: "+providers.CleanLine(err.Error()))
		p.chooseSelf()
		return nil
	}
	defer store.Close()
	if p.past, err = store.Stats(ctx, session.StatsQuery{}); err != nil {
		return err
	}
	p.chooseSelf()
	p.load, err = store.NewestBench(ctx, p.plan.Self)
	return err
}

// upkeep adds what the work on a machine costs, and the time in which it is down.
func (p *planner) upkeep() {
	h, f := &p.plan.Host, &p.f
	if given(f.labourUSD) || given(f.labourShare) {
		var parts []string
		if given(f.labourUSD) {
			h.LabourUSD = f.labourUSD
			parts = append(parts, text.PlanUSD(f.labourUSD)+" a month")
		}
		if given(f.labourShare) {
			h.LabourShare = f.labourShare
			parts = append(parts, fmt.Sprintf("%.3g %% of its rent and wear", 100*f.labourShare))
		}
		p.assume("work on it", strings.Join(parts, " and "), "given",
			"--labour-usd, --labour-share")
	}
	if given(f.outageShare) {
		h.OutageShare = f.outageShare
		p.assume("it is down", fmt.Sprintf("%.3g %% of the time", 100*f.outageShare), "given",
			"--outage-share")
	}
}

// tiers makes the machines of --machine. They have the hours, the power, the upkeep and, where they
// name none, the speed of the machine that is planned without them.
func (p *planner) tiers() error {
	if len(p.f.machines) == 0 {
		return nil
	}
	var tiers []report.CostMachine
	var costs []report.Assumption
	for _, s := range p.f.machines {
		name, usd, speed, err := parseMachine(s)
		if err != nil {
			return err
		}
		host := p.plan.Host
		host.Price = providers.Price{}
		host.Machine.MonthlyUSD, host.Machine.PriceUSD, host.Machine.Years = usd, 0, 0
		if given(speed) {
			host.TokensPerSecond = speed * float64(p.f.parallel)
		}
		value := fmt.Sprintf("%s a month, %.4g tok/s of output", text.PlanUSD(usd),
			host.TokensPerSecond)
		costs = append(costs,
			report.Assumption{Name: name, Value: value, Source: "given", Flag: "--machine"})
		tiers = append(tiers, report.CostMachine{Name: name, Host: host})
	}
	p.plan.Self, p.plan.Host, p.plan.More = tiers[0].Name, tiers[0].Host, tiers[1:]
	p.plan.Assumptions = slices.DeleteFunc(p.plan.Assumptions, func(a report.Assumption) bool {
		return slices.Contains([]string{"the machine", "its price", "tokens on the machine"},
			a.Name)
	})
	p.plan.Assumptions = append(costs, p.plan.Assumptions...)
	return nil
}

// hosted reports whether one's own machine serves a model. A proxy at a private address does not
// count: its tokens have a gateway's price.
func (p *planner) hosted(ref string) bool {
	if p.reg == nil {
		return false
	}
	info, err := p.reg.Info(ref)
	return err == nil && info.Local &&
		(!info.Price.Known() || info.Price.Source == providers.CostLocal)
}

// chooseSelf finds the model that the machine serves: the local one with most saved replies, else
// the first local one of the config.
func (p *planner) chooseSelf() {
	self, most := p.f.self, 0
	for i := range p.past {
		if s := &p.past[i]; p.f.self == "" && p.hosted(s.Group) && s.Counted > most {
			self, most = s.Group, s.Counted
		}
	}
	if self == "" && p.reg != nil {
		for _, ref := range slices.Concat(config.Refs(p.reg.Panes()), p.reg.Named()) {
			if p.hosted(ref) {
				self = ref
				break
			}
		}
	}
	p.plan.Self = self
	if self == "" {
		p.plan.Self = "a machine of your own"
	}
}

// machine finds what the machine costs.
func (p *planner) machine() {
	m, h, f := &p.plan.Host.Machine, &p.plan.Host, &p.f
	source := "assumed"
	if p.hosted(p.plan.Self) {
		if info, err := p.reg.Info(p.plan.Self); err == nil {
			switch q := info.Price; {
			case q.Machine != nil:
				*m, source = *q.Machine, "config"
			case q.Known():
				h.Price, source = q.Price, "config"
				p.assume("tokens on the machine",
					fmt.Sprintf("$%g in, $%g out a million", q.Price.Input, q.Price.Output),
					"config", "[providers.….cost]")
			}
		}
	}
	for _, set := range []struct {
		v    float64
		into *float64
	}{
		{f.monthlyUSD, &m.MonthlyUSD}, {f.machineUSD, &m.PriceUSD}, {f.machineYears, &m.Years},
		{f.watts, &m.Watts}, {f.idleWatts, &h.IdleWatts}, {f.usdPerKWh, &m.USDPerKWh},
	} {
		if given(set.v) {
			*set.into = set.v
		}
	}
	if given(f.machineUSD) && m.Years == 0 {
		m.Years = 3
	}
	nothing := m.MonthlyUSD == 0 && m.PriceUSD == 0 && m.Watts == 0 && h.Price.Input == 0 &&
		h.Price.Output == 0 &&
		h.Price.Request == 0
	if nothing && source == "assumed" && !given(f.monthlyUSD) {
		m.MonthlyUSD = assumedMonthlyUSD
	}
	of := func(v float64) string {
		if given(v) {
			return "given"
		}
		return source
	}
	p.assume("the machine", fmt.Sprintf("%s a month", text.PlanUSD(m.MonthlyUSD)), of(f.monthlyUSD),
		"--monthly-usd")
	if m.PriceUSD > 0 {
		p.assume("its price", fmt.Sprintf("%s over %g years", text.PlanUSD(m.PriceUSD), m.Years),
			of(f.machineUSD), "--machine-usd")
	}
	if m.Watts > 0 || h.IdleWatts > 0 {
		p.assume("its power",
			fmt.Sprintf("%g W busy, %g W idle, $%g a kWh", m.Watts, h.IdleWatts, m.USDPerKWh),
			of(f.watts), "--watts")
	}
	p.hours(of(f.hoursPerDay))
}

// hours finds how long the machine is on.
func (p *planner) hours(source string) {
	m := &p.plan.Host.Machine
	if given(p.f.hoursPerDay) {
		m.HoursPerMonth = p.f.hoursPerDay * daysPerMonth
	}
	perDay := 24.0
	if m.HoursPerMonth > 0 {
		perDay = m.HoursPerMonth / daysPerMonth
	} else {
		source = "assumed"
	}
	p.assume("it is on", fmt.Sprintf("%.3g hours a day", perDay), source, "--hours-per-day")
}

// speed finds how fast the machine is. Its newest measurement under load counts; else it is output
// tokens over the time from request to last token, which includes the time for the prompts.
func (p *planner) speed() {
	v, source, mark := float64(assumedTokensPerSecond), "assumed", ""
	for i := range p.past {
		if s := &p.past[i]; s.Group == p.plan.Self && s.Output > 0 && s.BusyMS > 0 {
			v, source, mark = float64(s.Output)/(s.BusyMS/1000), fmt.Sprintf("measured: %d replies",
				s.Counted), markOf(s)
		}
	}
	streams := p.f.parallel
	underLoad, how := "not measured", "run: lineup bench"
	if knee := p.kneeLevel(); knee != nil {
		underLoad, how = report.BenchShort(p.load), "measured on "+report.BenchDay(p.load.At)
		if !given(p.f.tokensPerSec) {
			v, source, mark, streams = knee.TokensPerSecond, how, "", 1
		}
	}
	if given(p.f.tokensPerSec) {
		v, source, mark = p.f.tokensPerSec, "given", ""
	}
	p.plan.Host.TokensPerSecond = v * float64(streams)
	value := fmt.Sprintf("%s%.4g tok/s of output", mark, v)
	if streams > 1 {
		value += fmt.Sprintf(" × %d streams", streams)
	}
	p.assume("its speed", value, source, "--tokens-per-second, --parallel")
	if source != "given" {
		p.assume("under load", underLoad, how, "")
	}
}

// kneeLevel is the knee of the newest measurement, nil for none or with --parallel.
func (p *planner) kneeLevel() *session.BenchLevel {
	if p.load == nil || p.f.parallel > 1 {
		return nil
	}
	return p.load.KneeLevel()
}

// markOf stands before what rests on estimated tokens.
func markOf(s *session.Stats) string {
	if s.EstimatedTokens > 0 {
		return "~"
	}
	return ""
}

// workload finds what an average request looks like: the mean of all saved replies.
func (p *planner) workload() {
	u, source := providers.Usage{Input: assumedInput, Output: assumedOutput}, "assumed"
	var sum session.Stats
	for i := range p.past {
		s := &p.past[i]
		sum.Counted += s.Counted
		sum.EstimatedTokens += s.EstimatedTokens
		sum.Input += s.Input
		sum.Output += s.Output
		sum.Reasoning += s.Reasoning
		sum.CacheRead += s.CacheRead
	}
	if sum.Counted > 0 && sum.Output > 0 {
		mean := func(n int64) int { return int(math.Round(float64(n) / float64(sum.Counted))) }
		u = providers.Usage{
			Input:     mean(sum.Input),
			Output:    max(1, mean(sum.Output)),
			Reasoning: mean(sum.Reasoning),
			CacheRead: mean(sum.CacheRead),
		}
		source = fmt.Sprintf("mean of %d saved replies", sum.Counted)
	}
	if given(p.f.outputShare) || p.f.requestTokens > 0 {
		total, share := u.Input+u.Output, float64(u.Output)/float64(u.Input+u.Output)
		if p.f.requestTokens > 0 {
			total = p.f.requestTokens
		}
		if given(p.f.outputShare) {
			share = p.f.outputShare
			total = max(total, 1000) // fine enough for any share
			if p.f.requestTokens > 0 {
				total = p.f.requestTokens
			}
		}
		out := max(1, int(math.Round(float64(total)*share)))
		u, source = providers.Usage{Input: total - out, Output: out}, "given"
	}
	p.plan.Work = price.Workload{Request: u}
	mark, cached := "", ""
	if source != "assumed" && source != "given" {
		mark = markOf(&sum)
	}
	if u.CacheRead > 0 {
		cached = fmt.Sprintf(" (%d of them cached)", u.CacheRead)
	}
	value := fmt.Sprintf("%s%d tokens in%s, %s%d out", mark, u.Input, cached, mark, u.Output)
	p.assume("a request", value, source, "--output-share, --request-tokens")
}

// models finds the prices to compare with.
func (p *planner) models() error {
	panes, err := p.named()
	if err != nil {
		return err
	}
	refs := slices.Clone(panes.refs)
	if !p.f.panes.given() && p.reg != nil {
		for _, ref := range p.reg.Named() {
			if !p.hosted(ref) {
				refs = append(refs, ref)
			}
		}
	}
	own := map[string]providers.Price{}
	for _, s := range p.f.prices {
		name, price, err := parsePrice(s)
		if err != nil {
			return err
		}
		if own[name] = price; !slices.Contains(refs, name) {
			refs = append(refs, name)
		}
	}
	for _, ref := range refs {
		q, err := p.quote(panes.of(ref), own)
		switch {
		case err != nil:
			return usageError{err}
		case !q.Known() || q.Machine != nil:
			p.plan.Unknown = append(p.plan.Unknown, ref)
			continue
		}
		p.plan.Models = append(p.plan.Models, report.CostModel{Ref: ref, Quote: q})
	}
	if len(p.plan.Models) == 0 && !p.f.panes.given() {
		p.wellKnown()
	}
	if len(p.plan.Models) == 0 {
		return usagef(
			"there is no gateway model with a known price to compare with; name one, as in: " +
				"lineup cost --price deepseek=0.28,0.42",
		)
	}
	p.plan.Sort()
	for _, m := range p.plan.Models {
		source := string(m.Quote.Source)
		if m.Quote.Maker != "" {
			source = "~" + source + ": " + m.Quote.Maker
		}
		if m.Quote.AsOf != "" {
			source += " of " + m.Quote.AsOf
		}
		if _, ok := own[m.Ref]; ok {
			source = "given"
		}
		p.assume(m.Ref,
			fmt.Sprintf("$%g in, $%g out a million", m.Quote.Price.Input, m.Quote.Price.Output),
			source, "--price")
	}
	return nil
}

// wellKnown compares with the models that lineup opens for a key in the environment, at the prices
// of the catalogue.
func (p *planner) wellKnown() {
	cfg := config.Default()
	var refs []string
	for _, f := range config.Gateways() {
		if f.Provider.Name == "openrouter" { // it resells what the others have
			continue
		}
		cfg.Providers, refs = append(cfg.Providers, f.Provider), append(refs, f.Ref())
	}
	reg := registry.New(cfg, registry.Options{})
	for _, ref := range refs {
		if info, err := reg.Info(ref); err == nil && info.Price.Known() && info.Price.Maker == "" {
			p.plan.Models = append(p.plan.Models, report.CostModel{Ref: ref, Quote: info.Price})
		}
	}
	p.plan.Note = "The config names no gateway model with a known price: these are well-known " +
		"ones at their list prices. " +
		"Choose others with --model or --price."
}

// namedPanes are the panes that the flags name, and their references.
type namedPanes struct {
	refs  []string
	panes []config.Pane
}

// of is the pane of a reference, which may be one that no flag names.
func (n namedPanes) of(ref string) config.Pane {
	if i := slices.Index(n.refs, ref); i >= 0 && i < len(n.panes) {
		return n.panes[i]
	}
	return config.Pane{Ref: ref}
}

// named reads the models of the flags. Without a config they are names that --price gives a price.
func (p *planner) named() (namedPanes, error) {
	if !p.f.panes.given() || p.reg == nil {
		return namedPanes{refs: p.f.panes.models}, nil
	}
	var known paneFlags
	var n namedPanes
	for _, arg := range p.f.panes.models {
		if _, err := p.reg.Config().ParsePane(arg); err != nil && p.priced(arg) {
			n.refs, n.panes = append(n.refs, arg), append(n.panes, config.Pane{Ref: arg})
			continue
		}
		known.models = append(known.models, arg)
	}
	if known.lineup = p.f.panes.lineup; !known.given() {
		return n, nil
	}
	panes, _, err := known.panes(p.reg.Config())
	n.refs, n.panes = append(n.refs, config.Refs(panes)...), append(n.panes, panes...)
	return n, err
}

// priced reports whether --price has a price of a model.
func (p *planner) priced(name string) bool {
	return slices.ContainsFunc(p.f.prices, func(s string) bool {
		return strings.HasPrefix(s, name+"=")
	})
}

func (p *planner) quote(
	pane config.Pane, own map[string]providers.Price,
) (providers.Quote, error) {
	ref := pane.Ref
	if price, ok := own[ref]; ok {
		return providers.Quote{Price: price, Source: providers.CostConfig, From: "--price"}, nil
	}
	if p.reg == nil {
		return providers.Quote{}, fmt.Errorf(
			"there is no provider for %s; give its price with --price %s=IN,OUT",
			providers.CleanLine(ref), providers.CleanLine(ref))
	}
	info, err := p.reg.PaneInfo(pane)
	return info.Price, err
}
