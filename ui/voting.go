package ui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/blind"
	"lineup/providers"
	"lineup/registry"
	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/pane"
	"lineup/ui/text"
)

// votingRound leads through turns that have no vote yet, blind: one key votes and goes on. It shows
// each turn in panes of its own, whose letters are shuffled for each session. The models of a
// session need not be in the config, and the session on the screen does not change.
type votingRound struct {
	about  string  // whose turns these are
	papers []paper // nil while they are looked for
	found  bool    // the search for them has ended
	at     int     // the paper at hand

	sess  *session.Session // of the paper at hand, nil while it is read
	turn  *session.Turn
	veil  *blind.Veil
	order []int // the slot of each letter
	board board // the panes
	fresh bool  // they have not been drawn yet

	orders  map[string][]int // by session
	context bool             // the panes show what was said before, too
	marking marking
	marked  []int  // letters
	said    string // what was done, or why nothing was

	began time.Time
	sum   *votingSum // at the end
}

// paper is one turn to vote on.
type paper struct {
	session.TurnRef
	turn    *session.Turn // as it was read last, nil before
	vote    *session.Vote // cast in this round
	pressed string        // for that vote, in letters
	skipped bool
	hidden  bool // its session hides who is who, still
}

// inVoting reports whether an overlay belongs to a voting session.
func inVoting(o overlay) bool {
	if c, ok := o.(*comparison); ok {
		o = c.back
	}
	_, ok := o.(*votingRound)
	return ok
}

// marking is what a digit does.
type marking int

const (
	votesAtOnce marking = iota
	marksGood           // of several
	marksOrder          // of all
)

// Messages of a voting session.
type (
	// papersMsg brings the turns to vote on.
	papersMsg struct {
		about string
		list  []session.TurnRef
		err   error
	}
	// paperMsg brings the session of a turn.
	paperMsg struct {
		id   string
		sess *session.Session
		err  error
	}
)

// allSessions is what /vote takes for every session.
const allSessions = "all"

func canVoteOn(a *app) string {
	return unless(a.sess != nil || a.cfg.Store != nil, "there are no sessions to vote on")
}

// openVoting votes on the turns of the session on the screen, and of all sessions where there is
// none.
func openVoting(a *app) tea.Cmd {
	if a.sess == nil {
		return voteOn(a, allSessions)
	}
	v := newVoting(a)
	v.about = a.sess.Title
	v.take(a.sess.Unvoted())
	i := 0
	for _, t := range a.sess.Turns { // those that are not in the store have no id
		if t.WantsVote() {
			v.papers[i].turn = t
			i++
		}
	}
	a.open(v)
	return v.show(a)
}

// voteOn votes on the turns of all sessions, of those with a tag, or of one that is named.
func voteOn(a *app, what string) tea.Cmd {
	if a.flash = hasStore(a); a.flash != "" {
		return nil
	}
	v := newVoting(a)
	a.open(v)
	store, ctx := a.cfg.Store, a.ctx
	return tell(v, func() tea.Msg { return findPapers(ctx, store, strings.TrimSpace(what)) })
}

func newVoting(a *app) *votingRound {
	return &votingRound{orders: map[string][]int{}, began: a.now()}
}

// findPapers looks for turns without a vote. What is no session may be a tag.
func findPapers(ctx context.Context, store *session.Store, what string) papersMsg {
	filter := session.Filter{Tag: session.CleanTag(what)}
	m := papersMsg{about: "#" + filter.Tag}
	switch {
	case what == allSessions:
		filter, m.about = session.Filter{}, "all sessions"
	case !strings.HasPrefix(what, "#"):
		id, unknown := store.Resolve(ctx, what)
		if unknown == nil {
			sess, err := store.Session(ctx, id)
			if err != nil {
				return papersMsg{err: err}
			}
			return papersMsg{about: sess.Title, list: sess.Unvoted()}
		}
		if tagged, err := store.Sessions(ctx, filter); err != nil || len(tagged) == 0 {
			return papersMsg{err: unknown}
		}
	}
	m.list, m.err = store.Unvoted(ctx, filter)
	return m
}

func (v *votingRound) take(list []session.TurnRef) {
	v.found, v.papers = true, make([]paper, len(list))
	for i, ref := range list {
		v.papers[i].TurnRef = ref
	}
}

