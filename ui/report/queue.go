package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"lineup/batch/queue"
	"lineup/figures"
	"lineup/providers"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// Queue lays out how far runs of several machines are, in lines of at most width cells, styled with
// the terminal's own sixteen colours.
func Queue(all []queue.Status, width int) string {
	t := theme.New("terminal", nil, false, colorprofile.ANSI)
	return strings.Join(QueueRows(t, all, width), "\n") + "\n"
}

// QueueRows are the runs, each with its providers and its failures, those that are not finished
// first; then the workers.
func QueueRows(t theme.Styles, all []queue.Status, width int) (rows []string) {
	if len(all) == 0 {
		for _, row := range text.Wrap("The queue has no runs. "+
			"lineup run FILE -o OUT.jsonl --queue … makes one.", max(1, width-1)) {
			rows = append(rows, " "+row)
		}
		return rows
	}
	runs := slices.Clone(all)
	open := func(s queue.Status) int { return text.Int(s.Running+s.Waiting == 0) }
	slices.SortStableFunc(runs, func(a, b queue.Status) int {
		return cmp.Or(open(a)-open(b), b.Updated.Compare(a.Updated))
	})
	for i := range runs {
		if i > 0 {
			rows = append(rows, "")
		}
		rows = append(rows, runOfQueue(t, &runs[i], width)...)
	}
	return append(append(rows, ""), queueWorkers(t, all, width)...)
}

// runOfQueue are the rows of one run.
func runOfQueue(t theme.Styles, s *queue.Status, width int) (rows []string) {
	words := []string{text.Grouped(s.Done+s.Failed) + "/" + text.Grouped(s.Total)}
	words = append(words, lineWords(s.Running, s.Waiting)...)
	if s.Lost > 0 {
		words = append(words, text.Grouped(s.Lost)+" taken out")
	}
	if s.Rate > 0 && s.Running+s.Waiting > 0 {
		words = append(words, text.Digits3(s.Rate)+" lines/s")
	}
	switch {
	case s.Running+s.Waiting+s.Lost == 0:
		words = append(words, "finished")
	case s.ETA > 0:
		words = append(words, figures.Duration(s.ETA)+" left")
	}
	name := text.OneLine(s.Name)
	one := " " + t.Strong.Render(name) + "  " + strings.Join(words, " · ")
	if ansi.StringWidth(one) <= width {
		rows = append(rows, one)
	} else {
		rows = append(rows, text.Cut(" "+t.Strong.Render(name), width))
		for _, row := range text.Parts(words, width-3) {
			rows = append(rows, "   "+row)
		}
	}
	var bars []RunBar
	for _, p := range s.Providers {
		rest := lineWords(p.Running, p.Waiting)
		if p.Rate > 0 && p.Running+p.Waiting > 0 {
			rest = append(rest, text.Digits3(p.Rate)+" lines/s")
		}
		bars = append(bars, RunBar{Name: p.Name, Done: p.Done, Failed: p.Failed,
			All: p.Done + p.Failed + p.Running + p.Waiting, Rest: strings.Join(rest, " · ")})
	}
	for _, row := range RunBars(t, bars, width-3) {
		rows = append(rows, ansi.Truncate("   "+row, width, "…"))
	}
	if len(s.Failures) > 0 {
		failed := text.Wrap("failed: "+byKind(s.Failures), max(1, width-3))
		failed[0] = strings.Replace(failed[0], "failed:", t.Bad.Render("failed:"), 1)
		for _, row := range failed {
			rows = append(rows, "   "+row)
		}
	}
	if words := QueueUnserved(s); words != "" {
		for _, row := range text.Wrap(words, max(1, width-3)) {
			rows = append(rows, "   "+t.Warn.Render(row))
		}
	}
	return rows
}

// QueueUnserved says which lines of a run no connected worker takes, and what helps. It is "" where
// there are none.
func QueueUnserved(s *queue.Status) string {
	names := s.Unserved()
	if len(names) == 0 {
		return ""
	}
	for i := range names {
		names[i] = text.OneLine(names[i])
	}
	return fmt.Sprintf("no connected worker serves %s; where the config has it, start: "+
		"lineup worker --providers %s", strings.Join(names, ", "), strings.Join(names, ","))
}

// lineWords say how many lines are on their way and how many wait.
func lineWords(running, waiting int) (words []string) {
	if running > 0 {
		words = append(words, text.Grouped(running)+" running")
	}
	if waiting > 0 {
		words = append(words, text.Grouped(waiting)+" waiting")
	}
	return words
}

// byKind are failures by their kind, the most frequent first.
func byKind(failures map[string]int) string {
	var words []string
	for _, kind := range mostFirst(failures) {
		words = append(words, text.Grouped(failures[kind])+" "+text.OneLine(kind))
	}
	return strings.Join(words, ", ")
}

// queueWorkers is a table of the workers of the database, which every run names.
func queueWorkers(t theme.Styles, all []queue.Status, width int) []string {
	list := all[0].Workers
	if !slices.ContainsFunc(list, func(w queue.WorkerStatus) bool { return w.Connected }) {
		said, style := "No worker is connected.", t.Dim
		waits := func(s queue.Status) bool { return s.Running+s.Waiting > 0 }
		if slices.ContainsFunc(all, waits) {
			said, style = "No worker is connected; lineup worker starts one.", t.Warn
		}
		var rows []string
		for _, row := range text.Wrap(said, max(1, width-1)) {
			rows = append(rows, " "+style.Render(row))
		}
		if len(list) == 0 {
			return rows
		}
		return append(append(rows, ""), workerTable(t, list, width)...)
	}
	return workerTable(t, list, width)
}

// servesShare is the part of the width that the providers of a worker may take: a quarter.
const servesShare = 4

func workerTable(t theme.Styles, list []queue.WorkerStatus, width int) []string {
	serves := column("serves", list, func(w *queue.WorkerStatus) string {
		switch {
		case !w.Connected:
			return "gone"
		case w.Providers == nil:
			return "connected"
		}
		names := text.OneLine(strings.Join(w.Providers, ", "))
		return text.Cut(names, max(minName, width/servesShare))
	})
	serves.left = true
	table := statsTable{title: "WORKERS", cols: []statsColumn{
		column("running", list, func(w *queue.WorkerStatus) string { return some(w.Running) }),
		serves,
		column("lines/s", list, func(w *queue.WorkerStatus) string { return text.Digits3(w.Rate) }),
		column("last minute", list, func(w *queue.WorkerStatus) string { return some(w.Lines) }),
	}}
	for i := range list {
		table.names = append(table.names, text.OneLine(list[i].Name))
	}
	return table.lines(t, width)
}

// QueueHead names the database, and since when it does not answer.
func QueueHead(
	t theme.Styles, where string, at time.Time, problem error, width int,
) string {
	head := t.Title.Render(" Queue ") + text.OneLine(where)
	if problem == nil {
		return text.Cut(head, width)
	}
	return text.Cut(t.Bad.Render(fmt.Sprintf(" As of %s: ", at.Format(time.TimeOnly)))+
		providers.CleanLine(problem.Error()), width)
}

// QueueFoot says how to leave, and how many rows are out of sight.
func QueueFoot(t theme.Styles, above, below, width int) string {
	hints := []string{"q leave, the runs go on"}
	if above+below > 0 {
		hints = append(hints, fmt.Sprintf("↑↓ %s more", text.Grouped(above+below)))
	}
	return t.Dim.Render(ansi.Truncate(text.Hints(hints, width), width, ""))
}
