package ui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/providers"
	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/text"
)

// spending is what the screen knows of money: what was spent today, what the models usually do, and what the user has
// been asked to confirm.
type spending struct {
	habits    *session.Calibration
	day       session.Spent // in the store, when it was last asked
	unstored  session.Spent // of replies that have ended since
	confirmed string        // what the next Enter sends although it goes over the budget
	asked     int           // how often the store was asked for the day's sum

	past map[int]float64 // tokens of the conversation so far, by slot; of so many turns
	of   pastKey
}

// pastKey tells whether the conversation is as it was when its tokens were counted.
type pastKey struct {
	session *session.Session
	turns   int
	ended   bool
}

// pastMsg brings what the store knows.
type pastMsg struct {
	asked  int
	habits *session.Calibration // nil: as before
	day    session.Spent
	err    error
}

// recall asks the store what was spent today, and what the models usually do.
func (a *app) recall(habits bool) tea.Cmd {
	store, ctx, from := a.cfg.Store, a.ctx, session.Midnight(a.now())
	if store == nil {
		return nil
	}
	a.money.asked++
	m := pastMsg{asked: a.money.asked}
	return func() tea.Msg {
		if m.day, m.err = store.Spent(ctx, from); m.err == nil && habits {
			m.habits, m.err = store.Calibration(ctx)
		}
		return m
	}
}

// remember takes over what the store knows. Without an answer, what this lineup spends itself counts alone.
func (a *app) remember(m pastMsg) {
	if m.habits != nil {
		a.money.habits = m.habits
	}
	if m.err == nil && m.asked == a.money.asked {
		a.money.day, a.money.unstored = m.day, session.Spent{}
	}
}

// learn takes the replies of a race that has ended into account. They count beside the store's sum until the next one
// is asked for, which is when another turn begins: by then they are in it.
func (a *app) learn(r *race) {
	for _, reply := range r.replies {
		a.money.habits.Learn(reply)
		a.money.unstored.Add(reply)
	}
}

// sums are what this session and this day have cost so far.
func (a *app) sums() (sess, day session.Spent) {
	if a.sess != nil {
		for _, t := range a.sess.Turns {
			for _, r := range t.All() {
				sess.Add(r)
			}
		}
	}
	day = a.money.day
	day.USD += a.money.unstored.USD
	day.Known += a.money.unstored.Known
	day.Estimated = day.Estimated || a.money.unstored.Estimated
	day.Unknown += a.money.unstored.Unknown
	return sess, day
}

// guess is what a prompt to all panes may cost.
type guess struct {
	usd     float64
	panes   int // how many have a price, or lack one that they should have
	unknown int // of them: nobody knows the price, or how long the answer will be
}

func (g *guess) add(o guess) {
	g.usd, g.panes, g.unknown = g.usd+o.usd, g.panes+o.panes, g.unknown+o.unknown
}

func (g guess) String() string {
	s := text.USD(g.usd) // ≈ says already that it is an estimate
	if g.unknown > 0 {
		s += " + ?"
	}
	return fmt.Sprintf("%d %s ≈ %s", g.panes, text.Plural(g.panes, "pane"), s)
}

func (a *app) guess(text string) (g guess) {
	for _, p := range a.panes {
		g.add(a.guessOf(p, text))
	}
	return g
}

// guessOf is what a prompt to one pane may cost. A simulated model costs nothing, nor one of one's own without a price.
func (a *app) guessOf(p *pane, s string) guess {
	info := p.spec.Info
	if info.Simulated || info.Local && !info.Price.Known() {
		return guess{}
	}
	input := a.pastTokens(p) + a.money.habits.EstimateInput(info.Ref.String(), providers.Request{Messages: []providers.Message{{Role: providers.User, Content: s}}})
	usd, ok := a.money.habits.Guess(info, input)
	return guess{usd: usd, panes: 1, unknown: text.Int(!ok)}
}

