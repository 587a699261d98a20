package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"lineup/providers"
	"lineup/session"
)

func sessionsCommand(g *globals) *cobra.Command {
	c := &cobra.Command{Use: "sessions", Short: "List, show and export saved sessions", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	c.AddCommand(sessionsList(g), sessionsShow(g), sessionsExport(g))
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
				_, err = io.WriteString(g.out, sessionText(sess))
				return err
			})
		}}
	c.Flags().BoolVar(&asJSON, "json", false, "print the whole record as JSON")
	return c
}

// sessionText is a session as Markdown, with the numbers of each answer.
func sessionText(s *session.Session) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s · %s\n", providers.CleanLine(s.Title), s.ID, s.CreatedAt.Local().Format("2006-01-02 15:04"))
	for _, t := range s.Turns {
		b.WriteString("\n")
		for line := range strings.SplitSeq(providers.Clean(t.Prompt), "\n") {
			b.WriteString("> " + line + "\n")
		}
		for _, r := range t.Replies {
			if r == nil { // a pane that was not asked
				continue
			}
			fmt.Fprintf(&b, "\n## %s\n\n_%s_\n", providers.CleanLine(r.Model), replySummary(r))
			if r.Text != "" {
				b.WriteString("\n" + strings.TrimRight(providers.Clean(r.Text), "\n") + "\n")
			}
		}
	}
	return b.String()
}

// replySummary is one line of what is known of a reply.
func replySummary(r *session.Reply) string {
	parts := []string{string(r.Status)}
	if r.Simulated {
		parts = append([]string{"SIMULATED"}, parts...)
	}
	if r.ServedBy != r.Model {
		parts = append(parts, "served by "+providers.CleanLine(r.ServedBy))
	}
	if v := r.Metrics.TTFT; v != nil {
		parts = append(parts, fmt.Sprintf("TTFT %.0f ms", *v))
	}
	if v := r.Metrics.Duration; v != nil {
		parts = append(parts, fmt.Sprintf("%.1f s", *v/1000))
	}
	mark := ""
	if r.Usage.Source == session.Estimated {
		mark = "~"
	}
	parts = append(parts, fmt.Sprintf("%s%d tokens in, %s%d out", mark, r.Usage.Input, mark, r.Usage.Output))
	if v := r.Cost.USD; v != nil {
		parts = append(parts, fmt.Sprintf("$%.6f (%s)", *v, r.Cost.Source))
	}
	if r.Error != nil {
		parts = append(parts, string(r.Error.Kind)+": "+providers.CleanLine(r.Error.Message))
	}
	return strings.Join(parts, " · ")
}

func sessionsExport(g *globals) *cobra.Command {
	var format, file string
	c := &cobra.Command{Use: "export ID", Short: "Write a session to a file or to standard output", Args: oneID,
		RunE: func(cmd *cobra.Command, args []string) error {
			write, err := exporter(format)
			if err != nil {
				return err
			}
			return g.withStore(cmd.Context(), func(s *session.Store) error {
				sess, err := loadSession(cmd.Context(), s, args[0])
				if err != nil {
					return err
				}
				return g.writeTo(file, func(w io.Writer) error { return write(w, sess) })
			})
		}}
	c.Flags().StringVar(&format, "format", "md", "md or json")
	c.Flags().StringVarP(&file, "output", "o", "", "file to write; standard output without it")
	return c
}

func exporter(format string) (func(io.Writer, *session.Session) error, error) {
	switch format {
	case "json":
		return session.ExportJSON, nil
	case "md":
		return func(w io.Writer, s *session.Session) error {
			_, err := io.WriteString(w, sessionText(s))
			return err
		}, nil
	}
	return nil, usagef("there is no format %q; there are md and json", format)
}

// writeTo writes to a new or emptied file, "" for standard output. Sessions are private, and so is the file.
func (g *globals) writeTo(file string, write func(io.Writer) error) error {
	if file == "" {
		return write(g.out)
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("the export could not be written: %w", err)
	}
	if err := write(f); err != nil {
		f.Close()
		return fmt.Errorf("%s: %w", file, err)
	}
	return f.Close()
}
