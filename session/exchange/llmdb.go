package exchange

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
)

// llmReader reads llm's tables, of which older ones lack columns.
type llmReader struct {
	tx     *sql.Tx
	tables tableColumns
}

// text and number select a column with its proper type, or nothing if the table lacks it.
func (l llmReader) text(table, column string) string {
	if !l.tables.has(table, column) {
		return "''"
	}
	return "coalesce(CAST(" + table + "." + column + " AS TEXT), '')"
}

func (l llmReader) number(table, column string) string {
	if !l.tables.has(table, column) {
		return "NULL"
	}
	return "CAST(" + table + "." + column + " AS INTEGER)"
}

// responses reads the first generation.
func (l llmReader) responses(ctx context.Context) ([]llmRow, error) {
	const t = "responses"
	name := "''"
	join := ""
	if l.tables.has("conversations", "name") {
		name, join = "coalesce(conversations.name, '')",
			" LEFT JOIN conversations ON conversations.id = responses.conversation_id"
	}
	rows, err := l.tx.QueryContext(ctx, `SELECT `+strings.Join([]string{l.text(t, "id"),
		l.text(t, "conversation_id"), name,
		l.text(t, "model"), l.text(t, "resolved_model"), l.text(t, "prompt"), l.text(t, "system"),
		l.text(t, "response"),
		l.text(t, "reasoning"), l.text(t, "options_json"), l.text(t, "token_details"),
		l.text(t, "datetime_utc"),
		l.number(t, "duration_ms"), l.number(t, "input_tokens"), l.number(t, "output_tokens")},
		", ")+
		` FROM responses`+join+` ORDER BY responses.rowid`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []llmRow
	for rows.Next() {
		var r llmRow
		if err := rows.Scan(&r.id, &r.conversation, &r.name, &r.model, &r.resolved, &r.prompt,
			&r.system, &r.response, &r.reasoning,
			&r.options, &r.details, &r.when, &r.millis, &r.input, &r.output); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return out, l.complete(ctx, out)
}

// complete adds what stands in tables beside the responses: fragments of prompts, attachments, and
// the number of calls of tools.
func (l llmReader) complete(ctx context.Context, rows []llmRow) error {
	attachments, err := l.attachments(ctx)
	if err != nil {
		return err
	}
	results, err := l.counts(ctx, "tool_results")
	if err != nil {
		return err
	}
	calls, err := l.counts(ctx, "tool_calls")
	if err != nil {
		return err
	}
	prompts, err := l.fragments(ctx, "prompt_fragments")
	if err != nil {
		return err
	}
	systems, err := l.fragments(ctx, "system_fragments")
	if err != nil {
		return err
	}
	// llm sends the fragments before the prompt, a line each (models.py, Prompt.prompt).
	whole := func(fragments []string, text string) string {
		if text != "" {
			fragments = append(fragments, text)
		}
		return strings.Join(fragments, "\n")
	}
	for i := range rows {
		r := &rows[i]
		r.attachments, r.toolCalls, r.toolResults = attachments[r.id], calls[r.id], results[r.id]
		r.prompt, r.system = whole(prompts[r.id], r.prompt), whole(systems[r.id], r.system)
	}
	return nil
}

// logs reads a table of llm before 0.6. A row goes on with the chat that chat_id names by its first
// row, or with the row that it replies to.
func (l llmReader) logs(ctx context.Context, t string) ([]llmRow, error) {
	when := "''"
	for _, column := range []string{"datetime_utc", "timestamp_utc", "timestamp"} {
		if l.tables.has(t, column) {
			when = l.text(t, column)
			break
		}
	}
	id := l.text(t, "id")
	if !l.tables.has(t, "id") {
		id = "CAST(" + t + ".rowid AS TEXT)"
	}
	rows, err := l.tx.QueryContext(ctx, `SELECT `+strings.Join([]string{id, l.text(t, "chat_id"),
		l.text(t, "reply_to_id"),
		l.text(t, "model"), l.text(t, "prompt"), l.text(t, "system"), l.text(t, "response"),
		l.text(t, "options_json"), when,
		l.number(t, "duration_ms")}, ", ")+` FROM `+t+` ORDER BY rowid`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []llmRow
	chats := map[string]string{} // by row
	for rows.Next() {
		var r llmRow
		var chat, before string
		if err := rows.Scan(&r.id, &chat, &before, &r.model, &r.prompt, &r.system, &r.response,
			&r.options, &r.when, &r.millis); err != nil {
			return nil, err
		}
		first := cmp.Or(chat, chats[before], before, r.id)
		chats[r.id] = first
		r.conversation = t + "/" + first
		r.id = t + "/" + r.id
		out = append(out, r)
	}
	return out, rows.Err()
}

func (l llmReader) counts(ctx context.Context, table string) (map[string]int, error) {
	if !l.tables.has(table, "response_id") {
		return nil, nil
	}
	rows, err := l.tx.QueryContext(ctx,
		`SELECT coalesce(CAST(response_id AS TEXT), ''), count(*) FROM `+table+` GROUP BY 1`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var id string
		var n int
		if err := rows.Scan(&id, &n); err != nil {
			return nil, err
		}
		out[id] = n
	}
	return out, rows.Err()
}

func (l llmReader) fragments(ctx context.Context, table string) (map[string][]string, error) {
	if !l.tables.has(table, "fragment_id") || !l.tables.has(table, "response_id") ||
		!l.tables.has("fragments", "content") {
		return nil, nil
	}
	order := "t.rowid"
	if l.tables.has(table, "order") {
		order = `t."order"`
	}
	rows, err := l.tx.QueryContext(ctx, `SELECT coalesce(CAST(t.response_id AS TEXT), ''),
		coalesce(CAST(f.content AS TEXT), '')
		FROM `+table+` t JOIN fragments f ON f.id = t.fragment_id ORDER BY t.response_id, `+order)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string][]string{}
	for rows.Next() {
		var id, content string
		if err := rows.Scan(&id, &content); err != nil {
			return nil, err
		}
		out[id] = append(out[id], content)
	}
	return out, rows.Err()
}

// llmMessage is a message of the second generation.
type llmMessage struct {
	parent, role string
	parts        []llmPart
}

type llmPart struct {
	kind, text, payload string
	file                string // the id of an attachment, where that is all that the part has
}

// turns reads the second generation.
func (l llmReader) turns(ctx context.Context) ([]llmRow, error) {
	messages, err := l.messages(ctx)
	if err != nil {
		return nil, err
	}
	const t = "turns"
	rows, err := l.tx.QueryContext(ctx, `SELECT `+strings.Join([]string{l.text(t, "id"),
		l.text(t, "thread_id"), l.text("threads", "name"),
		l.text(t, "model"), l.text(t, "resolved_model"), l.text(t, "options_json"),
		l.text(t, "token_details"), l.text(t, "datetime_utc"),
		l.number(t, "duration_ms"), l.number(t, "input_tokens"), l.number(t, "output_tokens"),
		l.text(t, "parent_message_hash"), l.text(t, "tip_message_hash")}, ", ")+
		` FROM turns LEFT JOIN threads ON threads.id = turns.thread_id ORDER BY turns.id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []llmRow
	for rows.Next() {
		var r llmRow
		var sent, tip string
		if err := rows.Scan(&r.id, &r.conversation, &r.name, &r.model, &r.resolved, &r.options,
			&r.details, &r.when,
			&r.millis, &r.input, &r.output, &sent, &tip); err != nil {
			return nil, err
		}
		r.fill(messages, sent, tip)
		out = append(out, r)
	}
	return out, rows.Err()
}

// messages reads all messages with their parts, by hash.
func (l llmReader) messages(ctx context.Context) (map[string]*llmMessage, error) {
	rows, err := l.tx.QueryContext(ctx, `SELECT `+strings.Join([]string{l.text("messages", "hash"),
		l.text("messages", "parent_hash"),
		l.text("messages", "role")}, ", ")+` FROM messages`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]*llmMessage{}
	for rows.Next() {
		var hash string
		m := &llmMessage{}
		if err := rows.Scan(&hash, &m.parent, &m.role); err != nil {
			return nil, err
		}
		out[hash] = m
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return out, l.parts(ctx, out)
}

func (l llmReader) parts(ctx context.Context, messages map[string]*llmMessage) error {
	fragments := map[int64]string{}
	if l.tables.has("part_fragments", "fragment_id") && l.tables.has("fragments", "content") {
		rows, err := l.tx.QueryContext(ctx, `SELECT CAST(id AS INTEGER), coalesce(CAST(content AS
			TEXT), '') FROM fragments
			WHERE id IN (SELECT fragment_id FROM part_fragments)`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id int64
			var content string
			if err := rows.Scan(&id, &content); err != nil {
				return err
			}
			fragments[id] = content
		}
		if err := rows.Err(); err != nil {
			return err
		}
	}
	const t = "parts"
	rows, err := l.tx.QueryContext(ctx, `SELECT `+strings.Join([]string{l.text(t, "message_hash"),
		l.text(t, "type"), l.text(t, "text"),
		l.text(t, "payload")}, ", ")+` FROM parts ORDER BY message_hash, position`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var hash string
		var p llmPart
		if err := rows.Scan(&hash, &p.kind, &p.text, &p.payload); err != nil {
			return err
		}
		if p.text == "" {
			p.text = resolved(p.payload, fragments)
		}
		if m := messages[hash]; m != nil {
			m.parts = append(m.parts, p)
		}
	}
	return rows.Err()
}

// resolved puts a text together that borrows from fragments: {"text_ref": [{"fragment": 1},
// {"literal": "…"}]}.
func resolved(payload string, fragments map[int64]string) string {
	var ref struct {
		Text []struct {
			Fragment int64  `json:"fragment"`
			Literal  string `json:"literal"`
		} `json:"text_ref"`
	}
	if json.Unmarshal([]byte(payload), &ref) != nil { // another kind of part
		return ""
	}
	var b strings.Builder
	for _, t := range ref.Text {
		b.WriteString(fragments[t.Fragment])
		b.WriteString(t.Literal)
	}
	return b.String()
}

// fill takes prompt and answer out of the chain. The answer lies between the end of the sent
// messages and the tip; the prompt is the user's last message before it. A chain that runs in a
// circle ends.
func (r *llmRow) fill(messages map[string]*llmMessage, sent, tip string) {
	seen := map[string]bool{}
	var answer, question []*llmMessage
	for h := tip; h != sent && messages[h] != nil && !seen[h]; h = messages[h].parent {
		seen[h] = true
		answer = append(answer, messages[h])
	}
	system := ""
	asking := true
	for h := sent; messages[h] != nil && !seen[h]; h = messages[h].parent {
		seen[h] = true
		switch m := messages[h]; {
		case m.role == "system":
			system = paragraphs(m.said("text"), system)
		case m.role == "user" && asking:
			question = append(question, m)
		case m.role == "tool" && asking && len(question) == 0:
			r.toolResults++
			asking = false
		default: // what was said before; only the system prompt is of interest there
			asking = false
		}
	}
	r.system = system
	slices.Reverse(answer)
	slices.Reverse(question)
	for _, m := range question {
		r.prompt = paragraphs(r.prompt, m.said("text"))
		r.attachments = append(r.attachments, m.attached()...)
		r.toolResults += m.count("tool_result")
	}
	for _, m := range answer {
		r.response, r.reasoning = paragraphs(r.response, m.said("text")),
			paragraphs(r.reasoning, m.said("reasoning"))
		r.toolCalls += m.count("tool_call")
	}
}

// said joins the texts of one kind.
func (m *llmMessage) said(kind string) (text string) {
	for _, p := range m.parts {
		if p.kind == kind {
			text += p.text
		}
	}
	return text
}

// attached gives the attachments of a message.
func (m *llmMessage) attached() (files []llmFile) {
	for _, p := range m.parts {
		if p.kind != "attachment" {
			continue
		}
		if p.file != "" {
			files = append(files, llmFile{id: p.file})
			continue
		}
		var payload struct {
			Attachment struct {
				ID, Type, Path, URL lax[string]
				Content             lax[[]byte]
			} `json:"attachment"`
		}
		_ = json.Unmarshal([]byte(p.payload), &payload) // it may name no more than an id
		a := payload.Attachment
		files = append(files, llmFile{a.ID.v, a.Type.v, a.Path.v, a.URL.v, a.Content.v})
	}
	return files
}

func (m *llmMessage) count(kind string) (n int) {
	for _, p := range m.parts {
		if p.kind == kind {
			n++
		}
	}
	return n
}
