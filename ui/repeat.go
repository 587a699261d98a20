package ui

import (
	"fmt"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"lineup/session"
	"lineup/turn"
	"lineup/ui/keys"
	"lineup/ui/pane"
)

// mostTakes bounds a repeat on the screen: one digit too many would go on for hours.
const mostTakes = 100

// askHowOften says what /repeat wants.
func askHowOften(a *app) { a.flash = "write how often: /repeat 5, or /repeat 5 PROMPT" }

// repeatGiven is /repeat N [PROMPT]: it sends a prompt so many times to each pane. Without one it
// repeats the last prompt, or waits for the first.
func repeatGiven(a *app, given string) tea.Cmd {
	number, words, _ := strings.Cut(given, " ")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > mostTakes {
		a.flash = fmt.Sprintf("/repeat %s: write a number from 1 to %d", number, mostTakes)
		return nil
	}
	if a.busy() {
		return nil
	}
	words = session.TrimPrompt(words)
	switch {
	case words != "":
		a.prompt.set(words)
		a.prompt.repeat = n
		return a.send()
	case a.sess == nil || len(a.sess.Turns) == 0:
		a.prompt.repeat = n
		a.flash = fmt.Sprintf("each pane will be asked the next prompt %d times", n)
		return nil
	}
	return repeatLast(a, n)
}

// repeatLast asks all panes the last prompt once more, so many times.
func repeatLast(a *app, n int) tea.Cmd {
	last := len(a.sess.Turns) - 1
	t := a.sess.Turns[last]
	var panes []*pane.Pane
	for _, p := range a.panes.asked() {
		if t.Reply(p.Slot) != nil {
			panes = append(panes, p)
		}
	}
	if len(panes) == 0 {
		a.flash = "no pane was asked the last prompt"
		return nil
	}
	cost := guessAlone(a, panes, t.Asked()).Times(n)
	if a.overBudget(fmt.Sprintf("repeat %d", n), cost, keys.Send) {
		return nil
	}
	next := turn.Again(a.sess, t)
	for _, p := range panes {
		messages := messagesFor(a.sess, p.Slot, last)
		p.Show(t, next.AskTimes(n, p.Slot, p.Spec, messages, a.money.calibration, a.now()))
		showTake(a, next, p.Slot)
		p.ToEnd()
	}
	return a.begin(next)
}

// showTake shows a pane that is asked several times: the take under way, and at the end the answer
// with which the conversation goes on.
func showTake(a *app, t *turn.Turn, slot int) {
	p := a.panes.of(slot)
	takes, of := t.Takes(slot)
	if p == nil || len(takes) == 0 || takes[0].Repeat == 0 {
		return
	}
	last := takes[len(takes)-1]
	if last.Status.Final() {
		p.Show(t.Record, t.Record.Reply(slot))
		return
	}
	if p.ViewOf(last) == nil {
		p.Show(t.Record, last)
	}
	p.ViewOf(last).Counts(len(takes), of)
}
