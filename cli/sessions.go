package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"lineup/providers"
	"lineup/session"
)

func sessionsCommand(g *globals) *cobra.Command {
	c := &cobra.Command{Use: "sessions", Short: "List, show, export and import saved sessions", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	c.AddCommand(sessionsList(g), sessionsShow(g), sessionsExport(g), sessionsImport(g))
	return c
}

// withStore runs a command on the saved sessions.
func (g *globals) withStore(ctx context.Context, do func(*session.Store) error) error {
	cfg, err := g.config()
	if err != nil {
		return err
	}
	store, err := g.openStore(ctx, cfg)
	if err != nil {
		return err
	}
	defer store.Close()
	return do(store)
}

func sessionsList(g *globals) *cobra.Command {
	var asJSON bool
	var limit int
	c := &cobra.Command{Use: "list", Short: "List the saved sessions, the one used last first", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.withStore(cmd.Context(), func(s *session.Store) error {
				list, err := s.Sessions(cmd.Context(), session.Filter{Limit: limit})
				if err != nil {
					return err
				}
				if asJSON {
					return printSummaries(g.out, list)
				}
				return g.tabulate(list)
			})
		}}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a session")
	c.Flags().IntVar(&limit, "limit", 0, "list at most this many, 0 for all")
	return c
}

func printSummaries(w io.Writer, list []session.Summary) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, s := range list {
		if err := enc.Encode(s); err != nil {
			return err
		}
	}
	return nil
}

func (g *globals) tabulate(list []session.Summary) error {
	if len(list) == 0 {
		fmt.Fprintln(g.err, "lineup: no session is saved yet; start one with: lineup")
		return nil
	}
	w := tabwriter.NewWriter(g.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tUSED\tTURNS\tPANES\tTITLE")
	for _, s := range list {
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%s\n", s.ID, s.UpdatedAt.Local().Format("2006-01-02 15:04"), s.Turns, len(s.Panes), providers.CleanLine(s.Title))
	}
	return w.Flush()
}

// oneID wants exactly one session.
func oneID(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usagef("%s wants one session: its id, the beginning of it, or last", cmd.CommandPath())
	}
	return nil
}

func sessionsShow(g *globals) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "show ID", Short: "Print a session", Args: oneID,
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.withStore(cmd.Context(), func(s *session.Store) error {
				sess, err := loadSession(cmd.Context(), s, args[0])
				if err != nil {
					return err
				}
				if asJSON {
					return session.ExportJSON(g.out, sess)
				}
				return session.ExportMarkdown(g.out, sess)
			})
		}}
	c.Flags().BoolVar(&asJSON, "json", false, "print the whole record as JSON")
	return c
}
