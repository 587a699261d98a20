package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"lineup/session"
)

// exportFormat is one way to write a session down.
type exportFormat struct {
	name  string
	what  string
	write func(io.Writer, *session.Session) error
}

func exportFormats() []exportFormat {
	return []exportFormat{
		{"md", "a document with prompts, answers and numbers", session.ExportMarkdown},
		{"json", "the whole record; sessions import takes it back", session.ExportJSON},
		{"jsonl", "a conversation a pane, as fine-tuning tools read it", session.ExportJSONL},
		{"html", "one page for a browser, answers side by side; it needs no network", session.ExportHTML},
	}
}

func sessionsExport(g *globals) *cobra.Command {
	var format, file string
	var names, lines []string
	for _, f := range exportFormats() {
		names = append(names, f.name)
		lines = append(lines, fmt.Sprintf("  %-6s %s", f.name, f.what))
	}
	c := &cobra.Command{Use: "export ID", Short: "Write a session to a file or to standard output", Args: oneID,
		Long: "Writes a session to a file or to standard output, in one of these formats:\n\n" + strings.Join(lines, "\n"),
		RunE: func(cmd *cobra.Command, args []string) error {
			write, err := exporter(format, names)
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
	c.Flags().StringVar(&format, "format", "md", strings.Join(names, ", "))
	c.Flags().StringVarP(&file, "output", "o", "", "file to write; standard output without it")
	return c
}

func exporter(format string, names []string) (func(io.Writer, *session.Session) error, error) {
	for _, f := range exportFormats() {
		if f.name == format {
			return f.write, nil
		}
	}
	last := len(names) - 1
	return nil, usagef("there is no format %q; there are %s and %s", format, strings.Join(names[:last], ", "), names[last])
}

// writeTo writes to a file, "" for standard output. The file takes its name when it is whole, in place of what was there.
// Sessions are private, and so is the file.
func (g *globals) writeTo(file string, write func(io.Writer) error) error {
	if file == "" {
		b := bufio.NewWriter(g.out)
		return errors.Join(write(b), b.Flush())
	}
	if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() { // a pipe, a device: there is nothing to replace
		f, err := os.OpenFile(file, os.O_WRONLY, 0)
		if err != nil {
			return fmt.Errorf("the export could not be written: %w", err)
		}
		return errors.Join(write(f), f.Close())
	}
	part := file + ".part"
	f, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("the export could not be written: %w", err)
	}
	b := bufio.NewWriter(f)
	err = write(b)
	err = errors.Join(err, b.Flush(), f.Close())
	if err == nil {
		err = os.Rename(part, file)
	}
	if err != nil {
		_ = os.Remove(part) // the error tells more
		return fmt.Errorf("the export could not be written to %s: %w", file, err)
	}
	return nil
}
