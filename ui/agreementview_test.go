package ui

import (
	"fmt"
	"strings"
	"testing"

	"lineup/session"
)

// threeFacts is a saved session whose three panes state different facts.
func threeFacts() *session.Session {
	sess := twoAnswers()
	for i, text := range []string{
		"It takes **42 ms** with `parse_it()`.\n\n" + strings.Repeat("Filler.\n\n", 60) + "Ada Lovelace wrote it, see https://a.example/x. It is not safe.",
		"It takes 40 ms with `parse_it()`, wrote Grace Hopper.",
		"It takes 42ms. 토큰화를 지원하지 않습니다."} {
		sess.Turns[1].Replies[i].Text = text
	}
	sess.Turns[1].Prompt = "42 ms?"
	return sess
}

func TestAgreementFrames(t *testing.T) {
	for _, size := range [][2]int{{200, 60}, {120, 40}, {80, 24}, {40, 12}} {
		name := fmt.Sprintf("%dx%d-agreement", size[0], size[1])
		t.Run(name, func(t *testing.T) {
			drive(t, size[0], size[1], Config{Panes: eventfulPanes(), Session: threeFacts()}, func(d *driver) {
				d.press("tab", "a")
				d.settle()
				goldenText(t, name, d.overlayBox()+"\n")
			})
		})
	}
}

// Enter goes to the place: in the pane chosen, in the answer and not in the prompt that says the same.
func TestAgreementGoesToThePlace(t *testing.T) {
	drive(t, 120, 24, Config{Panes: eventfulPanes(), Session: threeFacts()}, func(d *driver) {
		d.press("tab", "a")
		d.settle()
		d.wantSees("8 facts of some, 0 of all", "›")
		d.press("enter")
		d.wantNot("stated by some")
		d.wantSees("It takes 42 ms", `"42 ms" `)
		if p := d.app.panes.now(); p.Number != 1 {
			t.Errorf("pane %d has the focus, want 1", p.Number)
		}
		d.press("a")
		d.settle()
		d.press("right", "enter") // pane 3 says it too
		if p := d.app.panes.now(); p.Number != 3 {
			t.Errorf("pane %d has the focus, want 3", p.Number)
		}
		d.press("a")
		d.settle()
		d.press("down", "down", "enter")
		d.wantSees("Ada Lovelace wrote it")
		d.press("a")
		d.settle()
		d.press("G", "enter")
		d.wantSees("a.example/x")
		d.press("a")
		d.settle()
		d.press("a")
		d.wantNot("stated by some")
	})
}

func TestAgreementOfTheSame(t *testing.T) {
	sess := threeFacts()
	for _, r := range sess.Turns[1].Replies {
		r.Text = "It takes 42 ms."
	}
	drive(t, 120, 24, Config{Panes: eventfulPanes(), Session: sess}, func(d *driver) {
		d.press("tab", "a")
		d.settle()
		d.press("enter", "down", "right")
		d.wantSees("0 facts of some, 1 of all", "No number, name, negation, code or link differs.")
		d.press("esc")
		sess.Turns[1].Replies[1].Text, sess.Turns[1].Replies[2].Text = "", ""
		d.press("a")
		d.wantSees("there is no other answer to compare with")
	})
}
