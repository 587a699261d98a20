package exchange

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// llmTables are the tables of llm 0.27 and, behind them, those that 0.32 adds, as its migrations make them, without the
// ones that an import does not look at.
const llmTables = `
CREATE TABLE [conversations] ([id] TEXT PRIMARY KEY, [name] TEXT, [model] TEXT);
CREATE TABLE "responses" ([id] TEXT PRIMARY KEY, [model] TEXT, [prompt] TEXT, [system] TEXT, [prompt_json] TEXT, [options_json] TEXT,
	[response] TEXT, [response_json] TEXT, [conversation_id] TEXT REFERENCES [conversations]([id]), [duration_ms] INTEGER,
	[datetime_utc] TEXT, [input_tokens] INTEGER, [output_tokens] INTEGER, [token_details] TEXT, [schema_id] TEXT, [resolved_model] TEXT);
CREATE TABLE [attachments] ([id] TEXT PRIMARY KEY, [type] TEXT, [path] TEXT, [url] TEXT, [content] BLOB);
CREATE TABLE [prompt_attachments] ([response_id] TEXT, [attachment_id] TEXT, [order] INTEGER, PRIMARY KEY ([response_id], [attachment_id]));
CREATE TABLE [fragments] ([id] INTEGER PRIMARY KEY, [hash] TEXT, [content] TEXT, [datetime_utc] TEXT, [source] TEXT);
CREATE TABLE [prompt_fragments] ([response_id] TEXT, [fragment_id] INTEGER, [order] INTEGER, PRIMARY KEY ([response_id], [fragment_id], [order]));
CREATE TABLE [system_fragments] ([response_id] TEXT, [fragment_id] INTEGER, [order] INTEGER, PRIMARY KEY ([response_id], [fragment_id], [order]));
CREATE TABLE [tool_calls] ([id] INTEGER PRIMARY KEY, [response_id] TEXT, [tool_id] INTEGER, [name] TEXT, [arguments] TEXT, [tool_call_id] TEXT);

INSERT INTO conversations VALUES ('01h1', 'Why is the sky', 'gpt-4o'), ('01h0', NULL, 'llama/three');
INSERT INTO responses VALUES
	('r1', 'gpt-4o', 'Why is the sky blue?', 'Be brief.', '{}', '{"temperature": 0.5, "seed": 7, "json_object": true}', 'Rayleigh.', '{}', '01h1', 1234,
	 '2024-05-01T12:00:00.123456+00:00', 20, 30, '{"completion_tokens_details": {"reasoning_tokens": 12}, "prompt_tokens_details": {"cached_tokens": 8}}', NULL, 'gpt-4o-2024-08-06'),
	('r2', 'gpt-4o', 'And red?', NULL, '{}', '{}', '', '{}', '01h1', 100, '2024-05-01T12:01:00+00:00', NULL, NULL, NULL, NULL, NULL),
	('r3', 'gpt-4o', '', NULL, '{}', '{}', 'The long way.', '{}', '01h1', 100, '2024-05-01T12:01:01+00:00', NULL, NULL, NULL, NULL, NULL),
	('r0', 'llama/three', '요약해 줘', '', '{}', NULL, '네.', '{}', '01h0', NULL, '2023-07-03 15:10:00.000001', NULL, NULL, NULL, NULL, NULL),
	('r4', 'gpt-4o', 'alone', NULL, '{}', '{}', 'yes', '{}', NULL, 5, 'yesterday', NULL, NULL, NULL, NULL, NULL);
INSERT INTO fragments VALUES (1, 'h', 'A long text.', '', ''), (2, 'h2', 'You are a judge.', '', '');
INSERT INTO prompt_fragments VALUES ('r0', 1, 0);
INSERT INTO system_fragments VALUES ('r0', 2, 0);
INSERT INTO prompt_attachments VALUES ('r1', 'a', 0), ('r1', 'b', 1);
INSERT INTO tool_calls VALUES (1, 'r2', 1, 'colour', '{}', 'c1');
`

