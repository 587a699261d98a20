package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/providers"
	"lineup/session"
)

// twoAnswers is a saved session whose two panes answered alike, the first of them twice.
func twoAnswers() *session.Session {
	reply := func(slot, take int, model, text string) *session.Reply {
		return &session.Reply{Slot: slot, Take: take, Model: model, ServedBy: model, Status: session.Done, Text: text}
	}
	code := func(name string) string {
		return "\n\n```go\nfunc " + name + "(s string) int {\n\treturn len(s)\n}\n```\n"
	}
	first := "**토큰화**는 글을 조각으로 나눈다. A tokenizer takes 42 ms for a page.\n\nIt keeps every byte, so nothing is lost." + code("Count")
	second := "토큰화는 글을 단어로 나눈다. A tokenizer takes about 40 ms for a page.\n\nIt keeps every byte, so nothing is lost." + code("Size")
	third := "Something else is true in the second pane."
	return &session.Session{ID: "s", Title: "t", Panes: providers.Bare("local/llama3.1:8b", "gate/한국어-모델", "gate/claude"), Turns: []*session.Turn{
		{ID: "t1", Prompt: "first", Replies: []*session.Reply{reply(0, 0, "local/llama3.1:8b", "An older answer.")}},
		{ID: "t2", Prompt: "토큰화가 뭐예요?", CreatedAt: time.Unix(0, 0), Replies: []*session.Reply{
			reply(0, 1, "local/llama3.1:8b", first), reply(1, 0, "gate/한국어-모델", second), reply(2, 0, "gate/claude", third)},
			Alternatives: []*session.Reply{reply(0, 0, "local/llama3.1:8b", "The first try.")}}}}
}

func TestComparisonFrames(t *testing.T) {
	for _, size := range [][2]int{{200, 60}, {120, 40}, {80, 24}, {40, 12}} {
		name := fmt.Sprintf("%dx%d-comparison", size[0], size[1])
		t.Run(name, func(t *testing.T) {
			drive(t, size[0], size[1], Config{Panes: eventfulPanes(), Session: twoAnswers()}, func(d *driver) {
				d.press("tab", "=")
				d.settle()
				goldenText(t, name, d.overlayBox()+"\n")
			})
		})
	}
}

// = compares with the next pane; Tab goes on to other panes, other answers of the pane and its other turns.
func TestComparisonOfAnswers(t *testing.T) {
	drive(t, 120, 40, Config{Panes: eventfulPanes(), Session: twoAnswers()}, func(d *driver) {
		d.press("tab", "=")
		d.settle()
		d.wantSees("1 llama3.1:8b", "2 한국어-모델", "88 % of the words are the same", "3 differences")
		for _, other := range []string{"3 claude", "1 llama3.1:8b, answer 1", "1 llama3.1:8b, turn 1", "2 한국어-모델"} {
			d.press("tab")
			d.settle()
			d.wantSees("│ " + other)
		}
		d.press("shift+tab")
		d.settle()
		d.wantSees("1 llama3.1:8b, turn 1")
		d.press("=")
		d.wantNot("Compare answers")
		d.press("right", "=")
		d.settle()
		d.wantSees("2 한국어-모델", "│ 3 claude")
	})
}

// n and N go through the differences and bring each into view, whatever the size is meanwhile.
func TestStepsThroughDifferences(t *testing.T) {
	sess := twoAnswers()
	var a, b strings.Builder
	for i := range 200 {
		fmt.Fprintf(&a, "Line %d is the same.\n\n", i)
		fmt.Fprintf(&b, "Line %d is the same.\n\n", i)
		if i%50 == 49 {
			fmt.Fprintf(&a, "left%d\n\n", i)
			fmt.Fprintf(&b, "right%d\n\n", i)
		}
	}
	sess.Turns[1].Replies[0].Text, sess.Turns[1].Replies[1].Text = a.String(), b.String()
	drive(t, 120, 30, Config{Panes: eventfulPanes(), Session: sess}, func(d *driver) {
		d.press("tab", "=")
		d.settle()
		d.wantNot("left49")
		for _, step := range []struct{ key, want string }{{"n", "49"}, {"n", "99"}, {"N", "49"}, {"N", "199"}, {"n", "49"}, {"ㅜ", "99"}} {
			d.press(step.key)
			d.wantSees("left"+step.want, "right"+step.want)
		}
		d.wantSees("difference 2 of 4")
		d.send(tea.WindowSizeMsg{Width: 60, Height: 24})
		d.wantSees("[-left99-]", "{+right99+}")
		d.press("g")
		d.wantSees("Line 0 is")
		d.press("G")
		d.wantSees("right199")
	})
}

// Fault: where all rows had room before, a smaller terminal did not show the present difference.
func TestASmallerTerminalKeepsTheDifferenceInView(t *testing.T) {
	drive(t, 120, 30, Config{Panes: eventfulPanes(), Session: twoAnswers()}, func(d *driver) {
		d.press("tab", "=")
		d.settle()
		d.press("n", "n", "n")
		d.wantSees("difference 3 of 3")
		d.send(tea.WindowSizeMsg{Width: 40, Height: 12})
		d.wantSees("[-Count", "{+Size")
		d.send(tea.WindowSizeMsg{Width: 120, Height: 30})
		d.send(tea.WindowSizeMsg{Width: 120, Height: 11})
		d.wantSees("Count", "Size")
	})
}

// Fault: the keys were drawn before the overlay knew whether it scrolls, and told so a frame late, which may never come.
func TestAnOverlayTellsAtOnceThatItScrolls(t *testing.T) {
	drive(t, 120, 30, Config{Panes: eventfulPanes(), Session: twoAnswers()}, func(d *driver) {
		d.press("tab", "=")
		d.settle()
		d.wantNot("↑ ↓ scroll")
		d.send(tea.WindowSizeMsg{Width: 120, Height: 11})
		d.wantSees("↑ ↓ scroll")
		d.send(tea.WindowSizeMsg{Width: 120, Height: 30})
		d.wantNot("↑ ↓ scroll")
	})
	drive(t, 120, 11, Config{Panes: eventfulPanes(), Session: twoAnswers()}, func(d *driver) {
		d.press("tab", "=")
		d.settle()
		d.wantSees("↑ ↓ scroll")
	})
}

func TestWhatCannotBeCompared(t *testing.T) {
	one := twoAnswers()
	one.Turns = one.Turns[:1]
	drive(t, 120, 30, Config{Panes: eventfulPanes(), Session: one}, func(d *driver) {
		d.press("tab", "=")
		d.wantSees("there is no other answer to compare with")
		d.press("right", "=")
		d.wantSees("there is no answer to compare")
	})
	same := twoAnswers()
	same.Turns[1].Replies[1].Text = same.Turns[1].Replies[0].Text
	drive(t, 120, 30, Config{Panes: eventfulPanes(), Session: same}, func(d *driver) {
		d.press("tab", "=")
		d.settle()
		d.press("n", "N")
		d.wantSees("Compare answers · no difference")
	})
}
