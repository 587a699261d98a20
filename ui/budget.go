package ui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/figures"
	"lineup/providers"
	"lineup/registry"
	"lineup/session"
	"lineup/turn"
	"lineup/ui/keys"
	"lineup/ui/pane"
	"lineup/ui/text"
)

// spending holds today's spending, the models' calibration, and the prompt to be confirmed.
type spending struct {
	calibration *session.Calibration
	day         session.Spent // in the store, when it was last asked
	unstored    session.Spent // of replies that have ended since
	confirmed   string        // what the next Enter sends although it goes over the budget
	asked       int           // how often the store was asked for the day's sum

	past map[int]float64 // tokens of the conversation so far, by slot; of so many turns
	of   pastKey
}

// pastKey changes with the conversation: then its tokens are counted again.
type pastKey struct {
	session *session.Session
	turns   int
	ended   bool
}

// pastMsg brings what the store knows.
type pastMsg struct {
	asked       int
	calibration *session.Calibration // nil: as before
	day         session.Spent
	prompts     []string // of other sessions, oldest first; at the start only
	err         error
}

// mostPrompts is how many prompts of earlier sessions the history offers.
const mostPrompts = 200

// recall asks the store for today's spending. At the start it also asks for the usual length of
// answers and for earlier prompts.
func (a *app) recall(start bool) tea.Cmd {
	store, ctx, from := a.cfg.Store, a.ctx, session.Midnight(a.now())
	if store == nil {
		return nil
	}
	a.money.asked++
	m := pastMsg{asked: a.money.asked}
	current := ""
	if a.sess != nil {
		current = a.sess.ID
	}
	return func() tea.Msg {
		if m.day, m.err = store.Spent(ctx, from); m.err == nil && start {
			m.calibration, m.err = store.Calibration(ctx)
		}
		if start && m.err == nil {
			// Without them the history is shorter, and that is all.
			m.prompts, _ = store.Prompts(ctx, mostPrompts, current)
		}
		return m
	}
}

// remember takes the store's answer. Without one, only the spending of this lineup counts.
func (a *app) remember(m pastMsg) {
	if m.calibration != nil {
		a.money.calibration = m.calibration
	}
	a.prompt.earlier(m.prompts)
	if m.err == nil && m.asked == a.money.asked {
		a.money.day, a.money.unstored = m.day, session.Spent{}
	}
}

// learn takes the replies of a turn that has ended into account. They count beside the store's sum
// until the store is asked again, when another turn begins: by then they are in it.
func (a *app) learn(t *turn.Turn) {
	for _, reply := range t.Replies {
		a.money.calibration.Learn(reply)
		a.money.unstored.Add(reply)
	}
}

// sums are what this session and this day have cost so far.
func (a *app) sums() (sess, day session.Spent) {
	if a.sess != nil {
		for _, t := range a.sess.Turns {
			sess = sess.Plus(t.Spent())
		}
	}
	return sess, a.money.today()
}

// today is what this day has cost so far, with what the store does not know yet.
func (s *spending) today() session.Spent { return s.day.Plus(s.unstored) }

// estimateWords says what a prompt may cost.
func estimateWords(e turn.Estimate) string {
	return fmt.Sprintf("%d %s %s", e.Models, text.Plural(e.Models, "pane"), costWords(e))
}

// costWords is what may be spent, with the mark of an estimate.
func costWords(e turn.Estimate) string {
	s := figures.Money(e.USD, true)
	if e.Unknown > 0 {
		s += " + ?"
	}
	return s
}

// guess is what a prompt to all panes may cost. One that cannot take its files is not asked.
// further tokens may go with it that are counted already.
func (a *app) guess(asked providers.Message, further float64) (e turn.Estimate) {
	for _, p := range weighed(a) {
		if len(asked.Attachments) > 0 && refusal(p, asked.Attachments) != nil {
			continue
		}
		e = e.Plus(a.guessOf(p, asked, further))
	}
	return e.Times(max(1, a.prompt.repeat))
}

// guessAlone is what a prompt to some of the panes may cost. While they hide who they are it is
// that of all: whether a prompt to one goes over the budget would tell its price.
func guessAlone(a *app, panes []*pane.Pane, asked providers.Message) (e turn.Estimate) {
	if hides(a) {
		panes = weighed(a)
	}
	for _, p := range panes {
		e = e.Plus(a.guessOf(p, asked, 0))
	}
	return e
}

// guessOf is what a prompt to one pane may cost.
func (a *app) guessOf(p *pane.Pane, asked providers.Message, further float64) turn.Estimate {
	asked.Content = p.Spec.Info.Contender.Settings.Fill(asked.Content)
	req := turn.Request(registry.Spec{}, "", asked)
	cal, info := a.money.calibration, p.Spec.Info
	if r := p.Reply(); r != nil && r.ServedBy == info.Ref.String() {
		info.Simulated = info.Simulated || r.Simulated // as its server has told
	}
	input := further + a.pastTokens(p) + cal.EstimateInput(info.Ref.String(), req)
	return turn.EstimateOf(cal, info, input, req.Images())
}

