package cli

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/spf13/cobra"

	"lineup/blind"
	"lineup/providers"
	"lineup/session"
)

// filterFlags narrow a list of sessions or a search.
type filterFlags struct {
	model, contender, status, tag, since, until string

	deleted bool
	limit   int
}

// add makes the flags of a command; limit is the default of --limit.
func (f *filterFlags) add(c *cobra.Command, limit int) {
	flags := c.Flags()
	flags.StringVar(&f.model, "model", "",
		"only sessions in which this model was asked or answered; a part of its reference is "+
			"enough")
	flags.StringVar(&f.contender, "contender", "",
		"only sessions in which this contender was asked or answered: its name, label, or id")
	flags.StringVar(&f.status, "status", "",
		"only sessions with a reply that ended so: "+strings.Join(statuses(), ", "))
	flags.StringVar(&f.tag, "tag", "", "only sessions with this tag")
	flags.StringVar(&f.since, "since", "",
		"only sessions used in the last 90m, 24h, 7d, 2w, or since a date such as 2026-11-20")
	flags.StringVar(&f.until, "until", "", "only sessions begun before that")
	flags.BoolVar(&f.deleted, "deleted", false, "the deleted sessions, which can be restored")
	flags.IntVar(&f.limit, "limit", limit, "give at most this many, 0 for all")
}

// statuses are the statuses that a reply may have ended with.
func statuses() []string {
	var names []string
	for _, s := range []session.Status{session.Done, session.Length, session.Truncated,
		session.Interrupted, session.Filtered, session.Empty, session.Failed, session.Cancelled} {
		names = append(names, string(s))
	}
	return names
}

func (f *filterFlags) filter(now time.Time) (session.Filter, error) {
	filter := session.Filter{
		Model:     f.model,
		Contender: f.contender,
		Status:    session.Status(f.status),
		Tag:       f.tag,
		Deleted:   f.deleted,
		Limit:     f.limit,
	}
	if f.status != "" && !slices.Contains(statuses(), f.status) {
		return filter, usagef("there is no status %q; there are %s", f.status,
			strings.Join(statuses(), ", "))
	}
	if f.tag != "" && session.CleanTag(f.tag) == "" {
		return filter, usagef("%q is no tag; a tag needs a letter or a digit", f.tag)
	}
	if f.limit < 0 {
		return filter, usagef("--limit %d: give a number of sessions", f.limit)
	}
	var err error
	if f.since != "" {
		if filter.From, err = parseMoment("--since", f.since, now); err != nil {
			return filter, err
		}
	}
	if f.until != "" {
		filter.To, err = parseMoment("--until", f.until, now)
	}
	return filter, err
}

// filterError tells a filter that is not clear from a failure of the store.
func filterError(err error) error {
	if e := (*session.ContenderError)(nil); errors.As(err, &e) {
		return usageError{e}
	}
	return err
}

// searchLimit is how many sessions a search shows unless it is told otherwise.
const searchLimit = 20

func sessionsSearch(g *globals) *cobra.Command {
	var asJSON bool
	var f filterFlags
	c := &cobra.Command{
		Use:   "search WORD…",
		Short: "Find sessions by what was asked, answered, and by title and tag",
		Long: "Finds sessions in which all words stand together in a prompt, an answer, or the\n" +
			"title and its tags. Each word may be the beginning of one; Korean, Japanese,\n" +
			"Chinese, Thai and their like are found inside words too. The session used last " +
			"comes first.",
		Example: "  lineup sessions search token budget\n" +
			"  lineup sessions search 토큰 --model gemini --since 7d\n" +
			"  lineup sessions search --status interrupted",
		RunE: func(cmd *cobra.Command, args []string) error {
			filter, err := f.filter(time.Now())
			if err != nil {
				return err
			}
			if filter.Limit == 0 {
				filter.Limit = math.MaxInt
			}
			words := strings.Join(args, " ")
			if strings.TrimSpace(words) == "" && f == (filterFlags{limit: f.limit}) {
				return usagef("what to look for? Give words, or a filter such as --tag demo")
			}
			return g.withStore(cmd.Context(), func(s *session.Store) error {
				hits, err := s.Search(cmd.Context(), words, filter)
				if err != nil {
					return filterError(err)
				}
				if hits, err = blind.Hits(cmd.Context(), s, hits); err != nil {
					return err
				}
				return g.printHits(hits, asJSON)
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a session")
	f.add(c, searchLimit)
	return c
}

func (g *globals) printHits(hits []session.Hit, asJSON bool) error {
	if len(hits) == 0 && !asJSON {
		fmt.Fprintln(g.err, "lineup: nothing was found")
	}
	out := g.colours()
	for _, h := range hits {
		if asJSON {
			if err := printJSON(g.out, h); err != nil {
				return err
			}
			continue
		}
		if _, err := io.WriteString(out, hitText(h, g.folded)); err != nil {
			return err
		}
	}
	return nil
}

// hitText is a hit in two lines: the session, and the place with what was looked for in bold.
func hitText(h session.Hit, fold func(string, int) string) string {
	text := fold(fmt.Sprintf("%s  %s  %s", h.ID, h.UpdatedAt.Local().Format("2006-01-02 15:04"),
		titled(h.Summary)), 4) + "\n"
	if h.Excerpt == "" || h.Turn == "" && h.Excerpt == providers.CleanLine(h.Title) {
		return text
	}
	where := "tags"
	switch {
	case h.Turn != "" && h.Slot < 0:
		where = "prompt"
	case h.Turn != "":
		where = fmt.Sprintf("pane %d", h.Slot+1)
	case strings.Contains(h.Title, strings.Trim(h.Excerpt, "…")):
		where = "title"
	}
	line, at := "", 0
	for _, m := range h.Marks {
		line += h.Excerpt[at:m.From] + lipgloss.NewStyle().Bold(true).Render(h.Excerpt[m.From:m.To])
		at = m.To
	}
	return text + fold("    "+where+": "+line+h.Excerpt[at:], 4) + "\n"
}
