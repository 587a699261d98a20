package blind

import (
	"context"
	"errors"
	"strings"

	"lineup/session"
)

// Summaries are sessions in a list as they may be shown: letters in place of the models of a
// session that hides them.
func Summaries(list []session.Summary) []session.Summary {
	for i := range list {
		list[i] = summary(list[i])
	}
	return list
}

func summary(m session.Summary) session.Summary {
	if !m.Hides {
		return m
	}
	letters := make([]string, len(m.Panes))
	for i := range m.Panes {
		letters[i] = Letter(i)
	}
	m.Panes = letters
	return m
}

// Hits are what a search found as it may be shown. A name that is masked in an answer is not found
// there: the pane that has it would tell who it is.
func Hits(
	ctx context.Context, store *session.Store, hits []session.Hit,
) (shown []session.Hit, err error) {
	veils := map[string]*Veil{}
	for _, h := range hits {
		if h.Hides && h.Turn != "" && h.Slot >= 0 && veils[h.ID] == nil {
			s, err := store.Session(ctx, h.ID)
			switch {
			case errors.Is(err, session.ErrNotFound): // deleted meanwhile
				continue
			case err != nil:
				return nil, err
			}
			veils[h.ID] = New(NamesOf(s)...)
		}
		h.Summary = summary(h.Summary)
		if v := veils[h.ID]; v == nil || h.Slot < 0 || v.excerpt(&h) {
			shown = append(shown, h)
		}
	}
	return shown, nil
}

// excerpt masks the excerpt of a hit; ok is false where what was looked for is masked.
func (v *Veil) excerpt(h *session.Hit) (ok bool) {
	masked := v.Text(h.Excerpt)
	marks, at := make([]session.Mark, len(h.Marks)), 0
	for i, m := range h.Marks {
		word := h.Excerpt[m.From:m.To]
		n := strings.Index(masked[at:], word)
		if n < 0 {
			return false
		}
		marks[i] = session.Mark{From: at + n, To: at + n + len(word)}
		at = marks[i].To
	}
	h.Excerpt, h.Marks = masked, marks
	return true
}