// pastTokens estimates the system prompt and the conversation, in tokens. It counts once a turn.
func (a *app) pastTokens(p *pane.Pane) float64 {
	key := pastKey{session: a.sess, ended: !a.answering()}
	if a.sess != nil {
		key.turns = len(a.sess.Turns)
	}
	if a.money.past == nil || a.money.of != key {
		a.money.past, a.money.of = map[int]float64{}, key
	}
	n, ok := a.money.past[p.Slot]
	if !ok {
		system := a.cfg.System
		if own := p.Spec.Info.Contender.Settings.System; own != nil {
			system = *own
		}
		req := providers.Request{System: system, Messages: a.history(p), Tools: p.Spec.Tools}
		n = a.money.calibration.EstimateInput(p.Spec.Info.Ref.String(), req)
		a.money.past[p.Slot] = n
	}
	return n
}

// overBudget reports whether a request goes over the budget and is not confirmed yet. Then it says
// so; the same key once more sends it.
func (a *app) overBudget(what string, next turn.Estimate, key keys.Action) bool {
	if next.Models == 0 || a.money.confirmed == what {
		a.money.confirmed = ""
		return false
	}
	sess, day := a.sums()
	l, over := next.Over(a.cfg.Budget, sess, day)
	if !over {
		a.money.confirmed = ""
		return false
	}
	a.money.confirmed = what
	if hides(a) {
		a.flash = fmt.Sprintf("%s again sends it, over the budget of %s %s", a.keys.Label(key),
			figures.USD(l.USD), l.Of)
		return true
	}
	a.flash = fmt.Sprintf("%s again sends it, over the budget: %s of %s %s, and this %s",
		a.keys.Label(key), l.Spent.Words(figures.Money), figures.USD(l.USD), l.Of,
		figures.Money(next.USD, true))
	return true
}

// budgetWarning names the limit that is nearest to its end, once four fifths are spent.
func (a *app) budgetWarning() string {
	if a.cfg.Budget == (session.Budget{}) || hides(a) { // sums tell, see titleRow
		return ""
	}
	sess, day := a.sums()
	worst, share := "", 0.0
	for _, l := range a.cfg.Budget.Limits(sess, day, 0) {
		if part := l.Spent.USD / l.USD; l.Near && (worst == "" || part > share) {
			share = part
			worst = fmt.Sprintf("budget: %s of %s spent %s",
				l.Spent.Words(figures.Money), figures.USD(l.USD), l.Of)
		}
	}
	return worst
}

// promptTop is the upper border of the prompt box, with the budget's warning on the left and the
// draft's estimated cost on the right.
func (a *app) promptTop(style lipgloss.Style) string {
	room := a.screen.width - 2
	left, right := "", ""
	unasked := text.Cut(a.prompt.files.warning(a), max(0, room-4))
	if w := cmp.Or(unasked, a.budgetWarning()); w != "" && ansi.StringWidth(w)+4 <= room {
		left = w
		room -= ansi.StringWidth(w) + 3
	}
	if strings.TrimSpace(a.prompt.area.Draft()) != "" && !a.completing() && !hides(a) {
		draft := providers.Message{Content: a.prompt.text()}
		var further float64
		draft.Attachments, further = a.prompt.files.of(&a.prompt.area)
		if e := a.guess(draft, further); e.Models > e.Unknown {
			if s := estimateWords(e); ansi.StringWidth(s)+4 <= room {
				right = s
				room -= ansi.StringWidth(s) + 3
			}
		}
	}
	var b strings.Builder
	b.WriteString(style.Render("╭"))
	if left != "" {
		b.WriteString(style.Render("─ ") + a.theme.Warn.Render(left) + style.Render(" "))
	}
	b.WriteString(style.Render(strings.Repeat("─", max(0, room))))
	if right != "" {
		b.WriteString(style.Render(" ") + a.theme.Dim.Render(right) + style.Render(" ─"))
	}
	b.WriteString(style.Render("╮"))
	return b.String()
}

// sumsLine is the cost of the last turn, the session and the day in all panes. It is shown while a
// pane shows its details.
func (a *app) sumsLine() string {
	shown := slices.ContainsFunc(a.panes.open, (*pane.Pane).ShowsDetail)
	if !shown || a.sess == nil || len(a.sess.Turns) == 0 {
		return ""
	}
	var turn session.Spent
	answers := a.sess.Turns[len(a.sess.Turns)-1].All()
	own := slices.ContainsFunc(answers, func(r *session.Reply) bool { return !r.Copied })
	for _, r := range answers {
		if !r.Simulated && (!r.Copied || !own) { // a doubled pane repeats an answer of its turn
			turn.Count(r)
		}
	}
	sess, day := a.sums()
	s := fmt.Sprintf("all panes: %s this turn, %s this session, %s today",
		turn.Words(figures.Money), sess.Words(figures.Money), day.Words(figures.Money))
	if slices.ContainsFunc(a.sess.Turns, func(t *session.Turn) bool {
		return slices.ContainsFunc(t.All(), func(r *session.Reply) bool { return r.Simulated })
	}) {
		s += "; what is simulated costs nothing"
	}
	return s
}
