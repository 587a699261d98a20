package exchange

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"
	"modernc.org/sqlite"

	"lineup/providers"
	"lineup/session"
)

// llm keeps its history in logs.db, in one of three generations of tables (docs/logging.md,
// llm/migrations.py and llm/message_store.py in simonw/llm). Up to 0.31 a row of responses is a
// prompt with its answer. Since 0.32 a turn names the end of the chain of messages that was sent
// and the end of the chain with the answer. First a message had its parent and rows of parts; since
// m023_message_store nodes link messages, and a message has its parts as JSON. A database that was
// upgraded has old and new tables, and rows that stand in both have the same id.

// llmProvider stands before the names of llm's models in references.
const llmProvider = "llm"

// llmRow is one call of a model, of either generation.
type llmRow struct {
	id, conversation, name string
	model, resolved        string
	prompt, system         string
	response, reasoning    string
	options, details       string // JSON
	when                   string
	millis, input, output  sql.NullInt64
	attachments            []llmFile
	toolCalls, toolResults int
}

// readLLM reads the conversations of a database, each as a session.
func readLLM(ctx context.Context, file string, out sink) error {
	db, err := openForeign(file)
	if err != nil {
		return err
	}
	defer db.Close()
	// One transaction sees one moment, while llm may write on.
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return foreignError(ctx, err)
	}
	defer tx.Rollback()
	l, err := newLLMReader(ctx, tx)
	if err != nil {
		return foreignError(ctx, err)
	}
	rows, err := l.rows(ctx)
	if err != nil {
		return foreignError(ctx, err)
	}
	for _, group := range conversations(rows) {
		p, err := l.session(ctx, group)
		if err != nil {
			return foreignError(ctx, err)
		}
		if err := out(p); err != nil {
			return err
		}
	}
	return nil
}

// openForeign opens another program's database for reading.
func openForeign(file string) (*sql.DB, error) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	p := filepath.ToSlash(abs)
	if !strings.HasPrefix(p, "/") { // C:/…
		p = "/" + p
	}
	q := url.Values{"mode": {"ro"}, "_query_only": {"1"}, "_busy_timeout": {"2000"}}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: p,
		RawQuery: q.Encode()}).String())
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

func foreignError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if code := (*sqlite.Error)(nil); errors.As(err, &code) {
		return fmt.Errorf("the database cannot be read: %w", err)
	}
	return err
}

// newLLMReader looks which tables a database has.
func newLLMReader(ctx context.Context, tx *sql.Tx) (llmReader, error) {
	t, err := tables(ctx, tx)
	return llmReader{tx: tx, tables: t}, err
}

// rows reads both generations, oldest first.
func (l llmReader) rows(ctx context.Context) (rows []llmRow, err error) {
	t := l.tables
	switch {
	case t["replies"] != nil && t["sessions"] != nil:
		return nil, errors.New("this is a database of lineup's own: use it with --data-dir, or " +
			"import what lineup sessions export --format json writes")
	case !t.has("turns", "thread_id") && !t.has("turns", "conversation_id") &&
		!t.has("responses", "conversation_id") && len(t.oldLogs()) == 0:
		return nil, errors.New("this database is not llm's: it has neither a table responses " +
			"nor a table turns of its kind")
	}
	switch {
	case t.has("turns", "conversation_id"):
		rows, err = l.nodeTurns(ctx)
	case t.has("turns", "thread_id") && t.has("messages", "hash") && t.has("parts", "message_hash"):
		rows, err = l.turns(ctx)
	}
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, r := range rows {
		known[r.id] = true
	}
	if t.has("responses", "conversation_id") {
		older, err := l.responses(ctx)
		if err != nil {
			return nil, err
		}
		for _, r := range older {
			if !known[r.id] {
				rows = append(rows, r)
			}
		}
	}
	for _, table := range t.oldLogs() {
		oldest, err := l.logs(ctx, table)
		if err != nil {
			return nil, err
		}
		rows = append(rows, oldest...)
	}
	slices.SortStableFunc(rows, func(a, b llmRow) int { return cmp.Compare(a.when, b.when) })
	return rows, nil
}

