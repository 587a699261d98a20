package ui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"lineup/compare"
	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/pane"
	"lineup/ui/report"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// ratingsView shows what the votes say of contenders or models.
type ratingsView struct {
	query   ratingsQuery
	ratings *compare.Ratings // nil until they are computed
	topics  []compare.Topic  // of all votes
	err     error
	lineScroll
}

// ratingsQuery says which votes count.
type ratingsQuery struct {
	topic   compare.Subject // without a name for all votes
	options compare.RatingOptions
}

// ratedMsg brings ratings, or why there are none.
type ratedMsg struct {
	query   ratingsQuery
	ratings compare.Ratings
	topics  []compare.Topic
	err     error
}

// openRatings shows the ratings. Where every pane is simulated, so are the votes that one wants to
// see.
func openRatings(a *app) tea.Cmd {
	if a.flash = hasStore(a); a.flash != "" {
		return nil
	}
	s := &ratingsView{}
	s.query.options.WithSimulated = onlySimulated(a)
	a.open(s)
	return s.rate(a)
}

// onlySimulated reports whether every pane that is asked has a simulated model.
func onlySimulated(a *app) bool {
	panes := weighed(a)
	return len(panes) > 0 &&
		!slices.ContainsFunc(panes, func(p *pane.Pane) bool { return !p.Simulated() })
}

// rate computes the ratings outside Update; what is there stays in view until then.
func (s *ratingsView) rate(a *app) tea.Cmd {
	store, ctx, q, templates := a.cfg.Store, a.ctx, s.query, a.cfg.Templates
	return tell(s, func() tea.Msg {
		list, err := store.Votes(ctx, session.VoteFilter{})
		votes := compare.VotesFrom(list)
		m := ratedMsg{query: q, err: err}
		m.topics = compare.Topics(votes, TemplateTests(templates), q.options)
		if q.topic.Name == "" {
			m.ratings = compare.Rate(votes, q.options)
		}
		for _, t := range m.topics {
			if t.Subject == q.topic {
				m.ratings = t.Ratings
			}
		}
		return m
	})
}

func (s *ratingsView) heard(_ *app, msg tea.Msg) tea.Cmd {
	m, ok := msg.(ratedMsg)
	if !ok || m.query != s.query { // an answer to what was asked before
		return nil
	}
	s.ratings, s.topics, s.err, s.top = &m.ratings, m.topics, m.err, 0
	return nil
}

func (s *ratingsView) heading(*app) string {
	title := "Ratings · by contender"
	if s.query.options.ByModel {
		title = "Ratings · by model"
	}
	if s.query.topic.Name != "" {
		title += " · " + text.OneLine(s.query.topic.String())
	}
	if s.query.options.BlindOnly {
		title += " · blind votes only"
	}
	if s.query.options.WithSimulated {
		title += " · with simulated answers"
	}
	return title
}

func (s *ratingsView) hints(*app) []string {
	o := s.query.options
	word := func(on bool, yes, no string) string {
		if on {
			return yes
		}
		return no
	}
	hints := append(s.hinted("esc close", "tab "+word(o.ByModel, "by contender", "by model")),
		"b "+word(o.BlindOnly, "all votes", "blind votes only"),
		"s "+word(o.WithSimulated, "hide", "count")+" simulated answers")
	if len(s.topics) > 0 {
		next := s.nextTopic()
		hints = append(hints, "t "+word(next.Name == "", "all topics", text.OneLine(next.String())))
	}
	return hints
}

// room keeps its size while something is computed.
func (s *ratingsView) room(a *app, w, h int) (int, int) {
	w = min(w, 140)
	least := 12
	if s.ratings != nil && len(s.ratings.Ratings) == 0 {
		least = 1
	}
	return w, min(h, max(least, len(s.text(a.theme.Styles, w))))
}

func (s *ratingsView) text(t theme.Styles, w int) []string {
	switch {
	case s.err != nil:
		return text.Wrap(text.OneLine(s.err.Error()), w)
	case s.ratings == nil:
		return []string{t.Dim.Render("computing…")}
	case s.ratings.Summary.Votes == 0:
		return text.Wrap("There is no vote yet. In a pane, v says that its answer is the best, "+
			"and V opens a ballot.", w)
	case len(s.ratings.Ratings) == 0:
		return text.Wrap(s.noneCounts(), w)
	}
	topics := s.topics
	if s.query.topic.Name != "" {
		topics = nil
	}
	return report.RatingsLines(t, *s.ratings, topics, w)
}

// noneCounts says that no vote counts, and which keys let more of them count.
func (s *ratingsView) noneCounts() string {
	says := "The only vote does not count."
	if n := s.ratings.Summary.Votes; n > 1 {
		says = fmt.Sprintf("None of %s votes counts.", text.Grouped(n))
	}
	if s.query.options.BlindOnly {
		says += " b counts votes that were not blind."
	}
	if !s.query.options.WithSimulated {
		says += " s counts simulated answers."
	}
	return says
}

func (s *ratingsView) view(a *app, w, h int) ([]string, *tea.Cursor) {
	return s.window(s.text(a.theme.Styles, w), h), nil
}

func (s *ratingsView) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	o := &s.query.options
	switch name := k.String(); {
	case closes(k), name == "q", a.keys.Find(k, keys.InPrompt) == keys.Ratings:
		a.leave()
		return nil
	case name == "tab":
		o.ByModel = !o.ByModel
	case name == "b":
		o.BlindOnly = !o.BlindOnly
	case name == "s":
		o.WithSimulated = !o.WithSimulated
	case name == "t":
		s.query.topic = s.nextTopic()
	default:
		s.top += scrolled(a.keys.find(k, keys.InPane), s.high)
		return nil
	}
	return s.rate(a)
}

// nextTopic is the topic after the present one, none after the last.
func (s *ratingsView) nextTopic() compare.Subject {
	next := slices.IndexFunc(s.topics, func(t compare.Topic) bool {
		return t.Subject == s.query.topic
	}) + 1
	if next == len(s.topics) {
		return compare.Subject{}
	}
	return s.topics[next].Subject
}

func (s *ratingsView) click(*app, int, int) tea.Cmd { return nil }
