package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/providers"
	"lineup/session"
	"lineup/ui/keys"
)

// race is one turn under way: its requests, its replies, and what of them has been saved. A turn may ask all panes
// or some; calls, replies and the slots of run count those that it asks.
type race struct {
	turn    *session.Turn
	again   bool // the turn was there before: its panes are asked the same once more
	calls   []providers.Call
	replies []*session.Reply
	run     *providers.Run // nil until the turn is in the store
	saver   *session.Saver // nil where there is no store
	open    int            // slots that have not ended
	taken   time.Time      // when the last batch was taken
	saving  bool           // a save is under way; there is never more than one
}

func (r *race) ended() bool { return r.open == 0 }

// cancel stops the reply of a pane.
func (r *race) cancel(slot int) {
	for i, reply := range r.replies {
		if reply.Slot == slot {
			r.run.Cancel(i)
		}
	}
}

// unsaved reports whether an ended reply is not in the store yet.
func (r *race) unsaved() bool { return r.saver != nil && len(r.saver.Ended(r.replies)) > 0 }

// Messages of a race. Each names its race, so that one from an earlier turn is known as such.
type (
	// batchMsg says that events wait.
	batchMsg struct{ race *race }
	// savedMsg says that a save has ended.
	savedMsg struct {
		race  *race
		batch []session.Partial
		final []*session.Reply
		err   error
	}
)

// send asks every pane the draft.
func (a *app) send() tea.Cmd {
	text := session.TrimPrompt(a.prompt.text())
	if text == "" || a.busy() || a.overBudget("send "+text, a.guess(text), keys.Send) {
		return nil
	}
	a.prompt.take()
	a.toBranch()
	return a.ask(text, a.panes, func(p *pane) []providers.Message {
		return append(a.history(p), providers.Message{Role: providers.User, Content: text})
	})
}

// busy says why nothing can be asked now, if so.
func (a *app) busy() bool {
	switch {
	case a.cfg.Discover != nil:
		a.flash = "still looking for servers; one moment"
	case len(a.panes) == 0:
		a.flash = "no model is open; name one in the config"
	case a.race != nil && !a.race.ended():
		a.flash = "still answering; esc esc stops all panes, and the draft stays"
	default:
		return false
	}
	return true
}

func (a *app) history(p *pane) []providers.Message {
	if a.sess == nil {
		return nil
	}
	return a.sess.History(p.slot)
}

// ask begins a turn for some panes with the messages that each of them gets. The requests go out when the turn is in
// the store.
func (a *app) ask(prompt string, panes []*pane, messages func(*pane) []providers.Message) tea.Cmd {
	now := a.now()
	if a.sess == nil {
		a.sess = a.freshSession(prompt, now)
	}
	r := &race{turn: &session.Turn{Prompt: prompt, CreatedAt: now, Replies: make([]*session.Reply, a.slots())}}
	for _, p := range panes {
		reply := a.enter(r, p, messages(p), now)
		r.turn.Replies[p.slot] = reply
		p.add(r.turn, reply)
		p.toEnd()
	}
	a.sess.Turns = append(a.sess.Turns, r.turn)
	return a.begin(r)
}

// enter puts a pane into a race that has not begun.
func (a *app) enter(r *race, p *pane, messages []providers.Message, now time.Time) *session.Reply {
	req := providers.Request{System: p.spec.System, Messages: messages}
	if req.System == "" {
		req.System = a.sess.System
	}
	reply := a.money.habits.NewReply(p.slot, p.spec.Info, req, now)
	r.calls = append(r.calls, providers.Call{Model: p.spec.Model, Request: req})
	r.replies = append(r.replies, reply)
	r.open++
	return reply
}

// begin starts a race. The one before may still have something to save.
func (a *app) begin(r *race) tea.Cmd {
	var past tea.Cmd
	if a.race != nil && a.race.unsaved() {
		a.late = append(a.late, a.race)
	} else {
		past = a.recall(false)
	}
	a.race, a.verdict = r, verdict{}
	return tea.Batch(a.storeTurn(r), a.clock(r), past)
}

func (a *app) freshSession(prompt string, now time.Time) *session.Session {
	s := &session.Session{Title: session.TitleOf(prompt), System: a.cfg.System, CreatedAt: now, UpdatedAt: now}
	s.Panes = a.refs()
	return s
}

// warmWithin is how long a race waits for the connections of its panes.
const warmWithin = 1500 * time.Millisecond

// wait gives the next batch: when something has come, and no sooner than it is time for a frame.
func (a *app) wait(r *race) tea.Cmd {
	pause := a.pace.next(r.taken).Sub(a.now())
	return func() tea.Msg {
		if pause > 0 {
			time.Sleep(pause)
		}
		<-r.run.Ready()
		return batchMsg{r}
	}
}

// takeBatch folds what has come into the replies and asks for the next batch while there will be one.
func (a *app) takeBatch(msg batchMsg) tea.Cmd {
	r := msg.race
	r.taken = a.now()
	cmds := append(a.fold(r), a.save(r))
	if r.ended() {
		a.verdict = verdictOf(r.turn)
		a.learn(r)
	} else {
		cmds = append(cmds, a.wait(r))
	}
	return tea.Batch(cmds...)
}

// fold takes all waiting events of a race, and gives the commands that report faults of lineup's own among them.
func (a *app) fold(r *race) (reports []tea.Cmd) {
	for i, reply := range r.replies {
		a.events = r.run.Take(i, a.events[:0])
		reports = append(reports, a.foldReply(r, reply, a.events)...)
		clear(a.events)
	}
	return reports
}

// foldReply folds events of one reply of a race.
func (a *app) foldReply(r *race, reply *session.Reply, events []providers.Event) (reports []tea.Cmd) {
	if len(events) == 0 {
		return nil
	}
	// The record first: drawing may fail where keeping does not.
	for j := range events {
		reply.Apply(events[j])
	}
	view := a.viewOf(reply, r)
	for j := range events {
		view.show(events[j])
		if events[j].Type == providers.EventEnd {
			r.open--
			reports = append(reports, a.cfg.report(view, events[j].Err))
		}
	}
	return reports
}

// record is fold without the screen.
func (a *app) record(r *race) {
	for i, reply := range r.replies {
		for _, ev := range r.run.Take(i, nil) {
			reply.Apply(ev)
		}
	}
}

// viewOf finds the view of a reply, and marks its pane for the next frame.
func (a *app) viewOf(reply *session.Reply, r *race) *turnView {
	p := a.paneOf(reply.Slot)
	if p == nil { // it was closed; what still comes belongs to the record
		return newTurnView(r.turn, reply)
	}
	if v := p.viewOf(reply); v != nil {
		p.hear(r.taken)
		return v
	}
	return newTurnView(r.turn, reply)
}

// newSession leaves the conversation; what is saved of it stays. A running turn is stopped first.
func (a *app) newSession() {
	if len(a.panes) > 0 && a.busy() {
		return
	}
	a.leaveSession()
	a.sess, a.verdict, a.closed = nil, verdict{}, nil
	for i, p := range a.panes {
		p.slot = i
		p.clear()
		p.toEnd()
	}
	a.toPrompt()
}