const llmMessageTables = `
CREATE TABLE [messages] ([hash] TEXT PRIMARY KEY, [parent_hash] TEXT, [role] TEXT, [provider_metadata] TEXT);
CREATE TABLE [parts] ([id] INTEGER PRIMARY KEY, [message_hash] TEXT, [position] INTEGER, [type] TEXT, [tool_name] TEXT, [text] TEXT, [payload] TEXT);
CREATE TABLE [part_fragments] ([part_id] INTEGER, [fragment_id] INTEGER, [order] INTEGER);
CREATE TABLE [threads] ([id] TEXT PRIMARY KEY, [name] TEXT, [tip_message_hash] TEXT, [forked_from] TEXT, [datetime_utc] TEXT);
CREATE TABLE [turns] ([id] TEXT PRIMARY KEY, [thread_id] TEXT, [parent_message_hash] TEXT, [tip_message_hash] TEXT, [model] TEXT, [resolved_model] TEXT,
	[options_json] TEXT, [schema_id] TEXT, [input_tokens] INTEGER, [output_tokens] INTEGER, [token_details] TEXT, [duration_ms] INTEGER, [datetime_utc] TEXT);

INSERT INTO messages VALUES ('b2:0', NULL, 'system', NULL), ('b2:1', 'b2:0', 'user', NULL), ('b2:2', 'b2:1', 'assistant', NULL),
	('b2:3', 'b2:2', 'user', NULL), ('b2:4', 'b2:3', 'assistant', NULL);
INSERT INTO parts (message_hash, position, type, text, payload) VALUES ('b2:0', 0, 'text', 'Name pets.', NULL),
	('b2:1', 0, 'text', NULL, '{"text_ref": [{"fragment": 1}, {"literal": "\nquestion about it"}]}'), ('b2:1', 1, 'attachment', NULL, '{"attachment": {"id": "x"}}'),
	('b2:2', 0, 'reasoning', 'Hm.', NULL), ('b2:2', 1, 'text', 'How about Percy?', NULL),
	('b2:3', 0, 'text', 'Now a walrus', NULL), ('b2:4', 0, 'text', 'Wallace.', NULL);
INSERT INTO part_fragments VALUES (2, 1, 0);
INSERT INTO threads VALUES ('01t1', 'Pets', 'b2:4', NULL, '2026-08-01T10:00:00+00:00');
INSERT INTO turns VALUES ('t1', '01t1', 'b2:1', 'b2:2', 'claude', NULL, '{"max_tokens": 99}', NULL, 5, 6, NULL, 700, '2026-08-01T10:00:00+00:00'),
	('t2', '01t1', 'b2:3', 'b2:4', 'claude', NULL, NULL, NULL, 7, 8, NULL, 800, '2026-08-01T10:01:00+00:00');
INSERT INTO responses (id, model, prompt, response, conversation_id, datetime_utc) VALUES ('t1', 'claude', 'written twice', 'x', '01t1', '2026-08-01T10:00:00+00:00');
`

// llmDB makes a database by SQL and reads it as a file.
func llmDB(t testing.TB, script string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "logs.db")
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(file))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(script); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return file
}

func readDB(t testing.TB, script string) []Parsed {
	t.Helper()
	b, err := os.ReadFile(llmDB(t, script))
	if err != nil {
		t.Fatal(err)
	}
	return parsed(t, string(b), FormatAuto)
}

// outline says in short what a session holds.
func outline(p Parsed) string {
	if p.Err != nil {
		return p.Err.Error()
	}
	s := p.Session
	out := fmt.Sprintf("%s %v %q %s\n", s.Title, s.Panes, s.System, s.CreatedAt.Format(time.RFC3339))
	for _, t := range s.Turns {
		r := t.Replies[0]
		out += fmt.Sprintf("> %q %s %q %q %s in %d out %d\n", t.Prompt, r.Model, r.Text, r.Reasoning, r.Usage.Source, r.Usage.Input, r.Usage.Output)
	}
	return out + strings.Join(p.LeftOut, "; ")
}

func TestImportLLM(t *testing.T) {
	list := readDB(t, llmTables)
	want := []string{
		`A long text. [llm/llama/three] "You are a judge." 2023-07-03T15:10:00Z
> "A long text.\n요약해 줘" llm/llama/three "네." "" estimated in 22 out 2
`,
		`Why is the sky [llm/gpt-4o] "Be brief." 2024-05-01T12:00:00Z
> "Why is the sky blue?" llm/gpt-4o "Rayleigh." "" reported in 20 out 30
> "And red?" llm/gpt-4o "The long way." "" estimated in 17 out 3
2 attachments; 1 option json_object; 1 call of a tool`,
		`alone [llm/gpt-4o] "" 1970-01-01T00:00:00Z
> "alone" llm/gpt-4o "yes" "" estimated in 9 out 1
1 time that cannot be read`,
	}
	if len(list) != len(want) {
		t.Fatalf("%d conversations", len(list))
	}
	for i, p := range list {
		if got := outline(p); got != want[i] {
			t.Errorf("got\n%s\nwant\n%s", got, want[i])
		}
	}
	r := list[1].Session.Turns[0].Replies[0]
	if r.ServedModel != "gpt-4o-2024-08-06" || *r.Metrics.Duration != 1234 || r.Usage.Reasoning != 12 || r.Usage.CacheRead != 8 {
		t.Errorf("%+v", r)
	}
	if r.Params.Temperature == nil || *r.Params.Temperature != 0.5 || r.Params.Seed == nil || *r.Params.Seed != 7 {
		t.Errorf("%+v", r.Params)
	}
}

