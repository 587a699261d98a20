package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/providers"
	"lineup/providers/wire"
	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/text"
)

// What is said is kept in memory whole, and in the store as far as that takes it. A turn that the store would not take
// has no id; it is offered again with the next turn, and when lineup is left. A reply that it would not take is offered
// again every now and then. While anything is not kept, a line says so.

// storedMsg says that a turn is in the store, or why it is not.
type storedMsg struct {
	race    *race
	store   *session.Store // that was opened meanwhile, or nil
	session string         // ids in the store, "" where it failed
	turn    string
	panes   []string // that the session has in the store
	layout  session.Layout
	late    []*session.Turn
	lateIDs []string // of late, as far as they came into the store
	err     error
}

// record is what a command writes down: copies, because the screen goes on.
type record struct {
	sess    session.Session
	late    []*session.Turn // turns that the store has not taken yet
	copies  []*session.Turn // of late, without what has not ended
	prompt  string
	turn    string // id of the turn that is asked again, "" for a new one
	replies []*session.Reply
}

func (a *app) recordOf(r *race) *record {
	rec := &record{sess: *a.sess, prompt: r.turn.Prompt}
	rec.sess.Turns = nil
	for _, t := range a.sess.Turns {
		if t.ID == "" && (t != r.turn || r.again) {
			rec.late, rec.copies = append(rec.late, t), append(rec.copies, t.Ended())
		}
	}
	if r.again {
		rec.turn = r.turn.ID
	}
	for _, reply := range r.replies {
		rec.replies = append(rec.replies, reply.Snapshot())
	}
	return rec
}

// storeEarlier writes the session and its turns as far as they are not there.
func (rec *record) storeEarlier(ctx context.Context, store *session.Store) error {
	if rec.sess.ID == "" {
		rec.sess.Turns = rec.copies
		return store.Insert(ctx, &rec.sess)
	}
	for _, t := range rec.copies {
		if err := store.AppendTurn(ctx, rec.sess.ID, t); err != nil {
			return err
		}
	}
	return nil
}

// store writes all of it and gives the ids.
func (rec *record) store(ctx context.Context, store *session.Store, again bool) (m storedMsg) {
	fresh := rec.sess.ID == ""
	m.err = rec.storeEarlier(ctx, store)
	m.late = rec.late
	for _, t := range rec.copies {
		m.lateIDs = append(m.lateIDs, t.ID)
	}
	if m.err != nil {
		if fresh { // nothing of it is there
			m.late, m.lateIDs = nil, nil
			return m
		}
		m.session = rec.sess.ID
		return m
	}
	m.session, m.panes, m.layout = rec.sess.ID, rec.sess.Panes, rec.sess.Layout
	if !again {
		var t *session.Turn
		if t, m.err = store.AddTurn(ctx, rec.sess.ID, rec.prompt, rec.replies); m.err == nil {
			m.turn = t.ID
		}
		return m
	}
	if rec.turn == "" { // it is the last of those that have just been stored
		rec.turn = rec.copies[len(rec.copies)-1].ID
	}
	if m.err = store.AddAlternatives(ctx, rec.turn, rec.replies); m.err == nil {
		m.turn = rec.turn
	}
	return m
}

// storeTurn writes the turn down and opens the connections, in a command because a disk may be slow and a network
// is.
func (a *app) storeTurn(r *race) tea.Cmd {
	store, reopen, ctx, cold := a.cfg.Store, a.cfg.Reopen, a.ctx, a.coldOf(r.replies)
	if store == nil && reopen == nil {
		return func() tea.Msg {
			wire.WarmAll(ctx, warmWithin, cold)
			return storedMsg{race: r}
		}
	}
	rec := a.recordOf(r)
	return func() tea.Msg {
		var m storedMsg
		opened := store
		if opened == nil {
			opened, m.err = reopen(ctx)
		}
		if opened != nil {
			m = rec.store(ctx, opened, r.again)
		}
		if store == nil {
			m.store = opened
		}
		m.race = r
		wire.WarmAll(ctx, warmWithin, cold)
		return m
	}
}

// start sends the requests. A store that fails costs the record, not the answer.
func (a *app) start(msg storedMsg) tea.Cmd {
	r := msg.race
	var keep tea.Cmd
	if msg.store != nil {
		a.cfg.Store = msg.store
	}
	for i, id := range msg.lateIDs {
		msg.late[i].ID = id
	}
	if a.sess != nil && msg.session != "" {
		fresh := a.sess.ID == ""
		a.sess.ID = msg.session
		if fresh { // a pane may have moved while the session was written down
			a.sess.Panes, a.sess.Layout = msg.panes, msg.layout
			keep = a.keepPanes()
		}
	}
	switch {
	case msg.err != nil:
		a.notKept(msg.err)
	case msg.turn != "":
		r.turn.ID = msg.turn
		r.saver = session.NewSaver(msg.turn)
		a.unkept = ""
	}
	r.run = providers.Start(a.ctx, r.calls)
	a.cancelClosed(r)
	return tea.Batch(keep, a.wait(r))
}

