package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/dustin/go-humanize/english"

	"lineup/batch"
	"lineup/figures"
	"lineup/providers"
	"lineup/session"
	"lineup/turn"
)

// say prints a line on standard error, above the bars where there are some.
func (r *running) say(format string, args ...any) {
	fmt.Fprintln(r.tell, "lineup: "+providers.CleanLine(fmt.Sprintf(format, args...)))
}

// count writes a number of things as people do.
func count(n int, what string) string {
	return humanize.Comma(int64(n)) + " " + english.PluralWord(n, what, "")
}

// dry prints the requests to each model, and their likely cost.
func (r *running) dry(o batch.Options) error {
	results := batch.Nothing(r.plan)
	if r.f.out != "" {
		var err error
		if results, err = batch.Open(r.plan, r.f.out); err != nil {
			return outError(r.f.out, err)
		}
	}
	defer results.Close()
	estimates, err := batch.New(r.plan, results, o).Estimate()
	if err != nil {
		return usageError{err}
	}
	rows := [][]string{{"REQUESTS", "MODEL", "ABOUT"}}
	for _, e := range estimates {
		who := e.Label
		if e.Judge {
			who += " (judge)"
		}
		rows = append(rows, []string{humanize.Comma(int64(e.Requests)), providers.CleanLine(who),
			moneyOf(e)})
	}
	requests, money := total(estimates)
	rows = append(rows, []string{humanize.Comma(int64(requests)), "in all", money})
	words := lengthWords(estimates)
	if words = strings.TrimSpace(words); words != "" {
		words += "\n"
	}
	_, err = io.WriteString(r.g.out, columns(rows, 0)+words)
	return err
}

// lengthWords says what an estimate rests on where nothing is known of the length of answers.
func lengthWords(estimates []batch.Estimate) string {
	guessed := func(e batch.Estimate) bool { return e.Guessed && e.Requests > 0 }
	if !slices.ContainsFunc(estimates, guessed) {
		return ""
	}
	return fmt.Sprintf(" (answers of unknown length count as %d tokens)", batch.AssumedOutput)
}

// moneyOf says an estimate.
func moneyOf(e batch.Estimate) string {
	switch {
	case e.Requests == 0:
		return "-"
	case e.Unknown:
		return "$?"
	}
	return figures.Money(e.USD, true)
}

// total sums up estimates.
func total(estimates []batch.Estimate) (requests int, money string) {
	usd, unknown := 0.0, false
	for _, e := range estimates {
		requests += e.Requests
		usd += e.USD
		unknown = unknown || e.Unknown && e.Requests > 0
	}
	money = figures.Money(usd, true)
	switch {
	case unknown && usd == 0:
		money = "$?"
	case unknown:
		money += " + ?"
	}
	return requests, money
}

// staleShown is how many lines are named that move to the stale file.
const staleShown = 20

// tellBefore says what the run begins with. It refuses a budget that cannot be kept to.
func (r *running) tellBefore() error {
	estimates, err := r.run.Estimate()
	if err != nil {
		return usageError{err}
	}
	if !r.f.unlimited && !r.f.yes {
		for _, e := range estimates {
			if e.Unknown && e.Requests > 0 {
				return usagef("the price of %s is not known, so --budget cannot hold; "+
					"set price in the config, or local = true for a server of your own, "+
					"or add --yes", e.Label)
			}
		}
	}
	if err := r.withinDay(estimates); err != nil {
		return err
	}
	if n := len(r.results.Stale); n > 0 {
		r.say("%s of %s: nobody asks for that any more; moved to %s", count(n, "line"), r.f.out,
			r.f.out+batch.StaleSuffix)
		for _, line := range r.results.Stale[:min(n, staleShown)] {
			r.say("  %s", line)
		}
		if n > staleShown {
			r.say("  and %s more", humanize.Comma(int64(n-staleShown)))
		}
	}
	if r.results.Torn {
		r.say("the last line of %s was torn and is asked again", r.f.out)
	}
	if n := r.results.Rejudged; n > 0 {
		r.say("%s to check again, because the checks have changed", count(n, "answer"))
	}
	requests, money := total(estimates)
	words := count(requests, "request") + " to " + count(len(r.plan.Specs), "model")
	if had := r.run.Had(); had > 0 {
		words += ", " + count(had, "line") + " there already"
	}
	if requests > 0 && money != figures.Money(0, true) {
		words += ", " + money + lengthWords(estimates)
	}
	if !r.f.unlimited {
		words += "; the budget is " + figures.USD(r.f.budget)
	}
	r.say("%s", words)
	return nil
}