// TestImportLLMMessages reads the tables of llm 0.32; what stands in both generations comes once.
func TestImportLLMMessages(t *testing.T) {
	list := readDB(t, llmTables+llmMessageTables)
	if len(list) != 4 {
		t.Fatalf("%d conversations", len(list))
	}
	want := `Pets [llm/claude] "Name pets." 2026-08-01T10:00:00Z
> "A long text.\nquestion about it" llm/claude "How about Percy?" "Hm." reported in 5 out 6
> "Now a walrus" llm/claude "Wallace." "" reported in 7 out 8
1 attachment`
	if got := outline(list[2]); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if p := list[2].Session.Turns[0].Replies[0].Params; p.MaxTokens == nil || *p.MaxTokens != 99 {
		t.Errorf("%+v", p)
	}
}

// llmNodeTables are what m023_message_store makes, without what an import does not look at.
const llmNodeTables = `
CREATE TABLE [messages] ([id] TEXT PRIMARY KEY, [role] TEXT, [parts] TEXT, [provider_metadata] TEXT, [first_seen_utc] TEXT);
CREATE TABLE [message_nodes] ([id] TEXT PRIMARY KEY, [parent_id] TEXT, [message_id] TEXT, [depth] INTEGER, [first_seen_utc] TEXT);
CREATE TABLE [turns] ([id] TEXT PRIMARY KEY, [model] TEXT, [resolved_model] TEXT, [prompt] TEXT, [system] TEXT, [options_json] TEXT,
	[response] TEXT, [reasoning] TEXT, [response_json] TEXT, [conversation_id] TEXT, [duration_ms] INTEGER, [datetime_utc] TEXT,
	[input_tokens] INTEGER, [output_tokens] INTEGER, [token_details] TEXT, [schema_id] TEXT, [input_node_id] TEXT, [output_node_id] TEXT);

INSERT INTO attachments VALUES ('f1', 'text/plain', NULL, NULL, 'of the file');
INSERT INTO messages VALUES
	('m0', 'system', '[{"type": "text", "text": "Name pets."}]', NULL, ''),
	('m1', 'user', '[{"type": "text", "text": "A fragment.\nA pelican?"}, {"type": "attachment", "attachment_id": "f1"}]', NULL, ''),
	('m2', 'assistant', '[{"type": "reasoning", "text": "Hm."}, {"type": "tool_call", "name": "when", "arguments": {}, "tool_call_id": "c"}]', NULL, ''),
	('m3', 'tool', '[{"type": "tool_result", "name": "when", "output": "now", "tool_call_id": "c"}]', NULL, ''),
	('m4', 'assistant', '[{"type": "text", "text": "Percy."}]', NULL, ''),
	('m5', 'user', '[{"type": "text", "text": "A walrus?"}]', NULL, ''),
	('m6', 'assistant', 'no JSON', NULL, '');
INSERT INTO message_nodes VALUES ('n0', NULL, 'm0', 1, ''), ('n1', 'n0', 'm1', 2, ''), ('n2', 'n1', 'm2', 3, ''), ('n3', 'n2', 'm3', 4, ''),
	('n4', 'n3', 'm4', 5, ''), ('n5', 'n4', 'm5', 6, ''), ('n6', 'n5', 'm4', 7, '');
INSERT INTO conversations VALUES ('01t1', 'Pets', 'claude');
INSERT INTO turns VALUES
	('t1', 'claude', 'claude-5', 'A pelican?', 'Name pets.', '{"max_tokens": 99}', '', 'Hm.', NULL, '01t1', 700, '2026-08-01T10:00:00+00:00', 5, 6, NULL, NULL, 'n1', 'n2'),
	('t2', 'claude', NULL, '', NULL, NULL, 'Percy.', NULL, NULL, '01t1', 800, '2026-08-01T10:01:00+00:00', 7, 8, NULL, NULL, 'n3', 'n4'),
	('t3', 'claude', NULL, 'A walrus?', NULL, NULL, 'Percy.', NULL, NULL, '01t1', 800, '2026-08-01T10:02:00+00:00', 9, 1, NULL, NULL, 'n5', 'n6'),
	('t4', 'claude', NULL, 'Without nodes', 'S', NULL, 'Alone.', 'Why.', NULL, NULL, 9, '2026-08-01T10:03:00+00:00', 1, 1, NULL, NULL, NULL, NULL);
INSERT INTO responses (id, model, prompt, response, conversation_id, datetime_utc) VALUES ('t1', 'claude', 'written twice', 'x', '01t1', '2026-08-01T10:00:00+00:00');
`