func (v *votingRound) heard(a *app, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case papersMsg:
		if msg.err != nil {
			a.leave()
			a.flash = text.OneLine(problem(msg.err))
			return nil
		}
		v.about = msg.about
		v.take(msg.list)
		return v.show(a)
	case paperMsg:
		if v.sum != nil || v.at >= len(v.papers) || v.papers[v.at].Session != msg.id {
			return nil
		}
		if msg.err != nil {
			v.said = text.OneLine(problem(msg.err))
			v.papers[v.at].skipped = true
			return v.step(a, 1)
		}
		v.sess = msg.sess
		v.lay(a)
	}
	return nil
}

// show brings the paper at hand into view, or the end. A session is read when its first turn comes;
// the one on the screen is at hand.
func (v *votingRound) show(a *app) tea.Cmd {
	v.turn, v.marking, v.marked = nil, votesAtOnce, nil
	if v.at >= len(v.papers) {
		v.finish(a)
		return nil
	}
	id := v.papers[v.at].Session
	switch {
	case a.sess != nil && a.sess.ID == id:
		v.sess = a.sess
	case v.sess == nil || v.sess.ID != id:
		v.sess = nil
		store, ctx := a.cfg.Store, a.ctx
		return tell(v, func() tea.Msg {
			_, err := store.Resolve(ctx, id) // one in the trash could still be read
			if err != nil {
				return paperMsg{id: id, err: err}
			}
			sess, err := store.Session(ctx, id)
			return paperMsg{id, sess, err}
		})
	}
	v.lay(a)
	return nil
}

// lay opens a pane for each answer of the turn at hand.
func (v *votingRound) lay(a *app) {
	p := &v.papers[v.at]
	n := slices.IndexFunc(v.sess.Turns, func(t *session.Turn) bool {
		return t == p.turn || p.Turn != "" && t.ID == p.Turn
	})
	if n < 0 {
		v.said, p.skipped = "this turn is gone", true
		return
	}
	v.turn, p.turn, p.hidden = v.sess.Turns[n], v.sess.Turns[n], blind.Hides(v.sess)
	v.veil = blind.New(blind.NamesOf(v.sess)...)
	v.order = v.orderOf(a, v.sess)
	shown := []*session.Turn{v.veil.InOrder(v.turn, v.order)}
	if v.context {
		shown = nil
		for _, t := range v.sess.Turns[:n+1] {
			shown = append(shown, v.veil.InOrder(t, v.order))
		}
	}
	v.board = board{zoomed: v.board.zoomed, focused: true}
	for letter, slot := range v.order {
		if !slices.Contains(v.turn.Votable(), slot) {
			continue
		}
		who := providers.Info{Ref: providers.Ref{Model: session.Letter(letter)}}
		one := pane.New(letter, registry.Spec{Info: who, Replayed: true})
		for _, t := range shown {
			if r := t.Reply(letter); r != nil {
				one.Add(t, r)
			}
		}
		v.board.open = append(v.board.open, one)
	}
	pane.Hide(v.board.open, v.veil)
	v.board.changed()
	v.fresh = true
}

