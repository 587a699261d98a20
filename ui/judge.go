package ui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/blind"
	"lineup/compare"
	"lineup/registry"
	"lineup/session"
	"lineup/turn"
	"lineup/ui/keys"
	"lineup/ui/pane"
)

// judgeView judges the answers of one turn. It shows first the plan with its cost, then the
// progress, then the results.
type judgeView struct {
	turn  *session.Turn
	judge string // model reference, of the judgements on show

	plan *judgePlan // nil where there is none
	run  *judging   // that was begun here, or nil

	trust  *compare.Trust // of the judge in all sessions; nil while it is not known
	chosen int            // pair
	lineScroll
}

// judgePlan is what a judge will be asked.
type judgePlan struct {
	spec      registry.Spec
	ref       string // of spec, as it was given
	self, all bool
	strengths map[string]float64 // of contenders by id; nil while they are not known
	own       int                // answers that are the judge's own
	answers   int                // others
	pairs     []compare.JudgePair
	cost      turn.Estimate
}

// judging is a judge that is asked about the answers of a turn.
type judging struct {
	*turn.Judging
	turn  *session.Turn
	cost  turn.Estimate // as it was expected
	ended bool          // its judgements are kept
}

// Messages of judging.
type (
	// judgeMsg says that a judge has said something.
	judgeMsg struct{ run *judging }
	// strengthsMsg brings the ratings of contenders.
	strengthsMsg map[string]float64
	// trustMsg says how far a judge can be trusted.
	trustMsg struct {
		judge string
		compare.Trust
	}
)

// openJudge shows what was judged of the turn in sight, or else who is to judge it.
func openJudge(a *app, _ *pane.Pane) tea.Cmd {
	t, ok := readTurn(a, "judge")
	switch {
	case !ok:
		return nil
	case a.lineup.judging != nil && !a.lineup.judging.ended && a.lineup.judging.turn == t:
		a.open(a.lineup.judging.view(t))
		return nil
	case len(t.Judgements) > 0:
		v := &judgeView{turn: t, judge: t.Judgements[len(t.Judgements)-1].Judge}
		a.open(v)
		return v.weigh(a)
	case a.lineup.readers.Judge == "":
		return pickJudge(a)
	}
	return judgeBy(a, a.lineup.readers.Judge)
}

// view is a new view of a judging.
func (j *judging) view(t *session.Turn) *judgeView {
	return &judgeView{turn: t, judge: j.Judge.Info.Ref.String(), run: j}
}

// pickJudge asks which model is to judge.
func pickJudge(a *app) tea.Cmd {
	if _, ok := readTurn(a, "judge"); !ok {
		return nil
	}
	return pickReader(a, "judge", &oneModel{"Judge · which model", "see the plan", judgeBy})
}

// Words of /judge.
const (
	wordAllPairs = "--all-pairs"
	wordSelf     = "--self"
)

// judgeBy is /judge [REF] [--all-pairs] [--self]: it shows the plan. The model stays the judge.
func judgeBy(a *app, given string) tea.Cmd {
	t, ok := readTurn(a, "judge")
	if !ok {
		return nil
	}
	p := &judgePlan{}
	var ref []string
	for _, word := range strings.Fields(given) {
		switch word {
		case wordAllPairs:
			p.all = true
		case wordSelf:
			p.self = true
		default:
			ref = append(ref, word)
		}
	}
	if p.ref = strings.Join(ref, " "); p.ref == "" {
		p.ref = a.lineup.readers.Judge
	}
	if p.ref == "" {
		return pickJudge(a)
	}
	if p.spec, ok = openedReader(a, p.ref); !ok {
		return nil
	}
	a.lineup.readers.Judge = p.ref
	v := &judgeView{turn: t, judge: p.spec.Info.Ref.String(), plan: p}
	a.open(v)
	v.prepare(a)
	return tea.Batch(v.rate(a), v.weigh(a))
}

// rate asks for the ratings of the contenders, one of which is in the middle. In a blind session
// nobody may see which one that is.
func (v *judgeView) rate(a *app) tea.Cmd {
	store, ctx := a.cfg.Store, a.ctx
	if store == nil || blind.Hides(a.sess) {
		v.plan.strengths = map[string]float64{}
		v.prepare(a)
		return nil
	}
	return tell(v, func() tea.Msg {
		votes, _ := store.Votes(ctx, session.VoteFilter{}) // without any all are alike
		return strengthsMsg(compare.StrengthsIn(votes))
	})
}

