package ui

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"lineup/batch"
	"lineup/registry"
	"lineup/ui/report"
)

// slowRun is a run that ends when it is told to.
type slowRun struct {
	out    string
	end    chan struct{}
	closed bool
}

func (r *slowRun) Plan() []string { return []string{"12 requests to 2 models, about $0.04"} }
func (r *slowRun) Out() string    { return r.out }
func (r *slowRun) Close() error   { r.closed = true; return nil }

func (r *slowRun) Do(ctx, drain context.Context) ([]string, error) {
	select {
	case <-r.end:
		return []string{"12 of 12 answers in 3.0s, 1 did not pass"}, nil
	case <-drain.Done():
		return []string{"5 of 12 answers in 1.0s, 7 not asked", "the same command goes on"}, nil
	}
}

func (r *slowRun) Bars() []report.RunBar {
	return []report.RunBar{{Name: "local", All: 6, Done: 3, Rest: "1 in flight · 41 tok/s · 12s left"},
		{Name: "게이트웨이", All: 6, Done: 4, Failed: 1, Rest: "$0.01"}}
}

func runConfig(t *testing.T, run *slowRun) Config {
	run.out, run.end = runFile(t), make(chan struct{})
	return Config{Panes: []registry.Spec{counting("p/one").spec()}, CaseOf: batch.CaseSession,
		StartRun: func(_ context.Context, file string, panes []registry.Spec) (BatchRun, error) {
			if file == "bad.toml" {
				return nil, errors.New("bad.toml:1:1: unknown key x\nbad.toml:2:1: unknown key y")
			}
			if len(panes) != 1 {
				t.Errorf("the run was given %d panes", len(panes))
			}
			return run, nil
		}}
}

// A run shows what it would ask and begins with Enter. It goes on when its view is closed, and its results open then.
func TestRunGoesOnInTheBackground(t *testing.T) {
	run := &slowRun{}
	drive(t, 120, 40, runConfig(t, run), func(d *driver) {
		d.press("lit:/run suite.toml", "enter")
		d.until(func() bool { return d.sees("enter start") })
		d.wantSees("Run · suite.toml", "12 requests to 2 models, about $0.04")
		d.press("enter")
		d.step()
		d.wantSees("Run · suite.toml · running", "3/6", "1 in flight · 41 tok/s", "5/6", "1 failed · $0.01", "s ask nothing more")
		d.press("esc")
		d.wantNot("Run ·")
		d.press("lit:/run other.toml", "enter")
		d.wantSees("suite.toml is still running; /run shows it")
		d.press("lit:/run", "enter")
		d.wantSees("Run · suite.toml · running")
		d.press("esc")
		close(run.end)
		d.until(func() bool { return d.sees("the run of suite.toml has ended; /results opens it") })
		d.press("lit:/results", "enter")
		d.until(func() bool { return d.sees("인사 두 번째") })
	})
}

func TestRunIsStopped(t *testing.T) {
	run := &slowRun{}
	drive(t, 120, 40, runConfig(t, run), func(d *driver) {
		d.press("lit:/run suite.toml", "enter")
		d.until(func() bool { return d.sees("enter start") })
		d.press("enter", "s")
		d.wantSees("no new requests; those on their way are finished", "s stop now")
		d.until(func() bool { return d.sees("in 1.0s, 7 not asked") })
		d.wantSees("Run · suite.toml · ended", "the same command goes on", "enter open results")
		d.press("enter")
		d.until(func() bool { return d.sees("인사 두 번째") })
	})
}

// All mistakes of a file are shown, and a run that was not begun is given up.
func TestRunThatDoesNotBegin(t *testing.T) {
	run := &slowRun{}
	drive(t, 80, 24, runConfig(t, run), func(d *driver) {
		d.press("lit:/run bad.toml", "enter")
		d.until(func() bool { return d.sees("unknown key y") })
		d.wantSees("bad.toml:1:1: unknown key x", "Run · bad.toml · not started")
		d.press("esc", "lit:/run suite.toml", "enter")
		d.until(func() bool { return d.sees("enter start") })
		d.press("esc")
		if !run.closed {
			t.Error("the run holds its file")
		}
	})
}

// More mistakes than the screen has rows are reached by scrolling.
func TestRunScrolls(t *testing.T) {
	cfg := Config{Panes: []registry.Spec{counting("p/one").spec()},
		StartRun: func(context.Context, string, []registry.Spec) (BatchRun, error) {
			var all []error
			for i := range 60 {
				all = append(all, fmt.Errorf("bad.toml:%d:1: unknown key x", i+1))
			}
			return nil, errors.Join(all...)
		}}
	drive(t, 80, 24, cfg, func(d *driver) {
		d.press("lit:/run bad.toml", "enter")
		d.until(func() bool { return d.sees("bad.toml:1:1: unknown key x") })
		d.wantSees("─ ↓ ")
		d.press("G")
		d.wantSees("bad.toml:60:1: unknown key x")
	})
}

func TestRunFrames(t *testing.T) {
	for _, size := range [][2]int{{200, 60}, {120, 40}, {80, 24}} {
		at := fmt.Sprintf("%dx%d-run", size[0], size[1])
		t.Run(at, func(t *testing.T) {
			run := &slowRun{}
			drive(t, size[0], size[1], runConfig(t, run), func(d *driver) {
				d.press("lit:/run suite.toml", "enter")
				d.until(func() bool { return d.sees("enter start") })
				goldenText(t, at, d.overlayBox()+"\n")
				d.press("enter")
				d.step()
				goldenText(t, at+"-going", d.overlayBox()+"\n")
				close(run.end)
				d.until(func() bool { return d.sees("enter open results") })
				goldenText(t, at+"-ended", d.overlayBox()+"\n")
			})
		})
	}
}
