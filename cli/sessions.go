package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lineup/blind"
	"lineup/providers"
	"lineup/session"
	"lineup/session/exchange"
	"lineup/ui/text"
)

func sessionsCommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "sessions",
		Short: "List, search, show, export, import and tidy saved sessions",
		Args:  noArgs,
		Long: "Works on the saved sessions. An ID may be shortened while it is unambiguous: its\n" +
			"beginning, its last five characters, or last for the session that was used last.",
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(sessionsList(g), sessionsSearch(g), sessionsShow(g), sessionsDiff(g),
		sessionsExport(g), sessionsImport(g), sessionsRename(g), sessionsTag(g), sessionsFork(g),
		sessionsRemove(g), sessionsRestore(g), sessionsPrune(g), sessionsBackup(g))
	return c
}

// withStore runs a command on the saved sessions.
func (g *globals) withStore(ctx context.Context, do func(*session.Store) error) error {
	cfg, err := g.configForStore(ctx)
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
	var f filterFlags
	c := &cobra.Command{
		Use:   "list",
		Short: "List the saved sessions, the one used last first",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			filter, err := f.filter(time.Now())
			if err != nil {
				return err
			}
			return g.withStore(cmd.Context(), func(s *session.Store) error {
				list, err := s.Sessions(cmd.Context(), filter)
				if err != nil {
					return filterError(err)
				}
				if asJSON {
					return printSummaries(g.out, list)
				}
				return g.tabulate(list, f)
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a session")
	f.add(c, 0)
	return c
}

func printSummaries(w io.Writer, list []session.Summary) error {
	for _, s := range list {
		if err := printJSON(w, s); err != nil {
			return err
		}
	}
	return nil
}

// printJSON prints one record a line, in which nothing acts on a terminal.
func printJSON(w io.Writer, record any) error {
	line, err := providers.JSONLine(record)
	if err == nil {
		_, err = w.Write(line)
	}
	return err
}

func (g *globals) tabulate(list []session.Summary, f filterFlags) error {
	if len(list) == 0 {
		switch {
		case f.deleted:
			fmt.Fprintln(g.err, "lineup: no deleted session can be restored")
		case f != filterFlags{limit: f.limit}:
			fmt.Fprintln(g.err, "lineup: no saved session fits")
		default:
			fmt.Fprintln(g.err, "lineup: no session is saved yet; start one with: lineup")
		}
		return nil
	}
	width := math.MaxInt
	if g.tty(g.out) {
		width = g.width()
	}
	_, err := io.WriteString(g.out, sessionTable(list, width))
	return err
}

// narrowList is the width below which a list has no room for all that it says of a session.
const narrowList = 60

// sessionTable is a line for each session in so many cells. Where they are few, an id is short, and
// the title is what matters.
func sessionTable(list []session.Summary, width int) string {
	rows := [][]string{{"ID", "USED", "TURNS", "PANES", "TITLE"}}
	for _, s := range list {
		rows = append(rows, []string{s.ID, s.UpdatedAt.Local().Format("2006-01-02 15:04"),
			strconv.Itoa(s.Turns), strconv.Itoa(len(s.Panes)), titled(s)})
	}
	if width < narrowList {
		for i, row := range rows[1:] {
			short := row[0][strings.LastIndex(row[0], "-")+1:]
			used := list[i].UpdatedAt.Local().Format("01-02 15:04")
			rows[i+1] = []string{short, used, "", "", row[4]}
		}
		rows[0][2], rows[0][3] = "", ""
	}
	var b strings.Builder
	for line := range strings.Lines(columns(rows, 2, 3)) {
		b.WriteString(text.Cut(strings.TrimSuffix(line, "\n"), width) + "\n")
	}
	return b.String()
}

// titled is the title of a session with its tags.
func titled(s session.Summary) string {
	line := providers.CleanLine(s.Title)
	for _, t := range s.Tags {
		line += " #" + strings.ReplaceAll(providers.CleanLine(t), " ", "-")
	}
	return line
}

// oneID wants exactly one session.
func oneID(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usagef("%s wants one session: its id, the beginning of it, or last",
			cmd.CommandPath())
	}
	return nil
}

func sessionsShow(g *globals) *cobra.Command {
	var asJSON, plain bool
	c := &cobra.Command{Use: "show ID", Short: "Print a session", Args: oneID,
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.withStore(cmd.Context(), func(s *session.Store) error {
				whole, err := loadSession(cmd.Context(), s, args[0])
				if err != nil {
					return err
				}
				sess := blind.Of(whole).Session(whole)
				if asJSON {
					g.tellWhole(whole)
					var b bytes.Buffer
					if err := exchange.WriteJSON(&b, whole); err != nil {
						return err
					}
					_, err := g.out.Write(providers.EscapeJSON(b.Bytes()))
					return err
				}
				return g.showSession(cmd.Context(), sess, plain)
			})
		}}
	c.Flags().BoolVar(&asJSON, "json", false, "print the whole record as JSON")
	c.Flags().BoolVar(&plain, "plain", false,
		"print the Markdown itself on a terminal too, not as it looks")
	return c
}

// tellWhole warns that the record of a blind session names its models.
func (g *globals) tellWhole(s *session.Session) {
	if blind.Hides(s) {
		fmt.Fprintf(g.err, "lineup: session %s is blind; its record tells who is who\n", s.ID)
	}
}

// showSession prints a session as Markdown: as it looks on a terminal, else the text itself.
func (g *globals) showSession(ctx context.Context, sess *session.Session, plain bool) error {
	if !g.tty(g.out) {
		return exchange.WriteMarkdown(g.out, sess)
	}
	var doc strings.Builder
	if err := exchange.WriteMarkdown(&doc, sess); err != nil {
		return err
	}
	if !g.rendered(plain) {
		_, err := io.WriteString(g.out, providers.Clean(doc.String()))
		return err
	}
	cfg, err := g.configForStore(ctx)
	if err != nil {
		return err
	}
	return g.newRendering(cfg).renderAll(doc.String())
}
