package ui

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/figures"
	"lineup/providers"
	"lineup/registry"
	"lineup/session"
	"lineup/turn"
	"lineup/ui/keys"
	"lineup/ui/pane"
	"lineup/ui/text"
)

// Replay is a saved session to be played at its recorded timing, in place of a conversation.
// Nothing is asked and nothing is saved.
type Replay struct {
	Session *session.Session
	Speed   float64 // 2 is twice as fast; 0 is as it was
	Turn    int     // the turn to begin with, from 1; 0 is the first
}

// The speeds of a replay, each twice the one before.
const (
	MinReplaySpeed = 1.0 / 8
	MaxReplaySpeed = 64.0
)

// betweenTurns is how long the end of a turn stays before the next one begins, at the speed of 1.
const betweenTurns = 2 * time.Second

// backWithin is how far into a turn the key for the turn before means that one; later it means the
// beginning of this one.
const backWithin = 2 * time.Second

// replay plays a session on the screen. Each reply goes through the fan-out and Reply.Apply like a
// live one.
type replay struct {
	saved  *session.Session
	player *player
	turn   int // that is played, from 0
	length time.Duration
	stop   context.CancelFunc      // of the turn that is played
	due    bool                    // the next turn waits for the clock to go on
	ended  map[*session.Reply]bool // those that have the numbers of the record
	record bool                    // frames are recorded: no keys are shown
	notice string                  // where the app's has no room: what matters most first
}

// Messages of a replay.
type (
	// playMsg begins the replay.
	playMsg struct{}
	// nextTurnMsg says that the turn after another one is due.
	nextTurnMsg struct{ after *turn.Turn }
)

// openReplay shows the panes of a session, up to the turn that is played first.
func (a *app) openReplay(r Replay) {
	if r.Speed == 0 {
		r.Speed = 1
	}
	s := *r.Session
	s.Turns = slices.Clone(s.Turns)
	speed := min(max(r.Speed, MinReplaySpeed), MaxReplaySpeed)
	first := min(max(r.Turn, 1), max(1, len(s.Turns))) - 1
	a.replay = &replay{saved: &s, player: newPlayer(speed), turn: first, stop: func() {}}
	of := fmt.Sprintf("%s (%s)", s.ID, s.CreatedAt.Local().Format("2006-01-02 15:04"))
	a.notice = "REPLAY of " + of + "; nothing is asked or saved"
	a.replay.notice = "REPLAY, nothing is asked or saved · " + of
	for slot := range slotCount(&s) {
		if spec, ok := recordedSpec(&s, slot); ok && len(a.panes.open) < maxPanes {
			p := pane.New(slot, spec)
			p.Accent, p.Merges = len(a.panes.open), mergesIn(&s, slot)
			a.panes.open = append(a.panes.open, p)
		}
	}
	slices.SortStableFunc(a.panes.open, func(p, q *pane.Pane) int { // which they stand right of
		return text.Int(p.Merges) - text.Int(q.Merges)
	})
	pane.Tell(a.panes.open)
	a.replay.rewind(a)
}

func slotCount(s *session.Session) (n int) {
	for _, t := range s.Turns {
		n = max(n, len(t.Replies))
	}
	return n
}

// recordedSpec is the pane of a slot as its newest reply tells; ok is false where the slot was
// never asked.
func recordedSpec(s *session.Session, slot int) (spec registry.Spec, ok bool) {
	for _, t := range s.Turns {
		if r := t.Reply(slot); r != nil {
			ref, err := providers.ParseRef(r.Model)
			if err != nil {
				ref = providers.Ref{Model: r.Model}
			}
			info := providers.Info{Ref: ref, Name: cmp.Or(r.Name, ref.Model),
				Simulated: r.Simulated}
			if c := r.Asked(s.System); c != nil {
				info.Contender = *c
			}
			spec, ok = registry.Spec{Info: info, Replayed: true}, true
		}
	}
	return spec, ok
}

// rewind shows the turns before the one that is played, as they ended.
func (rp *replay) rewind(a *app) {
	rp.stop()
	rp.due = false
	s := *rp.saved
	s.Turns = slices.Clone(rp.saved.Turns[:min(rp.turn, len(rp.saved.Turns))])
	a.sess, a.turn, a.verdict = &s, nil, verdict{}
	for _, p := range a.panes.open {
		p.Fill(a.sess)
		p.ToEnd()
	}
}

