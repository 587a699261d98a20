package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"lineup/batch/queue"
	"lineup/config"
	"lineup/providers"
)

// queueFlags say in which database the runs of several machines meet.
type queueFlags struct {
	url   string
	given func() bool
}

func (f *queueFlags) register(flags *pflag.FlagSet, more string) {
	flags.StringVar(&f.url, "queue", "", "`URL` of the queue's database, postgres://…"+more+
		"; ps shows flags, so put an address with a password into LINEUP_QUEUE: [queue] url_env "+
		"in the config names that variable")
	f.given = func() bool { return flags.Changed("queue") }
}

// noQueue is --queue of a run that asks from here.
const noQueue = "none"

// address finds the address of the database: that of --queue, else that of the config's variable.
// It may hold a password, so no message shows it. problem says why there is none.
func (f *queueFlags) address(g *globals, cfg config.Config) (url, problem string) {
	if f.given() {
		if url = strings.TrimSpace(f.url); url == "" {
			problem = "--queue is empty; is the variable set that it comes from?"
		}
		return url, problem
	}
	variable := cfg.Queue.URLEnv
	if variable == "" {
		return "", "no queue is named; add --queue postgres://USER@HOST/DATABASE, or write " +
			`[queue] url_env = "LINEUP_QUEUE" into the config and the address into that variable`
	}
	if url = strings.TrimSpace(g.getenv(variable)); url == "" {
		problem = variable + " is not set, which [queue] names for the address of the queue; " +
			"set it to postgres://USER:PASSWORD@HOST/DATABASE, or add --queue"
	}
	return url, problem
}

// openQueue connects to the queue. Nothing has been sent where that fails.
func (g *globals) openQueue(
	ctx context.Context, f *queueFlags, cfg config.Config, role queue.Role,
) (*queue.Queue, error) {
	url, problem := f.address(g, cfg)
	if url == noQueue {
		problem = "--queue none is for lineup run, which then asks from here"
	}
	if problem != "" {
		return nil, usagef("%s", problem)
	}
	q, err := queue.Open(ctx, url, role)
	if err != nil && ctx.Err() == nil {
		err = usageError{err}
	}
	return q, err
}

// withQueue runs a command on the queue. Of the config it needs the address alone.
func (g *globals) withQueue(
	ctx context.Context, f *queueFlags, do func(*queue.Queue) error,
) error {
	var cfg config.Config
	if !f.given() {
		var err error
		if cfg, err = g.config(ctx); err != nil {
			return err
		}
	}
	q, err := g.openQueue(ctx, f, cfg, queue.Person)
	if err != nil {
		return err
	}
	defer q.Close()
	return queueError(do(q))
}

// queueError makes wrong usage of what the user can mend before anything is sent.
func queueError(err error) error {
	var secret *queue.SecretError
	if errors.Is(err, queue.ErrNoTables) || errors.Is(err, queue.ErrNoRun) ||
		errors.As(err, &secret) {
		return usageError{err}
	}
	return err
}

func queueCommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "queue",
		Short: "Runs of several machines: make the queue, look at it, cancel and tidy runs",
		Args:  noArgs,
		Long: "A queue is a PostgreSQL database. lineup run leaves its prompts there, and\n" +
			"workers on any machine take them. lineup queue init makes the tables once, lineup\n" +
			"worker works, and lineup run --queue asks. The address is --queue, else that in\n" +
			"the variable that [queue] url_env of the config names, as a rule LINEUP_QUEUE.\n" +
			"Keys of models stay with the workers and never enter the database.",
		Example: "  export LINEUP_QUEUE=postgres://lineup:PASSWORD@db.example/lineup\n" +
			"  lineup queue init\n" +
			"  lineup worker --providers local\n" +
			"  lineup run suite.toml -o out.jsonl --detach\n" +
			"  lineup queue status --watch",
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(queueInit(g), queueStatus(g), queueCancel(g), queuePrune(g))
	return c
}

func queueInit(g *globals) *cobra.Command {
	var f queueFlags
	c := &cobra.Command{
		Use:   "init",
		Short: "Make the tables of the queue; safe to repeat",
		Args:  noArgs,
		Long: "Makes the tables of the queue in a PostgreSQL database, version 14 or newer.\n" +
			"A newer lineup may want it again; what is there stays.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.withQueue(cmd.Context(), &f, func(q *queue.Queue) error {
				if err := q.Init(cmd.Context()); err != nil {
					return err
				}
				return g.printLine("The queue is ready: %s", q.Where())
			})
		},
	}
	f.register(c.Flags(), "")
	return c
}

// cancelled and pruned are what --json prints.
type cancelled struct {
	Type  string `json:"type"`
	Name  string `json:"name"`
	Lines int    `json:"lines"` // taken out of the queue
}

