package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"

	"lineup/blind"
	"lineup/compare"
	"lineup/providers"
	"lineup/session"
)

// diffRecord is the JSON of the difference between two answers. A and B are slots.
type diffRecord struct {
	Type       string       `json:"type"` // always "diff"
	A          int          `json:"a"`
	B          int          `json:"b"`
	Similarity float64      `json:"similarity"`
	Ops        []compare.Op `json:"ops"`
}

func sessionsDiff(g *globals) *cobra.Command {
	var turn int
	var panes []int
	var asJSON bool
	c := &cobra.Command{
		Use:   "diff ID",
		Short: "Compare the answers of one turn word by word",
		Args:  oneID,
		Long: "Compares the answers of one turn with each other, word by word. White space,\n" +
			"punctuation and Markdown marks are no difference. Fenced code is compared by\n" +
			"lines first. Turns and panes count from 1, as on the screen.",
		Example: "  lineup sessions diff last\n  lineup sessions diff last --turn 2 --panes 1,3",
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("turn") && turn < 1 {
				return usagef("--turn: turns count from 1")
			}
			return g.withStore(cmd.Context(), func(s *session.Store) error {
				sess, err := loadSession(cmd.Context(), s, args[0])
				if err != nil {
					return err
				}
				sess = blind.Of(sess).Session(sess)
				answers, err := g.answersToCompare(sess, turn, panes)
				if err != nil {
					return err
				}
				return g.printDiffs(sess, answers, asJSON)
			})
		},
	}
	c.Flags().IntVar(&turn, "turn", 0, "the turn to compare (default the last one)")
	c.Flags().IntSliceVar(&panes, "panes", nil, "the panes to compare, such as 1,2 (default all)")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a pair")
	return c
}

// answersToCompare finds the answers of a turn; turn 0 is the last one, and no panes are all. A
// reply without any text is none.
func (g *globals) answersToCompare(
	sess *session.Session, turn int, panes []int,
) ([]*session.Reply, error) {
	if turn > len(sess.Turns) {
		return nil, usagef("--turn: the session has %s",
			english.Plural(len(sess.Turns), "turn", ""))
	}
	if len(sess.Turns) == 0 {
		return nil, fmt.Errorf("%s: nothing has been asked yet", sess.ID)
	}
	if turn == 0 {
		turn = len(sess.Turns)
	}
	t := sess.Turns[turn-1]
	if len(panes) == 1 {
		return nil, usagef("--panes: a comparison takes two panes, such as 1,2")
	}
	var out []*session.Reply
	for i, n := range panes {
		switch r := t.Reply(n - 1); {
		case r == nil:
			return nil, usagef("--panes: turn %d has no answer of a pane %d", turn, n)
		case slices.Contains(panes[:i], n):
			return nil, usagef("--panes: %d stands there twice", n)
		case r.Text == "":
			return nil, fmt.Errorf("pane %d has no answer in turn %d", n, turn)
		default:
			out = append(out, r)
		}
	}
	if len(panes) > 0 {
		return out, nil
	}
	for _, r := range t.Replies {
		switch {
		case r == nil || r.Merge: // which repeats what it merges; --panes compares it all the same
		case r.Text == "":
			fmt.Fprintf(g.err, "lineup: pane %d has no answer in turn %d; it is left out\n",
				r.Slot+1, turn)
		default:
			out = append(out, r)
		}
	}
	if len(out) < 2 {
		return nil, fmt.Errorf("turn %d has %s; a comparison takes two", turn,
			english.Plural(len(out), "answer", ""))
	}
	return out, nil
}

// printDiffs compares each answer with those after it.
func (g *globals) printDiffs(sess *session.Session, answers []*session.Reply, asJSON bool) error {
	out := g.colours()
	head := func(r *session.Reply) string {
		c := r.Asked(sess.System)
		if c == nil || blind.Hides(sess) {
			return fmt.Sprint(r.Slot + 1)
		}
		return fmt.Sprintf("%d %s", r.Slot+1, providers.CleanLine(c.Label()))
	}
	first := true
	for i, a := range answers {
		for _, b := range answers[i+1:] {
			c := compare.Diff(a.Text, b.Text)
			if asJSON {
				err := printJSON(g.out, diffRecord{"diff", a.Slot, b.Slot, c.Similarity, c.Ops})
				if err != nil {
					return err
				}
				continue
			}
			gap := "\n"
			if first {
				gap, first = "", false
			}
			text := fmt.Sprintf("%s--- %s\n+++ %s\n%s", gap, head(a), head(b),
				diffText(c, hasColours(out)))
			if _, err := io.WriteString(out, byLine(text, func(line string) string {
				return g.folded(line, 0)
			})); err != nil {
				return err
			}
		}
	}
	return nil
}

// hasColours reports whether what is written there keeps its colours.
func hasColours(w io.Writer) bool {
	p, ok := w.(*colorprofile.Writer)
	return ok && p.Profile > colorprofile.ASCII
}

// diffText shows two answers as one text. What only the first has is red and struck out, what
// only the second has is green; without colours they stand in [-…-] and {+…+}.
func diffText(c compare.Comparison, coloured bool) string {
	gone, come := func(s string) string { return "[-" + s + "-]" },
		func(s string) string { return "{+" + s + "+}" }
	if coloured {
		gone = func(s string) string {
			return ansi.SGR(ansi.AttrRedForegroundColor, ansi.AttrStrikethrough) + s +
				ansi.ResetStyle
		}
		come = func(s string) string {
			return ansi.SGR(ansi.AttrGreenForegroundColor) + s + ansi.ResetStyle
		}
	}
	var text strings.Builder
	for _, s := range c.Stretches() {
		if !s.Differs {
			text.WriteString(providers.Clean(s.B))
			continue
		}
		text.WriteString(byLine(providers.Clean(s.A), gone))
		text.WriteString(byLine(providers.Clean(s.B), come))
	}
	return fmt.Sprintf("    %s\n\n%s\n", c.InWords(), strings.TrimRight(text.String(), "\n"))
}

// byLine marks each line of a text for itself; empty ones have nothing to mark.
func byLine(text string, mark func(string) string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if line != "" {
			lines[i] = mark(line)
		}
	}
	return strings.Join(lines, "\n")
}