// load prepares the turn that is played, without starting it. It returns the events of its replies.
func (rp *replay) load(a *app) (*turn.Turn, [][]providers.Event) {
	rp.rewind(a)
	saved := rp.saved.Turns[rp.turn]
	rp.player.begin(saved.CreatedAt)
	rp.length, rp.ended = 0, map[*session.Reply]bool{}
	t := turn.Play(&session.Turn{ID: saved.ID, Prompt: saved.Prompt, CreatedAt: saved.CreatedAt,
		Attachments: saved.Attachments, Promoted: saved.Promoted,
		Replies: make([]*session.Reply, len(saved.Replies))})
	var scripts [][]providers.Event
	for _, p := range a.panes.open {
		rec := saved.Reply(p.Slot)
		if rec == nil {
			continue
		}
		events := rec.Snapshot().Events(saved.CreatedAt)
		rp.length = max(rp.length, events[len(events)-1].At.Sub(saved.CreatedAt))
		info := p.Spec.Info
		info.Simulated = rec.Simulated
		reply := session.NewReply(p.Slot, info, providers.Request{System: rec.System,
			Schema: rec.Schema, Tools: rec.Tools,
			Messages: []providers.Message{saved.Asked()}}, saved.CreatedAt)
		reply.Model = rec.Model
		end := events[len(events)-1]
		t.Add(reply, providers.Call{Request: providers.Request{Schema: rec.Schema},
			Model: recording{rp.player, events[:len(events)-1], end.Err}})
		scripts = append(scripts, events)
		p.Add(t.Record, reply)
		p.ToEnd()
	}
	a.sess.Turns = append(a.sess.Turns, t.Record)
	a.turn, a.pace.taken = t, time.Time{}
	return t, scripts
}

// play begins the turn.
func (rp *replay) play(a *app) tea.Cmd {
	if len(rp.saved.Turns) == 0 {
		a.flash = "there is no turn in this session"
		return nil
	}
	t, _ := rp.load(a)
	if t.Ended() { // nobody was asked
		return rp.played(a, t)
	}
	ctx, stop := context.WithCancel(a.ctx)
	rp.stop = stop
	t.Start(ctx)
	return tea.Batch(a.wait(t), a.clock(t))
}

// settle gives replies that have ended the numbers of the record: what was computed again knows
// less.
func (rp *replay) settle(t *turn.Turn) {
	saved := rp.saved.Turns[rp.turn]
	for _, reply := range t.Replies {
		if reply.Status.Final() && !rp.ended[reply] {
			*reply = *saved.Reply(reply.Slot).Snapshot()
			rp.ended[reply] = true
		}
	}
}

// playBatch is takeBatch of a replay.
func (rp *replay) playBatch(a *app, t *turn.Turn) tea.Cmd {
	a.pace.taken = a.now()
	cmds := a.fold(t)
	rp.settle(t)
	if t.Ended() {
		return tea.Batch(append(cmds, rp.played(a, t))...)
	}
	return tea.Batch(append(cmds, a.wait(t))...)
}

// played ends a turn, and has the next one follow.
func (rp *replay) played(a *app, t *turn.Turn) tea.Cmd {
	a.verdict = verdictOf(t.Record)
	if rp.turn+1 >= len(rp.saved.Turns) {
		return nil
	}
	_, speed, _ := rp.player.state()
	pause := time.Duration(float64(betweenTurns) / speed)
	return tea.Tick(pause, func(time.Time) tea.Msg { return nextTurnMsg{t} })
}

// handleReplay takes the messages that mean something else in a replay; done is false for the
// others.
func (rp *replay) handle(a *app, msg tea.Msg) (cmd tea.Cmd, done bool) {
	switch msg := msg.(type) {
	case playMsg:
		return rp.play(a), true
	case nextTurnMsg:
		if msg.after != a.turn {
			return nil, true
		}
		if _, _, held := rp.player.state(); held {
			rp.due = true
			return nil, true
		}
		return rp.goTo(a, rp.turn+1), true
	case batchMsg:
		if msg.turn != a.turn { // which was left
			return nil, true
		}
		return rp.playBatch(a, msg.turn), true
	case clockMsg:
		return nil, msg.turn != a.turn
	case tea.PasteMsg:
		return nil, a.layer.overlay == nil && a.question == nil
	case tea.KeyPressMsg:
		if a.layer.overlay == nil && a.question == nil {
			a.flash = ""
			return rp.press(a, msg), true
		}
	}
	return nil, false
}