// pastTokens estimates what goes ahead of a prompt: the system prompt and the conversation. It is counted once a turn.
func (a *app) pastTokens(p *pane) float64 {
	key := pastKey{session: a.sess, ended: a.race == nil || a.race.ended()}
	if a.sess != nil {
		key.turns = len(a.sess.Turns)
	}
	if a.money.past == nil || a.money.of != key {
		a.money.past, a.money.of = map[int]float64{}, key
	}
	n, ok := a.money.past[p.slot]
	if !ok {
		system := p.spec.System
		if system == "" {
			system = a.cfg.System
		}
		n = a.money.habits.EstimateInput(p.spec.Info.Ref.String(), providers.Request{System: system, Messages: a.history(p)})
		a.money.past[p.slot] = n
	}
	return n
}

// overBudget reports whether a request goes over the budget and is not confirmed yet; then it says so, and the same key
// once more sends it.
func (a *app) overBudget(what string, g guess, key keys.Action) bool {
	if g.panes == 0 || a.money.confirmed == what {
		a.money.confirmed = ""
		return false
	}
	sess, day := a.sums()
	for _, l := range a.cfg.Budget.Limits(sess, day, g.usd) {
		if l.Reached {
			a.money.confirmed = what
			a.flash = fmt.Sprintf("%s again sends it, over the budget: %s of %s %s, and this ≈ %s", a.keys.Label(key), spentWords(l.Spent), text.USD(l.USD), l.Of, text.USD(g.usd))
			return true
		}
	}
	a.money.confirmed = ""
	return false
}

// spentWords says a sum. Where nothing of it is known it is no 0.
func spentWords(s session.Spent) string {
	w := text.Money(s.USD, s.Estimated)
	switch {
	case s.Unknown > 0 && s.Known == 0:
		return "$?"
	case s.Unknown > 0:
		w += " + ?"
	}
	return w
}

// budgetWarning names the limit that is nearest to its end, once four fifths are spent.
func (a *app) budgetWarning() string {
	if a.cfg.Budget == (session.Budget{}) {
		return ""
	}
	sess, day := a.sums()
	worst, share := "", 0.0
	for _, l := range a.cfg.Budget.Limits(sess, day, 0) {
		if l.Near && (worst == "" || l.Spent.USD/l.USD > share) {
			worst, share = fmt.Sprintf("budget: %s of %s spent %s", spentWords(l.Spent), text.USD(l.USD), l.Of), l.Spent.USD/l.USD
		}
	}
	return worst
}

// promptTop is the upper border of the prompt box: a warning of the budget at its left, and what the draft may cost at
// its right.
func (a *app) promptTop(style lipgloss.Style) string {
	room := a.screen.width - 2
	left, right := "", ""
	if w := a.budgetWarning(); w != "" && ansi.StringWidth(w)+4 <= room {
		left = w
		room -= ansi.StringWidth(w) + 3
	}
	if strings.TrimSpace(a.prompt.area.Draft()) != "" && !a.completing() {
		if g := a.guess(a.prompt.text()); g.panes > g.unknown {
			if s := g.String(); ansi.StringWidth(s)+4 <= room {
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

// sumsLine tells what the last turn, the session and the day have cost in all panes, while a pane shows its numbers.
func (a *app) sumsLine() string {
	if a.sess == nil || len(a.sess.Turns) == 0 || !slices.ContainsFunc(a.panes, func(p *pane) bool { return p.showsDetail() }) {
		return ""
	}
	var turn session.Spent
	for _, r := range a.sess.Turns[len(a.sess.Turns)-1].All() {
		if !r.Simulated {
			turn.Count(r)
		}
	}
	sess, day := a.sums()
	s := fmt.Sprintf("all panes: %s this turn, %s this session, %s today", spentWords(turn), spentWords(sess), spentWords(day))
	if slices.ContainsFunc(a.sess.Turns, func(t *session.Turn) bool {
		return slices.ContainsFunc(t.All(), func(r *session.Reply) bool { return r.Simulated })
	}) {
		s += "; what is simulated costs nothing"
	}
	return s
}
