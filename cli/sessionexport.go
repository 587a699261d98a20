package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"lineup/atomicfile"
	"lineup/blind"
	"lineup/session"
	"lineup/session/exchange"
	"lineup/ui"
)

// exportFlags say how a session is written down.
type exportFlags struct {
	format string
	file   string
	size   string // of a cast
	speed  float64
}

// exportFormat is one way to write a session down.
type exportFormat struct {
	name  string
	what  string
	write func(io.Writer, *session.Session) error
	ends  []string // of the names of such files
	whole bool     // it has the whole record, also who is who in a blind session
	plays bool     // it has the times of a replay
}

func (f exportFlags) formats(ctx context.Context) []exportFormat {
	return []exportFormat{
		{name: "md", what: "a document with prompts, answers and numbers",
			write: exchange.WriteMarkdown,
			ends:  []string{".md", ".markdown", ".mdown", ".mkd"}},
		{name: "json", what: "the whole record; sessions import takes it back",
			write: exchange.WriteJSON, ends: []string{".json"}, whole: true},
		{name: "jsonl", what: "a conversation a pane, as fine-tuning tools read it",
			write: exchange.WriteJSONL, ends: []string{".jsonl", ".ndjson"}},
		{name: "html", what: "one page for a browser, answers side by side; it needs no network",
			write: exchange.WriteHTML, ends: []string{".html", ".htm", ".xhtml"}},
		{name: "cast", what: "a replay for asciinema and its players (asciicast v2)",
			write: func(w io.Writer, s *session.Session) error {
				cfg, err := f.castConfig()
				if err != nil {
					return err
				}
				return ui.Cast(ctx, w, s, cfg)
			}, ends: []string{".cast"}, plays: true},
	}
}

// castConfig reads --size, and takes --speed.
func (f exportFlags) castConfig() (ui.CastConfig, error) {
	cfg := ui.CastConfig{Speed: f.speed}
	if f.size == "" {
		return cfg, nil
	}
	_, err := fmt.Sscanf(f.size+" ", "%dx%d ", &cfg.Width, &cfg.Height)
	if w, h := cfg.Width, cfg.Height; err != nil || w < 20 || h < 6 || w > 1000 || h > 1000 {
		return cfg, usagef("--size: %q is no size of a terminal; "+
			"write COLUMNSxROWS, such as 120x36", f.size)
	}
	return cfg, nil
}

func sessionsExport(g *globals) *cobra.Command {
	var f exportFlags
	var names, lines []string
	for _, format := range f.formats(context.Background()) { // their names
		names = append(names, format.name)
		lines = append(lines, fmt.Sprintf("  %-6s %s", format.name, format.what))
	}
	c := &cobra.Command{
		Use:   "export ID",
		Short: "Write a session to a file or to standard output",
		Args:  oneID,
		Long: "Writes a session to a file or to standard output, in one of these formats:\n\n" +
			strings.Join(lines, "\n") +
			"\n\nWithout --format the end of the file's name tells which; " +
			"md is the rule.",
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := f.exporter(cmd.Context(), names)
			if err != nil {
				return err
			}
			return g.withStore(cmd.Context(), func(s *session.Store) error {
				sess, err := loadSession(cmd.Context(), s, args[0])
				if err != nil {
					return err
				}
				switch veil := blind.Of(sess); {
				case format.whole:
					g.tellWhole(sess)
				case format.plays:
					sess = veil.Played(sess)
				default:
					sess = veil.Session(sess)
				}
				return g.writeTo(cmd.Context(), f.file, func(w io.Writer) error {
					n := &countingWriter{w: w}
					if err := format.write(n, sess); err != nil || n.bytes > 0 {
						return err
					}
					return fmt.Errorf("%s: there is nothing to export as %s: no answer of it is "+
						"whole",
						sess.ID, format.name)
				})
			})
		},
	}
	c.Flags().StringVar(&f.format, "format", "", strings.Join(names, ", ")+
		" (default by the file's name, else md)")
	c.Flags().StringVarP(&f.file, "output", "o", "", "file to write; - or none is standard output")
	c.Flags().StringVar(&f.size, "size", "",
		"of a cast: the terminal, in columns and rows (default 120x36)")
	f.speed = 1
	c.Flags().Var((*numberFlag)(&f.speed), "speed", "of a cast: how fast, 2 is twice as fast")
	return c
}

func (f exportFlags) exporter(
	ctx context.Context, names []string,
) (format exportFormat, err error) {
	if !(f.speed >= ui.MinReplaySpeed && f.speed <= ui.MaxReplaySpeed) {
		return format, usagef("--speed: %g is out of range %g to %g", f.speed, ui.MinReplaySpeed,
			ui.MaxReplaySpeed)
	}
	end := strings.ToLower(filepath.Ext(f.file))
	all := f.formats(ctx)
	for _, format := range all {
		if format.name == f.format || f.format == "" && slices.Contains(format.ends, end) {
			return format, nil
		}
	}
	if f.format == "" {
		return all[0], nil
	}
	last := len(names) - 1
	return format, usagef("there is no format %q; there are %s and %s", f.format,
		strings.Join(names[:last], ", "), names[last])
}

// countingWriter tells how much was written.
type countingWriter struct {
	w     io.Writer
	bytes int
}

func (c *countingWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.bytes += n
	return n, err
}

// writeTo writes to a file, "" or "-" for standard output. The file takes its name when whole, in
// place of what was there. Sessions are private, and so is a new file. A pipe has a name, too, and
// perhaps no reader.
func (g *globals) writeTo(
	ctx context.Context, file string, write func(io.Writer) error,
) (err error) {
	if file == "" || file == "-" || file == "/dev/stdout" {
		return buffered(g.out, write)
	}
	replace := func() error {
		return atomicfile.Replace(file, 0o600,
			func(f *os.File) error { return buffered(f, write) })
	}
	if info, e := os.Stat(file); e == nil && !info.Mode().IsRegular() {
		err = unless(ctx, replace)
	} else {
		err = replace()
	}
	if err != nil {
		return fmt.Errorf("the export could not be written: %w", err)
	}
	return nil
}

func buffered(w io.Writer, write func(io.Writer) error) error {
	b := bufio.NewWriter(w)
	if err := write(b); err != nil {
		_ = b.Flush() // whose error is the same
		return err
	}
	return b.Flush()
}