// goTo plays another turn.
func (rp *replay) goTo(a *app, turn int) tea.Cmd {
	rp.turn = turn
	return rp.play(a)
}

// pressReplay handles a key: those of the player first, then those that only look.
func (rp *replay) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	at, speed, held := rp.player.state()
	if same, ok := keys.SamePlace(k); ok {
		k = same
	}
	switch k.String() {
	case "q", "ctrl+c":
		return tea.Quit
	case "space":
		switch {
		case a.turn != nil && a.turn.Ended() && !held && rp.turn+1 == len(rp.saved.Turns):
			return rp.play(a) // once more
		case held && rp.due:
			rp.player.hold(false)
			return rp.goTo(a, rp.turn+1)
		}
		rp.player.hold(!held)
		return nil
	case "left":
		if at < backWithin && rp.turn > 0 {
			return rp.goTo(a, rp.turn-1)
		}
		return rp.play(a)
	case "right":
		if rp.turn+1 < len(rp.saved.Turns) {
			return rp.goTo(a, rp.turn+1)
		}
		a.flash = "this is the last turn"
		return nil
	case "+", "=":
		rp.player.setSpeed(min(speed*2, MaxReplaySpeed))
		return nil
	case "-", "_":
		rp.player.setSpeed(max(speed/2, MinReplaySpeed))
		return nil
	}
	if n := paneNumber(k); n >= 0 && n < len(a.panes.open) {
		a.focus(n)
		return nil
	}
	scope := keys.InPrompt
	if a.panes.focused {
		scope = keys.InPane
	}
	act := a.keys.find(k, scope)
	if k.String() == "?" {
		act = keys.Help
	}
	switch row, ok := a.keys.of(act); {
	case !ok:
		a.flash = noKey(k)
	case !row.replay:
		a.flash = "this is a replay; nothing is asked and nothing changes"
	default:
		return row.do(a)
	}
	return nil
}

// shown is the time by which running clocks are drawn.
func (a *app) shown() time.Time {
	if a.replay != nil {
		return a.replay.player.now()
	}
	return a.now()
}

// transport is the line in the place of the prompt.
func (rp *replay) transport(width int, ended bool) string {
	at, speed, held := rp.player.state()
	sign := "▶"
	switch {
	case ended:
		sign, at = "■", rp.length
	case held && !rp.record:
		sign = "‖"
	}
	at = min(at, rp.length)
	left := fmt.Sprintf("%s replay  turn %d of %d  %s / %s  %s× ", sign, rp.turn+1,
		len(rp.saved.Turns), figures.Duration(at), figures.Duration(rp.length), trimFloat(speed))
	if len([]rune(left)) > width+1 { // the speed is the last of it
		left = strings.Replace(left, "turn ", "", 1)
	}
	room := width - len([]rune(left))
	if room < 8 {
		return text.Cut(strings.TrimRight(left, " "), width)
	}
	done := room
	if rp.length > 0 {
		done = int(float64(room) * float64(at) / float64(rp.length))
	}
	return left + strings.Repeat("━", done) + strings.Repeat("─", room-done)
}

func trimFloat(v float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.3f", v), "0"), ".")
}

// keyRows are the keys of the player, for the help.
func (rp *replay) keyRows() []helpRow {
	const group = "Replay"
	return []helpRow{
		{keys: "space", text: "Pause or play", group: group, also: "hold resume stop"},
		{keys: "left", text: "Play turn from its start, or previous turn", group: group,
			brief: "Start or previous turn", also: "back again"},
		{keys: "right", text: "Play next turn", group: group, also: "forward skip"},
		{keys: "+, =", text: "Play twice as fast", group: group, also: "speed faster"},
		{keys: "-, _", text: "Play half as fast", group: group, also: "speed slower"},
		{keys: "q, ctrl+c", text: "Quit replay", group: group, also: "exit leave close end"},
	}
}

// hints are the keys of a replay, first those that every reader needs.
func (rp *replay) hints(k func(keys.Action) string) []string {
	if rp.record {
		return []string{"recorded with lineup, played at its recorded timing"}
	}
	return []string{"space pause", "← → turn", "+ - speed", "q quit", k(keys.Help) + " help",
		k(keys.NextPane) + " pane", k(keys.Zoom) + " zoom", k(keys.Detail) + " detail",
		k(keys.Reasoning) + " reasoning"}
}
