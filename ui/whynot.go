package ui

import (
	"cmp"
	"os"
	"strings"

	"lineup/session"
)

// whyNot says why an action can do nothing now, "" where it can.
func (a *app) whyNot(act action) string {
	answering := a.race != nil && !a.race.ended()
	var current *pane
	if len(a.panes) > 0 {
		current = a.panes[a.current]
	}
	switch act {
	case actStop:
		return unless(answering, "nothing is being answered")
	case actSend:
		return unless(!a.prompt.empty(), "the prompt is empty")
	case actRecall, actForward:
		return unless(len(a.prompt.history) > 0, "nothing has been asked yet")
	case actEditor:
		return unless(os.Getenv("VISUAL")+os.Getenv("EDITOR") != "", "EDITOR is not set")
	case actNew:
		return unless(!answering, "still answering")
	case actStats:
		return unless(a.cfg.Store != nil, "nothing is kept")
	case actNextPane, actPrevPane, actZoom:
		return unless(current != nil, "no pane is open")
	case actLeft, actRight, actClose, actLock:
		return unless(len(a.panes) > 1, "there is one pane only")
	case actMoveLeft:
		return unless(a.current > 0, "it is the leftmost pane")
	case actMoveRight:
		return unless(a.current < len(a.panes)-1, "it is the rightmost pane")
	case actReopen:
		return cmp.Or(unless(len(a.closed) > 0, "no pane was closed"), unless(len(a.panes) < maxPanes, "there are 16 panes already"))
	case actOther:
		return cmp.Or(unless(a.cfg.Models != nil && current != nil, "no model to choose"), unless(!answering, "still answering"))
	case actSessions:
		return unless(a.cfg.Store != nil, "nothing is kept: there is no store")
	case actTemplate:
		return unless(len(a.cfg.Templates) > 0, "the config has no [templates]")
	case actRename, actExport:
		return unless(a.sess != nil, "nothing has been asked yet")
	case actModels:
		return unless(a.cfg.Models != nil, "no model to choose")
	case actWaterfall:
		return unless(a.sess != nil && len(a.sess.Turns) > 0, "nothing has been asked yet")
	case actCopyTurn:
		return unless(a.sess != nil && len(a.sess.Turns) > 0, "there is no answer yet")
	}
	if current == nil || current.reply() == nil {
		return noReply(act)
	}
	return a.whyNotOf(act, current, answering)
}

// noReply says why an action can do nothing in a pane that was not asked anything.
func noReply(act action) string {
	switch act {
	case actAgain, actContinue, actEdit, actFork:
		return "nothing has been asked yet"
	case actDetail, actFind, actFindNext, actFindPrev, actPickCode, actSave, actCopy, actNextTake, actPrevTake, actPromote,
		actTurnUp, actTurnDown, actTop, actBottom, actUp, actDown, actHalfUp, actHalfDown, actPageUp, actPageDown:
		return "there is no answer yet"
	}
	return ""
}

// whyNotOf says why an action can do nothing with what a pane has answered.
func (a *app) whyNotOf(act action, p *pane, answering bool) string {
	r, v := p.reply(), p.turns[p.inSight()]
	switch act {
	case actAgain, actEdit, actFork:
		return unless(!answering, "still answering")
	case actContinue:
		to := p.spec.Provider
		return cmp.Or(unless(!answering, "still answering"), unless(r.Text != "" && r.Status != session.Done, "no answer was cut off"),
			unless(to == nil || to.Continues(), "its server cannot"))
	case actNextTake, actPrevTake:
		_, of := v.place()
		return unless(of > 1, "there is one answer only")
	case actPromote:
		mine := v.turn.Promoted != nil && *v.turn.Promoted == p.slot
		return unless(mine || v.reply.Status.Final() && v.reply.Text != "" && v.turn.Reply(p.slot) == v.reply, "no finished answer")
	case actPickCode:
		return unless(mayHaveCode(r.VisibleText()), "no code in this answer")
	case actCopy:
		return unless(r.VisibleText() != "", "there is no answer to copy")
	}
	return ""
}

// mayHaveCode reports whether a text has what code blocks begin with.
func mayHaveCode(text string) bool {
	return strings.Contains(text, "```") || strings.Contains(text, "~~~") || strings.Contains(text, "\n    ") || strings.Contains(text, "\n\t") ||
		strings.HasPrefix(text, "    ") || strings.HasPrefix(text, "\t")
}

func unless(ok bool, why string) string {
	if ok {
		return ""
	}
	return why
}
