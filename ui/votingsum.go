package ui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/compare"
	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/text"
)

// votingSum sums a voting session up: the votes, their time, and the choices. Votes in sessions
// that stay blind are counted and not named.
type votingSum struct {
	votes, papers, skipped int
	bad, ties, hidden      int
	took                   time.Duration
	ratings                compare.Ratings
	none                   bool // there was nothing to vote on
	top, high              int
}

const votingSumWidth = 90

// finish sums up, where there is something to sum up.
func (v *votingRound) finish(a *app) {
	s := &votingSum{papers: len(v.papers), votes: v.done(), skipped: v.skipped(),
		took: a.now().Sub(v.began), none: v.found && len(v.papers) == 0}
	if s.votes == 0 && s.skipped == 0 && !s.none {
		a.leave()
		return
	}
	var open []compare.Vote
	for _, p := range v.papers {
		if p.vote == nil {
			continue
		}
		s.bad += text.Int(p.vote.Kind == session.VoteBad)
		if p.hidden { // that it is no tie may tell that two panes are the same
			s.hidden++
			continue
		}
		s.ties += text.Int(p.vote.Kind == session.VoteTie)
		open = append(open, compare.Vote{Vote: *p.vote})
	}
	s.ratings = compare.Rate(open,
		compare.RatingOptions{WithFallback: true, WithSimulated: true})
	v.sum, v.turn = s, nil
}

func (s *votingSum) hints(a *app, v *votingRound) []string {
	out := []string{"esc close"}
	if s.skipped > 0 {
		out = append(out, skipKey+" vote on the skipped ones")
	}
	if s.votes > 0 {
		out = append(out, a.keys.Label(keys.Ratings)+" ratings")
	}
	return out
}

// lines are the summary in rows of at most w cells.
func (s *votingSum) lines(a *app, w int) []string {
	th := a.theme.Styles
	if s.none {
		return text.Wrap("No turn is left to vote on. A vote needs answers of two contenders, and "+
			"/vote takes a session, #TAG or all.", w)
	}
	var rows []string
	for _, line := range text.Wrap(s.counts(), w) {
		rows = append(rows, th.Strong.Render(line))
	}
	if s.hidden > 0 {
		words := fmt.Sprintf("%d of them in sessions that stay blind: %s there reveals who is "+
			"who, and then they count.", s.hidden, a.keys.Label(keys.Blind))
		rows = append(rows, text.Wrap(words, w)...)
	}
	if len(s.ratings.Ratings) == 0 {
		return rows
	}
	title := "chosen in this round"
	if w < len(title)+24 {
		title = "chosen"
	}
	name := len(title)
	for _, x := range s.ratings.Ratings {
		name = max(name, ansi.StringWidth(text.OneLine(x.Contender.Label)))
	}
	name = min(name, max(10, w-24))
	head := text.Pad(title, name) + "   best    of"
	rows = append(rows, "", th.Dim.Render(head))
	for _, x := range s.ratings.Ratings {
		label := text.CutFront(text.OneLine(x.Contender.Label), name)
		rows = append(rows, text.Cut(fmt.Sprintf("%s  %5d %5d  %3.0f %%", text.Pad(label, name),
			x.Best, x.Votes, 100*float64(x.Best)/float64(max(1, x.Votes))), w))
	}
	return rows
}

// counts says how many votes were cast in what time.
func (s *votingSum) counts() string {
	words := fmt.Sprintf("%d of %d %s voted on in %s", s.votes, s.papers,
		text.Plural(s.papers, "turn"), minutes(s.took))
	if s.votes > 0 {
		words += ", " + minutes(s.took/time.Duration(s.votes+s.skipped)) + " each"
	}
	for _, part := range []struct {
		n    int
		says string
	}{{s.bad, "all bad"}, {s.ties, text.Plural(s.ties, "tie")}, {s.skipped, "skipped"}} {
		if part.n > 0 {
			words += fmt.Sprintf(" · %d %s", part.n, part.says)
		}
	}
	return words
}

func (s *votingSum) view(a *app, w, h int) []string {
	rows := s.lines(a, w)
	s.high = h
	s.top = max(0, min(s.top, len(rows)-h))
	return rows[s.top:min(len(rows), s.top+h)]
}

func (s *votingSum) press(a *app, v *votingRound, k tea.KeyPressMsg) tea.Cmd {
	act := a.keys.find(k, keys.InPane)
	switch {
	case closes(k), k.String() == "enter":
		a.leave()
	case a.keys.Find(k, keys.InPrompt) == keys.Ratings && s.votes > 0:
		return openRatings(a)
	case k.String() == skipKey && s.skipped > 0:
		return v.again(a)
	default:
		s.top = max(0, s.top+scrolled(act, s.high))
	}
	return nil
}

// again votes on the turns that were skipped. The letters are shuffled again, since the summary may
// tell who they were.
func (v *votingRound) again(a *app) tea.Cmd {
	var left []paper
	for _, p := range v.papers {
		if p.vote == nil && p.skipped {
			p.skipped = false
			left = append(left, p)
		}
	}
	v.papers, v.at, v.sum, v.began, v.orders = left, 0, nil, a.now(), map[string][]int{}
	v.said = ""
	return v.show(a)
}
