package session

import (
	"context"
	"database/sql"
	"slices"
	"strings"
)

// Hit is a session that a search found.
type Hit struct {
	Summary
	Turn    string // id of the turn where it was found, "" where it was the title
	Slot    int    // the pane whose answer it was, -1 for the prompt and the title
	Excerpt string // one line around the place
}

// maxHits is how many sessions a search gives at most. Who looks for more types another letter.
const maxHits = 50

// Search finds sessions by title, prompts and answers, the one that was used last first. All words must be in one
// text, each as the beginning of a word; Chinese, Japanese, Korean and symbols are found anywhere. A query of nothing
// but punctuation is looked for as it stands, which reads everything and takes a second or so where there are 100,000
// replies.
func (s *Store) Search(ctx context.Context, text string) ([]Hit, error) {
	q := parseQuery(text)
	if len(q.words) == 0 {
		return nil, nil
	}
	var hits []Hit
	err := s.read(ctx, "search", func(tx *sql.Tx) error {
		titles, texts := titleMatches, textMatches
		arg := q.match
		if q.match == "" {
			titles, texts = titleScan, textScan
			arg = likePattern(q.text)
		}
		places, err := find(ctx, tx, titles, arg, nil)
		if err != nil {
			return err
		}
		if places, err = find(ctx, tx, texts, arg, places); err != nil {
			return err
		}
		hits, err = load(ctx, tx, places, q)
		return err
	})
	slices.SortStableFunc(hits, func(a, b Hit) int { return b.UpdatedAt.Compare(a.UpdatedAt) })
	return hits[:min(len(hits), maxHits)], err
}

// The searches give session, turn and slot, newest first. Row numbers rise with time, and the index is read backwards
// only until enough sessions are found. Turn 0 means the title, slot -1 the prompt.
const (
	titleMatches = `SELECT rowid, 0, -1 FROM title_search WHERE title_search MATCH ? ORDER BY rowid DESC`
	textMatches  = `SELECT (SELECT session FROM turns WHERE n = search.rowid / 1024), rowid / 1024, rowid % 1024 - 1
		FROM search WHERE search MATCH ? ORDER BY rowid DESC`
	titleScan = `SELECT n, 0, -1 FROM sessions WHERE title LIKE ? ESCAPE '\' ORDER BY n DESC`
	textScan  = `SELECT session, n, -1 FROM turns WHERE prompt LIKE ?1 ESCAPE '\' UNION ALL
		SELECT (SELECT session FROM turns WHERE n = turn), turn, slot FROM replies WHERE text LIKE ?1 ESCAPE '\' ORDER BY 2 DESC`
)

// place is where a session was found.
type place struct {
	session, turn int64
	slot          int
}

// find adds the newest sessions that a search gives to those that are there, each once.
func find(ctx context.Context, tx *sql.Tx, search, arg string, there []place) ([]place, error) {
	rows, err := tx.QueryContext(ctx, search, arg)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	known := map[int64]bool{}
	for _, p := range there {
		known[p.session] = true
	}
	for found := 0; found < maxHits && rows.Next(); {
		var p place
		if err := rows.Scan(&p.session, &p.turn, &p.slot); err != nil {
			return nil, err
		}
		if !known[p.session] {
			known[p.session] = true
			there = append(there, p)
			found++
		}
	}
	return there, rows.Err()
}

// load turns places into hits.
func load(ctx context.Context, tx *sql.Tx, places []place, q query) ([]Hit, error) {
	stmt, err := tx.PrepareContext(ctx, `SELECT `+summaryColumns+`, coalesce(t.id, ''),
		coalesce((SELECT text FROM replies WHERE turn = t.n AND slot = ?), t.prompt, s.title)
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
		err := sc.scan(stmt.QueryRowContext(ctx, p.slot, p.turn, p.session), &h.Summary, &h.Turn, &text)
		if err == sql.ErrNoRows { // the index may be ahead of the tables by no more than damage
			continue
		}
		if err != nil {
			return nil, err
		}
		h.Excerpt = excerpt(text, q.words)
		hits = append(hits, h)
	}
	return hits, nil
}

// likePattern makes the pattern that finds a text anywhere.
func likePattern(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
}
