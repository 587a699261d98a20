package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"charm.land/lipgloss/v2"
	"github.com/spf13/cobra"

	"lineup/config"
	"lineup/providers"
	"lineup/ui"
)

// Exit codes; see the package comment.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitUnfit       = 3
	exitInterrupted = 130
)

// env is the world a command runs in, so that tests can give it another one.
type env struct {
	in     io.Reader
	out    io.Writer
	err    io.Writer
	getenv func(string) string
	tty    func(any) bool   // is this stream a terminal?
	exit   func(int)        // ends the process at once
	alter  func(*ui.Config) // tests put faults into the screen; else nil
}

// Main runs the program and returns its exit code.
func Main() int { return process(nil) }

func process(alter func(*ui.Config)) int {
	log.SetOutput(io.Discard) // net/http would write what servers send into the screen
	lipgloss.EnableLegacyWindowsANSI(os.Stdout)
	lipgloss.EnableLegacyWindowsANSI(os.Stderr)
	ctx, stop := interrupted(os.Exit)
	defer stop()
	e := env{
		in:     os.Stdin,
		out:    os.Stdout,
		err:    os.Stderr,
		getenv: os.Getenv,
		tty:    isTerminal,
		exit:   os.Exit,
		alter:  alter,
	}
	return run(ctx, e, os.Args[1:])
}

// interrupted gives a context that the first signal to end cancels. A second one ends the process,
// whatever holds it up; but not SIGHUP, of which a closing terminal may send several.
func interrupted(exit func(int)) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		<-signals
		cancel()
		for s := range signals {
			if s != syscall.SIGHUP {
				exit(exitInterrupted)
			}
		}
	}()
	return ctx, cancel
}

// run is Main without the process around it.
func run(ctx context.Context, e env, args []string) (code int) {
	var out, told *outlet
	e.out, out = leaving(ctx, e.out, "standard output")
	e.err, told = leaving(ctx, e.err, "standard error")
	if f, ok := e.err.(*outletFile); ok {
		f.folds = true
	}
	g := &globals{env: e}
	defer providers.Catch("a command", func(p *providers.Panic) {
		g.printError(e.err, p)
		code = exitFailed
	})
	root := newRoot(g)
	root.SetArgs(args)
	root.SetIn(e.in)
	root.SetOut(e.out)
	root.SetErr(e.err)
	addCompletions(g, root)
	err := root.ExecuteContext(ctx)
	if err == nil {
		err = out.failed()
	}
	if err != nil {
		g.printError(e.err, err)
	}
	g.tellLog()
	if err == nil { // some lines are printed by the way
		err = errors.Join(out.gone(), told.gone())
	}
	return exitCode(ctx, err)
}

// usageError is a mistake in how lineup was called or configured. Nothing has been sent.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// errUnfit says that all replies are there, and one fails a check or its JSON Schema. This has been
// reported already.
var errUnfit = errors.New("at least one answer is not what was asked for")

// errFailed says that a reply failed and that this has been reported already.
var errFailed = errors.New("at least one reply failed")

func exitCode(ctx context.Context, err error) int {
	var usage usageError
	var fault *providers.Panic
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage):
		return exitUsage
	case errors.As(err, &fault):
		return exitFailed
	case errors.Is(err, errUnfit):
		return exitUnfit
	case ctx.Err() != nil, errors.Is(err, context.Canceled), errors.Is(err, ui.ErrGone):
		return exitInterrupted
	}
	return exitFailed
}

// printError says what went wrong in plain lines, which suits a terminal and a log alike. That
// somebody interrupted a command or closed the terminal is no news, what could not be saved then
// is.
func (g *globals) printError(w io.Writer, err error) {
	var unsaved *ui.SaveError
	switch {
	case errors.Is(err, errFailed), errors.Is(err, errUnfit):
		return
	case errors.Is(err, context.Canceled), errors.Is(err, ui.ErrGone):
		if !errors.As(err, &unsaved) {
			return
		}
		err = unsaved
	}
	err = g.withReport(plainError(err))
	for line := range strings.SplitSeq(strings.TrimRight(err.Error(), "\n"), "\n") {
		fmt.Fprintln(w, "lineup: "+providers.CleanLine(config.WithoutPasswords(line)))
	}
}

// plainError puts a sentence with a next step in the place of an error of the system about a file.
// An error that says more than the system is left as it is.
func plainError(err error) error {
	var failed *fs.PathError
	if !errors.As(err, &failed) || err.Error() != failed.Error() {
		return err
	}
	return &config.FileError{Path: failed.Path, Err: failed.Err, What: "file"}
}

// newRoot builds the tree of commands. Without a command lineup opens its screen.
func newRoot(g *globals) *cobra.Command {
	var f screenFlags
	root := &cobra.Command{
		Use:   "lineup",
		Short: "One prompt to several models at once, side by side, with honest numbers",
		Long: "lineup sends one prompt to a local model server and to several gateway models at\n" +
			"once. The answers stream side by side, each with its own latency, tokens and\n" +
			"cost, and are kept.",
		Example: "  lineup                                  # open the screen\n" +
			"  lineup -l cheap                         # with the panes of a line-up\n" +
			"  lineup --resume                         # go on with the last session\n" +
			"  lineup ask -m local/llama3.1:8b \"Why is the sky blue?\"",
		Version:       version(),
		Args:          noArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRunE: func(cmd *cobra.Command, args []string) error {
			g.expandPaths(cmd, args)
			if err := g.readBackground(); err != nil {
				return err
			}
			return g.openLog()
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			f.blindGiven = cmd.Flags().Changed("blind")
			return g.openScreen(cmd.Context(), f)
		},
	}
	flags := root.PersistentFlags()
	flags.StringVar(&g.configFlag, "config", "",
		"config `FILE` (default $XDG_CONFIG_HOME/lineup/config.toml; env LINEUP_CONFIG)")
	flags.StringVar(&g.dataFlag, "data-dir", "",
		"`FOLDER` of the saved sessions (default $XDG_DATA_HOME/lineup; env LINEUP_DATA_DIR)")
	flags.StringVar(&g.logFlag, "log", "",
		"write a log of requests to this `FILE`; it holds no prompts, answers or keys")
	backgroundFlag(g, root)
	root.Flags().BoolVar(&f.resume, "resume", false, "go on with the last session")
	root.Flags().StringVar(&f.session, "session", "", "go on with this session")
	f.panes.register(root.Flags())
	root.Flags().BoolVar(&f.blind, "blind", false,
		"hide who is who until F4 reveals it; --blind=false shows it")
	root.SetFlagErrorFunc(flagError)
	root.SetHelpFunc(g.help)
	root.AddCommand(askCommand(g), runCommand(g), reportCommand(g), resultsCommand(g),
		sessionsCommand(g), replayCommand(g), statsCommand(g), ratingsCommand(g), benchCommand(g),
		costCommand(g), modelsCommand(g), doctorCommand(g), demoCommand(g), simCommand(g),
		queueCommand(g), workerCommand(g), configCommand(g), manCommand(g), checksTopic(g))
	refuseUnknownTopics(root)
	return root
}
