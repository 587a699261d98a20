package exchange

import (
	"context"
	"encoding/json"
	"strings"
)

// nodeTurns reads the third generation. A turn repeats its words in columns of its own; they count
// where the chain of its messages is not there.
func (l llmReader) nodeTurns(ctx context.Context) ([]llmRow, error) {
	messages, err := l.nodes(ctx)
	if err != nil {
		return nil, err
	}
	const t = "turns"
	name, join := "''", ""
	if l.tables.has("conversations", "id") {
		name = l.text("conversations", "name")
		join = " LEFT JOIN conversations ON conversations.id = turns.conversation_id"
	}
	rows, err := l.tx.QueryContext(ctx, `SELECT `+strings.Join([]string{l.text(t, "id"),
		l.text(t, "conversation_id"), name, l.text(t, "model"), l.text(t, "resolved_model"),
		l.text(t, "prompt"), l.text(t, "system"), l.text(t, "response"), l.text(t, "reasoning"),
		l.text(t, "options_json"), l.text(t, "token_details"), l.text(t, "datetime_utc"),
		l.number(t, "duration_ms"), l.number(t, "input_tokens"), l.number(t, "output_tokens"),
		l.text(t, "input_node_id"), l.text(t, "output_node_id")}, ", ")+
		` FROM turns`+join+` ORDER BY turns.rowid`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []llmRow
	for rows.Next() {
		var r llmRow
		var sent, tip string
		if err := rows.Scan(&r.id, &r.conversation, &r.name, &r.model, &r.resolved, &r.prompt,
			&r.system, &r.response, &r.reasoning, &r.options, &r.details, &r.when, &r.millis,
			&r.input, &r.output, &sent, &tip); err != nil {
			return nil, err
		}
		own := r
		r.prompt, r.response, r.reasoning = "", "", ""
		r.fill(messages, sent, tip)
		if messages[sent] == nil {
			r.prompt, r.system = own.prompt, own.system
		}
		if messages[tip] == nil {
			r.response, r.reasoning = own.response, own.reasoning
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// nodes reads all nodes of the chains, with their messages, by id.
func (l llmReader) nodes(ctx context.Context) (map[string]*llmMessage, error) {
	out := map[string]*llmMessage{}
	if !l.tables.has("message_nodes", "message_id") || !l.tables.has("messages", "parts") {
		return out, nil
	}
	rows, err := l.tx.QueryContext(ctx, `SELECT `+strings.Join([]string{
		l.text("message_nodes", "id"), l.text("message_nodes", "parent_id"),
		l.text("messages", "role"), l.text("messages", "parts")}, ", ")+
		` FROM message_nodes JOIN messages ON messages.id = message_nodes.message_id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, parts string
		m := &llmMessage{}
		if err := rows.Scan(&id, &m.parent, &m.role, &parts); err != nil {
			return nil, err
		}
		m.parts = nodeParts(parts)
		out[id] = m
	}
	return out, rows.Err()
}

// nodeParts reads the parts of a message. An attachment is named by its id in the table of
// attachments.
func nodeParts(text string) (parts []llmPart) {
	var list []lax[struct {
		Type, Text lax[string]
		Attachment lax[string] `json:"attachment_id"`
	}]
	if json.Unmarshal([]byte(text), &list) != nil { // whatever it is, it has no parts
		return nil
	}
	for _, p := range list {
		parts = append(parts, llmPart{kind: p.v.Type.v, text: p.v.Text.v, file: p.v.Attachment.v})
	}
	return parts
}
