package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"

	runs "lineup/batch/report"
	"lineup/providers"
	"lineup/ui/report"
)

// reportFlags are the flags of lineup report.
type reportFlags struct {
	html, md, junit, csv string
	json                 bool
	pairs                []string
	changedPrompts       bool
	failOnRegression     bool
}

func reportCommand(g *globals) *cobra.Command {
	var f reportFlags
	c := &cobra.Command{
		Use:   "report OUT.jsonl | OLD.jsonl NEW.jsonl",
		Short: "What came of a run, or how two runs compare",
		Long: "With one result file of lineup run: the numbers of each contender, the cases\n" +
			"that fail most, and the matrix of case and contender. With two: what became\n" +
			"better and worse, with intervals for paired data. Lines belong together that\n" +
			"have the same case, prompt, take and contender, or are of a --pair.\n\n" +
			"A bad line is named and left out; the exit code is then 1. With\n" +
			"--fail-on-regression it is 3 where a contender is worse beyond doubt.",
		Example: "  lineup report out.jsonl --html report.html --junit junit.xml\n" +
			"  lineup report baseline.jsonl out.jsonl --fail-on-regression\n" +
			"  lineup report out.jsonl --pair local/llama3.1:8b=holysheep/gemini-2.5-flash",
		Args: func(cmd *cobra.Command, args []string) error {
			if n := len(args); n != 1 && n != 2 {
				return usagef("%s takes one result file, or an old and a new one",
					cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.reportRuns(cmd.Context(), args, f)
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.html, "html", "", "write a page for a browser to this file")
	flags.StringVar(&f.md, "md", "", "write Markdown to this file")
	flags.StringVar(&f.junit, "junit", "", "write JUnit XML to this file, a test case a line")
	flags.StringVar(&f.csv, "csv", "", "write comma-separated values to this file, a row a line")
	flags.BoolVar(&f.json, "json", false, "print one JSON object a contender")
	flags.StringArrayVar(&f.pairs, "pair", nil,
		"compare these two contenders, OLD=NEW, each by id, label or model; may be repeated")
	flags.BoolVar(&f.changedPrompts, "changed-prompts", false,
		"compare although the prompts have changed; the variables must be the same")
	flags.BoolVar(&f.failOnRegression, "fail-on-regression", false,
		"exit with 3 where the pass rate fell: its interval lies below 0")
	return c
}

// check finds mistakes in the flags. two tells whether runs are compared.
func (f *reportFlags) check(two bool) error {
	toOutput := 0
	for _, file := range []string{f.html, f.md, f.junit, f.csv} {
		if file == "-" {
			toOutput++
		}
	}
	switch {
	case toOutput > 1, toOutput > 0 && f.json:
		return usagef("only one thing can go to standard output")
	case !two && (f.failOnRegression || f.changedPrompts):
		return usagef("--fail-on-regression and --changed-prompts compare two runs; " +
			"name an old and a new one, or two contenders with --pair")
	case two && (f.junit != "" || f.csv != ""):
		return usagef("--junit and --csv are of one run; report the new one alone with them")
	}
	return nil
}

// checkFiles refuses a folder, a page over a result file, which would lose its answers, and two
// pages in one file.
func (f *reportFlags) checkFiles(results []string) error {
	for _, file := range results {
		if info, err := os.Stat(file); err == nil && info.IsDir() {
			return usagef("%s is a folder; name the result file in it", file)
		}
	}
	pages := []string{f.html, f.md, f.junit, f.csv}
	for i, page := range pages {
		if page == "" || page == "-" {
			continue
		}
		for _, file := range results {
			if sameFile(page, file) {
				return usagef("%s holds the results; write the page to another file", page)
			}
		}
		for _, other := range pages[:i] {
			same := filepath.Clean(page) == filepath.Clean(other) || sameFile(page, other)
			if other != "" && same {
				return usagef("%s cannot hold two pages; name a file for each", page)
			}
		}
	}
	return nil
}

// sameFile reports whether two names are those of one regular file.
func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	other, err2 := os.Stat(b)
	return err == nil && err2 == nil && one.Mode().IsRegular() && os.SameFile(one, other)
}

// toOutput reports whether a page takes the place of the report.
func (f *reportFlags) toOutput() bool {
	return slices.Contains([]string{f.html, f.md, f.junit, f.csv}, "-")
}

func (g *globals) reportRuns(ctx context.Context, files []string, f reportFlags) error {
	two := len(files) == 2 || len(f.pairs) > 0
	if err := f.check(two); err != nil {
		return err
	}
	if err := f.checkFiles(files); err != nil {
		return err
	}
	hashes := runs.NewHashes()
	var open []*runs.Run
	defer func() {
		for _, r := range open {
			_ = r.Close() // it was only read
		}
	}()
	bad := false
	for _, file := range files {
		run, err := interruptible(ctx, func() (*runs.Run, error) { // it may be a pipe
			return runs.Open(ctx, file, hashes)
		})
		if errors.Is(err, fs.ErrNotExist) {
			return usageError{err}
		}
		if err != nil {
			return err
		}
		open = append(open, run)
		g.tellLines(run)
		bad = bad || len(run.Bad) > 0
	}
	var err error
	if two {
		err = g.compareRuns(ctx, open[0], open[len(open)-1], f)
	} else {
		err = g.reportRun(ctx, open[0], f)
	}
	if err == nil && bad {
		return errFailed
	}
	return err
}

// badLinesShown is how many lines are named one by one.
const badLinesShown = 20

// tellLines names what is not in the report, on standard error.
func (g *globals) tellLines(run *runs.Run) {
	name := providers.CleanLine(run.Name)
	for _, b := range run.Bad[:min(len(run.Bad), badLinesShown)] {
		fmt.Fprintf(g.err, "lineup: %s:%d: %s; left out\n", name, b.Line,
			providers.CleanLine(b.Reason))
	}
	if n := len(run.Bad) - badLinesShown; n > 0 {
		fmt.Fprintf(g.err, "lineup: %s: %s left out\n", name,
			english.Plural(n, "more bad line", ""))
	}
	if run.Torn > 0 {
		fmt.Fprintf(g.err, "lineup: %s:%d: the last line is torn; left out\n", name, run.Torn)
	}
	if run.Doubled > 0 {
		fmt.Fprintf(g.err, "lineup: %s: %s stand there twice; the later ones count\n", name,
			english.Plural(run.Doubled, "line", ""))
	}
	if len(run.Results) == 0 {
		fmt.Fprintf(g.err, "lineup: %s has no results\n", name)
	}
}

func (g *globals) reportRun(ctx context.Context, run *runs.Run, f reportFlags) error {
	for _, page := range []struct {
		file  string
		write func(io.Writer, *runs.Run) error
	}{{f.html, runs.WriteHTML}, {f.md, runs.WriteMarkdown}, {f.junit, runs.WriteJUnit},
		{f.csv, runs.WriteCSV}} {
		if page.file == "" {
			continue
		}
		err := g.writeTo(ctx, page.file, func(w io.Writer) error { return page.write(w, run) })
		if err != nil {
			return err
		}
	}
	switch {
	case f.json:
		for _, s := range run.Summaries() {
			if err := printJSON(g.out, s); err != nil {
				return err
			}
		}
		return nil
	case f.toOutput() || len(run.Results) == 0:
		return nil
	}
	_, err := io.WriteString(g.colours(), report.Run(run, g.width()))
	return err
}

func (g *globals) compareRuns(ctx context.Context, old, new *runs.Run, f reportFlags) error {
	pairs := runs.Same(old, new)
	if len(f.pairs) > 0 {
		pairs = nil
	}
	for _, text := range f.pairs {
		p, err := runs.ParsePair(text, old, new)
		if err != nil {
			return usagef("--pair: %w", err)
		}
		pairs = append(pairs, p)
	}
	list, err := runs.Compare(old, new, pairs, runs.Options{ChangedPrompts: f.changedPrompts})
	var unequal *runs.UnequalError
	switch {
	case errors.As(err, &unequal) && !unequal.Vars:
		return usagef("%w; if the prompts are what was changed, add --changed-prompts", err)
	case err != nil:
		return usageError{err}
	}
	for _, page := range []struct {
		file  string
		write func(w io.Writer, old, new *runs.Run, list []runs.Comparison, pairs []runs.Pair) error
	}{{f.html, runs.WriteComparisonHTML}, {f.md, runs.WriteComparison}} {
		if page.file == "" {
			continue
		}
		err := g.writeTo(ctx, page.file, func(w io.Writer) error {
			return page.write(w, old, new, list, pairs)
		})
		if err != nil {
			return err
		}
	}
	switch {
	case f.json:
		for _, c := range list {
			if err := printJSON(g.out, c); err != nil {
				return err
			}
		}
	case !f.toOutput():
		_, err := io.WriteString(g.colours(),
			report.Comparisons(old.Name, new.Name, list, g.width()))
		if err != nil {
			return err
		}
	}
	return g.judgeRuns(old, new, list, f)
}

// judgeRuns is the end of a comparison: errUnfit for a regression, if that is asked for. Runs that
// have nothing in common are no success then.
func (g *globals) judgeRuns(old, new *runs.Run, list []runs.Comparison, f reportFlags) error {
	compared, worse := 0, false
	for i := range list {
		c := &list[i]
		compared += c.Pairs.N()
		if f.failOnRegression && c.Regressed() {
			worse = true
			fmt.Fprintf(g.err, "lineup: %s is worse than before\n", providers.CleanLine(c.Label))
		}
	}
	switch {
	case worse:
		return errUnfit
	case compared > 0:
		return nil
	}
	fmt.Fprintf(g.err, "lineup: no line has a verdict in both runs: %s has %s, %s has %s; "+
		"--pair OLD=NEW compares two contenders\n", providers.CleanLine(old.Name), labels(old),
		providers.CleanLine(new.Name), labels(new))
	if f.failOnRegression {
		return errFailed
	}
	return nil
}

// labels are the contenders of a run.
func labels(run *runs.Run) string {
	var all []string
	for _, c := range run.Contenders {
		all = append(all, providers.CleanLine(c.Label))
	}
	if len(all) == 0 {
		return "none"
	}
	return english.WordSeries(all, "and")
}
