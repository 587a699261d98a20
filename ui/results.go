package ui

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	runs "lineup/batch/report"
	"lineup/providers"
	"lineup/registry"
	"lineup/session"
	"lineup/ui/report"
	"lineup/ui/text"
	"lineup/ui/widget"
)

// results shows a run as a matrix of case and contender. A case opens in panes.
type results struct {
	run   *runs.Run // nil while it is read
	file  string
	rows  []runs.Row // in the order of the list
	order resultOrder
	list  *widget.List

	longest int // width of the longest name, mostName at most
	err     error
	busy    bool // a case is on its way
}

// resultOrder is how the rows of a matrix are sorted.
type resultOrder int

const (
	byDisagreement resultOrder = iota
	byFailures
	asInFile
	resultOrders // how many there are
)

func (o resultOrder) String() string {
	return [...]string{"most disagreement first", "most failures first", "as in the file"}[o]
}

// Messages of the results.
type (
	runReadMsg struct {
		run *runs.Run
		err error
	}
	caseMsg struct {
		row  *runs.Row
		sess *session.Session
		err  error
	}
)

// askResults shows the results that were open last, else asks for a file.
func askResults(a *app) tea.Cmd {
	if s := a.layer.results; s != nil {
		s.busy = false // a case that came while it was closed was dropped
		a.open(s)
		if s.run == nil { // of a run that has just ended
			return s.read(a)
		}
		return nil
	}
	ask1(a, "Open results of a run", "File", "", "open", nil, openResults)
	return nil
}

// openResults reads a result file and shows its matrix.
func openResults(a *app, file string) tea.Cmd {
	if a.flash = canReadRun(a); a.flash != "" || file == "" {
		return nil
	}
	s := newResults(file)
	a.open(s)
	return s.read(a)
}

func newResults(file string) *results {
	s := &results{file: file, list: widget.NewList("find a case")}
	s.list.None, s.list.Waiting = "no case", "reading…"
	return s
}

// read reads the file.
func (s *results) read(a *app) tea.Cmd {
	ctx, file := a.ctx, s.file
	return tell(s, func() tea.Msg {
		run, err := runs.Open(ctx, file, runs.NewHashes())
		return runReadMsg{run, err}
	})
}

func (s *results) heard(a *app, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case runReadMsg:
		s.list.Waiting = ""
		if s.run, s.err = msg.run, msg.err; s.err != nil {
			s.list.None = text.OneLine(problem(s.err))
			return nil
		}
		a.layer.results = s
		s.rows = s.run.Rows()
		for i := range s.rows {
			name := text.OneLine(s.run.RowName(&s.rows[i]))
			s.longest = min(mostName, max(s.longest, ansi.StringWidth(name)))
		}
		s.list.Side, s.list.Head = s.cells, s.heads
		s.list.Notes = s.leftOut()
		s.sort(a)
	case caseMsg:
		s.busy = false
		if msg.err != nil {
			a.flash = text.OneLine(problem(msg.err))
			return nil
		}
		showSession(a, msg.sess, specsOrRecords(a, msg.sess))
		name := a.reading.Clusters.OneLine(s.run.RowName(msg.row))
		a.flash = "case " + name + "; /results goes back"
	}
	return nil
}

// leftOut says what of the file is not in the matrix.
func (s *results) leftOut() (notes []string) {
	if n := len(s.run.Bad); n > 0 {
		notes = append(notes, fmt.Sprintf("%s %s left out, the first is line %d: %s",
			text.Grouped(n), text.Plural(n, "bad line"), s.run.Bad[0].Line,
			text.OneLine(s.run.Bad[0].Reason)))
	}
	if s.run.Torn > 0 {
		notes = append(notes, "the last line is torn and left out")
	}
	return notes
}

// sort brings the rows into the order of the moment.
func (s *results) sort(a *app) {
	byFile := func(x, y runs.Row) int {
		return cmp.Or(cmp.Compare(x.Case, y.Case), cmp.Compare(x.Prompt, y.Prompt))
	}
	slices.SortFunc(s.rows, byFile)
	switch s.order {
	case byDisagreement:
		runs.ByDisagreement(s.rows)
	case byFailures:
		slices.SortStableFunc(s.rows, func(x, y runs.Row) int {
			fx, _ := x.Failed()
			fy, _ := y.Failed()
			return cmp.Compare(fy, fx)
		})
	}
	items := make([]widget.Item, len(s.rows))
	for i := range s.rows {
		items[i].Text = a.reading.Clusters.OneLine(s.run.RowName(&s.rows[i]))
	}
	s.list.Set(items)
}

// Widths of the names of cases, and of the overlay.
const (
	mostName     = 48
	leastResults = 96
)

// column is the width of a column in a list of w cells, and what a cell says in it.
func (s *results) column(w int) (width int, detail runs.Detail) {
	names := 4 + min(s.longest, 3*w/8)
	room := max(1, (w-names)/max(1, len(s.run.Contenders))-2)
	detail, widest := report.CellDetail(s.rows[:min(len(s.rows), 200)], room)
	for i := range s.run.Contenders {
		widest = max(widest, ansi.StringWidth(s.head(i, room)))
	}
	return min(room, widest), detail
}

