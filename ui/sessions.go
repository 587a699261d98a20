package ui

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/blind"
	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/report"
	"lineup/ui/text"
	"lineup/ui/theme"
	"lineup/ui/widget"
)

// sessions browses the store. It searches during typing and previews the selected session.
type sessions struct {
	list     *widget.List
	hits     []session.Hit
	asked    string                     // what was searched for last
	busy     bool                       // a search is under way; there is never more than one
	previews map[string]*report.Preview // by session
	loading  string                     // the session whose preview is under way, "" for none
	deleted  []session.Summary          // by this overlay, the last one last
	versions map[string]string          // of sessions with one title, such as "2 of 5", by id
	open     string                     // the session on the screen, when the hits came
	now      time.Time                  // when that was
}

// Messages of the sessions.
type (
	hitsMsg struct {
		asked string
		hits  []session.Hit
		err   error
	}
	previewMsg struct {
		id   string
		sess *session.Session
		err  error
	}
	// openMsg brings a session to go on with.
	openMsg struct {
		sess *session.Session
		err  error
	}
	// changedMsg says that something was done to a session, in words, or why not.
	changedMsg struct {
		said string
		err  error
		undo func(*sessions) // notes it, where it went well
	}
)

// openSessions opens the list.
func (a *app) openSessions() tea.Cmd {
	if a.cfg.Store == nil {
		a.flash = "nothing is kept: there is no store"
		return nil
	}
	list := widget.NewList("search titles, tags, prompts and answers, or contender:NAME")
	s := &sessions{list: list, previews: map[string]*report.Preview{}}
	s.list.Raw, s.list.Side = true, s.facts
	s.list.None = "nothing is found"
	s.list.Waiting = "reading…"
	a.open(s)
	return s.search(a)
}

// search asks the store for what is typed now, unless it is busy; then the answer asks again. So
// there is no more than one search at a time, however fast one types, and the last word counts.
func (s *sessions) search(a *app) tea.Cmd {
	if s.busy {
		return nil
	}
	s.busy, s.asked = true, s.list.Typed()
	store, ctx, asked := a.cfg.Store, a.ctx, s.asked
	return tell(s, func() tea.Msg {
		hits, err := find(ctx, store, asked)
		return hitsMsg{asked, hits, err}
	})
}

// listed is how many sessions are shown while nothing is searched for.
const listed = 200

// find searches, narrowed by words such as contender:cold; without a word it gives the sessions
// that were used last.
func find(ctx context.Context, store *session.Store, asked string) ([]session.Hit, error) {
	if words, filter := session.ParseFilter(asked); strings.TrimSpace(asked) != "" {
		hits, err := store.Search(ctx, words, filter)
		if err != nil {
			return nil, err
		}
		return blind.Hits(ctx, store, hits)
	}
	list, err := store.Sessions(ctx, session.Filter{Limit: listed})
	hits := make([]session.Hit, len(list))
	for i, m := range list {
		hits[i].Summary = m
	}
	return hits, err
}

// look loads the preview of the selected session, where it is not there yet.
func (s *sessions) look(a *app) tea.Cmd {
	h := s.selected()
	if h == nil || s.loading != "" || s.previews[h.ID] != nil {
		return nil
	}
	s.loading = h.ID
	return tell(s, func() tea.Msg {
		sess, err := a.cfg.Store.Session(a.ctx, h.ID)
		return previewMsg{h.ID, sess, err}
	})
}

func (s *sessions) selected() *session.Hit {
	if i := s.list.Selected(); i >= 0 && i < len(s.hits) {
		return &s.hits[i]
	}
	return nil
}

func (s *sessions) heard(a *app, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case hitsMsg:
		s.busy, s.list.Waiting = false, ""
		if msg.asked != s.list.Typed() {
			return s.search(a)
		}
		s.found(a, msg)
		return s.look(a)
	case previewMsg:
		s.loading = ""
		if msg.err != nil {
			s.previews[msg.id] = &report.Preview{Problem: text.OneLine(problem(msg.err))}
		} else {
			sess := blind.Of(msg.sess).Session(msg.sess)
			s.previews[msg.id] = report.NewPreview(sess, a.reading.Clusters)
		}
		return s.look(a) // the selection may have gone on
	case openMsg:
		if msg.err != nil {
			a.flash = text.OneLine(problem(msg.err))
			return nil
		}
		return a.openSession(msg.sess)
	case changedMsg:
		if msg.err != nil {
			a.flash = text.OneLine(problem(msg.err))
			return nil
		}
		a.flash = msg.said
		if msg.undo != nil {
			msg.undo(s)
		}
		s.previews = map[string]*report.Preview{}
		return s.search(a)
	}
	return nil
}

// found shows what a search brought.
func (s *sessions) found(a *app, msg hitsMsg) {
	s.hits, s.list.Notes = msg.hits, nil
	if msg.err != nil {
		s.list.Notes = []string{text.OneLine(problem(msg.err))}
	}
	items := make([]widget.Item, len(s.hits))
	for i, h := range s.hits {
		items[i] = widget.Item{Text: a.reading.Clusters.OneLine(h.Title)}
	}
	s.versions = versionsOf(s.hits)
	s.now, s.open = a.now(), ""
	if a.sess != nil {
		s.open = a.sess.ID
	}
	s.list.Set(items)
}

