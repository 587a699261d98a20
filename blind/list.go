package blind

import (
	"context"
	"errors"

	"lineup/session"
)

// Hits are the results of a search as they may be shown. A masked name is not found in an answer:
// the hit would betray the pane.
func Hits(
	ctx context.Context, store *session.Store, hits []session.Hit,
) (shown []session.Hit, err error) {
	read := map[string]*session.Session{}
	for _, h := range hits {
		if !h.Hides || h.Turn == "" || h.Slot < 0 { // it is no answer
			shown = append(shown, h)
			continue
		}
		if read[h.ID] == nil {
			s, err := store.Session(ctx, h.ID)
			switch {
			case errors.Is(err, session.ErrNotFound): // deleted meanwhile
				continue
			case err != nil:
				return nil, err
			}
			read[h.ID] = New(NamesOf(s)...).Session(s)
		}
		if h = h.In(answers(read[h.ID], h)...); len(h.Marks) > 0 {
			shown = append(shown, h)
		}
	}
	return shown, nil
}

// answers are the texts of a pane in a turn, the one in force first.
func answers(s *session.Session, h session.Hit) (texts []string) {
	for _, t := range s.Turns {
		if t.ID != h.Turn {
			continue
		}
		if r := t.Reply(h.Slot); r != nil {
			texts = append(texts, r.Text)
		}
		for _, r := range t.Alternatives {
			if r.Slot == h.Slot {
				texts = append(texts, r.Text)
			}
		}
	}
	return texts
}