// notKept says what is wrong until it is right again.
func (a *app) notKept(err error) {
	a.unkept = fmt.Sprintf("NOT SAVED: %s · %s in a pane saves to a file", text.OneLine(problem(err)), a.keys.Label(keys.Save))
}

// problem is an error of the store in few words, the next step among them.
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

// noticeLine is what stays above the panes, "" for nothing.
func (a *app) noticeLine() string {
	switch {
	case a.unkept != "" && a.notice != "":
		return a.unkept + " · " + a.notice
	case a.unkept != "":
		return a.unkept
	}
	return a.notice
}

// keepAgain is how often a reply that could not be saved is offered to the store again.
const keepAgain = 2 * time.Second

// clock moves running clocks and saves what a silent stream left unsaved, until the turn is over and kept.
func (a *app) clock(r *race) tea.Cmd {
	every := clockInterval
	if r.ended() && a.unkept != "" {
		every = keepAgain
	}
	return tea.Tick(every, func(time.Time) tea.Msg { return clockMsg{r} })
}

func (a *app) tick(msg clockMsg) tea.Cmd {
	r := msg.race
	for _, p := range a.panes { // one that hears something shows nearly the time
		p.tick(a.now(), clockInterval)
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

// saved notes what a save has done. What failed is tried again, except where there is nothing left to save into:
// another lineup has deleted the session for good.
func (a *app) saved(msg savedMsg) tea.Cmd {
	r := msg.race
	r.saving = false
	if errors.Is(msg.err, session.ErrNotFound) {
		r.saver = nil
		a.flash = "this session has been deleted elsewhere: this turn is not saved; ctrl+n begins a new one"
		return nil
	}
	if msg.err != nil {
		a.notKept(msg.err)
		return nil
	}
	r.saver.Saved(msg.batch)
	for _, reply := range msg.final {
		r.saver.Finished(reply.Slot)
	}
	if a.allKept() {
		a.unkept = ""
	}
	return a.save(r)
}

// allKept reports whether the store has all that was said.
func (a *app) allKept() bool {
	for _, r := range a.late {
		if r.saver != nil && r.unsaved() {
			return false
		}
	}
	return len(a.left) == 0 && !a.owes()
}

// owes reports whether something was said in the session that the store does not have. The turns that a fork began with
// are in the session that it comes from.
func (a *app) owes() bool {
	if a.sess == nil || a.sess.ID == "" && len(a.sess.Turns) <= a.inherited {
		return false
	}
	return slices.ContainsFunc(a.sess.Turns, func(t *session.Turn) bool { return t.ID == "" })
}

// leaveSession is called before another session takes the place of this one: what is not saved of it is kept, to be
// offered to the store again.
func (a *app) leaveSession() {
	if r := a.race; r != nil && r.saver != nil && (!r.ended() || r.unsaved()) {
		a.late = append(a.late, r)
	}
	if a.owes() {
		a.left = append(a.left, a.sess)
	}
	a.branch, a.inherited = nil, 0
}

// close ends a running turn and saves what is not saved; it is called when the screen is gone.
func (a *app) close() error {
	if r := a.race; r != nil && r.run != nil {
		r.run.CancelAll()
		select {
		case <-r.run.Done():
		case <-time.After(endRequestWithin):
		}
		a.record(r)
	}
	if a.sess != nil {
		a.leaveSession()
	}
	errs := []error{a.prompt.leaveDraft()}
	if a.cfg.Store == nil {
		return errors.Join(errs...)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(a.ctx), saveWithin)
	defer cancel()
	for _, r := range a.late {
		if r.saver != nil {
			errs = append(errs, keep(ctx, a.cfg.Store, r.turn.ID, r.saver.Batch(r.replies), r.saver.Ended(r.replies)))
		}
	}
	for _, sess := range a.left {
		errs = append(errs, storeLeft(ctx, a.cfg.Store, sess))
	}
	return errors.Join(errs...)
}

// storeLeft offers the turns of a session that the store would not take once more.
func storeLeft(ctx context.Context, store *session.Store, sess *session.Session) error {
	rec := &record{sess: *sess}
	rec.sess.Turns = nil
	for _, t := range sess.Turns {
		if t.ID == "" {
			rec.copies = append(rec.copies, t.Ended())
		}
	}
	err := rec.storeEarlier(ctx, store)
	if err == nil {
		sess.ID = rec.sess.ID
	}
	return err
}
