package session

import (
	"context"
	"database/sql"
	"slices"
	"strings"
)

// TrimPrompt takes from a prompt what carries no meaning: blank lines before it and white space
// after it. The blanks before its first line stay: they may be the indentation of code.
func TrimPrompt(s string) string {
	s = strings.TrimRight(s, " \t\r\n")
	for {
		line, rest, ok := strings.Cut(s, "\n")
		if !ok || strings.TrimSpace(line) != "" {
			return s
		}
		s = rest
	}
}

// Prompts gives the newest prompts of all sessions but one, the oldest first. It leaves out the
// trash, and a prompt that repeats the one before it, such as those of a fork.
func (s *Store) Prompts(ctx context.Context, limit int, butOf string) (prompts []string,
	err error) {
	err = s.read(ctx, "read the prompts", func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT t.prompt
			FROM turns t JOIN sessions s ON s.n = t.session
			WHERE s.deleted_at IS NULL AND s.id <> ? ORDER BY t.n DESC LIMIT ?`,
			butOf, limit)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var prompt string
			if err := rows.Scan(&prompt); err != nil {
				return err
			}
			if len(prompts) == 0 || prompts[len(prompts)-1] != prompt {
				prompts = append(prompts, prompt)
			}
		}
		return rows.Err()
	})
	slices.Reverse(prompts)
	return prompts, err
}
