package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"

	"lineup/atomicfile"
	"lineup/batch"
	"lineup/batch/suite"
	"lineup/config"
	"lineup/registry"
	"lineup/session"
)

// runFlags are the flags of lineup run.
type runFlags struct {
	paneFlags
	out         string
	template    string
	concurrency int
	budget      float64
	unlimited   bool // no budget was given
	yes         bool
	repeat      int
	retryFailed bool
	failFast    bool
	limit       int
	only        []string
	session     string
	noProgress  bool
	dryRun      bool
	strict      bool
	throughQueue
}

func runCommand(g *globals) *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "run FILE [-m PROVIDER/MODEL]… -o OUT.jsonl",
		Short: "Ask many prompts of N models, check the answers, and go on where it stopped",
		Long: "Asks every prompt of a file, with every case, of every model: prompts × cases ×\n" +
			"models × repeats. FILE is .txt (a prompt a line), .jsonl or .csv (a case a line),\n" +
			"a suite in .toml, or a config of promptfoo in .yaml. Each reply becomes a line of\n" +
			"OUT.jsonl, in the form of ask --json, as soon as it has ended.\n\n" +
			"The same command again goes on: what stands there is not asked again. Failures\n" +
			"stay too, unless --retry-failed. Lines that the file no longer asks for move to\n" +
			"OUT.jsonl.stale. Where only checks have changed, the kept answers are judged\n" +
			"again. Each provider is asked as much at once as its max_concurrent says, else\n" +
			"as much as it takes. Ctrl+C begins nothing new and finishes what is on its way;\n" +
			"a second one stops.\n\n" +
			"Exit code 0: all answers are there and pass their checks. 1: a reply failed or\n" +
			"was not asked. 3: all answers are there, but a check failed. 2: nothing was sent.",
		Example: "  lineup run prompts.txt -m local/llama3.1:8b -o out.jsonl\n" +
			"  lineup run suite.toml -o out.jsonl --budget 0.50\n" +
			"  lineup run suite.toml -o out.jsonl --retry-failed\n" +
			"  lineup run cases.csv --template 'Translate: {{text}}' -l cheap -o out.jsonl",
		Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check(cmd); err != nil {
				return err
			}
			return g.runFile(cmd.Context(), f, args[0])
		},
	}
	flags := c.Flags()
	f.paneFlags.register(flags)
	flags.StringVarP(&f.out, "output", "o", "", "result `FILE`, JSON Lines; the same one goes on")
	flags.StringVar(&f.template, "template", "",
		"the prompt for a .csv or .jsonl file, with {{variables}}")
	flags.IntVar(&f.concurrency, "concurrency", 0,
		"at most `N` requests at a time to all providers together")
	flags.Float64Var(&f.budget, "budget", 0, "spend at most so many `USD` in this run")
	flags.BoolVarP(&f.yes, "yes", "y", false, "with --budget: ask models of unknown price too; "+
		"through a queue: go\nbeyond the [budget] of the day")
	flags.IntVarP(&f.repeat, "repeat", "n", 0, "ask everything `K` times, in place of the suite's")
	flags.BoolVar(&f.retryFailed, "retry-failed", false, "ask again what failed before")
	flags.BoolVar(&f.failFast, "fail-fast", false, "ask nothing more after the first failed reply")
	flags.IntVar(&f.limit, "limit", 0, "ask the first `N` cases only")
	flags.StringArrayVar(&f.only, "only", nil, "ask the case with this `ID` only; may be repeated")
	flags.StringVar(&f.session, "session", "", "keep it as a session with this `TITLE` too")
	flags.BoolVar(&f.noProgress, "no-progress", false, "do not show how far the run is")
	flags.BoolVar(&f.dryRun, "dry-run", false, "print what would be asked and what it may cost")
	flags.BoolVar(&f.strict, "strict", false,
		"a line that cannot be judged counts as a failed check")
	f.queueFlags.register(flags, ", through which workers ask; none: ask from here")
	flags.Var((*runName)(&f.name), "name",
		"`NAME` of the run in the queue, in place of a hash of OUT's path")
	flags.BoolVar(&f.detach, "detach", false,
		"put the prompts into the queue and do not wait for the answers")
	return c
}

// oneFile wants the file of a run.
func oneFile(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usagef("write lineup run FILE -o OUT.jsonl; FILE has the prompts")
	}
	return nil
}

