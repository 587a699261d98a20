package session

import (
	"context"
	"database/sql"
	"strings"
)

// Hit is a session that a search found.
type Hit struct {
	Summary
	Turn    string // id of the turn where it was found, "" where it was the title or a tag
	Slot    int    // the pane whose answer it was, -1 for the prompt, the title and a tag
	Excerpt string // one line around the place
	Marks   []Mark // what was looked for in it, from left to right

	words []string // that were looked for
}

// In is the hit with an excerpt of other texts in place of those of its place; without marks where
// nothing that was looked for is in them.
func (h Hit) In(texts ...string) Hit {
	h.Excerpt, h.Marks = excerptOf(texts, h.words)
	return h
}

// Mark is a part of an excerpt, in bytes: Excerpt[From:To].
type Mark struct{ From, To int }

// usualHits is how many sessions a search gives where no limit is named.
const usualHits = 50

// Search finds sessions by title, tags, prompts and answers, the one that was used last first. All
// words must be in one text, each as the beginning of a word; Chinese, Japanese, Korean and symbols
// are found anywhere. The filter narrows it: with a model, a contender or a status, only answers of
// that model or contender or with that status count. A query of punctuation alone is searched
// literally. That reads everything: about a second for 100,000 replies. Without a word the filter
// alone decides, and the hits have no excerpt.
func (s *Store) Search(ctx context.Context, text string, f Filter) ([]Hit, error) {
	q := parseQuery(text)
	if f.Limit <= 0 {
		f.Limit = usualHits
	}
	if len(q.words) == 0 {
		return s.unsearched(ctx, f)
	}
	var hits []Hit
	err := s.read(ctx, "search", func(tx *sql.Tx) error {
		titles, texts := titleMatches, textMatches
		arg := q.match
		if q.match == "" {
			titles, texts = titleScan, textScan
			arg = likePattern(q.text)
		}
		wanted, err := f.resolve(ctx, tx)
		if err != nil {
			return err
		}
		in, err := wanted.sieve(ctx, tx)
		if err != nil {
			return err
		}
		defer in.close()
		by, err := s.ranked(ctx, tx, f)
		if err != nil {
			return err
		}
		defer by.close()
		for _, query := range []string{titles, texts} {
			if err := by.find(ctx, tx, query, arg, in, query == texts &&
				q.match != ""); err != nil {
				return err
			}
		}
		places, err := by.best()
		if err != nil {
			return err
		}
		hits, err = load(ctx, tx, places, q)
		return err
	})
	return hits, err
}

// unsearched gives what a filter leaves, where it is one.
func (s *Store) unsearched(ctx context.Context, f Filter) ([]Hit, error) {
	if !f.narrow() {
		return nil, nil
	}
	f.Before = ""
	list, err := s.Sessions(ctx, f)
	if err != nil {
		return nil, err
	}
	hits := make([]Hit, len(list))
	for i, m := range list {
		hits[i] = Hit{Summary: m, Slot: -1}
	}
	return hits, nil
}

// sieve lets through what a filter leaves of a search.
type sieve struct {
	filter  resolved
	only    map[int64]bool // sessions; nil for all but those in without
	without map[int64]bool
	replies *sql.Stmt // looks at an answer; nil where all count
}

