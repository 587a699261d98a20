package session

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"lineup/providers"
)

// ContenderError says that a text is the beginning of several contenders' ids.
type ContenderError struct {
	Text       string
	Candidates []providers.Contender // in the order of their ids
}

// shownCandidates is how many contenders an ambiguous id lists.
const shownCandidates = 5

func (e *ContenderError) Error() string {
	s := fmt.Sprintf("%q may mean several contenders; write more of one of these:", e.Text)
	for i, c := range e.Candidates {
		if i == shownCandidates {
			s += fmt.Sprintf("\n  and %d more", len(e.Candidates)-i)
			break
		}
		s += "\n  " + c.ID() + "  " + providers.CleanLine(c.Label())
	}
	return s
}

// askedReply is a saved reply in the words of a filter by contender.
type askedReply struct {
	n             int64
	asked, served string // ids
}

// resolved is a filter whose contender has been looked up.
type resolved struct {
	Filter
	answers map[int64]bool // the replies of the contender, by number; nil where none is named
}

// resolve looks up the contender of a filter.
func (f Filter) resolve(ctx context.Context, tx *sql.Tx) (r resolved, err error) {
	r.Filter = f
	if f.Contender == "" {
		return r, nil
	}
	all, err := readAskers(ctx, tx)
	if err != nil {
		return r, err
	}
	answers, err := all.answers(ctx, tx)
	if err != nil {
		return r, err
	}
	ids, err := all.named(f.Contender)
	r.answers = map[int64]bool{}
	for _, a := range answers {
		if ids[a.asked] || ids[a.served] {
			r.answers[a.n] = true
		}
	}
	return r, err
}

// answers lists all replies that have ended with the contenders that they were asked of and that
// served them.
func (a *askers) answers(ctx context.Context, tx *sql.Tx) (out []askedReply, err error) {
	for _, part := range []struct{ columns, where string }{
		{`contender`, knownAsked},
		{askedOtherwise, `NOT (` + knownAsked + `)`},
	} {
		// the covering index of the statistics serves
		rows, err := tx.QueryContext(ctx, `SELECT n, served_by, CASE WHEN model <> served_by THEN
			model END, ended_at, `+part.columns+` FROM replies
			WHERE ended_at IS NOT NULL AND `+part.where)
		if err != nil {
			return nil, err
		}
		out, err = a.readAnswers(rows, part.columns == askedOtherwise, out)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// readAnswers reads rows to answers, whole with everything that may tell of a contender.
func (a *askers) readAnswers(rows *sql.Rows, whole bool, out []askedReply) ([]askedReply, error) {
	defer rows.Close()
	for rows.Next() {
		var n int64
		var r statsRow
		var w askedRow
		columns := w.columns()
		if !whole {
			columns = columns[:1]
		}
		columns = append([]any{&n, &r.servedBy, &r.model, &r.ended}, columns...)
		if err := rows.Scan(columns...); err != nil {
			return nil, err
		}
		if err := a.resolve(&r, &w); err != nil {
			return nil, err
		}
		out = append(out, askedReply{n, r.contender, r.server})
	}
	return out, rows.Err()
}

// named gives the ids that a text means: those of that name, label or id, else the one that begins
// so.
func (a *askers) named(text string) (map[string]bool, error) {
	text = strings.TrimSpace(text)
	ids, begun := map[string]bool{}, map[string]providers.Contender{}
	look := func(id string, c providers.Contender) {
		nameless := c
		nameless.Name = ""
		if strings.EqualFold(text, id) || strings.EqualFold(text, c.Label()) ||
			strings.EqualFold(text, nameless.Label()) {
			ids[id] = true
		}
		if text != "" && strings.HasPrefix(id, strings.ToLower(text)) {
			begun[id] = c
		}
	}
	for id, c := range a.all {
		look(id, c.Contender)
	}
	for _, c := range a.stored { // further names of those
		look(c.id, c.Contender)
	}
	if len(ids) > 0 || len(begun) == 0 {
		return ids, nil
	}
	found := slices.Sorted(maps.Keys(begun))
	if len(found) == 1 {
		ids[found[0]] = true
		return ids, nil
	}
	err := &ContenderError{Text: text}
	for _, id := range found {
		err.Candidates = append(err.Candidates, begun[id])
	}
	return nil, err
}

// numbers are the replies of the contender, as JSON.
func (f resolved) numbers() string {
	b, _ := json.Marshal(slices.Sorted(maps.Keys(f.answers)))
	return string(b)
}
