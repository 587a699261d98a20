package cli

import (
	"bytes"
	"context"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"lineup/batch"
	"lineup/registry"
	"lineup/ui"
	"lineup/ui/report"
)

// screenRun is a run that the screen has started.
type screenRun struct {
	r    *running
	told *toldLines
	plan []string
}

// startRun reads the file of a run for the screen. It asks the panes on the screen, where the file
// names none. Panes that only show what was recorded are not asked. The results go beside the file,
// so the same file goes on the next time.
func (g *globals) startRun(
	ctx context.Context, file string, panes []registry.Spec,
) (ui.BatchRun, error) {
	told := &toldLines{}
	out := strings.TrimSuffix(file, filepath.Ext(file)) + ".results.jsonl"
	r := &running{g: g, tell: told, f: runFlags{out: out, unlimited: true}, screen: file}
	reg, err := r.read(ctx, file)
	if err != nil {
		return nil, err
	}
	panes = slices.DeleteFunc(slices.Clone(panes),
		func(s registry.Spec) bool { return s.Provider == nil })
	if r.suite.Panes != nil || len(panes) == 0 {
		err = r.makePlan(reg)
	} else {
		err = r.planOf(panes, false)
	}
	if err != nil {
		return nil, err
	}
	options, err := r.options(ctx, reg)
	if err != nil {
		return nil, err
	}
	if r.results, err = batch.Open(r.plan, out); err != nil {
		return nil, outError(out, err)
	}
	r.run = batch.New(r.plan, r.results, options)
	if err := r.tellBefore(); err != nil {
		_ = r.results.Close() // the first error tells more
		return nil, err
	}
	return &screenRun{r, told, append(told.take(), "the results go to "+out)}, nil
}

func (s *screenRun) Plan() []string { return s.plan }

func (s *screenRun) Out() string { return s.r.f.out }

func (s *screenRun) Close() error { return s.r.results.Close() }

// Do asks, and says what came of it.
func (s *screenRun) Do(ctx, drain context.Context) ([]string, error) {
	sum, err := s.r.run.Do(ctx, drain)
	if closed := s.r.results.Close(); err == nil {
		err = closed
	}
	s.r.tellAfter(sum, s.r.run.Progress(time.Now()).Elapsed, drain.Err() != nil)
	s.r.spending.close()
	if ctx.Err() != nil {
		err = nil // it was stopped on purpose
	}
	return s.told.take(), err
}

// Bars are how far the run is.
func (s *screenRun) Bars() []report.RunBar { return runBars(s.r.run.Progress(time.Now())) }

// toldLines keeps what a run says for the screen. The zero value is ready.
type toldLines struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (t *toldLines) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.all.Write(p)
}

// take gives the lines that were said since the last call.
func (t *toldLines) take() (lines []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for line := range strings.Lines(t.all.String()) {
		lines = append(lines, strings.TrimPrefix(strings.TrimSpace(line), "lineup: "))
	}
	t.all.Reset()
	return lines
}
