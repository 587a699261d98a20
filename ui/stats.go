package ui

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"lineup/compare"
	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/report"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// statsView shows the statistics of the saved replies, by model, provider, day or contender.
type statsView struct {
	query   session.StatsQuery
	list    []session.Stats
	ratings []compare.Rating
	err     error
	waiting bool
	lineScroll
}

// countedMsg brings statistics, or why there are none.
type countedMsg struct {
	query   session.StatsQuery
	list    []session.Stats
	ratings []compare.Rating
	err     error
}

// openStats shows the statistics. Where every pane is simulated, so are the replies that one wants
// to see.
func (a *app) openStats() tea.Cmd {
	if a.flash = hasStore(a); a.flash != "" {
		return nil
	}
	s := &statsView{query: session.StatsQuery{By: session.ByModel, Simulated: onlySimulated(a)}}
	a.open(s)
	return s.count(a)
}

// count asks the store; what is there stays in view until it answers.
func (s *statsView) count(a *app) tea.Cmd {
	s.waiting = true
	store, ctx, q := a.cfg.Store, a.ctx, s.query
	return tell(s, func() tea.Msg {
		list, err := store.Stats(ctx, q)
		if err != nil {
			return countedMsg{query: q, err: err}
		}
		ratings, err := RatingsBeside(ctx, store, q)
		return countedMsg{q, list, ratings, err}
	})
}

// RatingsBeside are the ratings of the models or contenders that statistics count, from the votes
// of the same time; none for statistics by something else.
func RatingsBeside(
	ctx context.Context, store *session.Store, q session.StatsQuery,
) ([]compare.Rating, error) {
	if q.By != session.ByModel && q.By != session.ByContender {
		return nil, nil
	}
	list, err := store.Votes(ctx, session.VoteFilter{Since: q.Since})
	o := compare.RatingOptions{ByModel: q.By == session.ByModel, WithSimulated: q.Simulated}
	return compare.Rate(compare.VotesFrom(list), o).Ratings, err
}

func (s *statsView) heard(_ *app, msg tea.Msg) tea.Cmd {
	m, ok := msg.(countedMsg)
	if !ok || m.query != s.query { // an answer to what was asked before
		return nil
	}
	s.list, s.ratings, s.err, s.waiting, s.top = m.list, m.ratings, m.err, false, 0
	return nil
}

func (s *statsView) heading(*app) string {
	title := "Statistics · by " + string(s.query.By)
	if s.query.Simulated {
		title += " · with simulated replies"
	}
	return title
}

func (s *statsView) hints(*app) []string {
	other := "s show simulated replies"
	if s.query.Simulated {
		other = "s hide simulated replies"
	}
	return append(s.hinted("esc close", "tab by "+string(s.next())), other,
		"m p d c by model, provider, day, contender")
}

// next is the grouping after the present one.
func (s *statsView) next() session.Grouping {
	all := session.Groupings()
	return all[(slices.Index(all, s.query.By)+1)%len(all)]
}

// room keeps its size during the count where there is something to count.
func (s *statsView) room(a *app, w, h int) (int, int) {
	w = min(w, 120)
	least := 12
	if !s.waiting && len(s.list) == 0 {
		least = 1
	}
	return w, min(h, max(least, len(s.text(a.theme.Styles, w))))
}

func (s *statsView) text(t theme.Styles, w int) []string {
	switch {
	case s.err != nil:
		return text.Wrap(text.OneLine(s.err.Error()), w)
	case s.waiting && s.list == nil:
		return []string{t.Dim.Render("counting…")}
	case len(s.list) == 0 && s.query.Simulated:
		return text.Wrap("No reply is saved yet.", w)
	case len(s.list) == 0:
		return text.Wrap("No reply of a real model is saved yet; s counts simulated ones too.", w)
	}
	return report.StatsLines(t, s.list, s.ratings, w, s.query.Location)
}

func (s *statsView) view(a *app, w, h int) ([]string, *tea.Cursor) {
	return s.window(s.text(a.theme.Styles, w), h), nil
}

func (s *statsView) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	page := max(1, s.high-2)
	switch name := k.String(); {
	case closes(k), name == "q", a.keys.Find(k, keys.InPrompt) == keys.Stats:
		a.leave()
	case name == "up", name == "k":
		s.top--
	case name == "down", name == "j":
		s.top++
	case name == "pgup":
		s.top -= page
	case name == "pgdown", name == "space":
		s.top += page
	case name == "home", name == "g":
		s.top = 0
	case name == "end", name == "G":
		s.top = s.lines
	case name == "tab", name == "right":
		return s.by(a, s.next())
	case name == "m":
		return s.by(a, session.ByModel)
	case name == "p":
		return s.by(a, session.ByProvider)
	case name == "d":
		return s.by(a, session.ByDay)
	case name == "c":
		return s.by(a, session.ByContender)
	case name == "s":
		s.query.Simulated = !s.query.Simulated
		return s.count(a)
	}
	return nil
}

// by counts by something else.
func (s *statsView) by(a *app, g session.Grouping) tea.Cmd {
	s.query.By = g
	return s.count(a)
}

func (s *statsView) click(*app, int, int) tea.Cmd { return nil }