// sieve reads which sessions a filter leaves: all of them at once, because the index gives their
// texts by the thousand.
func (f resolved) sieve(ctx context.Context, tx *sql.Tx) (*sieve, error) {
	in := &sieve{filter: f}
	into, where, args := &in.only, "", []any(nil)
	if f.narrow() {
		where, args = f.where()
	} else {
		into, where = &in.without, `s.deleted_at IS NOT NULL`
	}
	rows, err := tx.QueryContext(ctx, `SELECT n FROM sessions s WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	*into = map[int64]bool{}
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		(*into)[n] = true
	}
	if err := rows.Err(); err != nil || !f.ofAnswers() {
		return in, err
	}
	in.replies, err = tx.PrepareContext(ctx,
		`SELECT n, model, served_by, status FROM replies WHERE turn = ? AND slot = ?`)
	return in, err
}

func (in *sieve) close() {
	if in.replies != nil {
		in.replies.Close()
	}
}

// passes reports whether a place counts.
func (in *sieve) passes(ctx context.Context, p place) (bool, error) {
	if in.only != nil && !in.only[p.session] || in.without[p.session] {
		return false, nil
	}
	if in.replies == nil || p.slot < 0 {
		return true, nil
	}
	rows, err := in.replies.QueryContext(ctx, p.turn, p.slot)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		var model, servedBy string
		var status Status
		if err := rows.Scan(&n, &model, &servedBy, &status); err != nil {
			return false, err
		}
		if in.filter.fits(n, model, servedBy, status) {
			return true, nil
		}
	}
	return false, rows.Err()
}

// The searches give session, turn and slot, newest first: row numbers rise with time. Turn 0 means
// the title, slot -1 the prompt.
const (
	titleMatches = `SELECT rowid, 0, -1 FROM title_search WHERE title_search MATCH ?
		ORDER BY rowid DESC`
	textMatches = `SELECT (SELECT session FROM turns WHERE n = search.rowid / 1024), rowid / 1024,
		rowid % 1024 - 1
		FROM search WHERE search MATCH ? ORDER BY rowid DESC`
	titleScan = `SELECT n, 0, -1 FROM sessions WHERE title LIKE ? ESCAPE '\' ORDER BY n DESC`
	textScan  = `SELECT session, n, -1 FROM turns WHERE prompt LIKE ?1 ESCAPE '\' UNION ALL
		SELECT (SELECT session FROM turns WHERE n = turn), turn, slot FROM replies
		WHERE text LIKE ?1 ESCAPE '\' ORDER BY 2 DESC`
)

// place is where a session was found.
type place struct {
	session, turn int64
	slot          int
}

// ranking finds which sessions come first among those that a search gives. The searches give the
// newest texts first, and the sessions are ordered by their last use. A search may stop when no
// later hit can be among the first: each session before the last one wanted was found or has no
// older texts.
type ranking struct {
	rows  *sql.Rows // sessions with their first turns, in the order that is wanted
	limit int       // how many are wanted
	found map[int64]place
	order []rank // those that were read of rows
	sure  int    // how many of order are settled
	hits  int    // how many of these were found
	ended bool
}

type rank struct{ session, firstTurn int64 }

// ranked begins a ranking.
func (s *Store) ranked(ctx context.Context, tx *sql.Tx, f Filter) (*ranking, error) {
	order, where := `deleted_at DESC, n DESC`, `deleted_at IS NOT NULL`
	if !f.Deleted {
		used, err := s.usedOrder(ctx, tx)
		if err != nil {
			return nil, err
		}
		order, where = used.by(), `deleted_at IS NULL`
	}
	rows, err := tx.QueryContext(ctx, `SELECT n, coalesce((SELECT min(n) FROM turns
		WHERE session = s.n), 1 << 62)
		FROM sessions s WHERE `+where+` ORDER BY `+order)
	return &ranking{rows: rows, limit: f.Limit, found: map[int64]place{}}, err
}

func (r *ranking) close() { _ = r.rows.Close() } // it was only read

// find notes the sessions that a search gives, each once. newestFirst says that turns come in
// falling order.
func (r *ranking) find(ctx context.Context, tx *sql.Tx, search, arg string, in *sieve,
	newestFirst bool) error {
	rows, err := tx.QueryContext(ctx, search, arg)
	if err != nil {
		return err
	}
	defer rows.Close()
	for n := 0; rows.Next(); n++ {
		var p place
		if err := rows.Scan(&p.session, &p.turn, &p.slot); err != nil {
			return err
		}
		if newestFirst && n%settleEvery == 0 {
			if done, err := r.settle(p.turn); err != nil || done {
				return err
			}
		}
		if _, known := r.found[p.session]; known {
			continue
		}
		ok, err := in.passes(ctx, p)
		if err != nil {
			return err
		}
		if ok {
			r.found[p.session] = p
		}
	}
	return rows.Err()
}

// settleEvery is how many texts are looked at between two looks at the ranking.
const settleEvery = 64

// settle reports whether all wanted sessions are known, given that only texts of this turn and
// older ones remain.
func (r *ranking) settle(turn int64) (done bool, err error) {
	for r.hits < r.limit {
		if r.sure == len(r.order) {
			if more, err := r.read(); err != nil || !more {
				return false, err
			}
		}
		next := r.order[r.sure]
		_, found := r.found[next.session]
		if !found && next.firstTurn <= turn {
			return false, nil
		}
		if found {
			r.hits++
		}
		r.sure++
	}
	return true, nil
}

// read takes the next session of the order.
func (r *ranking) read() (more bool, err error) {
	if r.ended || !r.rows.Next() {
		r.ended = true
		return false, r.rows.Err()
	}
	var next rank
	if err := r.rows.Scan(&next.session, &next.firstTurn); err != nil {
		return false, err
	}
	r.order = append(r.order, next)
	return true, nil
}

// best gives the places of the first sessions, in their order.
func (r *ranking) best() (places []place, err error) {
	left := len(r.found)
	for i := 0; len(places) < r.limit && left > 0; i++ {
		if i == len(r.order) {
			if more, err := r.read(); err != nil || !more {
				return places, err
			}
		}
		if p, ok := r.found[r.order[i].session]; ok {
			places = append(places, p)
			left--
		}
	}
	return places, nil
}

// load turns places into hits.
func load(ctx context.Context, tx *sql.Tx, places []place, q query) ([]Hit, error) {
	stmt, err := tx.PrepareContext(ctx, `SELECT `+summaryColumns+`, coalesce(t.id, ''),
		coalesce(t.prompt, s.title)
		FROM sessions s LEFT JOIN turns t ON t.n = ? WHERE s.n = ?`)
	if err != nil {
		return nil, err
	}
	defer stmt.Close()
	hits := make([]Hit, 0, len(places))
	var sc scanner
	for _, p := range places {
		h := Hit{Slot: p.slot}
		var text string
		n, err := sc.scan(stmt.QueryRowContext(ctx, p.turn, p.session), &h.Summary, &h.Turn, &text)
		if err == sql.ErrNoRows { // the index may be ahead of the tables by no more than damage
			continue
		}
		if err != nil {
			return nil, err
		}
		tags, err := tagsOf(ctx, tx, n)
		if err != nil {
			return nil, err
		}
		h.Tags = tags[n]
		texts := []string{text}
		switch {
		case p.turn == 0:
			texts = append(texts, strings.Join(h.Tags, ", "))
		case p.slot >= 0:
			if texts, err = answers(ctx, tx, p); err != nil {
				return nil, err
			}
		}
		h.words = q.words
		hits = append(hits, h.In(texts...))
	}
	return hits, nil
}

// answers gives the texts of a place, the one in force first.
func answers(ctx context.Context, tx *sql.Tx, p place) (texts []string, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT text FROM replies WHERE turn = ? AND slot = ?
		ORDER BY in_force DESC, take DESC`, p.turn, p.slot)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, rows.Err()
}

// likePattern makes the pattern that finds a text anywhere.
func likePattern(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
}