// weigh asks the store how far to trust the judge.
func (v *judgeView) weigh(a *app) tea.Cmd {
	store, ctx, judge := a.cfg.Store, a.ctx, v.judge
	if store == nil {
		return nil
	}
	return func() tea.Msg {
		trust, err := trustIn(ctx, store, judge)
		if err != nil {
			return nil
		}
		return trustMsg{judge, trust}
	}
}

func (v *judgeView) heard(a *app, msg tea.Msg) tea.Cmd {
	if strengths, ok := msg.(strengthsMsg); ok && v.plan != nil {
		v.plan.strengths = strengths
		v.prepare(a)
	}
	return nil
}

// prepare chooses the pairs of the answers that are there now.
func (v *judgeView) prepare(a *app) {
	p := v.plan
	list := turn.JudgedAnswers(v.turn, p.spec.Info.Ref, p.strengths)
	p.own = 0
	for _, answer := range list {
		if answer.Own {
			p.own++
		}
	}
	if p.answers = len(list); !p.self {
		p.answers -= p.own
	}
	p.pairs = compare.JudgePairs(list, p.all, p.self)
	p.cost = v.questions(a).Estimate()
}

// questions are those of the plan.
func (v *judgeView) questions(a *app) *turn.Judging {
	return turn.NewJudging(v.turn, v.plan.spec, v.plan.pairs, a.cfg.Compare.Criteria,
		a.money.calibration, a.now())
}

// refuses says why the plan cannot be carried out, "" where it can.
func (p *judgePlan) refuses(a *app) string {
	switch {
	case blind.Hides(a.sess) && p.own > 0 && !p.self:
		return "this judge is one of the panes, and leaving it out would tell which: choose " +
			"another one, or s to have its own answers judged too"
	case len(p.pairs) == 0:
		return "two answers are needed that are not the judge's own; s takes those too"
	case p.strengths == nil:
		return "still looking for the ratings; one moment"
	}
	return ""
}

// begin asks the judge.
func (v *judgeView) begin(a *app) tea.Cmd {
	v.prepare(a)
	if a.flash = cmp.Or(canReadNow(a, v.turn), v.plan.refuses(a)); a.flash != "" {
		return nil
	}
	if a.lineup.judging != nil && !a.lineup.judging.ended {
		a.flash = "a judge is still being asked about another turn"
		return nil
	}
	what := fmt.Sprintf("judge %s %v", v.plan.ref, v.plan.pairs)
	if a.overBudget(what, v.plan.cost, keys.Send) {
		return nil
	}
	run := &judging{Judging: v.questions(a), turn: v.turn, cost: v.plan.cost}
	v.run, v.plan, v.chosen, v.top = run, nil, 0, 0
	a.lineup.judging = run
	run.Start(a.ctx)
	return run.wait()
}

// wait tells when the judge has said something, at most ten times a second.
func (j *judging) wait() tea.Cmd {
	return func() tea.Msg {
		time.Sleep(clockInterval)
		<-j.Ready()
		return judgeMsg{j}
	}
}

// goOn folds in what the judge has said, and keeps its judgements at the end.
func (m judgeMsg) goOn(a *app) tea.Cmd {
	if m.run.ended {
		return nil
	}
	if m.run.Take(nil); !m.run.Ended() {
		return m.run.wait()
	}
	list, lost := m.run.keep(a), m.run.Unjudged()
	store, ctx, id := a.cfg.Store, context.WithoutCancel(a.ctx), m.run.turn.ID
	if store == nil {
		return nil
	}
	kept := make([]*session.Judgement, len(list))
	for i, j := range list { // the store completes its own
		c := *j
		kept[i] = &c
	}
	judge := m.run.Judge.Info.Ref.String()
	return func() tea.Msg {
		err := spendLost(ctx, store, lost)
		if id == "" { // it comes into the store with its turn
			return markedMsg{err}
		}
		if err = errors.Join(err, store.Judge(ctx, id, kept...)); err != nil {
			return markedMsg{err}
		}
		trust, err := trustIn(ctx, store, judge)
		if err != nil {
			return markedMsg{}
		}
		return trustMsg{judge, trust}
	}
}

