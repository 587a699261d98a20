package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"

	"lineup/config"
)

func configCommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "config",
		Short: "Where the config file is; write one; check one",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(
		&cobra.Command{
			Use:   "path",
			Short: "Print where the config file is looked for",
			Args:  noArgs,
			RunE:  func(*cobra.Command, []string) error { return g.configPath() },
		},
		&cobra.Command{
			Use:   "init",
			Short: "Write a config file to begin with; never overwrites one",
			Args:  noArgs,
			Long: "Writes a config file with the servers on this machine and the keys in the\n" +
				"environment. Everything else that can be set stands in it as a comment, with\n" +
				"explanations. A file that is there already stays as it is.",
			RunE: func(cmd *cobra.Command, _ []string) error { return g.configInit(cmd.Context()) },
		},
		&cobra.Command{
			Use:   "check",
			Short: "Report every mistake in the config file, with line and column",
			Args:  noArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				return g.configCheck(cmd.Context())
			},
		},
	)
	return c
}

func (g *globals) configPath() error {
	path, _, err := config.Path(g.configFlag, g.getenv)
	if err != nil {
		return err
	}
	fmt.Fprintln(g.out, path)
	return nil
}

func (g *globals) configInit(ctx context.Context) error {
	path, _, err := config.Path(g.configFlag, g.getenv)
	if err != nil {
		return err
	}
	keyed := config.KeyProviders(g.getenv)
	g.unusable.keys = problemsOf(keyed)
	g.tellUnusable()
	found := slices.Concat(config.Discover(ctx, config.Env{Getenv: g.getenv}), keyed)
	text := config.Starter(found)
	if err := writeNew(path, text); err != nil {
		return err
	}
	written, err := config.Parse(path, text, g.configOptions()...)
	if err != nil {
		return err
	}
	in := "every line of it is a comment: take the # away from what you need"
	if len(written.Providers) > 0 {
		found := strings.Join(written.ProviderNames(), ", ")
		in = "it names what was found here (" + found + "); the rest is comments"
	}
	return g.printLine("wrote %s; %s. Check your changes with: lineup config check", path, in)
}

func (g *globals) configCheck(ctx context.Context) error {
	cfg, err := g.config(ctx)
	if err != nil {
		return err
	}
	if !cfg.Found {
		path, _, err := config.Path("", g.getenv)
		if err != nil {
			return err
		}
		return g.printLine("there is no config file at %s; write one with: lineup config init",
			path)
	}
	return g.printLine("%s is right: %s, %s", cfg.File,
		english.Plural(len(cfg.Providers), "provider", ""),
		english.Plural(len(cfg.Panes), "pane", ""))
}
