package turn

import (
	"time"

	"lineup/providers"
	"lineup/registry"
	"lineup/session"
)

// repeat is what is left of asking one pane several times.
type repeat struct {
	left    int  // takes that have not begun
	stopped bool // by somebody: there are no further ones
	local   bool // the model runs on one's own server
	// begin makes the next take
	begin func(at time.Time) (*session.Reply, providers.Call)
}

// AskTimes is Ask for several takes, and returns the first one; for 0 it is Ask. Each further take
// begins when the one before it has ended, so that takes do not slow each other down. It becomes a
// part of Replies then, not before: of a repeat that is stopped there is only what was asked for.
func (t *Turn) AskTimes(
	times, slot int, to registry.Spec, messages []providers.Message,
	cal *session.Calibration, at time.Time,
) *session.Reply {
	first := t.Ask(slot, to, messages, cal, at)
	if times < 1 {
		return first
	}
	first.Repeat = times
	call := t.calls[len(t.calls)-1]
	if t.repeats == nil {
		t.repeats = map[int]*repeat{}
	}
	t.repeats[slot] = &repeat{left: times - 1, local: to.Info.Local,
		begin: func(at time.Time) (*session.Reply, providers.Call) {
			r := cal.NewReply(slot, to.Info, call.Request, at)
			r.Repeat = times
			return r, call
		}}
	return first
}

// nextTake follows the end of a reply: it marks a warm-up, and begins the next take of its pane.
// The request goes out when the store has the take, or has refused it ([Keeper.Done]).
func (t *Turn) nextTake(ended *session.Reply, at time.Time) {
	r := t.repeats[ended.Slot]
	if r == nil {
		return
	}
	ended.Warmup = r.local && ended.Loaded() && !t.answered(ended)
	if ended.Status == session.Cancelled {
		r.stop()
	}
	if r.left == 0 {
		return
	}
	r.left--
	reply, call := r.begin(at)
	t.Record.PutTake(reply)
	t.Replies, t.calls = append(t.Replies, reply), append(t.calls, call)
	t.open++
}

// answered reports whether an earlier take of the same repeat has answered.
func (t *Turn) answered(take *session.Reply) bool {
	for _, r := range t.Replies {
		if r.Slot == take.Slot && r.Take < take.Take && r.Status.Answer() {
			return true
		}
	}
	return false
}

// unsent reports whether takes have begun whose requests are not out.
func (t *Turn) unsent() bool { return t.run != nil && t.sent < len(t.Replies) }

// send sends the requests of the first n replies that are not out. A take that was stopped before
// ends at once.
func (t *Turn) send(n int) {
	for ; t.run != nil && t.sent < n; t.sent++ {
		t.run.Add(t.calls[t.sent])
		if r := t.repeats[t.Replies[t.sent].Slot]; r != nil && r.stopped {
			t.run.Cancel(t.sent)
		}
	}
}

func (r *repeat) stop() { r.left, r.stopped = 0, true }

// Wanted is how many replies there are, and will be unless somebody stops them.
func (t *Turn) Wanted() int {
	n := len(t.Replies)
	for _, r := range t.repeats {
		n += r.left
	}
	return n
}

// Takes are the replies of a slot that this turn has asked for so far, and how many there will be,
// if nobody stops them.
func (t *Turn) Takes(slot int) (takes []*session.Reply, of int) {
	for _, r := range t.Replies {
		if r.Slot == slot {
			takes = append(takes, r)
		}
	}
	of = len(takes)
	if r := t.repeats[slot]; r != nil {
		of += r.left
	}
	return takes, of
}
