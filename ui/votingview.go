package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/pane"
	"lineup/ui/text"
)

func (v *votingRound) heading(a *app) string {
	title := "Vote"
	if v.turn == nil && v.sum == nil { // nothing is known of who is to be masked
		return title
	}
	if about := a.reading.Clusters.OneLine(v.veil.Text(v.about)); about != "" {
		title += " · " + about
	}
	if v.turn == nil {
		return title
	}
	if n := len(v.sess.Turns); n > 1 {
		title += fmt.Sprintf(" · turn %d of %d", slices.Index(v.sess.Turns, v.turn)+1, n)
	}
	return title
}

func (v *votingRound) hints(a *app) []string {
	k := a.keys.Label
	switch {
	case v.sum != nil:
		return v.sum.hints(a, v)
	case v.turn == nil:
		return []string{"esc close"}
	case v.marking == marksGood:
		return []string{"enter vote", "esc one vote again", "1–9 mark the good ones", "0 all bad"}
	case v.marking == marksOrder:
		return []string{"enter vote", "esc one vote again", "1–9 in order", "0 all bad"}
	}
	parts := []string{voteKeys(v.board.open), "esc end", "0 all bad", skipKey + " skip",
		backKey + " back"}
	if v.board.mode == tabs {
		parts = slices.Insert(parts, 3, k(keys.NextPane)+" next answer")
	}
	return append(parts, k(keys.Ballot)+" several", rankKey+" rank", k(keys.Compare)+" compare",
		k(keys.Zoom)+" zoom", k(keys.Unvote)+" take back", contextKey+" turns before")
}

// bare is the turn that is voted on: its panes have frames of their own.
func (v *votingRound) bare() bool { return v.turn != nil && v.sum == nil }

// room is all that there is: answers are long.
func (v *votingRound) room(a *app, w, h int) (int, int) {
	switch {
	case v.sum != nil:
		w = min(w, votingSumWidth)
		return w, min(h, len(v.sum.lines(a, w)))
	case !v.found:
		return w, 3
	}
	return w, h
}

func (v *votingRound) view(a *app, w, h int) ([]string, *tea.Cursor) {
	th := a.theme.Styles
	switch {
	case v.sum != nil:
		return v.sum.view(a, w, h), nil
	case !v.found:
		return []string{th.Dim.Render("looking for turns without a vote…")}, nil
	}
	rows := []string{v.progress(a, w)}
	if v.turn == nil {
		words := v.said
		if words == "" {
			words = "reading…"
		}
		return append(rows, th.Dim.Render(text.Cut(words, w))), nil
	}
	v.board.arrange(w, h-1)
	look := v.lookOf(a)
	if v.fresh {
		v.fresh = false
		for _, p := range v.board.open {
			look := look
			look.Width = p.InnerWidth()
			p.ToLine(p.Newest().Turn, 0, look)
		}
	}
	return v.board.appendRows(rows, w, h-1, look, a.now()), nil
}

// lookOf is what the panes draw by.
func (v *votingRound) lookOf(a *app) pane.Look {
	look := a.look()
	look.Reading.Veil, look.Locked, look.Sums, look.Later = v.veil, false, "", nil
	return look
}

// progress is how far one has come, and what was done last or is being marked.
func (v *votingRound) progress(a *app, w int) string {
	th := a.theme.Styles
	title := ""
	if v.bare() {
		title = " " + text.Cut(v.heading(a), max(8, w/2-1)) + "  "
		w -= ansi.StringWidth(title)
		title = th.Strong.Render(title)
	}
	n := len(v.papers)
	count := fmt.Sprintf("%d of %d", min(v.at+1, n), n)
	words := v.said
	switch {
	case v.marking != votesAtOnce:
		words = v.markWords()
	case words == "" && v.at < n && v.papers[v.at].vote != nil:
		words = "voted: " + v.papers[v.at].pressed
	case words == "":
		words = v.left(a.now())
	}
	room := w - ansi.StringWidth(count) - ansi.StringWidth(words) - 4
	bar := ""
	if track := min(room, 30); track >= 8 {
		done := v.done() * track / max(1, n)
		bar = th.Accent(0).Render(strings.Repeat("━", done)) +
			th.Dim.Render(strings.Repeat("─", track-done)) + "  "
	}
	return title + th.Strong.Render(count) + "  " + bar + text.Cut(words, max(0, w-len(count)-2))
}

// markWords say what is marked.
func (v *votingRound) markWords() string {
	names := make([]string, len(v.marked))
	for i, letter := range v.marked {
		names[i] = session.Letter(letter)
	}
	what, between := "good: ", " = "
	if v.marking == marksOrder {
		what, between = "ranking: ", " > "
	}
	if v.said != "" {
		return v.said
	}
	if len(names) == 0 {
		return what + "…"
	}
	return what + strings.Join(names, between)
}

// done counts the votes of this round.
func (v *votingRound) done() (n int) {
	for _, p := range v.papers {
		n += text.Int(p.vote != nil)
	}
	return n
}

func (v *votingRound) skipped() (n int) {
	for _, p := range v.papers {
		n += text.Int(p.skipped)
	}
	return n
}

// enoughVotes is how many votes tell how long the others will take.
const enoughVotes = 3

// left counts what was skipped, and estimates the time for the rest.
func (v *votingRound) left(now time.Time) string {
	var parts []string
	if n := v.skipped(); n > 0 {
		parts = append(parts, fmt.Sprintf("%d skipped", n))
	}
	done := v.done()
	if left := len(v.papers) - done - v.skipped(); done >= enoughVotes && left > 0 {
		each := now.Sub(v.began) / time.Duration(done+v.skipped())
		parts = append(parts, "about "+minutes(time.Duration(left)*each)+" left")
	}
	return strings.Join(parts, " · ")
}

// minutes is a time as people say it.
func minutes(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%d s", int(d.Round(time.Second).Seconds()))
	}
	return fmt.Sprintf("%d min", int(d.Round(time.Minute).Minutes()))
}

// scroll scrolls all answers together.
func (v *votingRound) scroll(a *app, act keys.Action) {
	look := v.lookOf(a)
	for _, p := range v.board.open {
		look.Width = p.InnerWidth()
		switch by := scrolled(act, p.Page()); {
		case by == 0 || p.Place().H == 0:
		case act == keys.Top:
			p.ToTop()
		case act == keys.Bottom:
			p.ToEnd()
		default:
			p.Scroll(by, look)
		}
	}
}

func (v *votingRound) wheel(a *app, by int) {
	if v.turn == nil || v.sum != nil {
		return
	}
	look := v.lookOf(a)
	for _, p := range v.board.open {
		if p.Place().H > 0 {
			look.Width = p.InnerWidth()
			p.Scroll(by, look)
		}
	}
}

// click chooses a pane.
func (v *votingRound) click(_ *app, x, y int) tea.Cmd {
	const above = 1 // the line of the progress
	if p := v.board.at(x, y-above); p != nil && v.turn != nil {
		v.board.current = slices.Index(v.board.open, p)
	}
	return nil
}
