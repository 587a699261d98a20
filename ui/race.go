package ui

import (
	"context"
	"errors"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/providers"
	"lineup/session"
)

// race is one turn under way: its requests, its replies, and what of them has been saved. A turn may ask all panes
// or some; calls, replies and the slots of run count those that it asks.
type race struct {
	turn    *session.Turn
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
	// storedMsg says that the turn is in the store, or why it is not.
	storedMsg struct {
		race    *race
		session string // ids in the store, "" where it failed
		turn    string
		panes   []string // that the session has in the store
		err     error
	}
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
	text := strings.TrimSpace(a.prompt.text())
	if text == "" || a.busy() {
		return nil
	}
	a.prompt.take()
	return a.ask(text, a.panes, func(p *pane) []providers.Message {
		return append(a.history(p), providers.Message{Role: providers.User, Content: text})
	})
}

// busy says why nothing can be asked now, if so.
func (a *app) busy() bool {
	switch {
	case a.looking:
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
	r := &race{turn: &session.Turn{Prompt: prompt, CreatedAt: now, Replies: make([]*session.Reply, a.slots())}, open: len(panes)}
	for _, p := range panes {
		req := providers.Request{System: p.spec.System, Messages: messages(p)}
		if req.System == "" {
			req.System = a.sess.System
		}
		reply := session.NewReply(p.slot, p.spec.Info, req, now)
		r.calls = append(r.calls, providers.Call{Model: p.spec.Model, Request: req})
		r.replies = append(r.replies, reply)
		r.turn.Replies[p.slot] = reply
		p.turns = append(p.turns, newTurnView(prompt, reply))
		p.toEnd()
	}
	a.sess.Turns = append(a.sess.Turns, r.turn)
	a.race, a.verdict = r, verdict{}
	return tea.Batch(a.storeTurn(r), a.clock(r))
}

func (a *app) freshSession(prompt string, now time.Time) *session.Session {
	s := &session.Session{Title: session.TitleOf(prompt), System: a.cfg.System, CreatedAt: now, UpdatedAt: now}
	s.Panes = a.refs()
	return s
}

// warmWithin is how long a race waits for the connections of its panes.
const warmWithin = 1500 * time.Millisecond

// storeTurn writes the turn down and opens the connections, in a command because a disk may be slow and a network
// is. The command works on copies.
func (a *app) storeTurn(r *race) tea.Cmd {
	store, ctx, sess, prompt := a.cfg.Store, a.ctx, *a.sess, r.turn.Prompt
	cold := a.coldOf(r.replies)
	if store == nil {
		return func() tea.Msg {
			providers.WarmAll(ctx, warmWithin, cold)
			return storedMsg{race: r}
		}
	}
	replies := make([]*session.Reply, len(r.replies))
	for i, reply := range r.replies {
		replies[i] = reply.Snapshot()
	}
	return func() tea.Msg {
		if sess.ID == "" {
			if err := store.CreateSession(ctx, &sess); err != nil {
				return storedMsg{race: r, err: err}
			}
		}
		t, err := store.AddTurn(ctx, sess.ID, prompt, replies)
		providers.WarmAll(ctx, warmWithin, cold)
		if err != nil {
			return storedMsg{race: r, session: sess.ID, panes: sess.Panes, err: err}
		}
		return storedMsg{race: r, session: sess.ID, panes: sess.Panes, turn: t.ID}
	}
}

// start sends the requests. A store that fails costs the record, not the answer.
func (a *app) start(msg storedMsg) tea.Cmd {
	r := msg.race
	var keep tea.Cmd
	if a.sess != nil && msg.session != "" {
		fresh := a.sess.ID == ""
		a.sess.ID = msg.session
		if fresh { // a pane may have moved while the session was written down
			a.sess.Panes = msg.panes
			keep = a.keepPanes()
		}
	}
	switch {
	case msg.err != nil:
		a.flash = "this turn is not saved: " + oneLine(msg.err.Error())
	case msg.turn != "":
		r.turn.ID = msg.turn
		r.saver = session.NewSaver(msg.turn)
	}
	r.run = providers.Start(a.ctx, r.calls)
	a.cancelClosed(r)
	return tea.Batch(keep, a.wait(r))
}

// wait gives the next batch: when something has come, and no sooner than it is time for a frame.
func (a *app) wait(r *race) tea.Cmd {
	pause := a.nextFrame(r.taken).Sub(a.now())
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
	} else {
		cmds = append(cmds, a.wait(r))
	}
	return tea.Batch(cmds...)
}

