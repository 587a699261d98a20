package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"

	"lineup/providers"
	"lineup/session"
)

// resolve finds the session that a user means; one that there is not is wrong usage.
func resolve(
	ctx context.Context, find func(context.Context, string) (string, error), name string,
) (string, error) {
	id, err := find(ctx, name)
	if errors.Is(err, session.ErrNotFound) || errors.Is(err, session.ErrAmbiguous) {
		return "", usageError{err}
	}
	return id, err
}

// tell prints the record of a session that was changed, or says in words what was done to it.
func (g *globals) tell(
	ctx context.Context, s *session.Store, id string, asJSON bool, words string,
) error {
	if !asJSON {
		return g.printLine("%s", words)
	}
	m, err := s.Summary(ctx, id)
	if err != nil {
		return err
	}
	return printJSON(g.out, m)
}

// changer changes a session. It returns the id of the session that was changed, and says in words
// what was done.
type changer func(
	ctx context.Context, s *session.Store, id string, more []string,
) (changed, words string, err error)

// change completes a command that changes one session.
func (g *globals) change(c *cobra.Command, do changer) *cobra.Command {
	var asJSON bool
	c.Flags().BoolVar(&asJSON, "json", false, "print the session's record as JSON")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return g.withStore(cmd.Context(), func(s *session.Store) error {
			id, err := resolve(cmd.Context(), s.Resolve, args[0])
			if err != nil {
				return err
			}
			changed, words, err := do(cmd.Context(), s, id, args[1:])
			if err != nil {
				return err
			}
			return g.tell(cmd.Context(), s, changed, asJSON, words)
		})
	}
	return c
}

// idAnd wants a session and at least one more argument.
func idAnd(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < 2 {
			return usagef("%s wants a session and %s", cmd.CommandPath(), what)
		}
		return nil
	}
}

func sessionsRename(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:     "rename ID TITLE…",
		Short:   "Give a session another title",
		Args:    idAnd("a title"),
		Example: "  lineup sessions rename last Tokenising Korean",
	}
	return g.change(c, func(
		ctx context.Context, s *session.Store, id string, more []string,
	) (string, string, error) {
		title := providers.CleanLine(strings.Join(more, " "))
		if title == "" {
			return id, "", usagef("the title is empty")
		}
		return id, id + "  " + title, s.Rename(ctx, id, title)
	})
}

func sessionsTag(g *globals) *cobra.Command {
	var remove bool
	c := &cobra.Command{
		Use:   "tag ID TAG…",
		Short: "Give a session tags, or take them away",
		Args:  idAnd("a tag"),
		Long: "Gives a session tags, by which sessions list and search can be narrowed. Tags\n" +
			"are kept in small letters.",
		Example: "  lineup sessions tag last demo korean\n  lineup sessions tag last --remove " +
			"demo\n  lineup sessions list --tag demo",
	}
	c.Flags().BoolVar(&remove, "remove", false, "take the tags away")
	return g.change(c, func(
		ctx context.Context, s *session.Store, id string, more []string,
	) (string, string, error) {
		for _, t := range more {
			if session.CleanTag(t) == "" && !remove {
				return id, "", usagef("%q is no tag; a tag needs a letter or a digit", t)
			}
		}
		set := s.Tag
		if remove {
			set = s.Untag
		}
		if err := set(ctx, id, more...); err != nil {
			return id, "", err
		}
		m, err := s.Summary(ctx, id)
		return id, id + "  " + titled(m), err
	})
}

func sessionsFork(g *globals) *cobra.Command {
	turn := 0
	c := &cobra.Command{
		Use:   "fork ID",
		Short: "Begin a new session with the first turns of another",
		Args:  oneID,
		Long: "Copies the first turns of a session into a new one, which goes on in a way of\n" +
			"its own. The first stays as it is.",
		Example: "  lineup sessions fork last --turn 2\n  lineup --resume        # goes on in " +
			"the fork, which is the newest now",
	}
	c.Flags().IntVar(&turn, "turn", 0, "the last turn to copy, counted from 1; 0 for all")
	return g.change(c, func(
		ctx context.Context, s *session.Store, id string, _ []string,
	) (string, string, error) {
		sess, err := s.Session(ctx, id)
		if err != nil {
			return id, "", err
		}
		if turn < 0 || turn > len(sess.Turns) {
			return id, "", usagef("--turn %d: the session has %d turns", turn, len(sess.Turns))
		}
		last := ""
		if turn > 0 {
			last = sess.Turns[turn-1].ID
		}
		f, err := s.Fork(ctx, id, last)
		if err != nil {
			return id, "", err
		}
		return f.ID, f.ID + "  " + f.Title, nil
	})
}

// someIDs wants at least one session.
func someIDs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usagef("%s wants sessions: ids, beginnings of them, or last", cmd.CommandPath())
	}
	return nil
}

