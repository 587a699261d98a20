package ui

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"lineup/blind"
	"lineup/registry"
	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/pane"
	"lineup/ui/text"
)

// votes is how one votes: blind or not. In a blind session the panes hide their names.
type votes struct {
	next   bool             // in the session that begins with the next prompt
	key    veilKey          // what the veil was made for
	warned *session.Session // whose missing votes were named before the reveal

	words map[*session.Vote]string // what was pressed, of this run
	// votes of this run that later ones have replaced, by turn, the last one last
	replaced map[*session.Turn][]*session.Vote
}

// veilKey changes with what a veil is made of.
type veilKey struct {
	session *session.Session
	turns   int
	panes   int
	ended   bool
}

// hides reports whether the panes hide who they are. Those of a blind session do, and those before
// it begins. So do all in a voting session: it may be about what they show.
func hides(a *app) bool {
	if inVoting(a.layer.overlay) {
		return true
	}
	if a.sess == nil {
		return a.votes.next
	}
	return blind.Hides(a.sess)
}

// veil hides the names of the panes in a blind session, and gives them letters.
func (b *votes) veil(a *app) {
	all := a.panes.all()
	key := veilKey{a.sess, 0, len(all), !a.answering()}
	if a.sess != nil {
		key.turns = len(a.sess.Turns)
	}
	hidden := hides(a)
	asIs := func(p *pane.Pane) bool { return p.Hidden() == hidden }
	if key == b.key && !slices.ContainsFunc(all, func(p *pane.Pane) bool { return !asIs(p) }) {
		return
	}
	b.key = key
	if !hidden && a.reading.Veil == nil {
		return
	}
	var v *blind.Veil
	if hidden {
		v = blind.New(modelNames(a)...)
		if a.cfg.LivePace {
			v = v.Live()
		}
		if v.Same(a.reading.Veil) { // what is drawn stays
			v = a.reading.Veil
		}
	}
	a.reading.Veil = v
	pane.Hide(all, v)
	a.panes.changed()
}

// modelNames are the names of all models that may answer in the panes, or have answered.
func modelNames(a *app) []string {
	var names []string
	for _, p := range a.panes.all() {
		names = append(names, blind.NamesOfContender(p.Spec.Effective())...)
		names = append(names, blind.NamesOfContender(p.Spec.Contender())...)
		names = append(names, blind.LongName(p.Spec.Info.Name))
		names = append(names, p.Spec.Fallbacks...)
	}
	if a.sess != nil {
		names = append(names, blind.NamesOf(a.sess)...)
	}
	return names
}

// stepPanes has no pane show more of its answer than may be shown now.
func stepPanes(a *app) {
	if !hides(a) || a.turn == nil {
		return
	}
	type limit struct{ answer, thought int }
	limits := map[int]limit{} // by take
	for _, p := range a.panes.open {
		v := p.Newest()
		if v == nil || v.Turn != a.turn.Record {
			continue
		}
		if _, _, halted := v.Reply.Halted(); halted {
			continue
		}
		l, known := limits[v.Reply.Take]
		if !known {
			l.answer, l.thought = a.reading.Veil.Limit(v.Turn, v.Reply)
			limits[v.Reply.Take] = l
		}
		if v.Allow(l.answer, l.thought) {
			p.Redraw()
		}
	}
}

// showsEnd reports whether a pane shows that its newest answer has ended.
func showsEnd(a *app, p *pane.Pane) bool {
	v := p.Newest()
	return !p.Running() && (!hides(a) || v == nil || !v.Open())
}

// halt is for a blind session: of the answers that somebody stops now the panes show no more. An
// answer that has come already, and is held back, stops like one that still comes.
func halt(a *app, panes ...*pane.Pane) {
	if !hides(a) || a.turn == nil {
		return
	}
	var halts []func() // of all by what is to be seen now
	for _, p := range panes {
		v := p.Newest()
		if v == nil || v.Turn != a.turn.Record || showsEnd(a, p) {
			continue
		}
		answer, thought := a.reading.Veil.Limit(v.Turn, v.Reply)
		if answer == blind.All {
			answer = utf8.RuneCountInString(v.Reply.VisibleText())
			thought = utf8.RuneCountInString(v.Reply.ReasoningText())
		}
		halts = append(halts, func() {
			v.Halt(answer, thought)
			p.Redraw()
		})
	}
	for _, do := range halts {
		do()
	}
	stepPanes(a)
}

// beginBlind shuffles the panes before the first prompt of a blind session goes out. Their slots,
// and with them their letters, go by the new order.
func beginBlind(a *app) {
	shuffle(a, a.panes.open)
	a.panes.closed = nil
	for i, p := range a.panes.open {
		p.Slot, p.Accent = i, i
	}
	a.panes.changed()
}

// leaveBlind has the session after one that hides who is who begin blind too, in another order: the
// names of the panes would tell who was who.
func leaveBlind(a *app) {
	if !blind.Hides(a.sess) {
		return
	}
	a.votes.next = true
	completePanes(a)
	shuffle(a, a.panes.open)
}