// fold takes all waiting events of a race, and gives the commands that report faults of lineup's own among them.
func (a *app) fold(r *race) (reports []tea.Cmd) {
	for i, reply := range r.replies {
		a.events = r.run.Take(i, a.events[:0])
		if len(a.events) == 0 {
			continue
		}
		// The record first: drawing may fail where keeping does not.
		for j := range a.events {
			reply.Apply(a.events[j])
		}
		view := a.viewOf(reply, r)
		for j := range a.events {
			view.show(a.events[j])
			if a.events[j].Type == providers.EventEnd {
				r.open--
				reports = append(reports, a.report(view, a.events[j].Err))
			}
		}
		clear(a.events)
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
		return newTurnView(r.turn.Prompt, reply)
	}
	for i := len(p.turns) - 1; i >= 0; i-- {
		if p.turns[i].reply == reply {
			p.dirty = true
			return p.turns[i]
		}
	}
	return newTurnView(r.turn.Prompt, reply)
}

// clock moves running clocks and saves what a silent stream left unsaved, until the turn is over and kept.
func (a *app) clock(r *race) tea.Cmd {
	return tea.Tick(clockInterval, func(time.Time) tea.Msg { return clockMsg{r} })
}

func (a *app) tick(msg clockMsg) tea.Cmd {
	r := msg.race
	if a.now().Sub(r.taken) >= clockInterval { // else the panes show nearly the time
		for _, p := range a.panes {
			p.dirty = p.dirty || p.running()
		}
	}
	if r.ended() && !r.unsaved() {
		return nil
	}
	return tea.Batch(a.save(r), a.clock(r))
}

// save writes what is new: pieces of running replies when they are due, ended replies at once.
func (a *app) save(r *race) tea.Cmd {
	if r.saver == nil || r.saving {
		return nil
	}
	var final []*session.Reply
	for _, reply := range r.saver.Ended(r.replies) {
		final = append(final, reply.Snapshot())
	}
	var batch []session.Partial
	if r.saver.Due(a.now()) {
		batch = r.saver.Batch(r.replies)
	}
	if len(final) == 0 && len(batch) == 0 {
		return nil
	}
	r.saving = true
	store, ctx, turn := a.cfg.Store, context.WithoutCancel(a.ctx), r.turn.ID
	return func() tea.Msg { return savedMsg{r, batch, final, keep(ctx, store, turn, batch, final)} }
}

// keep writes pieces and final replies.
func keep(ctx context.Context, store *session.Store, turn string, batch []session.Partial, final []*session.Reply) error {
	var errs []error
	if len(batch) > 0 {
		errs = append(errs, store.AppendPartial(ctx, batch))
	}
	for _, reply := range final {
		errs = append(errs, store.FinishReply(ctx, turn, reply))
	}
	return errors.Join(errs...)
}

// saved notes what a save has done. What failed is tried again with the next one, except where there is nothing left to
// save into: another lineup has deleted the session.
func (a *app) saved(msg savedMsg) tea.Cmd {
	r := msg.race
	r.saving = false
	if errors.Is(msg.err, session.ErrNotFound) {
		r.saver = nil
		a.flash = "this session has been deleted elsewhere: this turn is not saved; ctrl+n begins a new one"
		return nil
	}
	if msg.err != nil {
		a.flash = "not saved: " + oneLine(msg.err.Error())
		return nil
	}
	r.saver.Saved(msg.batch)
	for _, reply := range msg.final {
		r.saver.Finished(reply.Slot)
	}
	return a.save(r)
}

// newSession leaves the conversation; what is saved of it stays. A running turn is stopped first.
func (a *app) newSession() {
	if len(a.panes) > 0 && a.busy() {
		return
	}
	a.sess, a.verdict, a.closed = nil, verdict{}, nil
	for i, p := range a.panes {
		p.slot, p.turns = i, nil
		p.toEnd()
	}
	a.toPrompt()
}

// close ends a running turn and saves it; it is called when the screen is gone.
func (a *app) close() error {
	r := a.race
	if r == nil || r.run == nil {
		return nil
	}
	r.run.CancelAll()
	select {
	case <-r.run.Done():
	case <-time.After(endRequestWithin):
	}
	a.record(r)
	if r.saver == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(a.ctx), saveWithin)
	defer cancel()
	return keep(ctx, a.cfg.Store, r.turn.ID, r.saver.Batch(r.replies), r.saver.Ended(r.replies))
}
