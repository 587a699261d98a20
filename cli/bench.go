package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"lineup/config"
	"lineup/figures"
	"lineup/load"
	"lineup/providers"
	"lineup/registry"
	"lineup/session"
	"lineup/ui/report"
)

// benchFlags are the flags of lineup bench.
type benchFlags struct {
	concurrency  []int
	promptTokens int
	tokens       int
	seconds      float64
	requests     int
	ttft, itl    time.Duration
	cached, yes  bool
	json         bool
	html         string
}

// The largest values that make sense.
const (
	mostAtOnce       = 10_000
	mostBenchTokens  = 1_000_000
	mostBenchSeconds = 24 * 3600
)

func benchCommand(g *globals) *cobra.Command {
	var f benchFlags
	c := &cobra.Command{
		Use:   "bench REF",
		Short: "What a server can do under load: tokens a second, and how many at once",
		Long: "Sends one model more and more requests at a time. Each level counts every token\n" +
			"that comes: output a second, time to the first token, time between tokens, and\n" +
			"the share of good requests, done within --ttft and --itl. The ladder stops at a\n" +
			"level that gives less than 5 % more than the one before, or where half the\n" +
			"requests miss the limits. The knee is the last level that gave 5 % more and met\n" +
			"the limits; lineup cost takes it as what the machine can serve.\n\n" +
			"Nothing is asked twice and no fallback stands in: a failure is a failure. Each\n" +
			"prompt is made new, so that no cache of prompts helps. llama.cpp, vLLM and SGLang\n" +
			"are told to answer at full length; other servers answer as they like, and the\n" +
			"length is reported. Ctrl+C keeps what was measured.",
		Example: "  lineup bench local/llama3.1:8b\n" +
			"  lineup bench local/llama3.1:8b --concurrency 1,4,16 --html bench.html\n" +
			"  lineup bench 'local/llama3.1:8b num_ctx=8192' --prompt-tokens 4000 --json",
		Args: oneModel,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check(cmd.Flags().Changed); err != nil {
				return err
			}
			return g.bench(cmd.Context(), f, args[0])
		},
	}
	c.Flags().IntSliceVar(&f.concurrency, "concurrency", []int{1, 2, 4, 8, 16},
		"the levels: requests at a time, ascending")
	c.Flags().IntVar(&f.promptTokens, "prompt-tokens", 512, "length of the prompts")
	c.Flags().IntVar(&f.tokens, "tokens", 128, "length of the answers")
	c.Flags().Float64Var(&f.seconds, "seconds", 30, "how long each level asks")
	c.Flags().IntVar(&f.requests, "requests", 0, "requests of each level, in place of --seconds")
	c.Flags().DurationVar(&f.ttft, "ttft", 2*time.Second, "limit of the time to the first token")
	c.Flags().DurationVar(&f.itl, "itl", 100*time.Millisecond,
		"limit of the mean time between tokens")
	c.Flags().BoolVar(&f.cached, "cached", false, "send the same prompt each time")
	c.Flags().BoolVar(&f.yes, "yes", false, "measure although it may cost more than $1")
	c.Flags().BoolVar(&f.json, "json", false, "print one JSON object a level, then a summary")
	c.Flags().StringVar(&f.html, "html", "",
		"write table and charts to this file, as one HTML page")
	return c
}

// oneModel wants one model reference, with its settings.
func oneModel(cmd *cobra.Command, args []string) error {
	if len(args) == 1 {
		return nil
	}
	return usagef("%s wants one model, such as: %s local/llama3.1:8b", cmd.CommandPath(),
		cmd.CommandPath())
}