// completePanes brings the panes of a session back that were closed, also those that were closed
// before it was opened again. One that is missing where the names show would be known.
func completePanes(a *app) {
	for len(a.panes.closed) > 0 {
		a.panes.reopen()
	}
	for slot := range slotCount(a.sess) {
		there := func(p *pane.Pane) bool { return p.Slot == slot }
		was, asked := recordedSpec(a.sess, slot)
		if !asked || slices.ContainsFunc(a.panes.open, there) || a.cfg.Models == nil ||
			len(a.panes.asked()) >= maxPanes {
			continue
		}
		if spec, err := a.cfg.Models.OpenContender(was.Info.Contender); err == nil {
			a.panes.place(pane.New(slot, spec))
		}
	}
}

// weighed are the panes by which something is decided for all of them: those that are asked. While
// they hide who they are the closed ones count too, since what closing a pane changes would tell
// which one it is.
func weighed(a *app) []*pane.Pane {
	if !hides(a) {
		return a.panes.asked()
	}
	return slices.DeleteFunc(a.panes.all(), func(p *pane.Pane) bool { return p.Merges })
}

// shuffle puts panes, or what is to become panes, in another order.
func shuffle[T any](a *app, list []T) {
	order := a.cfg.Shuffle
	if order == nil {
		order = rand.Shuffle
	}
	order(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}

// toggleBlind hides who is who from the next prompt on, or reveals it.
func toggleBlind(a *app) tea.Cmd {
	switch {
	case blind.Hides(a.sess):
		return a.votes.reveal(a)
	case a.sess != nil && a.sess.Blind:
		a.open(newRevealed(a.sess))
		return nil
	case a.sess == nil:
		a.votes.set(a, !a.votes.next)
		return nil
	case a.busy():
		return nil
	}
	a.newSession()
	a.votes.set(a, true)
	a.flash = "a new session, blind; the one before has shown its names, and is kept"
	return nil
}

// set makes the next session blind, or not.
func (b *votes) set(a *app, on bool) {
	b.next = on
	a.flash = "not blind: the panes show who they are"
	if on {
		a.flash = "blind: the next prompt goes out in shuffled order; " +
			a.keys.Label(keys.Blind) + " reveals who is who"
	}
}

// reveal reveals who is who. It asks once where votes are missing.
func (b *votes) reveal(a *app) tea.Cmd {
	if a.answering() {
		a.flash = "still answering; vote first, or stop the answers"
		return nil
	}
	if n := missingVotes(a.sess); n > 0 && b.warned != a.sess {
		b.warned = a.sess
		has := "turns have"
		if n == 1 {
			has = "turn has"
		}
		a.flash = fmt.Sprintf("%d %s no vote; %s again reveals all the same", n, has,
			a.keys.Label(keys.Blind))
		return nil
	}
	a.sess.Revealed = true
	a.panes.redraw()
	a.verdict = lastVerdict(a.sess)
	a.open(newRevealed(a.sess))
	if a.cfg.Store == nil || a.sess.ID == "" {
		return nil // it goes into the store with its first turn
	}
	store, ctx, id := a.cfg.Store, a.ctx, a.sess.ID
	return func() tea.Msg { return markedMsg{store.SetBlind(ctx, id, true, true)} }
}

// missingVotes counts the turns that could be voted on and were not.
func missingVotes(s *session.Session) (n int) {
	for _, t := range s.Turns {
		if t.VoteBy(session.VotedByYou) == nil && t.VoteFor().Check() == nil {
			n++
		}
	}
	return n
}

// unseen refuses an action in a blind session, because it would tell the names.
func (row action) unseen() action {
	can, do, given := row.can, row.do, row.arg.do
	stays := func(a *app) string {
		return unless(!blind.Hides(a.sess), "that would tell who is who; "+
			a.keys.Label(keys.Blind)+" reveals it")
	}
	row.can = stays
	if can != nil {
		row.can = all(stays, can)
	}
	row.do = func(a *app) tea.Cmd {
		if a.flash = stays(a); a.flash != "" {
			return nil
		}
		return do(a)
	}
	if given != nil {
		row.arg.do = func(a *app, words string) tea.Cmd {
			if a.flash = stays(a); a.flash != "" {
				return nil
			}
			return given(a, words)
		}
	}
	return row
}

// shownTurn is a turn as it may be shown, copied or written.
func shownTurn(a *app, t *session.Turn) *session.Turn { return a.reading.Veil.Turn(t) }

// shownReply is a reply of a turn as it may be shown, an alternative too.
func shownReply(a *app, t *session.Turn, r *session.Reply) *session.Reply {
	return a.reading.Veil.InTurn(t, r)
}

// missingWords names contenders that cannot be opened; of a session that hides them it counts them.
func missingWords(s *session.Session, labels []string) string {
	if !blind.Hides(s) {
		return text.OneLine(strings.Join(labels, ", "))
	}
	return fmt.Sprintf("%d of its panes", len(labels))
}

// blindOf is whether a line-up wants blind sessions. A line-up without a word on it changes
// nothing.
func blindOf(a *app, l registry.Lineup) bool {
	if l.Blind == nil {
		return a.votes.next
	}
	return *l.Blind
}
