package session

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"unicode"

	"lineup/providers"
)

// maxTagRunes bounds a tag, in characters.
const maxTagRunes = 40

// errNoTag says that nothing is left of a tag.
var errNoTag = errors.New("a tag needs a letter or a digit")

// CleanTag is a tag as it is kept: one line in small letters, without a # before it; "" for what
// has neither a letter nor a digit.
func CleanTag(tag string) string {
	tag = tagText(tag)
	if !strings.ContainsFunc(tag, func(r rune) bool {
		return unicode.IsLetter(r) ||
			unicode.IsNumber(r)
	}) {
		return ""
	}
	return tag
}

func tagText(tag string) string {
	tag = strings.ToLower(strings.TrimSpace(strings.TrimLeft(providers.CleanLine(tag), "# ")))
	if r := []rune(tag); len(r) > maxTagRunes {
		tag = strings.TrimSpace(string(r[:maxTagRunes]))
	}
	return tag
}

// cleanTags is a sorted set of tags.
func cleanTags(tags []string) []string {
	var clean []string
	for _, t := range tags {
		if t = CleanTag(t); t != "" {
			clean = append(clean, t)
		}
	}
	slices.Sort(clean)
	return slices.Compact(clean)
}

// Tag gives a session further tags; those that it has stay.
func (s *Store) Tag(ctx context.Context, id string, tags ...string) error {
	return s.setTags(ctx, "tag the session", id, cleanTags(tags), addTags)
}

// Untag takes tags from a session; one that it does not have is no mistake.
func (s *Store) Untag(ctx context.Context, id string, tags ...string) error {
	var clean []string
	for _, t := range tags { // older versions took tags of punctuation
		if t = tagText(t); t != "" {
			clean = append(clean, t)
		}
	}
	return s.setTags(ctx, "take a tag from the session", id, clean,
		func(ctx context.Context, tx *sql.Tx, n int64, tags []string) error {
			for _, t := range tags {
				if _, err := tx.ExecContext(ctx, `DELETE FROM tags WHERE session = ? AND tag = ?`,
					n,
					t); err != nil {
					return err
				}
			}
			return nil
		})
}

func (s *Store) setTags(ctx context.Context, op, id string, tags []string,
	change func(context.Context, *sql.Tx, int64, []string) error) error {
	if len(tags) == 0 {
		return errNoTag
	}
	return s.write(ctx, op, durable, func(tx *sql.Tx) error {
		var n int64
		if err := tx.QueryRowContext(ctx,
			`SELECT n FROM sessions WHERE id = ? AND deleted_at IS NULL`, id).Scan(&n); err != nil {
			return notFound(err, id)
		}
		if err := change(ctx, tx, n, tags); err != nil {
			return err
		}
		return indexTitle(ctx, tx, n)
	})
}

func addTags(ctx context.Context, tx *sql.Tx, n int64, tags []string) error {
	for _, t := range tags {
		if _, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO tags (session, tag) VALUES (?, ?)`,
			n, t); err != nil {
			return err
		}
	}
	return nil
}

// TagCount is a tag and how many sessions have it.
type TagCount struct {
	Tag      string `json:"tag"`
	Sessions int    `json:"sessions"`
}

// Tags lists the tags that are in use, in alphabetical order.
func (s *Store) Tags(ctx context.Context) ([]TagCount, error) {
	var list []TagCount
	err := s.read(ctx, "list the tags", func(tx *sql.Tx) error {
		list = nil
		rows, err := tx.QueryContext(ctx, `SELECT tag, count(*) FROM tags JOIN sessions s
			ON s.n = session
			WHERE s.deleted_at IS NULL GROUP BY tag ORDER BY tag`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var c TagCount
			if err := rows.Scan(&c.Tag, &c.Sessions); err != nil {
				return err
			}
			list = append(list, c)
		}
		return rows.Err()
	})
	return list, err
}

// tagsOf reads the tags of one session, or with n = 0 of all, by session.
func tagsOf(ctx context.Context, tx *sql.Tx, n int64) (map[int64][]string, error) {
	rows, err := tx.QueryContext(ctx,
		`SELECT session, tag FROM tags WHERE ?1 = 0 OR session = ?1 ORDER BY session, tag`, n)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	tags := map[int64][]string{}
	for rows.Next() {
		var session int64
		var tag string
		if err := rows.Scan(&session, &tag); err != nil {
			return nil, err
		}
		tags[session] = append(tags[session], tag)
	}
	return tags, rows.Err()
}

// indexTitle makes the title and the tags of a session searchable.
func indexTitle(ctx context.Context, tx *sql.Tx, n int64) error {
	var text string
	err := tx.QueryRowContext(ctx, `SELECT title || coalesce(char(10) || (SELECT group_concat(tag,
		char(10)) FROM tags WHERE session = s.n), '')
		FROM sessions s WHERE n = ?`, n).Scan(&text)
	if err != nil {
		return err
	}
	return index(ctx, tx, `title_search`, n, text)
}
