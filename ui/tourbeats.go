package ui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/ui/keys"
	"lineup/ui/pane"
)

// beat is one thing that the tour does: it waits, then gives the app a message.
type beat struct {
	part    int
	caption func(label func(keys.Action) string) string
	wait    time.Duration
	until   func(*app) bool // and for this, nil for nothing
	press   tea.Msg         // nil for nothing
}

// TourRun is the file of prompts that the tour runs.
const TourRun = "questions.toml"

// tourBroken is a model that is not on the screen at the beginning of the tour.
const tourBroken = "sim-gateway/down-sim"

// length is how long a beat takes, or is likely to.
func (b beat) length() time.Duration {
	if b.until != nil {
		return 3 * time.Second
	}
	return b.wait
}

// doMsg does an action, whatever its key is.
type doMsg struct{ keys.Action }

func (m doMsg) goOn(a *app) tea.Cmd { return a.do(m.Action) }

// voteForMsg votes in a voting session for the first answer with these words, or for the last one.
// Which letter it has depends on chance.
type voteForMsg string

func (m voteForMsg) goOn(a *app) tea.Cmd {
	v, ok := a.layer.overlay.(*votingRound)
	if !ok || len(v.board.open) == 0 {
		return nil
	}
	var p *pane.Pane
	for _, p = range v.board.open {
		if r := p.Reply(); r != nil && strings.Contains(r.VisibleText(), string(m)) {
			break
		}
	}
	digit := '1' + rune(p.Slot)
	return v.press(a, tea.KeyPressMsg{Code: digit, Text: string(digit)})
}

// tourPart is a part of the tour under construction.
type tourPart struct {
	caption func(label func(keys.Action) string) string
	beats   []beat
}

func (p *tourPart) then(wait time.Duration, msg tea.Msg) {
	p.beats = append(p.beats, beat{wait: wait, press: msg})
}

// pause lets what is on the screen be read. The line that tells how far the tour is goes on.
func (p *tourPart) pause(wait time.Duration) {
	for ; wait > time.Second; wait -= time.Second {
		p.then(time.Second, nil)
	}
	p.then(wait, nil)
}

// when waits for a state of the app, and then a little.
func (p *tourPart) when(until func(*app) bool, wait time.Duration) {
	p.beats = append(p.beats, beat{until: until})
	p.pause(wait)
}

func (p *tourPart) do(action keys.Action) { p.then(0, doMsg{action}) }

func (p *tourPart) key(wait time.Duration, code rune) {
	p.then(wait, tea.KeyPressMsg{Code: code})
}

func (p *tourPart) letter(wait time.Duration, r rune) {
	p.then(wait, tea.KeyPressMsg{Code: r, Text: string(r)})
}

// typed types a text into the prompt and sends it.
func (p *tourPart) typed(s string) {
	p.do(keys.Prompt)
	p.pause(500 * time.Millisecond)
	for _, r := range s {
		p.letter(35*time.Millisecond, r)
	}
	p.key(900*time.Millisecond, tea.KeyEnter)
}

// tourBeats is the whole tour: about two minutes.
func tourBeats() (all []beat) {
	for i, p := range []tourPart{tourAsk(), tourTime(), tourDiff(), tourFacts(), tourVote(),
		tourFallback(), tourBatch(), tourCost()} {
		for _, b := range p.beats {
			b.part, b.caption = i+1, p.caption
			all = append(all, b)
		}
	}
	return all
}

func allAnswered(a *app) bool { return a.turn != nil && a.turn.Ended() }

func tourAsk() tourPart {
	p := tourPart{caption: func(func(keys.Action) string) string {
		return "One question goes to three models. The answers stream side by side."
	}}
	p.pause(3 * time.Second)
	p.typed("How many moons does Saturn have, and which one should we visit first?")
	p.pause(time.Second)
	p.when(allAnswered, 4*time.Second)
	return p
}

func tourTime() tourPart {
	p := tourPart{caption: func(k func(keys.Action) string) string {
		return k(keys.Waterfall) + ": where the time went, from the request to the last token."
	}}
	p.do(keys.Waterfall)
	p.pause(6 * time.Second)
	p.key(0, tea.KeyEscape)
	return p
}

func tourDiff() tourPart {
	p := tourPart{caption: func(k func(keys.Action) string) string {
		return k(keys.Compare) + ": two answers word by word. What both say is dimmed."
	}}
	p.do(keys.NextPane)
	p.pause(time.Second)
	p.do(keys.Compare)
	p.pause(8 * time.Second)
	p.key(0, tea.KeyEscape)
	return p
}

func tourFacts() tourPart {
	p := tourPart{caption: func(k func(keys.Action) string) string {
		return k(keys.Agreement) +
			": facts that only some state: 274 moons or 146? One of the numbers is wrong."
	}}
	p.do(keys.Agreement)
	p.pause(8 * time.Second)
	p.key(0, tea.KeyEscape)
	return p
}

func tourVote() tourPart {
	p := tourPart{caption: func(k func(keys.Action) string) string {
		return "/vote: the names are hidden, one key votes. " + k(keys.Ratings) + " shows ratings."
	}}
	p.typed("/vote")
	p.pause(7 * time.Second)
	p.then(time.Second, voteForMsg("274"))
	p.pause(5 * time.Second)
	p.key(0, tea.KeyEscape)
	p.do(keys.Ratings)
	p.pause(7 * time.Second)
	p.key(0, tea.KeyEscape)
	return p
}

func tourFallback() tourPart {
	p := tourPart{caption: func(k func(keys.Action) string) string {
		return "A fourth model is down. lineup tries again, then its fallback answers."
	}}
	p.typed("/model " + tourBroken)
	p.pause(time.Second)
	p.typed("하늘은 왜 파란가요?")
	p.then(time.Second, doMsg{keys.PrevPane})
	p.when(allAnswered, 2*time.Second)
	p.do(keys.Zoom)
	p.do(keys.Detail)
	for range 3 { // on a low terminal the attempts are below
		p.pause(2500 * time.Millisecond)
		p.do(keys.HalfDown)
	}
	p.pause(3 * time.Second)
	p.do(keys.Detail)
	p.do(keys.Zoom)
	p.do(keys.Close)
	p.pause(time.Second)
	return p
}

func tourBatch() tourPart {
	p := tourPart{caption: func(func(keys.Action) string) string {
		return "/run: a file of prompts with checks, asked of all panes; then its results."
	}}
	p.typed("/run " + TourRun)
	p.key(4*time.Second, tea.KeyEnter)
	p.when(func(a *app) bool { return a.layer.run != nil && a.layer.run.stage == runEnded },
		4*time.Second)
	p.key(0, tea.KeyEnter)
	p.pause(8 * time.Second)
	p.key(0, tea.KeyEscape)
	return p
}

func tourCost() tourPart {
	p := tourPart{caption: func(func(keys.Action) string) string {
		return "/break-even: what a month costs on your own machine and at a gateway."
	}}
	p.typed("/break-even")
	p.pause(9 * time.Second)
	p.key(0, tea.KeyEscape)
	p.pause(time.Second)
	return p
}