func sessionsRemove(g *globals) *cobra.Command {
	var yes, asJSON bool
	c := &cobra.Command{
		Use:   "rm ID…",
		Short: "Delete sessions; they can be restored until they are pruned",
		Args:  someIDs,
		Long: "Deletes sessions: they are listed and found no more. sessions restore brings\n" +
			"them back, until sessions prune removes them for good; as long they count in\n" +
			"stats and in the day's budget, because their money is spent. Asks before it does\n" +
			"so; --yes answers.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.withStore(cmd.Context(), func(s *session.Store) error {
				list, err := named(cmd.Context(), s, s.Resolve, args)
				if err != nil {
					return err
				}
				if !yes {
					for _, m := range list {
						fmt.Fprintf(g.err, "%s  %s\n", m.ID, titled(m))
					}
					err := g.confirm(cmd.Context(),
						fmt.Sprintf("Delete %s?", english.Plural(len(list), "session", "")))
					if err != nil {
						return err
					}
				}
				for _, m := range list {
					if err := s.Delete(cmd.Context(), m.ID); err != nil {
						return err
					}
					back := "lineup sessions restore " + session.ShortID(m.ID)
					words := m.ID + " deleted; to bring it back: " + back
					err := g.tell(cmd.Context(), s, m.ID, asJSON, words)
					if err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	c.Flags().BoolVar(&asJSON, "json", false, "print the sessions' records as JSON")
	return c
}

func sessionsRestore(g *globals) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "restore ID…", Short: "Bring deleted sessions back", Args: someIDs,
		Long: "Brings deleted sessions back; last is the one that was deleted last, and\n" +
			"sessions list --deleted shows them all.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.withStore(cmd.Context(), func(s *session.Store) error {
				list, err := named(cmd.Context(), s, s.ResolveDeleted, args)
				if err != nil {
					return err
				}
				for _, m := range list {
					if err := s.Undelete(cmd.Context(), m.ID); err != nil {
						return err
					}
					if err := g.tell(cmd.Context(), s, m.ID, asJSON, m.ID+" restored"); err != nil {
						return err
					}
				}
				return nil
			})
		}}
	c.Flags().BoolVar(&asJSON, "json", false, "print the sessions' records as JSON")
	return c
}

// named finds all sessions that a user names, each once, before anything is done to one of them.
func named(
	ctx context.Context,
	s *session.Store,
	find func(context.Context, string) (string, error),
	names []string,
) ([]session.Summary, error) {
	var list []session.Summary
	seen := map[string]bool{}
	for _, name := range names {
		id, err := resolve(ctx, find, name)
		if err != nil {
			return nil, err
		}
		if seen[id] {
			continue
		}
		seen[id] = true
		m, err := s.Summary(ctx, id)
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, nil
}

// confirm asks a question on the terminal. Where nobody can be asked it is wrong usage, and
// anything but yes is a no. An interruption is an answer too: nothing is done.
func (g *globals) confirm(ctx context.Context, question string) error {
	if !g.tty(g.in) {
		return usagef("nothing was done: there is no terminal to ask on; add --yes")
	}
	fmt.Fprint(g.err, question+" [y/N] ")
	answer, err := bufio.NewReader(waiting(ctx, g.in)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		fmt.Fprintln(g.err)
		return err
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return usagef("nothing was done")
}

func sessionsPrune(g *globals) *cobra.Command {
	var yes, asJSON bool
	var older string
	c := &cobra.Command{Use: "prune", Short: "Remove deleted sessions for good", Args: noArgs,
		Long: "Removes deleted sessions for good: nothing of their texts stays in the database,\n" +
			"and stats and the day's sum forget them. Asks before it does so; --yes answers.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			var before time.Time
			if older != "" {
				var err error
				if before, err = parseMoment("--older-than", older, time.Now()); err != nil {
					return err
				}
			}
			return g.withStore(cmd.Context(), func(s *session.Store) error {
				list, err := s.Sessions(cmd.Context(), session.Filter{Deleted: true})
				if err != nil {
					return err
				}
				n := 0
				for _, m := range list {
					if before.IsZero() || m.DeletedAt.Before(before) {
						n++
					}
				}
				if n > 0 && !yes {
					what := english.Plural(n, "deleted session", "")
					if err := g.confirm(cmd.Context(), "Remove "+what+" for good?"); err != nil {
						return err
					}
				}
				removed, err := s.Prune(cmd.Context(), before)
				if asJSON {
					return errors.Join(err, printJSON(g.out, map[string]int{"removed": removed}))
				}
				fmt.Fprintln(g.out, english.Plural(removed, "session", "")+" removed for good")
				return err
			})
		}}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	c.Flags().BoolVar(&asJSON, "json", false, "print the number as JSON")
	c.Flags().StringVar(&older, "older-than", "",
		"only what was deleted longer ago than 24h, 7d, 2w, or before a date")
	return c
}

func sessionsBackup(g *globals) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "backup [FILE]", Short: "Copy all sessions into one file",
		Long: "Copies the database, as it is now, into a new file that only you can read;\n" +
			"lineup may go on running. Without FILE it is put into the data folder. To go\n" +
			"back to it, quit lineup and put it in the place of lineup.db.",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usagef("%s wants one file at most", cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.withStore(cmd.Context(), func(s *session.Store) error {
				file := filepath.Join(filepath.Dir(s.Path()),
					"backup-"+time.Now().Format("20060102-150405")+".db")
				if len(args) == 1 {
					file = args[0]
				}
				if err := s.Backup(cmd.Context(), file); err != nil {
					return err
				}
				if err := g.tellHidden(cmd.Context(), s); err != nil {
					return err
				}
				info, err := os.Stat(file)
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(g.out, map[string]any{"file": file, "bytes": info.Size()})
				}
				_, err = fmt.Fprintf(g.out, "%s  %.1f MB\n", file, float64(info.Size())/1e6)
				return err
			})
		}}
	c.Flags().BoolVar(&asJSON, "json", false, "print file and size as JSON")
	return c
}

// tellHidden warns that a copy of all sessions names the models of blind ones too.
func (g *globals) tellHidden(ctx context.Context, s *session.Store) error {
	hidden := 0
	for _, deleted := range []bool{false, true} {
		list, err := s.Sessions(ctx, session.Filter{Deleted: deleted})
		if err != nil {
			return err
		}
		for _, m := range list {
			if m.Hides {
				hidden++
			}
		}
	}
	if hidden > 0 {
		fmt.Fprintf(g.err, "lineup: the copy tells who is who in %s\n",
			english.Plural(hidden, "blind session", ""))
	}
	return nil
}
