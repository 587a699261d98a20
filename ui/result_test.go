package ui

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"lineup/providers"
	"lineup/registry"
)

// toolModel calls a tool until it gets a result, and notes what it was sent.
type toolModel struct {
	calls bool
	asked *[]providers.Request
}

func (m toolModel) Stream(_ context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		*m.asked = append(*m.asked, req)
		ev := providers.Event{Type: providers.EventText, At: time.Now(), Text: "It is warm."}
		if last := req.Messages[len(req.Messages)-1]; m.calls && last.Role == providers.User {
			ev = providers.Event{Type: providers.EventCall, At: time.Now(), Text: `{"city":"서울"}`, Call: &providers.ToolCall{Name: "get_weather"}}
		}
		_ = yield(ev, nil) && yield(providers.Event{Type: providers.EventFinish, At: time.Now(), Text: "stop"}, nil)
	}
}

func toolSpec(ref string, calls bool) (registry.Spec, *[]providers.Request) {
	r, err := providers.ParseRef(ref)
	if err != nil {
		panic(err)
	}
	var asked []providers.Request
	return registry.Spec{Info: providers.Info{Ref: r, Name: r.Model}, Model: toolModel{calls, &asked}}, &asked
}

// talkOf is a conversation in short: role, text, calls, and the call that a result is for.
func talkOf(messages []providers.Message) string {
	var parts []string
	for _, m := range messages {
		s := string(m.Role) + ":" + m.Content
		for _, c := range m.Calls {
			s += fmt.Sprintf("+%s(%s)", c.Name, c.ID)
		}
		if m.Result != nil {
			s += "=" + m.Result.ID
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, " | ")
}

// A result that is typed by hand goes to the panes that called a tool, and to them alone.
func TestACallGoesOnWithAResultTypedByHand(t *testing.T) {
	caller, asked := toolSpec("gate/caller", true)
	talker, other := toolSpec("gate/talker", false)
	store := openStore(t)
	drive(t, 120, 40, Config{Panes: []registry.Spec{caller, talker}, Store: store}, func(d *driver) {
		d.press("lit:/result 3", "enter")
		d.settle()
		d.wantSees("no pane's last answer calls a tool")
		d.press("ctrl+c", "lit:weather?", "enter")
		d.settle()
		d.wantSees(`ƒ get_weather {"city":"서울"}`, "/result TEXT continues the calls with a result")
		d.press("tab") // which takes the message away
		d.wantSees("i prompt · F fields")
		d.press("i")
		d.wantSees("enter send · /result continues the calls")
		d.press("lit:/result 21 degrees", "enter")
		d.settle()
		d.wantSees("ƒ 21 degrees", "It is warm.")
		if got := talkOf((*asked)[1].Messages); got != "user:weather? | assistant:+get_weather(call_1_1) | tool:21 degrees=call_1_1" {
			t.Errorf("the result was sent as %s", got)
		}
		if len(*other) != 1 {
			t.Errorf("the pane without a call was asked %d times", len(*other))
		}
		d.golden("120x40-tool-result")
		// asking again sends the same, and the conversation goes on from it
		d.press("tab", "ctrl+r")
		d.settle()
		if got := talkOf((*asked)[2].Messages); got != talkOf((*asked)[1].Messages) {
			t.Errorf("asked again: %s", got)
		}
		d.press("i", "lit:thanks", "enter")
		d.settle()
		if got := talkOf((*asked)[3].Messages); got != "user:weather? | assistant:+get_weather(call_1_1) | tool:21 degrees=call_1_1 | assistant:It is warm. | user:thanks" {
			t.Errorf("then: %s", got)
		}
		if got := talkOf((*other)[1].Messages); got != "user:weather? | assistant:It is warm. | user:thanks" {
			t.Errorf("the other pane: %s", got)
		}
		saved, err := store.Session(context.Background(), d.app.sess.ID)
		if err != nil || len(saved.Turns) != 3 || !saved.Turns[1].ToolResult || saved.Turns[0].ToolResult {
			t.Fatalf("%v, %+v", err, saved)
		}
		if got := talkOf(saved.History(0)); !strings.Contains(got, "tool:21 degrees=call_1_1") {
			t.Errorf("the saved conversation is %s", got)
		}
	})
}
