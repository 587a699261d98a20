package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"lineup/batch/queue"
	"lineup/figures"
	"lineup/providers"
	"lineup/ui/report"
)

// statusFlags are the flags of lineup queue status.
type statusFlags struct {
	queueFlags
	name  string
	json  bool
	watch bool
}

func queueStatus(g *globals) *cobra.Command {
	var f statusFlags
	c := &cobra.Command{
		Use:   "status",
		Short: "How far the runs are, who works, and what fails",
		Args:  noArgs,
		Long: "Shows for each run how many lines are done, failed, running and waiting, by\n" +
			"provider, with the failures by kind, the lines a second of the last minute, and\n" +
			"the time that the rest takes at that speed; then the workers. --watch shows it\n" +
			"until q or Ctrl+C; without a terminal it prints a line a run every 10 seconds.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.withQueue(cmd.Context(), &f.queueFlags, func(q *queue.Queue) error {
				return g.queueStatus(cmd.Context(), q, f)
			})
		},
	}
	f.register(c.Flags(), "")
	nameFlag(c.Flags(), &f.name)
	c.Flags().BoolVar(&f.json, "json", false, "print one JSON object a run")
	c.Flags().BoolVar(&f.watch, "watch", false, "show it until q or Ctrl+C")
	return c
}

func (g *globals) queueStatus(ctx context.Context, q *queue.Queue, f statusFlags) error {
	all, err := q.Status(ctx, f.name)
	switch {
	case err != nil:
		return err
	case f.watch && !f.json && g.tty(g.out) && !g.dumb():
		return g.watchQueue(ctx, q, f.name, all)
	case f.watch:
		return g.tellQueue(ctx, f, all, func() ([]queue.Status, error) {
			ctx, cancel := context.WithTimeout(ctx, lookWithin)
			defer cancel()
			return q.Status(ctx, f.name)
		})
	case f.json:
		return printStatuses(g.out, all)
	case len(all) == 0:
		fmt.Fprintln(g.err, "lineup: the queue has no runs")
		return nil
	}
	_, err = io.WriteString(g.colours(), report.Queue(all, g.width()))
	return err
}

// tellQueue prints how far the runs are, again and again, until it is interrupted. While the
// database does not answer it waits, as the screen does, and says why once.
func (g *globals) tellQueue(ctx context.Context, f statusFlags, all []queue.Status,
	look func() ([]queue.Status, error),
) error {
	tick := time.NewTicker(tellEvery)
	defer tick.Stop()
	said := ""
	for {
		var err error
		if f.json {
			err = printStatuses(g.out, all)
		} else {
			for i := range all {
				fmt.Fprintln(g.out, statusLine(&all[i]))
			}
		}
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if all, err = look(); err == nil {
			said = ""
		} else if problem := providers.CleanLine(err.Error()); problem != said && ctx.Err() == nil {
			said = problem
			fmt.Fprintln(g.err, "lineup: "+problem)
		}
	}
}

// statusLine is a run in one line.
func statusLine(s *queue.Status) string {
	words := []string{fmt.Sprintf("%s %s/%s", providers.CleanLine(s.Name),
		humanize.Comma(int64(s.Done+s.Failed)), humanize.Comma(int64(s.Total)))}
	add := func(n int, what string) {
		if n > 0 {
			words = append(words, humanize.Comma(int64(n))+" "+what)
		}
	}
	add(s.Failed, "failed")
	add(s.Running, "running")
	add(s.Waiting, "waiting")
	add(s.Lost, "taken out")
	if s.ETA > 0 {
		words = append(words, figures.Duration(s.ETA)+" left")
	}
	if unserved := report.QueueUnserved(s); unserved != "" {
		words = append(words, unserved)
	}
	return strings.Join(words, ", ")
}

// statusRecord is what --json prints of a run.
type statusRecord struct {
	Type string `json:"type"`
	Name string `json:"name"`
	statusCounts
	Providers map[string]statusCounts `json:"providers"`
}

// statusCounts are numbers of lines.
type statusCounts struct {
	Total   int `json:"total"`
	Done    int `json:"done"`
	Failed  int `json:"failed"`
	Running int `json:"running"`
	Waiting int `json:"waiting"`
}

func printStatuses(w io.Writer, all []queue.Status) error {
	for i := range all {
		s := &all[i]
		record := statusRecord{Type: "queue", Name: s.Name,
			statusCounts: statusCounts{s.Total, s.Done, s.Failed, s.Running, s.Waiting},
			Providers:    map[string]statusCounts{}}
		for _, p := range s.Providers {
			record.Providers[p.Name] = statusCounts{p.Done + p.Failed + p.Running + p.Waiting,
				p.Done, p.Failed, p.Running, p.Waiting}
		}
		if err := printJSON(w, record); err != nil {
			return err
		}
	}
	return nil
}
