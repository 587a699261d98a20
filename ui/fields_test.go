package ui

import (
	"fmt"
	"strings"
	"testing"

	"lineup/jsoncheck"
	"lineup/providers"
	"lineup/registry"
	"lineup/session"
)

// shapedSession is a saved session whose turns were asked for JSON, and for calls of tools.
func shapedSession(t *testing.T) *session.Session {
	t.Helper()
	schema, err := jsoncheck.Parse("shop", []byte(`{"type":"object","properties":{"shop":{"type":"string"},"items":{"type":"array","items":{
		"type":"object","properties":{"price":{"type":"number"}},"required":["price"]}},"total":{"type":"integer"}},"required":["shop","items"]}`))
	if err != nil {
		t.Fatal(err)
	}
	refs := []string{"local/llama3.1:8b", "gate/한국어-모델", "gate/claude"}
	reply := func(slot int, text string, calls ...session.ToolCall) *session.Reply {
		r := &session.Reply{Slot: slot, Model: refs[slot], ServedBy: refs[slot], Status: session.Done, Text: text, ToolCalls: calls}
		if text != "" {
			checked := schema.Check(text)
			r.Schema, r.JSON = schema, &checked
		}
		return r
	}
	weather := func(arguments string) session.ToolCall {
		return session.ToolCall{Name: "get_weather", Arguments: arguments}
	}
	return &session.Session{ID: "s", Title: "t", Turns: []*session.Turn{
		{Prompt: "What is in the shop? 가게에 뭐가 있나요?", Replies: []*session.Reply{
			reply(0, `{"shop": "서울", "items": [{"price": 12.5}, {"price": 3}], "total": 9007199254740993}`),
			reply(1, "```json\n"+`{"shop": "서울", "items": [{"price": "12.50"}, {"cost": 3}], "total": 9007199254740993}`+"\n```"),
			reply(2, "{\n  \"shop\": \"*Seoul* \\\"1_2_3\\\"\",\n  \"items\": [{\"price\": 12.5")}},
		{Prompt: "The weather in Seoul, please", Replies: []*session.Reply{
			reply(0, "", weather(`{"city":"서울","days":2}`)),
			reply(1, "", weather(`{"city":"Seoul"}`), weather(`{"city":"Busan"}`)),
			reply(2, "", weather(`city = Seoul`), session.ToolCall{Name: "now", Arguments: "{}"})}}}}
}

func shapedPanes() []registry.Spec {
	return specs(says("local/llama3.1:8b", "", 0, 0), says("gate/한국어-모델", "", 0, 0), says("gate/claude", "", 0, 0))
}

func TestFieldsFrames(t *testing.T) {
	for _, size := range [][2]int{{200, 60}, {120, 40}, {80, 24}, {40, 12}} {
		name := fmt.Sprintf("%dx%d", size[0], size[1])
		t.Run(name, func(t *testing.T) {
			drive(t, size[0], size[1], Config{Panes: shapedPanes(), Session: shapedSession(t)}, func(d *driver) {
				d.press("tab", "{", "g")
				d.golden(name + "-json-verdict")
				d.press("F")
				d.wantSees("turn 1 of 2")
				d.golden(name + "-json-fields")
				d.press("right")
				d.wantSees("turn 2 of 2")
				d.golden(name + "-tool-fields")
				d.press("esc", "G")
				d.golden(name + "-tool-calls")
			})
		})
	}
}

// A turn without JSON and calls has no table, and says so.
func TestThereIsNothingToCompareInText(t *testing.T) {
	drive(t, 80, 24, Config{Panes: specs(threeModels()...)}, func(d *driver) {
		d.press("lit:hi", "enter")
		d.settle()
		d.press("tab", "F")
		d.wantSees("no answer of this turn was asked for JSON")
	})
}

// What streams shows calls as they come, and the verdict at the end.
func TestAStreamingCallIsShown(t *testing.T) {
	m := says("gate/claude", "", 0, 0)
	m.events = []scripted{
		{event: providers.Event{Type: providers.EventCall, Text: `{"city":`, Call: &providers.ToolCall{Name: "get_weather"}}},
		{event: providers.Event{Type: providers.EventCall, Text: `"Seoul"}`, Call: &providers.ToolCall{}}},
		{event: providers.Event{Type: providers.EventFinish, Text: "tool_calls"}},
	}
	drive(t, 80, 24, Config{Panes: specs(m)}, func(d *driver) {
		d.press("lit:hi", "enter")
		d.settle()
		d.wantSees(`ƒ get_weather {"city":"Seoul"}`)
	})
}

// The table of a long answer was made twice for each frame, all lines of it: half a second each.
func TestTheTableOfALongAnswerIsReadOnce(t *testing.T) {
	s := shapedSession(t)
	r := s.Turns[0].Replies[0]
	r.Text = `{"items":[` + strings.Repeat(`{"cost":1},`, 3000) + `{}]}`
	checked := r.Schema.Check(r.Text)
	r.JSON = &checked
	for _, width := range []int{120, 40} {
		drive(t, width, 24, Config{Panes: shapedPanes(), Session: s}, func(d *driver) {
			d.press("tab", "{", "g", "F")
			d.wantSees("mistakes")
			table := d.app.layer.overlay.(*fields)
			frame := func() { table.room(d.app, width, 20); table.view(d.app, width, 20) }
			if n := testing.AllocsPerRun(3, frame); n > 10_000 {
				t.Errorf("at a width of %d a frame takes %.0f allocations", width, n)
			}
			d.press("pgdown")
			d.wantSees("/items/")
		})
	}
}

// A pane whose reply failed made each row one in which the panes differ.
func TestAFailedReplyIsNoDifferenceInFields(t *testing.T) {
	s := shapedSession(t)
	same := s.Turns[0].Replies[0]
	other := same.Snapshot()
	other.Slot = 1
	s.Turns[0].Replies[1] = other
	s.Turns[0].Replies[2] = &session.Reply{Slot: 2, Model: "gate/claude", Status: session.Failed}
	drive(t, 120, 24, Config{Panes: shapedPanes(), Session: s}, func(d *driver) {
		d.press("tab", "{", "g", "F")
		d.wantSees("/items/0/price")
		if n := strings.Count(d.screen(), "≠"); n != 1 { // in the hints
			t.Errorf("%d rows differ:\n%s", n-1, d.screen())
		}
	})
}