// withinDay refuses a run that is likely to go beyond the config's budget of a day. --budget says
// how much it may spend all the same. On the screen it is told instead.
func (r *running) withinDay(estimates []batch.Estimate) error {
	if !r.f.unlimited {
		return nil
	}
	var next turn.Estimate
	for _, e := range estimates {
		next.USD += e.USD
		if e.Unknown && e.Requests > 0 {
			next.Unknown++
		}
	}
	l, reached := next.Over(session.Budget{Day: r.cfg.Budget.Day}, session.Spent{}, r.day)
	switch {
	case !reached:
		return nil
	case r.screen != "":
		r.say("%s", overWords(l, next))
		return nil
	}
	if r.there {
		if r.f.yes {
			return nil
		}
		return usagef("%s; with --yes the workers may spend it all the same", overWords(l, next))
	}
	return usagef("%s; with --budget USD the run may spend so much all the same",
		overWords(l, next))
}

// tellSum says what the run has come to, in a line.
func (r *running) tellSum(s batch.Summary, took time.Duration) {
	words := fmt.Sprintf("%s of %s in %s", humanize.Comma(int64(s.Answers)),
		count(s.All, "answer"), figures.Duration(took))
	add := func(n int, format string) {
		if n > 0 {
			words += fmt.Sprintf(format, humanize.Comma(int64(n)))
		}
	}
	add(s.Failed, ", %s failed")
	add(s.Unasked, ", %s not asked")
	add(s.Missed, ", %s did not pass")
	add(s.Unjudged, ", %s could not be judged")
	add(s.Outdated, ", %s still to check again")
	if s.Spent.Known+s.Spent.Unknown > 0 {
		words += ", " + s.Spent.Words(figures.Money)
	}
	r.say("%s", words)
}

// tellAfter says what the run has come to, and how it goes on.
func (r *running) tellAfter(s batch.Summary, took time.Duration, interrupted bool) {
	r.tellSum(s, took)
	if s.Left > 0 {
		r.say("the budget of %s left out %s", figures.USD(r.f.budget), count(s.Left, "request"))
	}
	if s.Outdated > 0 && !interrupted {
		r.say("the budget of %s left out the judges of %s", figures.USD(r.f.budget),
			count(s.Outdated, "answer"))
	}
	for _, d := range s.Down {
		r.say("%s was given up, %s not asked: %s", d.Provider, count(d.Unasked, "request"), d.Why)
	}
	if s.Unasked > 0 || s.Outdated > 0 || interrupted {
		same := "the same command"
		if r.screen != "" {
			same = "/run " + r.screen
		}
		r.say("%s goes on", same)
	}
	if s.Failed > 0 {
		r.tellFailed()
	}
}

// tellFailed says what failed and what asks it again: a flag, and on the screen, which has none, a
// command line that asks the same models.
func (r *running) tellFailed() {
	kinds := strings.Join(r.run.Failures(), ", ")
	if r.screen == "" {
		words := "--retry-failed asks again what failed"
		if kinds != "" {
			words += "; in this run: " + kinds
		}
		r.say("%s", words)
		return
	}
	if kinds != "" {
		r.say("failed in this run: %s", kinds)
	}
	r.say("to ask again what failed: %s", r.retryLine())
}

// retryLine is the command line that goes on with a run of the screen and asks again what failed.
func (r *running) retryLine() string {
	line := fmt.Sprintf("lineup run %s -o %s --retry-failed", shellWord(r.screen),
		shellWord(r.f.out))
	if r.plan.OwnPanes {
		return line
	}
	models := ""
	for _, s := range r.plan.Specs {
		c := s.Contender()
		if !c.Same(providers.Contender{Ref: c.Ref}) {
			return line + " -m …" // with settings, which have no room here
		}
		models += " -m " + shellWord(c.Ref.String())
	}
	return line + models
}

// shellWord writes a name as one word of a shell.
func shellWord(name string) string {
	if strings.ContainsAny(name, " \t\"'`$!*?&|;<>()\\") {
		return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
	}
	return name
}