// check refuses numbers that make no sense.
func (f *benchFlags) check(given func(flag string) bool) error {
	ascending := slices.IsSorted(f.concurrency) &&
		len(slices.Compact(slices.Clone(f.concurrency))) == len(f.concurrency)
	switch {
	case len(f.concurrency) == 0 || !ascending || f.concurrency[0] < 1 ||
		f.concurrency[len(f.concurrency)-1] > mostAtOnce:
		return usagef("--concurrency: write ascending numbers from 1 to %d, such as 1,2,4,8",
			mostAtOnce)
	case f.promptTokens < 1 || f.promptTokens > mostBenchTokens:
		return usagef("--prompt-tokens %d: must be from 1 to %d", f.promptTokens, mostBenchTokens)
	case f.tokens < 1 || f.tokens > mostBenchTokens:
		return usagef("--tokens %d: must be from 1 to %d", f.tokens, mostBenchTokens)
	case given("requests") && given("seconds"):
		return usagef("--seconds and --requests exclude each other")
	case given("requests") && f.requests < 1:
		return usagef("--requests %d: must be 1 or more", f.requests)
	case !(f.seconds > 0 && f.seconds <= mostBenchSeconds):
		return usagef("--seconds %g: must be above 0 and at most %d", f.seconds, mostBenchSeconds)
	case f.ttft <= 0 || f.itl <= 0:
		return usagef("--ttft and --itl must be above 0, such as 2s and 100ms")
	}
	return nil
}

func (f *benchFlags) plan() load.Plan {
	p := load.Plan{Concurrency: f.concurrency, PromptTokens: f.promptTokens, Tokens: f.tokens,
		Requests: f.requests, TTFT: f.ttft, ITL: f.itl, Cached: f.cached,
		Seed: uint64(time.Now().UnixNano())}
	if f.requests == 0 {
		p.Span = time.Duration(f.seconds * float64(time.Second))
	}
	return p
}

func (g *globals) bench(ctx context.Context, f benchFlags, ref string) error {
	reg, cfg, err := g.load(ctx)
	if err != nil {
		return err
	}
	if reg == nil {
		return g.nobody(usagef(
			"there is no provider to measure; lineup config init writes a config"))
	}
	target, named, err := g.benchTarget(cfg, f, ref)
	if err != nil {
		return err
	}
	own := named.Info.Own
	if !own && named.Info.Local && !named.Info.Price.Known() { // its list tells what server it is
		_, _ = named.Provider.List(ctx) // who does not answer has the warm-up to say why
		own = named.Provider.Own()
	}
	if err := g.benchPrice(target.Info, own, f); err != nil {
		return err
	}
	g.tellLoaded(ctx, named)
	b, err := g.measure(ctx, f, target)
	if err != nil {
		return err
	}
	b.Contender = named.Effective()
	if err := g.keepBench(ctx, cfg, b); err != nil {
		fmt.Fprintln(g.err, "lineup: not kept: "+providers.CleanLine(err.Error()))
	}
	if !own {
		g.spend(cfg, session.SpentOnBenches, benchCost(target.Info, b))
	}
	if err := g.printBench(ctx, b, f); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Canceled
	}
	if slices.ContainsFunc(b.Levels, func(l session.BenchLevel) bool { return l.Done == 0 }) {
		return errFailed
	}
	return nil
}

// memoryWithin is how long a server may take to tell what is in its memory.
const memoryWithin = 5 * time.Second

// tellLoaded says that the warm-up will load the model, unless it is loaded or its server does not
// tell.
func (g *globals) tellLoaded(ctx context.Context, named registry.Spec) {
	if !named.Info.Local {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, memoryWithin)
	defer cancel()
	switch named.Provider.Memory(ctx, named.Info.Ref.Model).State {
	case providers.MemoryUnloaded, providers.MemorySleeping, providers.MemoryFailed:
		fmt.Fprintf(g.err,
			"lineup: %s is not loaded; the warm-up loads it, which no level counts\n",
			named.Info.Ref)
	case providers.MemoryLoading:
		fmt.Fprintf(g.err, "lineup: %s is being loaded; the warm-up waits for it\n",
			named.Info.Ref)
	}
}