// cells are those of a row, in columns.
func (s *results) cells(i, w int) string {
	width, detail := s.column(w)
	var b strings.Builder
	for j := range s.rows[i].Cells {
		b.WriteString("  " + text.Pad(ansi.Truncate(
			report.CellText(&s.rows[i].Cells[j], detail), width, "…"), width))
	}
	return b.String()
}

// heads names the columns.
func (s *results) heads(w int) string {
	width, _ := s.column(w)
	var b strings.Builder
	for i := range s.run.Contenders {
		b.WriteString("  " + text.Pad(s.head(i, width), width))
	}
	return strings.TrimPrefix(b.String(), " ")
}

// head names a column in so many cells.
func (s *results) head(i, width int) string {
	return report.ColumnHead(i, s.run.Contenders[i].Label, width)
}

func (s *results) heading(*app) string {
	title := "Results · " + text.OneLine(filepath.Base(s.file))
	if s.run != nil {
		title += fmt.Sprintf(" · %s %s · %s", text.Grouped(len(s.rows)),
			text.Plural(len(s.rows), "row"), s.order)
	}
	return title
}

func (s *results) hints(*app) []string {
	if s.run == nil {
		return []string{"esc close"}
	}
	return []string{"enter open case", "esc close", "tab order", "↑ ↓ select",
		"type to find a case"}
}

// room is as wide as the names and the columns need it.
func (s *results) room(_ *app, w, h int) (int, int) {
	need, least := leastResults, 12
	if s.run != nil {
		width, _ := s.column(w)
		least = 6
		need = max(need, s.longest+4+len(s.run.Contenders)*(width+2))
	}
	return min(w, need), min(h, max(least, s.list.Height()))
}

func (s *results) below() int { return s.list.Below() }

func (s *results) view(a *app, w, h int) ([]string, *tea.Cursor) {
	return s.list.View(a.theme.Styles, w, h)
}

func (s *results) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	switch {
	case closes(k):
		a.leave()
	case s.run == nil:
	case k.String() == "tab":
		s.order = (s.order + 1) % resultOrders
		s.sort(a)
	case k.String() == "enter":
		if i := s.list.Selected(); i >= 0 {
			return s.openCase(a, &s.rows[i])
		}
	default:
		s.list.Press(k)
	}
	return nil
}

func (s *results) paste(_ *app, words string) tea.Cmd {
	s.list.Paste(words)
	return nil
}

func (s *results) click(a *app, _, y int) tea.Cmd {
	if s.run != nil && s.list.Click(y) {
		return s.openCase(a, &s.rows[s.list.Selected()])
	}
	return nil
}

func (s *results) wheel(_ *app, by int) { s.list.Wheel(by) }

// openCase shows a case in panes, as a session of its own: it is no part of a conversation with
// other cases. The store keeps it like any other, so that votes and notes stay. A case that was
// opened before is the same session again.
func (s *results) openCase(a *app, row *runs.Row) tea.Cmd {
	switch {
	case s.busy:
		return nil
	case a.answering():
		a.flash = "still answering; stop it first, then open a case"
		return nil
	}
	s.busy = true
	caseOf, store, ctx := a.cfg.CaseOf, a.cfg.Store, a.ctx
	title := filepath.Base(s.file) + " · " + s.run.RowName(row)
	return tell(s, func() tea.Msg {
		lines, err := s.lines(row)
		if err != nil {
			return caseMsg{row, nil, err}
		}
		sess, err := caseOf(s.file, title, lines)
		if err == nil && store != nil {
			sess, err = keepCase(ctx, store, sess)
		}
		return caseMsg{row, sess, err}
	})
}

// lines are those of a row, the contenders in the order of the matrix.
func (s *results) lines(row *runs.Row) (lines [][]byte, err error) {
	for i := range row.Cells {
		for _, r := range row.Cells[i].Takes {
			line, err := s.run.Line(r)
			if err != nil {
				return nil, err
			}
			lines = append(lines, line)
		}
	}
	return lines, nil
}

func keepCase(
	ctx context.Context, store *session.Store, sess *session.Session,
) (*session.Session, error) {
	kept, err := store.Import(ctx, sess)
	if err != nil {
		return nil, err
	}
	return store.Session(ctx, kept.ID)
}

// specsOrRecords opens the models of a session. One that is not in the config has a pane all the
// same, which shows its answers and asks nobody.
func specsOrRecords(a *app, s *session.Session) []registry.Spec {
	specs, missing := a.specsOf(s)
	if len(missing) == 0 {
		return specs
	}
	var out []registry.Spec
	for slot, c := range s.Panes[:min(len(s.Panes), maxPanes)] {
		if slices.Contains(missing, c.Label()) {
			if spec, ok := recordedSpec(s, slot); ok {
				spec.Replayed, spec.Model, spec.Pane = false, absent{c.Ref.String()}, c
				out = append(out, spec)
			}
			continue
		}
		i := slices.IndexFunc(specs, func(x registry.Spec) bool { return x.Contender().Same(c) })
		if i >= 0 {
			out = append(out, specs[i])
		}
	}
	return out
}

// absent is a model that is not in the config. Whatever it is asked fails.
type absent struct{ ref string }

// Stream gives the failure.
func (m absent) Stream(context.Context, providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		yield(providers.Event{}, &providers.Error{Kind: providers.NotFound, Model: m.ref,
			Message: m.ref + " is not in the config",
			Hint:    "add its provider to the config, or choose another model"})
	}
}