// TestImportLLMNodes reads the tables of llm's message store, in which one message may stand in
// several places of a chain.
func TestImportLLMNodes(t *testing.T) {
	list := readDB(t, llmTables+llmNodeTables)
	if len(list) != 5 {
		t.Fatalf("%d conversations", len(list))
	}
	for i, want := range map[int]string{
		2: `Pets [llm/claude] "Name pets." 2026-08-01T10:00:00Z
> "A fragment.\nA pelican?" llm/claude "Percy." "Hm." reported in 5 out 6
> "A walrus?" llm/claude "Percy." "" reported in 9 out 1
1 call of a tool`,
		3: `Without nodes [llm/claude] "S" 2026-08-01T10:03:00Z
> "Without nodes" llm/claude "Alone." "Why." reported in 1 out 1
`,
	} {
		if got := outline(list[i]); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
	if a := list[2].Session.Turns[0].Attachments; len(a) != 1 || string(a[0].Data) != "of the file" {
		t.Errorf("attachments %v", a)
	}
}

func TestImportOldLLM(t *testing.T) {
	list := readDB(t, `CREATE TABLE conversations (id TEXT PRIMARY KEY, name TEXT, model TEXT);
		CREATE TABLE responses (id TEXT PRIMARY KEY, model TEXT, prompt TEXT, system TEXT, response TEXT, conversation_id TEXT, duration_ms INTEGER, datetime_utc TEXT);
		INSERT INTO responses VALUES ('a', 'm', 'p', NULL, 'r', 'c', 'soon', '2023-08-01T10:00:00+00:00')`)
	if got := outline(list[0]); got != "p [llm/m] \"\" 2023-08-01T10:00:00Z\n> \"p\" llm/m \"r\" \"\" estimated in 8 out 0\n" {
		t.Error(got)
	}
	for script, want := range map[string]string{
		`CREATE TABLE logs (id INTEGER PRIMARY KEY)`:                "not llm's",
		`CREATE TABLE other (id INTEGER PRIMARY KEY)`:               "not llm's",
		`CREATE TABLE sessions (id TEXT); CREATE TABLE replies (t)`: "lineup's own",
	} {
		b, err := os.ReadFile(llmDB(t, script))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tryParse(t, b, FormatAuto); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", script, err)
		}
	}
}

// FuzzImportLLM: whatever stands in the fields of a row, the session that comes of it can be stored.
func FuzzImportLLM(f *testing.F) {
	f.Add("prompt", "system", "response", `{"temperature": 1, "x": null}`, `{"completion_tokens_details": 7}`, "2024-05-01T12:00:00+00:00", "b2:1", int64(5), int64(-1))
	f.Add("", "", "r", `[]`, `null`, "0000-01-01", "b2:4", int64(1)<<40, int64(3))
	file := llmDB(f, llmTables+llmMessageTables)
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(file))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { db.Close() })
	f.Fuzz(func(t *testing.T, prompt, system, response, options, details, when, parent string, tokens, duration int64) {
		if _, err := db.Exec(`UPDATE responses SET prompt = ?, system = ?, response = ?, options_json = ?, token_details = ?, datetime_utc = ?,
			input_tokens = ?, output_tokens = ?, duration_ms = ? WHERE id = 'r1'`, prompt, system, response, options, details, when, tokens, tokens, duration); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(`UPDATE messages SET parent_hash = ?, role = ? WHERE hash = 'b2:1'; UPDATE parts SET payload = ? WHERE id = 2`, parent, system, options); err != nil {
			t.Fatal(err)
		}
		for p, err := range Read(context.Background(), file, FormatAuto) {
			if err != nil {
				t.Fatal(err)
			}
			if (p.Session == nil) == (p.Err == nil) {
				t.Fatalf("session %v, error %v", p.Session, p.Err)
			}
			if p.Session == nil {
				continue
			}
			keepable(t, p.Session)
		}
	})
}