// check refuses flags that say nothing sensible.
func (f *runFlags) check(cmd *cobra.Command) error {
	given := cmd.Flags().Changed
	f.unlimited = !given("budget")
	switch {
	case f.out == "" && !f.dryRun:
		return usagef("-o OUT.jsonl is missing: the file that gets the answers")
	case given("concurrency") && f.concurrency < 1:
		return usagef("--concurrency %d: at least one request runs at a time", f.concurrency)
	case given("repeat") && f.repeat < 1:
		return usagef("--repeat %d: a prompt is asked once or more often", f.repeat)
	case given("limit") && f.limit < 1:
		return usagef("--limit %d: at least one case is asked", f.limit)
	case given("budget") && !(f.budget >= 0 && f.budget <= math.MaxFloat64):
		return usagef("--budget %v: write an amount in USD, such as 0.50", f.budget)
	case given("session") && strings.TrimSpace(f.session) == "":
		return usagef("--session: the title is empty")
	}
	return nil
}

// running is a run on its way.
type running struct {
	g       *globals
	tell    io.Writer // for what is said on standard error
	f       runFlags
	cfg     config.Config
	suite   *suite.Suite
	plan    *batch.Plan
	results *batch.Results
	run     *batch.Run
	day     session.Spent // today, in all sessions
	screen  string        // its file, where somebody on the screen begins it or not; else ""

	spending *spending // after options
	there    bool      // workers ask, through a queue

	toldWorkers string // the last words about missing workers
}

// runFile runs the file of a run.
func (g *globals) runFile(ctx context.Context, f runFlags, file string) error {
	ending := strings.ToLower(filepath.Ext(file))
	if f.template != "" && !slices.Contains([]string{".txt", ".csv", ".jsonl"}, ending) {
		return usagef("--template is for a .txt, .csv or .jsonl file; a suite has its own prompts")
	}
	if sameFile(file, f.out) {
		return usagef("-o %s holds the prompts; name another file for the answers", f.out)
	}
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(reading))
	r := &running{g: g, tell: g.err, f: f}
	reg, err := r.read(ctx, file)
	if err != nil {
		return err
	}
	defer g.settle()
	if err := r.makePlan(reg); err != nil {
		return err
	}
	options, err := r.options(ctx, reg)
	if err != nil {
		return err
	}
	defer r.spending.close()
	if f.dryRun {
		return r.dry(options)
	}
	if r.there, err = f.wanted(g, r); err == nil && r.there {
		err = f.refused()
	}
	if err != nil {
		return err
	}
	if r.results, err = batch.Open(r.plan, f.out); err != nil {
		return outError(f.out, err)
	}
	r.run = batch.New(r.plan, r.results, options)
	if err := r.tellBefore(); err != nil {
		return errors.Join(err, r.results.Close())
	}
	if r.there {
		return r.doThere(ctx)
	}
	return r.do(ctx)
}

// Memory of a run in bytes.
const (
	heap     = 40 << 20 // up to which garbage may lie about
	garbage  = 8 << 20  // that may lie about in any case
	requests = 8 << 20  // what those on their way take
	reading  = 56 << 20 // beyond it garbage is collected at once while a file is read
)

// steadyGC lets the heap grow to the same size, however much lives, until the result is called. A
// suite of many cases would let it grow with them, and a small one would be collected all the time.
func steadyGC() (restore func()) {
	debug.SetMemoryLimit(math.MaxInt64)
	runtime.GC()
	var now runtime.MemStats
	runtime.ReadMemStats(&now)
	lives := now.HeapAlloc + requests
	percent := debug.SetGCPercent(int(100 * max(garbage, heap-min(heap, lives)) / lives))
	return func() { debug.SetGCPercent(percent) }
}

// outError says why a result file cannot be gone on with. Nothing has been sent.
func outError(path string, err error) error {
	var failed *fs.PathError
	if errors.As(err, &failed) {
		return usagef("-o %w", atomicfile.Explain(path, err))
	}
	return usageError{err}
}