// spendLost keeps what questions have cost of which no judgement came.
func spendLost(ctx context.Context, store *session.Store, lost session.Spent) error {
	if lost == (session.Spent{}) {
		return nil
	}
	return store.Spend(ctx, session.SpentOnJudging, lost)
}

// trustIn is how far to trust a judge, by all that it has judged.
func trustIn(ctx context.Context, store *session.Store, judge string) (t compare.Trust, err error) {
	list, err := store.Judgements(ctx, judge, session.VoteFilter{})
	if err != nil {
		return t, err
	}
	votes, _ := store.Votes(ctx, session.VoteFilter{}) // without any nothing is in common
	return compare.TrustIn(compare.PairsWith(list, votes)), nil
}

// tell shows how far to trust the judge.
func (m trustMsg) tell(a *app) {
	if v, ok := a.layer.overlay.(*judgeView); ok && v.judge == m.judge {
		v.trust = &m.Trust
	}
}

// keep puts what was judged into the record, and counts what was paid.
func (j *judging) keep(a *app) []*session.Judgement {
	j.ended = true
	list := j.Judgements()
	for _, made := range list {
		made.At = a.now()
		j.turn.SetJudgement(made)
	}
	for _, r := range j.Answers() {
		a.money.calibration.Learn(r)
		a.money.unstored.Add(r)
	}
	return list
}

// leave ends a judging when the screen is gone, and stores what it has judged.
func (j *judging) leave(ctx context.Context, a *app) error {
	if j == nil || j.ended {
		return nil
	}
	j.End(endRequestWithin)
	list, store := j.keep(a), a.cfg.Store
	if store == nil {
		return nil
	}
	err := spendLost(ctx, store, j.Unjudged())
	if j.turn.ID == "" || len(list) == 0 {
		return err
	}
	return errors.Join(err, store.Judge(ctx, j.turn.ID, list...))
}

func (v *judgeView) running() bool { return v.run != nil && !v.run.ended }

// list are the judgements on show.
func (v *judgeView) list() []*session.Judgement {
	if v.run != nil {
		return v.run.Judgements()
	}
	return slices.DeleteFunc(slices.Clone(v.turn.Judgements), func(j *session.Judgement) bool {
		return j.Judge != v.judge
	})
}

// judges are those of the turn.
func (v *judgeView) judges() (out []string) {
	for _, j := range v.turn.Judgements {
		if !slices.Contains(out, j.Judge) {
			out = append(out, j.Judge)
		}
	}
	return out
}

func (v *judgeView) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	name := k.String()
	switch {
	case closes(k) && v.running():
		v.run.Stop()
		a.flash = "stopping; what was judged is kept"
	case closes(k):
		a.leave()
	case v.running():
		v.move(a, k)
	case v.plan != nil:
		return v.pressPlan(a, name, k)
	case name == "enter" && a.lineup.readers.Judge == "":
		return pickJudge(a)
	case name == "enter":
		return judgeBy(a, "")
	case name == "tab" && len(v.judges()) > 1:
		all := v.judges()
		v.judge, v.run, v.trust = all[(slices.Index(all, v.judge)+1)%len(all)], nil, nil
		v.chosen, v.top = 0, 0
		return v.weigh(a)
	default:
		v.move(a, k)
	}
	return nil
}

// pressPlan takes a key while the plan is shown.
func (v *judgeView) pressPlan(a *app, name string, k tea.KeyPressMsg) tea.Cmd {
	switch name {
	case "enter":
		return v.begin(a)
	case "tab":
		return pickJudge(a)
	case "p":
		v.plan.all = !v.plan.all
		v.prepare(a)
	case "s":
		v.plan.self = !v.plan.self
		v.prepare(a)
	default:
		v.scrolls(a, k)
	}
	return nil
}

// move chooses another pair, or scrolls by pages.
func (v *judgeView) move(a *app, k tea.KeyPressMsg) {
	switch a.keys.find(k, keys.InPane) {
	case keys.Up:
		v.chosen--
	case keys.Down:
		v.chosen++
	default:
		v.scrolls(a, k)
		return
	}
	n := len(v.list())
	if v.run != nil {
		n = len(v.run.Pairs)
	}
	v.chosen = max(0, min(v.chosen, n-1))
	if v.chosen < v.top || v.chosen >= v.top+v.high {
		v.top = max(0, v.chosen-v.high/2)
	}
}

func (v *judgeView) click(*app, int, int) tea.Cmd { return nil }
