package ui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/session"
	"lineup/turn"
	"lineup/ui/keys"
	"lineup/ui/text"
)

// Messages of the keeper.
type (
	// savedMsg says that a job has run.
	savedMsg struct{ job *turn.Job }
	// retryMsg says that the store may be tried again.
	retryMsg struct{}
)

// keep runs the next job of the keeper, if there is one.
func (a *app) keep() tea.Cmd {
	job := a.keeper.Next(a.now())
	if job == nil {
		return nil
	}
	ctx := context.WithoutCancel(a.ctx)
	return func() tea.Msg {
		job.Run(ctx)
		return savedMsg{job}
	}
}

// saved takes the result of a job. A turn that waited for it is under way now.
func (a *app) saved(job *turn.Job) tea.Cmd {
	done := a.keeper.Done(job, a.now())
	a.cfg.Store = a.keeper.Store()
	var cmds []tea.Cmd
	if t := done.Begun; t != nil {
		for _, reply := range t.Replies {
			if a.panes.of(reply.Slot) == nil { // it was closed in the meantime
				t.Cancel(reply.Slot)
			}
		}
		cmds = append(cmds, a.wait(t))
	}
	if done.Entered != nil && done.Entered == a.sess { // a pane may have moved in the meantime
		cmds = append(cmds, a.keepPanes())
	}
	if done.Deleted {
		a.flash = "this session has been deleted elsewhere: this turn is not saved; " +
			"ctrl+n begins a new one"
	}
	if done.Failed {
		retry := func(time.Time) tea.Msg { return retryMsg{} }
		cmds = append(cmds, tea.Tick(turn.RetryEvery, retry))
	}
	return tea.Batch(append(cmds, a.keep())...)
}

// unsavedLine says what is not saved and why, "" for nothing.
func (a *app) unsavedLine() string {
	err := a.keeper.Err()
	if err == nil {
		return ""
	}
	why := text.OneLine(problem(err))
	way := a.keys.Label(keys.Save) + " in a pane saves to a file"
	return fitting(a.screen.width, "NOT SAVED: "+why+" · "+way,
		"NOT SAVED · "+a.keys.Label(keys.Save)+" in a pane saves it · "+why)
}

// fitting is a notice where all of it has room in so many cells. Else it is one that says first
// what matters most.
func fitting(width int, whole, short string) string {
	if ansi.StringWidth(whole)+2 <= width {
		return whole
	}
	return short
}

// problem is an error of the store in few words, with the next step.
func problem(err error) string {
	var e *session.StoreError
	if !errors.As(err, &e) {
		return err.Error()
	}
	if e.Hint == "" {
		return string(e.Reason)
	}
	return string(e.Reason) + "; " + e.Hint
}

// noticeLine is the line above the panes, "" for none.
func (a *app) noticeLine() string {
	unsaved, notice := a.unsavedLine(), a.notice
	if a.replay != nil {
		notice = fitting(a.screen.width, notice, a.replay.notice)
	}
	if unsaved != "" && notice != "" {
		return unsaved + " · " + notice
	}
	return unsaved + notice
}

// clock moves running clocks, and saves what a silent stream has left, until the turn has ended.
func (a *app) clock(t *turn.Turn) tea.Cmd {
	return tea.Tick(clockInterval, func(time.Time) tea.Msg { return clockMsg{t} })
}

func (a *app) tick(t *turn.Turn) tea.Cmd {
	for _, p := range a.panes.open { // one that hears something shows nearly the time
		p.Tick(a.now(), clockInterval)
	}
	if t.Ended() {
		return nil
	}
	return tea.Batch(a.keep(), a.clock(t))
}

// close ends a running turn and saves what is not saved. It is called when the screen is gone.
func (a *app) close() error {
	if a.turn != nil {
		a.turn.End(endRequestWithin)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(a.ctx), saveWithin)
	defer cancel()
	kept := a.keeper.Close(ctx)
	if kept == nil {
		kept = a.panes.writes.last()
	}
	return errors.Join(a.prompt.leaveDraft(), kept, a.lineup.judging.leave(ctx, a))
}