// tableColumns is what a database has: columns by table.
type tableColumns map[string]map[string]bool

func (t tableColumns) has(table, column string) bool { return t[table][column] }

// oldLogs gives the tables of llm before 0.6, log and then logs. Its migrations leave their rows
// where they are and copy none of them.
func (t tableColumns) oldLogs() (list []string) {
	for _, table := range []string{"log", "logs"} {
		if t.has(table, "prompt") && t.has(table, "response") {
			list = append(list, table)
		}
	}
	return list
}

func tables(ctx context.Context, tx *sql.Tx) (tableColumns, error) {
	rows, err := tx.QueryContext(ctx, `SELECT m.name, c.name FROM sqlite_master m
		JOIN pragma_table_info(m.name) c WHERE m.type = 'table'`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	t := tableColumns{}
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			return nil, err
		}
		if t[table] == nil {
			t[table] = map[string]bool{}
		}
		t[table][column] = true
	}
	return t, rows.Err()
}

// conversations groups rows, in the order in which the conversations began.
func conversations(rows []llmRow) [][]llmRow {
	var groups [][]llmRow
	at := map[string]int{}
	for _, r := range rows {
		key := cmp.Or(r.conversation, "\x00"+r.id) // a response may stand alone
		i, ok := at[key]
		if !ok {
			i = len(groups)
			at[key] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], r)
	}
	return groups
}

// session makes a session of the rows of one conversation.
func (l llmReader) session(ctx context.Context, rows []llmRow) (Parsed, error) {
	first := rows[0]
	p := Parsed{Name: cmp.Or(providers.CleanLine(first.name), first.conversation, first.id),
		Format: FormatLLM}
	s := &session.Session{Title: providers.CleanLine(first.name), Origin: llmProvider + ":" +
		cmp.Or(first.conversation, first.id)}
	var left leftOut
	calls := 0 // of the row before, whose results the next one brings
	for _, row := range rows {
		row.toolResults += calls
		files, missing, err := l.read(ctx, row.attachments)
		if err != nil {
			return p, err
		}
		p.Missing = append(p.Missing, missing...)
		left.addN(len(missing), "attachment", "attachments")
		row.add(s, files, &left)
		calls = row.toolCalls
	}
	if len(s.Turns) == 0 {
		p.Err = ErrNoPrompt
		return p, nil
	}
	s.CreatedAt, s.UpdatedAt = s.Turns[0].CreatedAt, s.Turns[len(s.Turns)-1].CreatedAt
	if s.Title == "" {
		s.Title = session.TitleOf(s.Turns[0].Prompt)
	}
	s.Panes = []providers.Contender{}
	for _, t := range s.Turns {
		s.Panes = providers.Bare(t.Replies[0].Model) // the pane shows what was asked last
	}
	settleImported(s)
	p.Session, p.LeftOut = s, left.words()
	return p, nil
}