// orderOf is the slot of each letter. The slots of a blind session were shuffled when it began, and
// its letters stay.
func (v *votingRound) orderOf(a *app, s *session.Session) []int {
	if order, known := v.orders[s.ID]; known {
		return order
	}
	n := len(s.Panes)
	for _, t := range s.Turns {
		n = max(n, len(t.Replies))
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	if !blind.Hides(s) {
		shuffle(a, order)
	}
	v.orders[s.ID] = order
	return order
}

// step goes to the next paper that is not done with, or back to the one before.
func (v *votingRound) step(a *app, by int) tea.Cmd {
	to := v.at + by
	for by > 0 && to < len(v.papers) && v.papers[to].vote != nil {
		to++
	}
	if to < 0 {
		v.said = "this is the first one"
		return nil
	}
	v.at = to
	return v.show(a)
}

// vote casts what the letters say, in the kind of vote that is being marked, and goes on.
func (v *votingRound) vote(a *app, letters ...int) tea.Cmd {
	slots := make([]int, len(letters))
	for i, letter := range letters {
		slots[i] = v.order[letter]
	}
	cast := v.turn.VoteFor(slots...)
	if v.marking == marksOrder {
		cast = v.turn.VoteInOrder(slots...)
	}
	cast.At = a.now()
	// who has seen a session revealed knows it
	cast.Blind = !v.sess.Blind || blind.Hides(v.sess)
	cast.Named = slices.ContainsFunc(v.turn.Votable(), func(slot int) bool {
		return len(v.veil.Named(v.turn.Reply(slot))) > 0
	})
	p := &v.papers[v.at]
	p.vote, p.skipped, p.pressed = cast, false, choiceWords(cast.Kind, letters)
	if p.hidden { // its letters are those of its panes
		a.votes.note(cast, p.pressed)
	}
	v.said = "last vote: " + p.pressed
	return tea.Batch(putVote(a, v.turn, cast), v.step(a, 1))
}

// unvote takes back the vote on the turn at hand.
func (v *votingRound) unvote(a *app) tea.Cmd {
	p := &v.papers[v.at]
	if p.vote == nil {
		v.said = "there is no vote on this turn; " + backKey + " goes back to the one before"
		return nil
	}
	p.vote = nil
	v.said = "the vote on this turn is taken back"
	return dropVote(a, v.turn)
}

// Keys of a voting session beside the digits.
const (
	skipKey    = "s"
	backKey    = "b"
	rankKey    = "r"
	contextKey = "c"
)

func (v *votingRound) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	name, act := k.String(), a.keys.find(k, keys.InPane)
	if v.sum != nil {
		return v.sum.press(a, v, k)
	}
	if closes(k) && v.marking != votesAtOnce {
		v.marking, v.marked = votesAtOnce, nil
		return nil
	}
	if closes(k) {
		v.finish(a)
		return nil
	}
	if !v.found {
		return nil
	}
	if v.turn != nil { // else it says why the turn cannot be shown
		v.said = ""
	}
	switch {
	case name == skipKey:
		p := &v.papers[v.at]
		p.skipped = p.vote == nil
		return v.step(a, 1)
	case name == backKey, name == "backspace":
		return v.step(a, -1)
	case v.turn == nil: // it is being read
		return nil
	case len(name) == 1 && name[0] >= '0' && name[0] <= '9':
		return v.digit(a, int(name[0]-'0'))
	case name == "enter" && v.marking != votesAtOnce:
		return v.castMarked(a)
	case act == keys.Ballot:
		v.mark(marksGood)
	case name == rankKey:
		v.mark(marksOrder)
	case act == keys.Unvote:
		return v.unvote(a)
	default:
		return v.look(a, name, act)
	}
	return nil
}

// look does what only changes the view.
func (v *votingRound) look(a *app, name string, act keys.Action) tea.Cmd {
	n := len(v.board.open)
	switch act {
	case keys.NextPane, keys.Right:
		v.board.current = (v.board.current + 1) % n
	case keys.PrevPane, keys.Left:
		v.board.current = (v.board.current + n - 1) % n
	case keys.Zoom:
		v.board.zoomed = !v.board.zoomed
	case keys.Compare:
		return v.compare(a)
	default:
		if name == contextKey {
			v.context = !v.context
			v.lay(a)
			return nil
		}
		v.scroll(a, act)
	}
	return nil
}

// mark begins to mark answers with digits, or ends it.
func (v *votingRound) mark(what marking) {
	if v.marking == what {
		what = votesAtOnce
	}
	v.marking, v.marked = what, nil
}

// digit votes for a letter, or marks it.
func (v *votingRound) digit(a *app, n int) tea.Cmd {
	if n == 0 {
		v.marking = votesAtOnce
		return v.vote(a)
	}
	letter := n - 1
	if !slices.ContainsFunc(v.board.open, func(p *pane.Pane) bool { return p.Slot == letter }) {
		v.said = session.Letter(letter) + " has no answer to this prompt"
		return nil
	}
	if v.marking == votesAtOnce {
		return v.vote(a, letter)
	}
	if i := slices.Index(v.marked, letter); i >= 0 {
		v.marked = slices.Delete(v.marked, i, i+1)
		return nil
	}
	v.marked = append(v.marked, letter)
	return nil
}

// castMarked votes for what is marked. In a ranking the last place is clear without a mark.
func (v *votingRound) castMarked(a *app) tea.Cmd {
	letters := v.marked
	switch missing := len(v.board.open) - len(letters); {
	case v.marking == marksOrder && missing > 1:
		v.said = "digits give the order first, the best one first"
		return nil
	case v.marking == marksOrder:
		for _, p := range v.board.open {
			if !slices.Contains(letters, p.Slot) {
				letters = append(letters, p.Slot)
			}
		}
	case len(letters) == 0:
		v.said = "mark the good answers first; 0 says that all are bad"
		return nil
	}
	return v.vote(a, letters...)
}

// compare shows where two answers differ, and comes back here.
func (v *votingRound) compare(a *app) tea.Cmd {
	var sides []compared
	n := len(v.board.open)
	for i := range n {
		p := v.board.open[(v.board.current+i)%n]
		sides = append(sides, compared{p.Name(), p.Accent, p.Reply().VisibleText()})
	}
	c := &comparison{sides: sides, with: 1, back: v}
	a.open(c)
	return c.compare(a)
}
