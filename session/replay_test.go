package session

import (
	"strings"
	"testing"
	"time"

	"lineup/providers"
)

// replayed applies the events of a reply to a new one.
func replayed(r *Reply) (*Reply, []providers.Event) {
	i := info("p/one", priced())
	events := r.Events(enter())
	if r.Contender != nil {
		i.Contender = *r.Contender
	}
	req := ask()
	req.Schema, req.Tools = r.Schema, r.Tools
	return apply(NewReply(r.Slot, i, req, enter()), events...), events
}

// TestEventsMakeTheReplyAgain: text, times, attempts, usage and error are those of the record.
func TestEventsMakeTheReplyAgain(t *testing.T) {
	i := info("p/m", priced())
	broken := apply(NewReply(0, i, ask(), enter()), start(5, i), providers.Event{Type: providers.EventSent, At: at(25)}, thought(30, "a"), text(1000, "한글"))
	apply(broken, end(2000, &providers.Error{Kind: providers.ConnectionLost, Message: "gone", Hint: "again"})...)
	s := everything()
	for name, r := range map[string]*Reply{"fallback": s.Turns[0].Replies[0], "failed": s.Turns[0].Replies[2], "plain": answer(newReply(i), "Once more."), "interrupted": broken} {
		got, events := replayed(r)
		last := enter()
		for _, ev := range events {
			if ev.At.Before(last) {
				t.Errorf("%s: %v runs back to %s", name, ev.Type, ev.At)
			}
			last = ev.At
		}
		// The prompt of the record may have been another one, and so the estimates of its tokens.
		got.Usage.Input, got.Params, got.System, got.Take, got.EndedAt, got.Version = r.Usage.Input, r.Params, r.System, r.Take, r.EndedAt, r.Version
		got.Model, got.Cost, got.Repeat, got.Warmup = r.Model, r.Cost, r.Repeat, r.Warmup
		if g, w := record(t, got), record(t, r); g != w {
			t.Errorf("%s: made again\n%s\nwant\n%s", name, g, w)
		}
	}
}

// untimed is an answer of which no more is known than that it was given, as in an imported session.
func untimed(model string) *Reply {
	return &Reply{Type: "reply", Model: model, ServedBy: model, Status: Done, FinishReason: "stop",
		Metrics: Metrics{Server: map[string]float64{}}, Usage: Usage{Source: Estimated}}
}

// TestEventsOfLittle: a reply without timing comes whole, one whose timing does not fit its text loses nothing.
func TestEventsOfLittle(t *testing.T) {
	r := untimed("chatgpt/gpt-4o")
	r.Text, r.Reasoning = "An answer.", "Hm."
	if got, events := replayed(r); got.Text != r.Text || got.Reasoning != r.Reasoning || got.Status != Done || events[len(events)-1].At != enter() {
		t.Errorf("%+v", got)
	}
	for _, chunks := range [][]Chunk{{{At: time.Second, Len: 1}, {At: 2 * time.Second, Len: 1 << 30}}, {{At: time.Second, Len: 0}}, {{At: time.Second, Len: 5, Reasoning: true}}} {
		r := untimed("p/m")
		r.Text, r.Chunks = "한글 text", chunks
		got, events := replayed(r)
		if got.Text != r.Text {
			t.Errorf("%v: %q", chunks, got.Text)
		}
		for _, ev := range events {
			if ev.Type == providers.EventText && strings.ToValidUTF8(ev.Text, "?") != ev.Text {
				t.Errorf("a character is cut: %q", ev.Text)
			}
		}
	}
}
