package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/providers"
	"lineup/registry"
	"lineup/session"
	"lineup/turn"
	"lineup/ui/keys"
	"lineup/ui/pane"
)

// batchMsg says that events of a turn wait.
type batchMsg struct{ turn *turn.Turn }

// send asks every pane the draft.
func (a *app) send() tea.Cmd {
	text := session.TrimPrompt(a.prompt.text())
	if text == "" || a.prompt.slash.holds(a, text) || a.busy() {
		return nil
	}
	return a.prompt.files.send(a, text)
}

// busy reports whether nothing can be asked now, and says why.
func (a *app) busy() bool {
	switch {
	case a.cfg.Discover != nil:
		a.flash = "still looking for servers; one moment"
	case len(a.panes.open) == 0:
		a.flash = "no model is open; " + a.keys.Label(keys.Models) + " chooses one"
	case a.answering():
		a.flash = "still answering; esc esc stops all panes, and the draft stays"
		a.twice.said = a.flash
	default:
		return false
	}
	return true
}

func (a *app) history(p *pane.Pane) []providers.Message {
	if a.sess == nil {
		return nil
	}
	return a.sess.History(p.Slot)
}

// ask begins a turn for some panes, each after its own conversation.
func (a *app) ask(asked providers.Message, panes []*pane.Pane) tea.Cmd {
	now := a.now()
	if a.sess == nil {
		if a.votes.next {
			beginBlind(a)
		}
		a.sess = turn.NewSession(asked.Content, a.cfg.System, a.panes.contenders(), now)
		a.sess.Blind = a.votes.next
	}
	t := turn.New(a.sess, asked.Content, now)
	t.Record.Attachments = asked.Attachments
	return asking(a, t, panes, func(p *pane.Pane) []providers.Message {
		return append(a.history(p), asked)
	})
}

// asking asks some panes for a turn.
func asking(
	a *app, t *turn.Turn, panes []*pane.Pane, messages func(*pane.Pane) []providers.Message,
) tea.Cmd {
	for _, p := range panes {
		reply := t.AskTimes(a.prompt.repeat, p.Slot, p.Spec, messages(p), a.money.calibration,
			t.Record.CreatedAt)
		p.Add(t.Record, reply)
		showTake(a, t, p.Slot)
		p.ToEnd()
	}
	a.prompt.repeat = a.prompt.always
	return a.begin(t)
}

// begin has the keeper write a turn down. Its requests go out after that.
func (a *app) begin(t *turn.Turn) tea.Cmd {
	var past tea.Cmd
	if !a.keeper.Owes() {
		past = a.recall(false)
	}
	ctx := a.ctx
	if hides(a) {
		ctx = registry.Unnamed(ctx)
	}
	a.keeper.Begin(ctx, t)
	a.turn, a.pace.taken, a.verdict = t, time.Time{}, verdict{}
	return tea.Batch(a.keep(), a.clock(t), past)
}

// wait delivers the next batch once something has arrived and a frame is due.
func (a *app) wait(t *turn.Turn) tea.Cmd {
	pause := a.pace.next(a.pace.taken).Sub(a.now())
	return func() tea.Msg {
		if pause > 0 {
			time.Sleep(pause)
		}
		<-t.Ready()
		return batchMsg{t}
	}
}

// takeBatch folds what has arrived into the replies, saves it, and waits for more.
func (a *app) takeBatch(t *turn.Turn) tea.Cmd {
	a.pace.taken = a.now()
	cmds := append(a.fold(t), a.keep())
	if t.Ended() {
		if a.flash == a.twice.said {
			a.flash = ""
		}
		a.verdict = verdictOf(t.Record)
		if a.flash == "" && hasCallers(a) == "" {
			a.flash = "/result TEXT continues the calls with a result"
		}
		a.learn(t)
	} else {
		cmds = append(cmds, a.wait(t))
	}
	return tea.Batch(cmds...)
}

// fold takes all waiting events of a turn. The commands report faults of lineup itself among them.
func (a *app) fold(t *turn.Turn) (reports []tea.Cmd) {
	t.Take(func(reply *session.Reply, events []providers.Event) {
		reports = append(reports, a.show(t, reply, events)...)
	})
	return reports
}

// show draws events of a reply, which are in the reply already.
func (a *app) show(
	t *turn.Turn, reply *session.Reply, events []providers.Event,
) (reports []tea.Cmd) {
	view := a.viewOf(t, reply)
	for i := range events {
		view.Show(events[i])
		if events[i].Type == providers.EventEnd {
			reports = append(reports, a.cfg.report(view, events[i].Err))
			showTake(a, t, reply.Slot)
		}
	}
	return reports
}

// viewOf finds the view of a reply, and marks its pane for the next frame. The view of a closed
// pane is thrown away: its events belong to the record alone.
func (a *app) viewOf(t *turn.Turn, reply *session.Reply) *pane.View {
	if p := a.panes.of(reply.Slot); p != nil {
		if v := p.ViewOf(reply); v != nil {
			p.Hear(a.pace.taken)
			return v
		}
	}
	return pane.NewView(t.Record, reply)
}

// newSession leaves the conversation.
func (a *app) newSession() {
	if len(a.panes.open) > 0 && a.busy() {
		return
	}
	leaveBlind(a)
	a.sess, a.verdict, a.panes.closed, a.prompt.branch = nil, verdict{}, nil, nil
	a.panes.settleMerges(nil)
	for i, p := range a.panes.open {
		p.Slot = i
		p.Clear()
		p.ToEnd()
	}
	a.toPrompt()
}
