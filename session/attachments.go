package session

import (
	"context"
	"database/sql"

	"lineup/providers"
)

// Asked is the message of a turn: the prompt with its files.
func (t *Turn) Asked() providers.Message {
	return providers.Message{Role: providers.User, Content: t.Prompt, Attachments: t.Attachments}
}

// insertAttachments links a turn to its files. A content that is there already is not stored again.
func insertAttachments(ctx context.Context, tx *sql.Tx, turn int64,
	files []providers.Attachment) error {
	for i := range files {
		a := &files[i]
		_, err := tx.ExecContext(ctx, `INSERT INTO attachments (sha256, type, width, height, pages,
			data) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (sha256) DO NOTHING`,
			a.SHA256, a.Type, a.Width, a.Height, a.Pages, a.Data)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO turn_attachments (turn, place, attachment, name)
			SELECT ?, ?, n, ? FROM attachments WHERE sha256 = ?`, turn, i, a.Name, a.SHA256)
		if err != nil {
			return err
		}
	}
	return nil
}

// readAttachments fills the files of session n into its turns. Turns with the same content share
// its bytes.
func readAttachments(ctx context.Context, tx *sql.Tx, n int64, turns map[int64]*Turn) error {
	rows, err := tx.QueryContext(ctx, `SELECT l.turn, l.name, l.attachment
		FROM turn_attachments l JOIN turns t ON t.n = l.turn WHERE t.session = ?
		ORDER BY l.turn, l.place`, n)
	if err != nil {
		return err
	}
	defer rows.Close()
	contents := map[int64]providers.Attachment{}
	for rows.Next() {
		var turn, content int64
		var name string
		if err := rows.Scan(&turn, &name, &content); err != nil {
			return err
		}
		a, known := contents[content]
		if !known {
			if a, err = readContent(ctx, tx, content); err != nil {
				return err
			}
			contents[content] = a
		}
		a.Name = name
		turns[turn].Attachments = append(turns[turn].Attachments, a)
	}
	return rows.Err()
}

func readContent(ctx context.Context, tx *sql.Tx, n int64) (a providers.Attachment, err error) {
	err = tx.QueryRowContext(ctx, `SELECT sha256, type, width, height, pages, data FROM attachments
		WHERE n = ?`, n).Scan(&a.SHA256, &a.Type, &a.Width, &a.Height, &a.Pages, &a.Data)
	return a, err
}
