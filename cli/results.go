package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/spf13/cobra"
)

func resultsCommand(g *globals) *cobra.Command {
	var f screenFlags
	return &cobra.Command{
		Use:   "results OUT.jsonl",
		Short: "Open the results of a run on the screen, case by case",
		Long: "Opens a result file of lineup run as a matrix of case and contender, the cases\n" +
			"first that the contenders differ in most. Enter opens a case in panes, where its\n" +
			"answers can be compared, voted on and gone on with. Models that are not in the\n" +
			"config show their answers and are not asked.",
		Args: oneResultFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.openResults(cmd.Context(), f, args[0])
		},
	}
}

func oneResultFile(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usagef("%s takes one result file of lineup run", cmd.CommandPath())
	}
	return nil
}

// openResults opens the screen on the matrix of a file.
func (g *globals) openResults(ctx context.Context, f screenFlags, file string) error {
	const without = "the screen needs a terminal; in scripts use: lineup report OUT.jsonl"
	if err := g.canDraw(without); err != nil {
		return err
	}
	switch _, err := os.Stat(file); {
	case errors.Is(err, fs.ErrNotExist):
		return usagef("there is no file %s; lineup run FILE -o OUT.jsonl writes such results", file)
	case err != nil:
		return usageError{err}
	}
	f.results = file
	return g.openScreen(ctx, f)
}