type pruned struct {
	Type string `json:"type"`
	Name string `json:"name"`
}

func queueCancel(g *globals) *cobra.Command {
	var f queueFlags
	var name string
	var asJSON bool
	c := &cobra.Command{
		Use:   "cancel",
		Short: "Take the lines of a run out of the queue that are not answered",
		Args:  noArgs,
		Long: "Takes out of the queue what a run still waits for. What is answered stays, and\n" +
			"the same lineup run goes on with the rest. Without --name it is the only run that\n" +
			"is not finished; where there are several, they are named.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.withQueue(cmd.Context(), &f, func(q *queue.Queue) error {
				return g.cancelRun(cmd.Context(), q, name, asJSON)
			})
		},
	}
	f.register(c.Flags(), "")
	nameFlag(c.Flags(), &name)
	c.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return c
}

// nameFlag is the flag of a run's name.
func nameFlag(flags *pflag.FlagSet, name *string) {
	flags.Var((*runName)(name), "name", "the run's `NAME`; lineup run says which one it is")
}

// runName is the name of a run as a flag. An empty one would mean all runs, or the only one.
type runName string

// longestName is how many bytes a run's name may have: the database has an index of them.
const longestName = 255

// Set takes a name that can be stored and shown.
func (n *runName) Set(s string) error {
	switch {
	case strings.TrimSpace(s) == "":
		return errors.New("it is empty; is the variable set that it comes from?")
	case len(s) > longestName:
		return fmt.Errorf("it has %d bytes; the most are %d", len(s), longestName)
	case s != providers.CleanLine(s):
		return errors.New("it has characters that cannot be shown; leave them out")
	}
	*n = runName(s)
	return nil
}

// String is the name.
func (n *runName) String() string { return string(*n) }

// Type tells the help what the value is.
func (n *runName) Type() string { return "string" }

func (g *globals) cancelRun(
	ctx context.Context, q *queue.Queue, name string, asJSON bool,
) error {
	if name == "" {
		var err error
		if name, err = onlyRun(ctx, q); err != nil {
			return err
		}
	}
	n, err := q.Cancel(ctx, name)
	return g.tellCancelled(name, n, asJSON, err)
}

// tellCancelled says how many lines were taken out, also where not all of them could be.
func (g *globals) tellCancelled(name string, n int, asJSON bool, failed error) (err error) {
	switch {
	case failed != nil && n == 0:
	case asJSON:
		err = printJSON(g.out, cancelled{Type: "cancelled", Name: name, Lines: n})
	default:
		err = g.printLine("%s: %s taken out; the same lineup run goes on",
			providers.CleanLine(name), count(n, "line"))
	}
	return cmp.Or(failed, err)
}

// onlyRun is the name of the only run that is not finished.
func onlyRun(ctx context.Context, q *queue.Queue) (string, error) {
	all, err := q.Status(ctx, "")
	if err != nil {
		return "", err
	}
	var names []string
	for i := range all {
		if all[i].Waiting+all[i].Running > 0 {
			names = append(names, all[i].Name)
		}
	}
	switch len(names) {
	case 0:
		return "", usagef("no run waits in the queue")
	case 1:
		return names[0], nil
	}
	return "", usagef("several runs wait in the queue; add --name, with one of %s",
		strings.Join(names, ", "))
}

func queuePrune(g *globals) *cobra.Command {
	var f queueFlags
	var name string
	var asJSON bool
	c := &cobra.Command{
		Use:   "prune",
		Short: "Remove runs that have ended, with their answers, from the database",
		Args:  noArgs,
		Long: "Removes every run that has ended from the database, or that of --name.\n" +
			"Answers that are in a result file stay there.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.withQueue(cmd.Context(), &f, func(q *queue.Queue) error {
				return g.pruneRuns(cmd.Context(), q, name, asJSON)
			})
		},
	}
	f.register(c.Flags(), "")
	nameFlag(c.Flags(), &name)
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a run")
	return c
}

func (g *globals) pruneRuns(
	ctx context.Context, q *queue.Queue, name string, asJSON bool,
) error {
	names, err := q.Prune(ctx, name)
	return g.tellPruned(names, asJSON, err)
}

// tellPruned names the runs that are removed, also where not all of them could be.
func (g *globals) tellPruned(names []string, asJSON bool, failed error) (err error) {
	if len(names) == 0 && !asJSON && failed == nil {
		fmt.Fprintln(g.err, "lineup: no run has ended")
	}
	for _, name := range names {
		if asJSON {
			err = printJSON(g.out, pruned{Type: "pruned", Name: name})
		} else {
			err = g.printLine("%s: removed", providers.CleanLine(name))
		}
		if err != nil {
			break
		}
	}
	return cmp.Or(failed, err)
}
