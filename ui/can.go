package ui

import (
	"cmp"
	"os"
	"strings"

	tea "charm.land/bubbletea/v2"

	"lineup/session"
	"lineup/ui/pane"
)

// What an action needs. Each of these says in words that it is missing, and "" where it is there.

// all is every one of several needs; the first that is missing is said.
func all(needs ...func(*app) string) func(*app) string {
	return func(a *app) string {
		for _, need := range needs {
			if why := need(a); why != "" {
				return why
			}
		}
		return ""
	}
}

// ofAnswer is the part of an action's needs that concerns the newest reply of the current pane and
// its turn. Only what is shown counts.
func ofAnswer(need func(p *pane.Pane, r *session.Reply, v *pane.View) string) func(*app) string {
	return all(hasAnswer, func(a *app) string {
		p := a.panes.now()
		return need(p, shownReply(a, p.Newest().Turn, p.Reply()), p.InSight())
	})
}

func unless(ok bool, why string) string {
	if ok {
		return ""
	}
	return why
}

// answering reports whether an answer is under way.
func (a *app) answering() bool { return a.turn != nil && !a.turn.Ended() }

func idle(a *app) string { return unless(!a.answering(), "still answering") }

func canStop(a *app) string { return unless(a.answering(), "nothing is being answered") }

func hasDraft(a *app) string { return unless(!a.prompt.empty(), "the prompt is empty") }

func hasHistory(a *app) string {
	return unless(len(a.prompt.history) > 0, "nothing has been asked yet")
}

func hasEditor(*app) string {
	return unless(os.Getenv("VISUAL")+os.Getenv("EDITOR") != "", "EDITOR is not set")
}

func hasTemplates(a *app) string {
	return unless(len(a.cfg.Templates) > 0, "the config has no [templates]")
}

func hasStore(a *app) string {
	return unless(a.cfg.Store != nil, "nothing is kept: there is no store")
}

func canRun(a *app) string {
	return unless(a.cfg.StartRun != nil, "nothing here can run the prompts of a file")
}

func canReadRun(a *app) string {
	return unless(a.cfg.CaseOf != nil, "nothing here reads the results of a run")
}

func hasModels(a *app) string { return unless(a.cfg.Models != nil, "no model to choose") }

func hasSession(a *app) string { return unless(a.sess != nil, "nothing has been asked yet") }

func hasTurn(a *app) string {
	return unless(a.sess != nil && len(a.sess.Turns) > 0, "nothing has been asked yet")
}

func canCopyTurn(a *app) string { return unless(hasTurn(a) == "", "there is no answer yet") }

func hasPane(a *app) string { return unless(len(a.panes.open) > 0, "no pane is open") }

func hasPanes(a *app) string { return unless(len(a.panes.open) > 1, "there is one pane only") }

func hasLeft(a *app) string { return unless(a.panes.current > 0, "it is the leftmost pane") }

func hasRight(a *app) string {
	return unless(a.panes.current < len(a.panes.open)-1, "it is the rightmost pane")
}

func canReopen(a *app) string {
	return cmp.Or(unless(len(a.panes.closed) > 0, "no pane was closed"),
		unless(len(a.panes.open) < maxPanes, "there are 16 panes already"))
}

// wasAsked is of the current pane.
func wasAsked(a *app) string {
	asked := len(a.panes.open) > 0 && a.panes.now().Reply() != nil
	return unless(asked, "nothing has been asked yet")
}

func hasAnswer(a *app) string { return unless(wasAsked(a) == "", "there is no answer yet") }

// canCompare counts panes, turns and answers, not their texts, which may not be told of yet.
func canCompare(a *app) string {
	if why := hasAnswer(a); why != "" || hasPanes(a) == "" || len(a.sess.Turns) > 1 {
		return why
	}
	alone := len(a.sess.Turns[0].Answers(a.panes.now().Slot)) < 2
	return unless(!alone, "there is no other answer to compare with")
}

func canContinue(p *pane.Pane, r *session.Reply, _ *pane.View) string {
	to := p.Spec.Provider
	return cmp.Or(unless(r.Text != "" && r.Status != session.Done, "no answer was cut off"),
		unless(to == nil || to.Continues(), "its server cannot"))
}

func hasAlternatives(_ *pane.Pane, _ *session.Reply, v *pane.View) string {
	_, of := v.Nth()
	return unless(of > 1, "there is one answer only")
}

func canPromote(p *pane.Pane, _ *session.Reply, v *pane.View) string {
	mine := v.Turn.Promoted != nil && *v.Turn.Promoted == p.Slot
	whole := v.Ended() && v.Reply.Text != "" && v.Turn.Reply(p.Slot) == v.Reply
	return unless(mine || whole, "no finished answer")
}

func hasText(_ *pane.Pane, r *session.Reply, _ *pane.View) string {
	return unless(r.VisibleText() != "", "there is no answer to copy")
}

func hasCode(_ *pane.Pane, r *session.Reply, _ *pane.View) string {
	return unless(mayHaveCode(r.VisibleText()), "no code in this answer")
}

// mayHaveCode reports whether a text has what code blocks begin with.
func mayHaveCode(text string) bool {
	for _, begin := range []string{"\n    ", "\n\t"} {
		if strings.Contains("\n"+text, begin) {
			return true
		}
	}
	return strings.Contains(text, "```") || strings.Contains(text, "~~~")
}

// suspend stops lineup as a shell's job, or says why it cannot.
func suspend(a *app) tea.Cmd {
	if why := canSuspend(a); why != "" {
		a.flash = why
		return nil
	}
	return tea.Suspend
}
