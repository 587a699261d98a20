package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"

	"lineup/batch"
	"lineup/providers"
	"lineup/session"
	"lineup/session/exchange"
)

func sessionsImport(g *globals) *cobra.Command {
	var format string
	var asJSON bool
	var names []string
	for _, f := range importFormats() {
		names = append(names, string(f))
	}
	c := &cobra.Command{
		Use:   "import FILE…",
		Short: "Take over sessions of lineup, of ChatGPT or of llm",
		Long: "Takes over sessions from files: lineup's own (sessions export --format json),\n" +
			"ChatGPT's data export (the zip with its images, or conversations.json), the\n" +
			"logs.db of Simon Willison's llm, and the result file of lineup run, which becomes\n" +
			"one session. What a file is shows in its content. A session that is here already\n" +
			"is not taken over twice; one that goes on further than the one that is here gets\n" +
			"its further turns. What lineup does not keep is reported.",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef(
					"%s wants files: what sessions export --format json wrote, "+
						"conversations.json, logs.db",
					cmd.CommandPath(),
				)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			f := exchange.Format(format)
			if !isFormat(f) {
				return usagef("there is no format %q; there are %s", format,
					strings.Join(names, ", "))
			}
			return g.withStore(cmd.Context(), func(s *session.Store) error {
				return g.importFiles(cmd.Context(), s, args, f, asJSON)
			})
		},
	}
	c.Flags().StringVar(&format, "format", string(exchange.FormatAuto), strings.Join(names, ", "))
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a session")
	return c
}

// importFormats lists what can be imported, the automatic choice first.
func importFormats() []exchange.Format { return append(exchange.Formats(), formatRun) }

func isFormat(f exchange.Format) bool { return slices.Contains(importFormats(), f) }

// importRecord is what `sessions import --json` prints of one session, or of a file that cannot be
// read.
type importRecord struct {
	File   string `json:"file"`
	Format string `json:"format"`
	Title  string `json:"title"`
	// Outcome is one of: imported, extended, restored (from the trash), already here, left out (it
	// is empty), failed.
	Outcome string   `json:"outcome"`
	ID      string   `json:"id"`    // "" where it failed
	Turns   int      `json:"turns"` // how many were added
	LeftOut []string `json:"left_out"`
	// the files of prompts that could not be brought in
	Missing []missingRecord `json:"missing,omitempty"`
	Error   string          `json:"error,omitempty"`
}

// missingRecord is a file that was not brought in, and why.
type missingRecord struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

const (
	outcomeFailed = "failed"
	outcomeEmpty  = "left out"
)

// importFiles imports one session after the other, each whole or not at all, and reports each as it
// is done.
func (g *globals) importFiles(
	ctx context.Context, s *session.Store, files []string, format exchange.Format, asJSON bool,
) error {
	report := g.reportImport
	if asJSON {
		report = func(rec importRecord) error { return printJSON(g.out, rec) }
	}
	count := map[string]int{}
	note := func(rec importRecord) error {
		count[rec.Outcome]++
		return report(rec)
	}
	for _, file := range files {
		for p, err := range g.readImport(ctx, file, format) {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				p.Err = err
			}
			rec, err := importOne(ctx, s, file, p)
			if err != nil {
				return err
			}
			if err := note(rec); err != nil {
				return err
			}
		}
	}
	if !asJSON {
		g.sumImport(count)
	}
	if count[outcomeFailed] > 0 {
		return errFailed
	}
	return nil
}

// readImport reads a file, or standard input for "-". A pipe may keep one waiting: an interruption
// ends the wait.
func (g *globals) readImport(
	ctx context.Context, file string, format exchange.Format,
) iter.Seq2[exchange.Parsed, error] {
	if file == "-" {
		return exchange.ReadFrom(ctx, waiting(ctx, g.in), format)
	}
	info, err := os.Stat(file)
	pipe := err == nil && !info.Mode().IsRegular() && !info.IsDir() // it can be read once only
	switch {
	case format == formatRun, !pipe && format == exchange.FormatAuto && batch.IsResults(file):
		return readRun(file)
	case !pipe:
		return exchange.Read(ctx, file, format)
	}
	late := &lateFile{path: file}
	return func(yield func(exchange.Parsed, error) bool) {
		defer late.close()
		exchange.ReadFrom(ctx, waiting(ctx, late), format)(yield)
	}
}

