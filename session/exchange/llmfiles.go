package exchange

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"strings"

	"lineup/providers"
	"lineup/providers/attach"
)

// llmFile is an attachment of llm: content, or a path or an address where it was. The id is the
// SHA-256 of the content (Attachment.id in llm's models.py).
type llmFile struct {
	id, mime, path, url string
	content             []byte
}

// attachments gives what was attached to each response, without the contents.
func (l llmReader) attachments(ctx context.Context) (map[string][]llmFile, error) {
	if !l.tables.has("prompt_attachments", "response_id") {
		return nil, nil
	}
	id := "''"
	if l.tables.has("prompt_attachments", "attachment_id") {
		id = "coalesce(CAST(attachment_id AS TEXT), '')"
	}
	order := "rowid"
	if l.tables.has("prompt_attachments", "order") {
		order = `"order", rowid`
	}
	rows, err := l.tx.QueryContext(ctx, `SELECT coalesce(CAST(response_id AS TEXT), ''), `+id+
		` FROM prompt_attachments ORDER BY response_id, `+order)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string][]llmFile{}
	for rows.Next() {
		var response string
		var f llmFile
		if err := rows.Scan(&response, &f.id); err != nil {
			return nil, err
		}
		out[response] = append(out[response], f)
	}
	return out, rows.Err()
}

// read brings attachments in, and tells which ones cannot be had. It completes them with what the
// database knows.
func (l llmReader) read(ctx context.Context, files []llmFile) (
	out []providers.Attachment, missing []Missing, err error,
) {
	for i := range files {
		f := &files[i]
		if err := l.fill(ctx, f); err != nil {
			return nil, nil, err
		}
		a, problem := f.attachment()
		if problem != nil {
			missing = append(missing, Missing{f.name(), problem.Error()})
			continue
		}
		out = append(out, a)
	}
	return out, missing, nil
}

// fill adds what the table of attachments has of a file.
func (l llmReader) fill(ctx context.Context, f *llmFile) error {
	const t = "attachments"
	if f.id == "" || !l.tables.has(t, "id") {
		return nil
	}
	content := "NULL"
	if l.tables.has(t, "content") {
		content = "CAST(content AS BLOB)"
	}
	var row llmFile
	err := l.tx.QueryRowContext(ctx, `SELECT `+l.text(t, "type")+`, `+l.text(t, "path")+`, `+
		l.text(t, "url")+`, substr(`+content+`, 1, ?) FROM attachments WHERE id = ?`, attach.MaxFile+1, f.id).
		Scan(&row.mime, &row.path, &row.url, &row.content)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	f.mime, f.path, f.url = cmp.Or(f.mime, row.mime), cmp.Or(f.path, row.path),
		cmp.Or(f.url, row.url)
	if len(f.content) == 0 {
		f.content = row.content
	}
	return err
}

// attachment is the file itself. One that llm found at a path is taken only if it is still the same
// there. Nothing is fetched.
func (f *llmFile) attachment() (a providers.Attachment, err error) {
	switch {
	case len(f.content) > 0:
		return attach.New(f.name(), f.content)
	case f.path != "":
		if a, err = attach.Read(f.path); err != nil {
			return a, err
		}
		if sum := sha256.Sum256(a.Data); !strings.EqualFold(hex.EncodeToString(sum[:]), f.id) {
			return a, errors.New("it is not what it was when it was sent")
		}
		return a, nil
	case f.url != "":
		return a, errors.New("it was sent as an address, and nothing is fetched")
	}
	return a, errors.New("it is not in the database")
}

// name is what the file is called: by its path or address, else by its kind.
func (f *llmFile) name() string {
	name := f.path
	if name == "" {
		name, _, _ = strings.Cut(f.url, "?")
	}
	if name = strings.TrimRight(name, `/\`); name == "" {
		kind, suffix, _ := strings.Cut(f.mime, "/")
		if kind == "" {
			return "an attachment without a name"
		}
		return kind + "." + strings.TrimPrefix(suffix, "x-")
	}
	return providers.CleanLine(name[strings.LastIndexAny(name, `/\`)+1:])
}

// mark names the attachment by its kind and by the file or the address that it is from.
func (f *llmFile) mark() string {
	kind := "file"
	if strings.HasPrefix(f.mime, "image/") {
		kind = "image"
	} else if strings.HasPrefix(f.mime, "audio/") {
		kind = "recording"
	}
	path := f.path
	if at := strings.LastIndexAny(path, `/\`); at >= 0 {
		path = path[at+1:]
	}
	return fileNamed(kind, path, f.url)
}