// versionsOf numbers the sessions that share a title, such as forks of one, from the oldest on.
func versionsOf(hits []session.Hit) map[string]string {
	same := map[string][]session.Summary{}
	for _, h := range hits {
		same[h.Title] = append(same[h.Title], h.Summary)
	}
	out := map[string]string{}
	for _, all := range same {
		slices.SortFunc(all, func(x, y session.Summary) int {
			return cmp.Or(x.CreatedAt.Compare(y.CreatedAt), cmp.Compare(x.ID, y.ID))
		})
		for i, m := range all {
			if len(all) > 1 {
				out[m.ID] = fmt.Sprintf("%d of %d", i+1, len(all))
			}
		}
	}
	return out
}

// facts sums a session up in a list of w cells.
func (s *sessions) facts(i, w int) string {
	h := s.hits[i]
	parts := []string{when(h.UpdatedAt, s.now)}
	switch {
	case w < 50 && h.ID == s.open:
		parts = nil // its title needs the room more
	case w >= 50:
		parts = append([]string{fmt.Sprintf("%d %s", h.Turns, text.Plural(h.Turns, "turn"))},
			parts...)
	}
	if version := s.versions[h.ID]; version != "" {
		parts = append([]string{version}, parts...)
	}
	if h.ID == s.open {
		parts = append([]string{"open"}, parts...)
	}
	return strings.Join(parts, " · ")
}

// when writes a time in short: the hour today, the day this year, else the date.
func when(t, now time.Time) string {
	t, now = t.Local(), now.Local()
	switch {
	case t.Year() == now.Year() && t.YearDay() == now.YearDay():
		return t.Format("15:04")
	case t.Year() == now.Year():
		return t.Format("Jan _2")
	}
	return t.Format("2006-01-02")
}

func (s *sessions) below() int { return s.list.Below() }

func (s *sessions) heading(*app) string {
	if n := len(s.hits); n > 0 {
		return fmt.Sprintf("Sessions · %d", n)
	}
	return "Sessions"
}

func (s *sessions) room(_ *app, w, h int) (int, int) { return min(w, 150), min(h, 44) }

func (s *sessions) hints(a *app) []string {
	hints := []string{"enter open", "esc close", "ctrl+r rename", "ctrl+d delete", "ctrl+f fork",
		"ctrl+e export"}
	if n := len(s.deleted); n > 0 {
		const before, after = " ctrl+z restore ", " · esc close"
		room := min(24, a.screen.width-ansi.StringWidth(before+after)-2)
		title := text.Cut(a.reading.Clusters.OneLine(s.deleted[n-1].Title), max(0, room))
		hints = append([]string{before[1:] + quoted(a, title)}, hints...)
	}
	return hints
}

// Room that the preview wants beside the list, else below it.
const (
	previewBeside = 90
	previewBelow  = 16
)

func (s *sessions) view(a *app, w, h int) ([]string, *tea.Cursor) {
	switch {
	case w >= previewBeside:
		left := w / 2
		rows, cursor := s.list.View(a.theme.Styles, left, h)
		right := s.preview(a, w-left-3, h)
		bar := a.theme.Dim.Render(" │ ")
		for i := range h {
			row := text.Pad(text.At(rows, i), left) + bar + text.At(right, i)
			if i < len(rows) {
				rows[i] = row
			} else {
				rows = append(rows, row)
			}
		}
		return rows, cursor
	case h >= previewBelow:
		high := h * 2 / 5
		rows, cursor := s.list.View(a.theme.Styles, w, h-high-1)
		for len(rows) < h-high-1 {
			rows = append(rows, "")
		}
		rows = append(rows, a.theme.Dim.Render(strings.Repeat("─", w)))
		return append(rows, s.preview(a, w, high)...), cursor
	}
	return s.list.View(a.theme.Styles, w, h)
}

func (s *sessions) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	h := s.selected()
	name := k.String()
	switch {
	case closes(k):
		a.leave()
		return nil
	case name == "ctrl+z":
		return s.undelete(a)
	case h == nil:
	case name == "enter":
		return s.load(a, h.ID)
	case name == "ctrl+r":
		s.rename(a, h.Summary)
		return nil
	case name == "ctrl+d", name == "delete":
		return s.remove(a, h.Summary)
	case name == "ctrl+f":
		return s.fork(a, h.Summary)
	case name == "ctrl+e":
		s.export(a, h.Summary)
		return nil
	}
	if s.list.Press(k) {
		return s.search(a)
	}
	return s.look(a)
}

// load reads a session and opens it.
func (s *sessions) load(a *app, id string) tea.Cmd {
	if a.answering() {
		a.flash = "still answering; stop it first, then open another session"
		return nil
	}
	return tell(s, func() tea.Msg {
		sess, err := a.cfg.Store.Session(a.ctx, id)
		return openMsg{sess, err}
	})
}