// benchTarget opens the model for a measurement: without retries, fallbacks and a limit of requests
// at a time, and with answers of full length where the server can be told so. named is the model as
// the user has named it.
func (g *globals) benchTarget(cfg config.Config, f benchFlags, ref string) (
	t load.Target, named registry.Spec, err error,
) {
	pane, err := cfg.ParsePane(ref)
	if err != nil {
		return t, named, usageError{err}
	}
	cfg.Providers = slices.Clone(cfg.Providers)
	for i := range cfg.Providers {
		cfg.Providers[i].MaxConcurrent = new(mostAtOnce)
	}
	reg := g.registry(cfg)
	if named, err = reg.OpenPane(pane); err != nil {
		return t, named, usageError{err}
	}
	pane.Fallback = []string{}
	pane.Retry.Max = new(0)
	pane.Params.MaxTokens = new(f.tokens)
	plain, err := reg.OpenPane(pane)
	if err != nil {
		return t, named, usageError{err}
	}
	t = load.Target{Info: plain.Info, Model: plain.Model}
	if full := forced(plain.Info, f.tokens); full != nil {
		pane.Body = maps.Clone(pane.Body)
		if pane.Body == nil {
			pane.Body = map[string]any{}
		}
		maps.Copy(pane.Body, full)
		spec, err := reg.OpenPane(pane)
		if err != nil {
			return t, named, usageError{err}
		}
		t.Model, t.Plain = spec.Model, plain.Model
	}
	return t, named, nil
}

// forced are the fields that make a server give answers of full length. llama.cpp knows ignore_eos,
// vLLM and SGLang know min_tokens too. Servers that know neither ignore both, or refuse them.
func forced(info providers.Info, tokens int) map[string]any {
	if !info.Local {
		return nil
	}
	return map[string]any{"ignore_eos": true, "min_tokens": tokens}
}

// A stream of a gateway gives about so many tokens a second. It only serves to guess how many
// requests a level sends.
const usualSpeed = 100

// benchPrice tells what a measurement may cost before it begins.
func (g *globals) benchPrice(info providers.Info, own bool, f benchFlags) error {
	if own || info.Simulated || info.Price.Machine != nil {
		return nil
	}
	requests := 0.0
	for _, places := range f.concurrency {
		n := float64(f.requests)
		if f.requests == 0 {
			n = float64(places) * (f.seconds*usualSpeed/float64(f.tokens) + 1)
		}
		requests += n
	}
	if !info.Price.Known() {
		if f.yes {
			return nil
		}
		return usagef("the price of %s is not known, and about %.0f requests of %d and %d tokens "+
			"are to be sent; add --yes to send them", info.Ref, requests, f.promptTokens, f.tokens)
	}
	usd := requests * info.Price.Price.Of(providers.Usage{Input: f.promptTokens, Output: f.tokens})
	if usd == 0 {
		return nil
	}
	told := fmt.Sprintf("about %.0f requests, up to %s", requests, figures.Money(usd, true))
	if usd > 1 && !f.yes {
		return usagef("this may cost more than $1: %s; add --yes to send them", told)
	}
	fmt.Fprintln(g.err, "lineup: "+told)
	return nil
}

// benchCost is about what the answers of a measurement have cost.
func benchCost(info providers.Info, b *session.Bench) (sum session.Spent) {
	if info.Simulated || info.Price.Machine != nil {
		return sum
	}
	for _, l := range b.Levels {
		if l.Done == 0 {
			continue
		}
		if !info.Price.Known() {
			sum.Unknown += l.Done
			continue
		}
		one := info.Price.Price.Of(providers.Usage{Input: int(l.Input), Output: int(l.Output)})
		sum = sum.Plus(session.Spent{USD: float64(l.Done) * one, Known: l.Done, Estimated: true})
	}
	return sum
}

// keepBench writes a measurement into the store.
func (g *globals) keepBench(ctx context.Context, cfg config.Config, b *session.Bench) error {
	if len(b.Levels) == 0 {
		return nil
	}
	ctx = context.WithoutCancel(ctx) // an interrupted measurement is kept too
	store, err := g.openStore(ctx, cfg)
	if err != nil {
		return err
	}
	return errors.Join(store.AddBench(ctx, b), store.Close())
}

func (g *globals) printBench(ctx context.Context, b *session.Bench, f benchFlags) error {
	if f.html != "" {
		err := g.writeTo(context.WithoutCancel(ctx), f.html, func(w io.Writer) error {
			return benchPage(w, b)
		})
		if err != nil {
			return err
		}
		fmt.Fprintln(g.err, "lineup: wrote "+f.html)
	}
	if !f.json {
		_, err := io.WriteString(g.colours(), report.Bench(b, g.width()))
		return err
	}
	for i := range b.Levels {
		if err := printJSON(g.out, b.Levels[i]); err != nil {
			return err
		}
	}
	return printJSON(g.out, b.Summary)
}