// formatRun is the result file of a run, which becomes one session.
const formatRun exchange.Format = "run"

func readRun(file string) iter.Seq2[exchange.Parsed, error] {
	return func(yield func(exchange.Parsed, error) bool) {
		sess, err := batch.ReadSession(file, filepath.Base(file))
		p := exchange.Parsed{Name: filepath.Base(file), Format: formatRun, Session: sess, Err: err}
		if err == nil && len(sess.Turns) == 0 {
			p.Err = exchange.ErrNoPrompt
		}
		yield(p, nil)
	}
}

// importOne stores one session. A store that fails ends the import; a session that cannot be read
// does not.
func importOne(
	ctx context.Context, s *session.Store, file string, p exchange.Parsed,
) (importRecord, error) {
	if p.Entry != "" {
		file += "/" + p.Entry
	}
	rec := importRecord{
		File:    file,
		Format:  string(p.Format),
		Title:   providers.CleanLine(p.Name),
		LeftOut: []string{},
	}
	if p.Err != nil {
		rec.Outcome, rec.Error = outcomeFailed, p.Err.Error()
		if errors.Is(p.Err, exchange.ErrNoPrompt) {
			rec.Outcome = outcomeEmpty
		}
		return rec, nil
	}
	res, err := s.Import(ctx, p.Session)
	if err != nil {
		return rec, fmt.Errorf("%q of %s: %w", rec.Title, file, err)
	}
	rec.Outcome, rec.ID, rec.Turns = string(res.Outcome), res.ID, res.Turns
	rec.LeftOut = append(rec.LeftOut, p.LeftOut...)
	for _, m := range p.Missing {
		rec.Missing = append(rec.Missing, missingRecord(m))
	}
	return rec, nil
}

// reportImport says in a line what became of a session.
func (g *globals) reportImport(rec importRecord) error {
	left := ""
	if len(rec.LeftOut) > 0 {
		left = "; left out: " + providers.CleanLine(strings.Join(rec.LeftOut, ", "))
	}
	var err error
	switch rec.Outcome {
	case outcomeFailed, outcomeEmpty:
		where := rec.File + ": "
		if rec.Title != "" {
			where = fmt.Sprintf("%s: %q is left out: ", rec.File, rec.Title)
		}
		_, err = fmt.Fprintln(g.err, "lineup: "+providers.CleanLine(where+rec.Error))
	case string(session.OutcomeRestored):
		err = g.printLine("%s  brought back from the trash: %s", rec.ID, rec.Title)
	case string(session.OutcomeKnown):
		err = g.printLine("%s  already here: %s", rec.ID, rec.Title)
	default:
		err = g.printLine("%s  %s, %s: %s%s", rec.ID, rec.Outcome,
			english.Plural(rec.Turns, "turn", ""),
			rec.Title, left)
		for _, m := range rec.Missing {
			if err == nil {
				_, err = fmt.Fprintln(g.err, "lineup: "+providers.CleanLine(fmt.Sprintf(
					"%s: %q: %s is left out: %s", rec.File, rec.Title, m.Name, m.Reason)))
			}
		}
	}
	return err
}

// sumImport says how many of each there were, where there was more than one.
func (g *globals) sumImport(count map[string]int) {
	var parts []string
	all := 0
	for _, o := range []string{string(session.OutcomeNew), string(session.OutcomeExtended),
		string(session.OutcomeRestored), string(session.OutcomeKnown), outcomeEmpty,
		outcomeFailed} {
		if n := count[o]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, o))
			all += n
		}
	}
	switch {
	case all == 0:
		_, _ = io.WriteString(g.err, "lineup: there is no session in it\n")
	case all > 1:
		fmt.Fprintln(g.err, "lineup: "+strings.Join(parts, ", "))
	}
}
