package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"lineup/config"
)

func configCommand(g *globals) *cobra.Command {
	c := &cobra.Command{Use: "config", Short: "Where the config file is; write one; check one", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	c.AddCommand(
		&cobra.Command{Use: "path", Short: "Print where the config file is looked for", Args: noArgs,
			RunE: func(*cobra.Command, []string) error { return g.configPath() }},
		&cobra.Command{Use: "init", Short: "Write a commented config file; never overwrites one", Args: noArgs,
			RunE: func(*cobra.Command, []string) error { return g.configInit() }},
		&cobra.Command{Use: "check", Short: "Report every mistake in the config file, with line and column", Args: noArgs,
			RunE: func(*cobra.Command, []string) error { return g.configCheck() }},
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

func (g *globals) configInit() error {
	path, _, err := config.Path(g.configFlag, g.getenv)
	if err != nil {
		return err
	}
	if err := writeNew(path, config.Example()); err != nil {
		return err
	}
	fmt.Fprintf(g.out, "wrote %s; every line is commented, edit it and run: lineup config check\n", path)
	return nil
}

func (g *globals) configCheck() error {
	cfg, err := g.config()
	if err != nil {
		return err
	}
	if !cfg.Found {
		path, _, err := config.Path("", g.getenv)
		if err != nil {
			return err
		}
		fmt.Fprintf(g.out, "there is no config file at %s; write one with: lineup config init\n", path)
		return nil
	}
	fmt.Fprintf(g.out, "%s is right: %d providers, %d panes\n", cfg.File, len(cfg.Providers), len(cfg.Panes))
	return nil
}