// add puts a row into a session as a turn. One that only brings results of tools goes on with the
// turn before. A prompt that is only an attachment names it.
func (row llmRow) add(s *session.Session, files []providers.Attachment, left *leftOut) {
	left.addN(row.toolCalls, "call of a tool", "calls of tools")
	prompt := row.prompt
	switch n := len(s.Turns); {
	case !blank(prompt):
	case len(row.attachments) > 0:
		var marks []string
		for _, f := range row.attachments {
			marks = append(marks, f.mark())
		}
		prompt = strings.Join(marks, "\n")
	case row.toolResults > 0 && n > 0:
		r := s.Turns[n-1].Replies[0]
		r.Text, r.Reasoning = paragraphs(r.Text, row.response),
			paragraphs(r.Reasoning, row.reasoning)
		return
	case blank(row.response + row.reasoning):
		return
	default:
		prompt = noWords
	}
	at, ok := row.time()
	if !ok {
		at = time.Unix(0, 0).UTC()
		if n := len(s.Turns); n > 0 {
			at = s.Turns[n-1].CreatedAt
		}
		left.add("time that cannot be read", "times that cannot be read")
	}
	r := importedReply(llmProvider + "/" + cmp.Or(row.model, "unknown"))
	r.Text, r.Reasoning, r.System, r.ServedModel = row.response, row.reasoning, row.system,
		row.resolved
	if row.millis.Valid && row.millis.Int64 >= 0 {
		d := float64(row.millis.Int64)
		r.Metrics.Duration = &d
		r.Notes = []string{"imported from llm, whose clock measured the time"}
	}
	row.count(r)
	for _, name := range setParams(&r.Params, row.options) {
		left.add("option "+name, "options "+name)
	}
	if s.System == "" && len(s.Turns) == 0 {
		s.System = row.system
	}
	s.Turns = append(s.Turns, &session.Turn{Prompt: prompt, Attachments: files, CreatedAt: at,
		Replies: []*session.Reply{r}})
}

// time is the moment of the request: that of the row, or else that of its id, a ULID.
func (row llmRow) time() (time.Time, bool) {
	if at, ok := parseUTC(row.when); ok {
		return at, true
	}
	for _, id := range []string{row.id, row.conversation} {
		if u, err := ulid.ParseStrict(strings.ToUpper(id)); err == nil {
			if at := u.Timestamp().UTC(); at.Unix() > 0 && datable(at) {
				return at, true
			}
		}
	}
	return time.Time{}, false
}

// count takes the usage, where llm knows it. The details are the provider's own, as OpenAI names
// them or Anthropic.
func (row llmRow) count(r *session.Reply) {
	if !row.input.Valid || !row.output.Valid || row.input.Int64 < 0 || row.output.Int64 < 0 ||
		row.input.Int64 > math.MaxInt32 || row.output.Int64 > math.MaxInt32 {
		return
	}
	var d struct {
		Completion struct {
			Reasoning int `json:"reasoning_tokens"`
		} `json:"completion_tokens_details"`
		Prompt struct {
			Cached int `json:"cached_tokens"`
		} `json:"prompt_tokens_details"`
	}
	if json.Unmarshal([]byte(row.details), &d) != nil { // they are extra, whatever they look like
		d.Completion.Reasoning, d.Prompt.Cached = 0, 0
	}
	r.Usage = session.Usage{Input: int(row.input.Int64), Output: int(row.output.Int64),
		Source: session.Reported}
	r.Usage.Reasoning = max(0, min(d.Completion.Reasoning, r.Usage.Output))
	r.Usage.CacheRead = max(0, min(d.Prompt.Cached, r.Usage.Input))
}

// setParams takes the options that lineup has too and names the others.
func setParams(p *providers.Params, options string) (unknown []string) {
	var all map[string]json.RawMessage
	if json.Unmarshal([]byte(options), &all) != nil {
		return nil
	}
	for name, value := range all {
		var rec providers.Params
		b, err := json.Marshal(map[string]json.RawMessage{name: value})
		if err != nil || json.Unmarshal(b, &rec) != nil || !hasParams(rec) {
			if string(value) != "null" {
				unknown = append(unknown, providers.CleanLine(name))
			}
			continue
		}
		merged, was := *p, *p
		if json.Unmarshal(b, &merged) != nil {
			merged = was
		}
		*p = merged
	}
	slices.Sort(unknown)
	return unknown
}

// parseUTC reads a time as Python writes it.
func parseUTC(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00",
		"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999"} {
		if t, err := time.Parse(layout, s); err == nil && datable(t) {
			return wholeMillis(t), true
		}
	}
	return time.Time{}, false
}