// read reads the config and the file, and makes what opens its models.
func (r *running) read(ctx context.Context, file string) (*registry.Registry, error) {
	cfg, err := r.g.config(ctx)
	if err != nil {
		return nil, err
	}
	if settingsAlone(cfg) {
		cfg, r.g.unusable = r.g.discover(ctx, cfg)
		r.g.tellUnusable()
	}
	options := suite.ReadOptions{Config: cfg, Template: r.f.template}
	r.suite, err = interruptible(ctx, func() (*suite.Suite, error) {
		return batch.ReadSuite(file, options)
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, usageError{err}
	}
	for _, d := range r.suite.Unread {
		r.say("not read: %s", d)
	}
	r.cfg = batch.WithProviders(cfg, r.suite)
	return r.g.registry(r.cfg), nil
}

// makePlan makes what is to be asked of whom.
func (r *running) makePlan(reg *registry.Registry) error {
	cfg := r.cfg
	own := len(r.f.models) == 0 && r.f.lineup == "" && r.suite.Panes != nil
	if own {
		cfg.Panes = r.suite.Panes
	}
	panes, _, err := r.f.panes(cfg)
	if err != nil {
		return err
	}
	specs, err := openAll(reg, panes)
	if err != nil {
		return err
	}
	if len(specs) == 0 {
		return usagef("no model is named; use -m PROVIDER/MODEL, or set panes in the suite or " +
			"the config")
	}
	return r.planOf(specs, own)
}

// planOf makes what is to be asked of some models. own tells that the suite names them.
func (r *running) planOf(specs []registry.Spec, own bool) error {
	r.plan = &batch.Plan{Suite: r.suite, Specs: specs, OwnPanes: own, System: r.cfg.System,
		Repeat: max(1, firstOf(r.f.repeat, r.suite.Repeat, r.f.times(r.cfg)))}
	if twice := r.plan.Twice(); len(twice) > 0 {
		return usagef("%s stands there twice; --repeat asks a model several times",
			english.WordSeries(twice, "and"))
	}
	if len(r.f.only) > 0 {
		if unknown := r.plan.Only(r.f.only); len(unknown) > 0 {
			return usagef("--only: there is no case %s", english.WordSeries(unknown, "or"))
		}
	}
	if r.f.limit > 0 {
		r.plan.Limit(r.f.limit)
	}
	return nil
}

// firstOf is the first number that is not 0.
func firstOf(numbers ...int) int {
	for _, n := range numbers {
		if n != 0 {
			return n
		}
	}
	return 0
}

// options are how the run asks.
func (r *running) options(ctx context.Context, reg *registry.Registry) (batch.Options, error) {
	o := batch.Options{Concurrency: r.f.concurrency, RetryFailed: r.f.retryFailed,
		FailFast: r.f.failFast, Judges: map[string]registry.Spec{},
		Calibration: session.NewCalibration()}
	if !r.f.unlimited {
		o.Budget = &r.f.budget
	}
	r.spending = r.g.newSpending(r.cfg, session.SpentOnRuns, r.say)
	o.Paid = r.spending.add
	priced := false
	for _, model := range batch.Judges(r.suite) {
		spec, err := reg.OpenReader(model)
		if err != nil {
			return o, usagef("the judge %s: %w", model, err)
		}
		o.Judges[model] = spec
		priced = priced || spec.Info.Price.Known()
	}
	reg.Adapt() // now that all models are open
	for _, s := range r.plan.Specs {
		priced = priced || s.Info.Price.Known()
	}
	if priced || r.cfg.Budget.Day != nil {
		r.recall(ctx, &o)
	}
	return o, nil
}

// recall asks the store how long earlier answers of the models are, and what today has cost.
func (r *running) recall(ctx context.Context, o *batch.Options) {
	store, err := r.g.openStore(ctx, r.cfg)
	if err != nil { // the estimates are plain ones
		return
	}
	defer store.Close()
	if known, err := store.Calibration(ctx); err == nil {
		o.Calibration = known
	}
	if r.cfg.Budget.Day == nil {
		return
	}
	if r.day, err = store.Spent(ctx, session.Midnight(time.Now())); err != nil {
		r.say("today's spending is not known: %v", err)
	}
}

// do asks, and tells what came of it.
func (r *running) do(ctx context.Context) error {
	defer steadyGC()()
	stop := r.watch(ctx, "no new requests; those on their way are finished, ctrl+c again stops "+
		"them too")
	// The first Ctrl+C ends ctx: nothing new is asked. What is on its way is finished.
	sum, err := r.run.Do(context.WithoutCancel(ctx), ctx)
	stop()
	closed := r.results.Close()
	if err == nil {
		err = closed
	}
	r.tellAfter(sum, r.run.Progress(time.Now()).Elapsed, ctx.Err() != nil)
	if err == nil && r.f.session != "" {
		err = r.keep(context.WithoutCancel(ctx))
	}
	switch {
	case err != nil && !errors.Is(err, context.Canceled):
		return resultError(r.f.out, err)
	case ctx.Err() != nil:
		return context.Canceled
	}
	return r.verdict(sum)
}

// resultError is why a result file ends too early.
func resultError(path string, err error) error {
	var failed *fs.PathError
	if errors.As(err, &failed) {
		return atomicfile.Explain(failed.Path, failed)
	}
	return fmt.Errorf("%s: %w", path, err)
}

// verdict is the error that makes the exit code.
func (r *running) verdict(sum batch.Summary) error {
	switch {
	case sum.Failed > 0 || sum.Unasked > 0 || sum.Outdated > 0:
		return errFailed
	case sum.Missed > 0 || r.f.strict && sum.Unjudged > 0:
		return errUnfit
	}
	return nil
}