func (s *sessions) rename(a *app, h session.Summary) {
	ask1(a, "Rename session", "Title", h.Title, "rename", s, func(a *app, title string) tea.Cmd {
		if title == "" || title == h.Title {
			return nil
		}
		if a.sess != nil && a.sess.ID == h.ID {
			a.sess.Title = title
		}
		return s.change(a, "renamed", nil, func(ctx context.Context, store *session.Store) error {
			return store.Rename(ctx, h.ID, title)
		})
	})
}

// quoted is a title as it stands in a sentence.
func quoted(a *app, title string) string { return `"` + a.reading.Clusters.OneLine(title) + `"` }

func (s *sessions) remove(a *app, h session.Summary) tea.Cmd {
	if a.sess != nil && a.sess.ID == h.ID {
		a.flash = fmt.Sprintf("this session is open; %s starts another one, then it can be deleted",
			a.keys.Label(keys.New))
		return nil
	}
	said := quoted(a, h.Title) + " is deleted; ctrl+z brings it back"
	return s.change(a, said, func(s *sessions) { s.deleted = append(s.deleted, h) },
		func(ctx context.Context, store *session.Store) error { return store.Delete(ctx, h.ID) })
}

func (s *sessions) undelete(a *app) tea.Cmd {
	n := len(s.deleted)
	if n == 0 {
		a.flash = "nothing was deleted here"
		return nil
	}
	h := s.deleted[n-1]
	said := quoted(a, h.Title) + " is back"
	return s.change(a, said, func(s *sessions) { s.deleted = s.deleted[:n-1] },
		func(ctx context.Context, store *session.Store) error { return store.Undelete(ctx, h.ID) })
}

func (s *sessions) fork(a *app, h session.Summary) tea.Cmd {
	return s.change(a, "forked; the fork is the newest session", nil,
		func(ctx context.Context, store *session.Store) error {
			_, err := store.Fork(ctx, h.ID, "")
			return err
		})
}

func (s *sessions) export(a *app, h session.Summary) {
	a.askExport(h.Title, s, func(file string) tea.Cmd {
		store, ctx := a.cfg.Store, a.ctx
		return tell(s, func() tea.Msg {
			sess, err := store.Session(ctx, h.ID)
			if err != nil {
				return changedMsg{err: err}
			}
			said := "written to " + text.OneLine(file) + toldIn(file, sess)
			return changedMsg{said: said, err: exportTo(file, sess)}
		})
	})
}

// change does something to a session in the store.
func (s *sessions) change(
	a *app, said string, undo func(*sessions), do func(context.Context, *session.Store) error,
) tea.Cmd {
	store, ctx := a.cfg.Store, context.WithoutCancel(a.ctx)
	return tell(s, func() tea.Msg { return changedMsg{said, do(ctx, store), undo} })
}

func (s *sessions) paste(a *app, text string) tea.Cmd {
	s.list.Paste(text)
	return s.search(a)
}

func (s *sessions) click(a *app, x, y int) tea.Cmd {
	was := s.list.Selected()
	if a.layer.cells.W >= previewBeside && x > a.layer.cells.W/2 || !s.list.Click(y) {
		return nil
	}
	if h := s.selected(); h != nil && s.list.Selected() == was {
		return s.load(a, h.ID)
	}
	return s.look(a)
}

func (s *sessions) wheel(_ *app, by int) { s.list.Wheel(by) }

// preview draws what the selected session holds in h rows of w cells.
func (s *sessions) preview(a *app, w, h int) []string {
	hit := s.selected()
	if hit == nil {
		return nil
	}
	var rows []string
	if hit.Excerpt != "" {
		rows = append(rows, excerpt(a.theme.Styles, a.reading.Clusters, hit, w), "")
	}
	p := s.previews[hit.ID]
	if p == nil {
		return append(rows, a.theme.Dim.Render("reading…"))
	}
	rows = append(rows, p.Lines(a.theme.Styles, w, h-len(rows))...)
	return rows[:min(h, len(rows))]
}

// excerpt is the text around a hit of the search, with the hit underlined. Bold and code marks of
// Markdown are left out, like in the preview below.
func excerpt(th theme.Styles, on text.Clusters, h *session.Hit, w int) string {
	var b strings.Builder
	var hits []int
	for i, r := range h.Excerpt {
		found := slices.ContainsFunc(h.Marks, func(m session.Mark) bool {
			return i >= m.From && i < m.To
		})
		before, after := h.Excerpt[:i], h.Excerpt[i+1:]
		bold := r == '*' && (strings.HasPrefix(after, "*") || strings.HasSuffix(before, "*"))
		switch {
		case found:
			hits = append(hits, b.Len())
		case r == '`' || bold:
			continue
		}
		b.WriteRune(r)
	}
	s := b.String()
	safe := on.OneLine(s)
	if safe != s { // the marks are of another text then
		hits = nil
	}
	return th.Accent(0).Render("» ") + widget.Emphasise(text.Clip(safe, w-2, "…"), hits, th.Text)
}
