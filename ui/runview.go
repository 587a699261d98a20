package ui

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/registry"
	"lineup/ui/report"
	"lineup/ui/text"
)

// BatchRun is a run of many prompts that the screen starts.
type BatchRun interface {
	// Plan says what would be asked, and what it may cost.
	Plan() []string
	// Out is the result file.
	Out() string
	// Do asks. When drain is done nothing new is asked, when ctx is done it stops. It says what
	// came of it.
	Do(ctx, drain context.Context) (words []string, err error)
	// Bars are how far it is. They may be asked for while Do runs.
	Bars() []report.RunBar
	// Close gives up a run that was not begun.
	Close() error
}

// StartRun reads the file of a run, which asks the given panes where the file names none.
type StartRun func(ctx context.Context, file string, panes []registry.Spec) (BatchRun, error)

// runView shows a run: its plan, its bars, its end. The run goes on after the view is closed.
type runView struct {
	file  string
	run   BatchRun // nil while the file is read
	stage runStage
	words []string
	bars  []report.RunBar
	err   error

	drain, stop context.CancelFunc
	drained     bool
	lineScroll
}

type runStage int

const (
	runReading runStage = iota
	runReady
	runGoing
	runEnded
)

// barsEvery is how often the bars are drawn.
const barsEvery = 250 * time.Millisecond

// Messages of a run.
type (
	runReadyMsg struct {
		view *runView
		run  BatchRun
		err  error
	}
	runEndedMsg struct {
		view  *runView
		words []string
		err   error
	}
	runBarsMsg []report.RunBar
)

// askRun shows the run that goes on, else asks for a file.
func askRun(a *app) tea.Cmd {
	if s := a.layer.run; s != nil && s.stage == runGoing {
		a.open(s)
		return s.look(a)
	}
	ask1(a, "Run the prompts of a file", "File", "", "read", nil, openRun)
	return nil
}

// openRun reads the file of a run. One run goes on at a time.
func openRun(a *app, file string) tea.Cmd {
	switch s := a.layer.run; {
	case a.cfg.StartRun == nil:
		a.flash = canRun(a)
		return nil
	case file == "":
		return nil
	case s != nil && s.stage == runGoing:
		a.flash = text.OneLine(s.file) + " is still running; /run shows it"
		return nil
	}
	s := &runView{file: file}
	a.open(s)
	start, ctx, panes := a.cfg.StartRun, a.ctx, a.panes.specs()
	return func() tea.Msg {
		run, err := start(ctx, file, panes)
		return runReadyMsg{s, run, err}
	}
}

// tell shows what the run would ask. Where the view was closed before, the run is given up.
func (m runReadyMsg) tell(a *app) {
	s := m.view
	if m.err != nil {
		s.stage, s.err = runEnded, m.err
		return
	}
	if a.layer.overlay != s {
		_ = m.run.Close() // nothing was asked
		return
	}
	s.run, s.stage, s.words, s.bars = m.run, runReady, m.run.Plan(), m.run.Bars()
}

// begin starts the run.
func (s *runView) begin(a *app) tea.Cmd {
	var ctx, drain context.Context
	ctx, s.stop = context.WithCancel(a.ctx)
	drain, s.drain = context.WithCancel(ctx)
	s.stage, a.layer.run = runGoing, s
	return tea.Batch(s.look(a), func() tea.Msg {
		words, err := s.run.Do(ctx, drain)
		return runEndedMsg{s, words, err}
	})
}

// look takes the bars again and again. It ends with the view.
func (s *runView) look(a *app) tea.Cmd {
	ctx := a.ctx
	return tell(s, func() tea.Msg {
		select {
		case <-time.After(barsEvery):
		case <-ctx.Done():
		}
		return runBarsMsg(s.run.Bars())
	})
}

func (s *runView) heard(a *app, msg tea.Msg) tea.Cmd {
	bars, ok := msg.(runBarsMsg)
	if !ok || s.stage != runGoing {
		return nil
	}
	s.bars = bars
	return s.look(a)
}

// tell says that the run has ended; its results are those that /results opens.
func (m runEndedMsg) tell(a *app) {
	s := m.view
	s.stage, s.words, s.err, s.bars = runEnded, m.words, m.err, s.run.Bars()
	s.drain()
	s.stop()
	a.layer.results = newResults(s.run.Out())
	if a.layer.overlay != s {
		a.flash = "the run of " + text.OneLine(filepath.Base(s.file)) + " has ended; " +
			"/results opens it"
	}
}

func (s *runView) heading(*app) string {
	stage := [...]string{" · reading", "", " · running", " · ended"}[s.stage]
	if s.stage == runEnded && s.run == nil {
		stage = " · not started"
	}
	return "Run · " + text.OneLine(filepath.Base(s.file)) + stage
}

func (s *runView) hints(*app) []string {
	switch {
	case s.stage == runReady:
		return []string{"enter start", "esc close"}
	case s.stage == runGoing && s.drained:
		return []string{"esc close, the run goes on", "s stop now"}
	case s.stage == runGoing:
		return []string{"esc close, the run goes on", "s ask nothing more"}
	case s.stage == runEnded && s.run != nil:
		return []string{"enter open results", "esc close"}
	}
	return []string{"esc close"}
}

func (s *runView) room(a *app, w, h int) (int, int) {
	w = min(w, 90)
	return w, min(h, max(8, len(s.rows(a, w))))
}

func (s *runView) rows(a *app, w int) (rows []string) {
	t := a.theme.Styles
	if s.stage == runReading {
		return []string{t.Dim.Render("reading…")}
	}
	rows = report.RunBars(t, s.bars, w)
	if s.drained && s.stage == runGoing {
		rows = append(rows, "", t.Warn.Render("no new requests; those on their way are finished"))
	}
	words := s.words
	if s.err != nil {
		words = append(words[:len(words):len(words)], strings.Split(problem(s.err), "\n")...)
	}
	if len(rows) > 0 && len(words) > 0 {
		rows = append(rows, "")
	}
	for _, line := range words {
		rows = append(rows, text.Wrap(text.OneLine(line), w)...)
	}
	return rows
}

func (s *runView) view(a *app, w, h int) ([]string, *tea.Cursor) {
	return s.window(s.rows(a, w), h), nil
}

func (s *runView) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	switch name := k.String(); {
	case closes(k), name == "q":
		if s.stage == runReady {
			_ = s.run.Close() // nothing was asked
		}
		a.leave()
	case name == "enter" && s.stage == runReady:
		return s.begin(a)
	case name == "enter" && s.stage == runEnded && s.run != nil:
		return openResults(a, s.run.Out())
	case name == "s" && s.stage == runGoing && s.drained:
		s.stop()
	case name == "s" && s.stage == runGoing:
		s.drained = true
		s.drain()
	default:
		s.scrolls(a, k)
	}
	return nil
}

func (s *runView) click(*app, int, int) tea.Cmd { return nil }
