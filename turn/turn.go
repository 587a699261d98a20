package turn

import (
	"context"
	"slices"
	"time"

	"lineup/providers"
	"lineup/providers/wire"
	"lineup/registry"
	"lineup/session"
)

// Turn is one prompt on its way to its replies. It may ask all panes of a session, or some of them
// once more. A Turn is for one goroutine.
type Turn struct {
	Session *session.Session // that it belongs to; nil for a turn that is only played
	Record  *session.Turn    // the prompt with all of its replies, those of earlier tries too
	Replies []*session.Reply // that this turn asks for; each is in Record

	again  bool // Record was asked before
	calls  []providers.Call
	warm   []*wire.Provider
	run    *providers.Run // nil until the requests are out
	sent   int            // the first replies, whose requests are out
	open   int            // replies that have not ended
	events []providers.Event

	repeats map[int]*repeat // by slot, of the panes that are asked several times

	ctx   context.Context // of the requests
	saver *session.Saver  // nil while the store lacks the turn
	rows  int             // the first replies, which the store has a row for
}

// New makes a turn for a prompt that continues a session.
func New(sess *session.Session, prompt string, at time.Time) *Turn {
	return &Turn{Session: sess, Record: &session.Turn{Prompt: prompt, CreatedAt: at}}
}

// Again makes a turn that asks for further replies to an earlier prompt of a session.
func Again(sess *session.Session, record *session.Turn) *Turn {
	return &Turn{Session: sess, Record: record, again: true}
}

// Play makes a turn for replies that were recorded. No Keeper may have it.
func Play(record *session.Turn) *Turn { return &Turn{Record: record} }

// NewSession makes the session of a first prompt. It has no id until a store has it.
func NewSession(
	prompt, system string, panes []providers.Contender, at time.Time,
) *session.Session {
	return &session.Session{Title: session.TitleOf(prompt), System: system, Panes: panes,
		CreatedAt: at, UpdatedAt: at}
}

// Ask adds a model to a turn whose requests are not out, and returns its reply. The model gets its
// own system prompt, else the session's. A conversation with calls of tools keeps its tools, also
// where the model has none of its own any more. cal corrects the estimates of the reply; it may be
// nil.
func (t *Turn) Ask(
	slot int, to registry.Spec, messages []providers.Message,
	cal *session.Calibration, at time.Time,
) *session.Reply {
	req := Request(to, t.Session.System, messages...)
	calls := func(m providers.Message) bool { return len(m.Calls) > 0 }
	if len(req.Tools) == 0 && slices.ContainsFunc(messages, calls) {
		req.Tools = t.Session.Tools(slot)
	}
	reply := cal.NewReply(slot, to.Info, req, at)
	t.join(reply, to, req)
	return reply
}

// join adds a reply and the request of a model that will make it.
func (t *Turn) join(reply *session.Reply, to registry.Spec, req providers.Request) {
	t.warm = append(t.warm, to.Provider)
	t.Add(reply, providers.Call{Model: to.Model, Request: req})
}

// Add adds a reply and the call that will make it. The requests of a turn that has started go out
// when the store has the reply, or has refused it ([Keeper.Done]).
func (t *Turn) Add(reply *session.Reply, call providers.Call) {
	t.Record.Put(reply)
	t.Replies, t.calls = append(t.Replies, reply), append(t.calls, call)
	t.open++
}

// Request is what a model is asked. It has the contender's own system prompt, else the given one;
// the last prompt in the contender's template; and the model's schema and tools. The prompts before
// it stand as Session.History gives them.
func Request(to registry.Spec, system string, messages ...providers.Message) providers.Request {
	if own := to.Info.Contender.Settings.System; own != nil {
		system = *own
	}
	messages = slices.Clone(messages)
	for i := range slices.Backward(messages) { // those before it stand as they were sent
		if messages[i].Role == providers.Tool { // a result stands as it is
			break
		}
		if m := &messages[i]; m.Role == providers.User {
			m.Content = to.Info.Contender.Settings.Fill(m.Content)
			break
		}
	}
	return providers.Request{System: system, Messages: messages, Schema: to.Schema, Tools: to.Tools}
}

// Start sends the requests. [Keeper.Done] does so for a turn that is kept.
func (t *Turn) Start(ctx context.Context) {
	t.run, t.sent = providers.Start(ctx, t.calls), len(t.calls)
}

// Started reports whether the requests are out.
func (t *Turn) Started() bool { return t.run != nil }

// Ended reports whether all replies have ended.
func (t *Turn) Ended() bool { return t.open == 0 }

// Running is the number of replies that have not ended.
func (t *Turn) Running() int { return t.open }

// Ready delivers a value when Take has something to take. It is nil before the requests are out.
func (t *Turn) Ready() <-chan struct{} {
	if t.run == nil {
		return nil
	}
	return t.run.Ready()
}

// Take folds the events that wait into the replies. It then calls show, unless it is nil, for each
// reply that has got some; the events are show's only until it returns.
func (t *Turn) Take(show func(*session.Reply, []providers.Event)) {
	if t.run == nil {
		return
	}
	for i := range t.sent {
		t.events = t.run.Take(i, t.events[:0])
		t.Fold(i, t.events, show)
		clear(t.events)
	}
}

// Fold folds events into the reply with an index in Replies, as Take does. All of them are in the
// reply before show is called: what cannot be shown is kept all the same.
func (t *Turn) Fold(i int, events []providers.Event, show func(*session.Reply, []providers.Event)) {
	if len(events) == 0 {
		return
	}
	for _, ev := range events {
		t.Replies[i].Apply(ev)
		if ev.Type == providers.EventEnd {
			t.open--
			t.nextTake(t.Replies[i], ev.At)
		}
	}
	if show != nil {
		show(t.Replies[i], events)
	}
}

// Cancel stops the replies of a slot, and asks for no further takes. What has come so far stays.
func (t *Turn) Cancel(slot int) {
	if r := t.repeats[slot]; r != nil {
		r.stop()
	}
	for i, reply := range t.Replies[:t.sent] {
		if reply.Slot == slot {
			t.run.Cancel(i)
		}
	}
}

// CancelAll stops all replies, and asks for no further takes.
func (t *Turn) CancelAll() {
	for _, r := range t.repeats {
		r.stop()
	}
	if t.run != nil {
		t.run.CancelAll()
	}
}

// End stops all replies and waits for their ends, but no longer than within.
func (t *Turn) End(within time.Duration) {
	if t.run == nil {
		return
	}
	t.CancelAll()
	select {
	case <-t.run.Done():
	case <-time.After(within):
	}
	t.Take(nil)
}

// entered reports whether the store has the turn.
func (t *Turn) entered() bool { return t.saver != nil }

// lacking are the replies that the store has no row for.
func (t *Turn) lacking() []*session.Reply {
	if !t.entered() {
		return t.Replies
	}
	return t.Replies[t.rows:]
}

// owed are the replies that have ended without their end being in the store.
func (t *Turn) owed() []*session.Reply {
	if t.entered() {
		return t.saver.Ended(t.Replies)
	}
	return slices.DeleteFunc(slices.Clone(t.Replies), func(r *session.Reply) bool {
		return !r.Status.Final()
	})
}

func snapshots(replies []*session.Reply) []*session.Reply {
	out := make([]*session.Reply, len(replies))
	for i, r := range replies {
		out[i] = r.Snapshot()
	}
	return out
}
