package exchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"reflect"
	"time"

	"lineup/jsoncheck"
	"lineup/providers"
	"lineup/session"
)

// exportSchema is the version of the exported form. Keys may be added to it; one that changed its
// meaning would make it version 2.
const exportSchema = 1

// sessionRecord is a session as a JSON export holds it.
type sessionRecord struct {
	Schema    int      `json:"schema"`
	ID        string   `json:"id"`
	Title     string   `json:"title"`
	CreatedAt string   `json:"created_at"`
	UpdatedAt string   `json:"updated_at"`
	System    string   `json:"system"`
	Panes     []string `json:"panes"`
	// the panes with their names and settings, where one has any
	PaneList []session.PaneRecord `json:"pane_settings,omitempty"`
	Tags     []string             `json:"tags,omitempty"`
	Parent   string               `json:"parent,omitempty"` // what it was forked from
	ParentAt string               `json:"parent_turn,omitempty"`
	// of an import: the other program and its id there
	Origin string `json:"origin,omitempty"`
	// it was blind, and is revealed
	Blind    bool         `json:"blind,omitempty"`
	Revealed bool         `json:"revealed,omitempty"`
	Turns    []turnRecord `json:"turns"`
}

type turnRecord struct {
	ID        string             `json:"id"`
	Prompt    string             `json:"prompt"`
	Files     []attachmentRecord `json:"attachments,omitempty"`
	CreatedAt string             `json:"created_at"`
	// the slot whose answer all panes go on from
	Promoted *int `json:"promoted,omitempty"`
	// the prompt is the result of the tools that the answers before call
	ToolResult bool          `json:"tool_result,omitempty"`
	Replies    []replyRecord `json:"replies"`
	// further answers of a slot to the same prompt
	Others []replyRecord `json:"alternatives,omitempty"`
	Votes  []voteRecord  `json:"votes,omitempty"`

	Judgements []judgementRecord `json:"judgements,omitempty"`
}

// replyRecord is the record of `lineup ask --json`, with the fields that only the store has.
type replyRecord struct {
	*session.Reply
	EndedAt string            `json:"ended_at,omitempty"`
	Version string            `json:"version,omitempty"` // of lineup, which measured
	System  *string           `json:"system,omitempty"`  // where it is not the session's
	Chunks  chunkList         `json:"chunks,omitempty"`
	Schema  *jsoncheck.Schema `json:"schema,omitempty"` // that the answer was to fit
	Tools   []jsoncheck.Tool  `json:"tools,omitempty"`  // that were declared
	Own     bool              `json:"own,omitempty"`    // its cost: of one's own machine
}

// voteRecord is a vote with its lists, which are never null, and its time.
type voteRecord struct {
	*session.Vote
	Winners []int  `json:"winners"`
	Order   []int  `json:"order"`
	At      string `json:"at"`
}

// parse makes the vote of a record again, or says which key is wrong.
func (rec voteRecord) parse(where string) (v *session.Vote, err error) {
	if rec.Vote == nil {
		return nil, fmt.Errorf("%s is no vote", where)
	}
	v = rec.Vote
	v.Winners, v.Order = rec.Winners, rec.Order
	if v.At, err = parseStamp(where+".at", rec.At); err != nil {
		return nil, err
	}
	if err := v.Check(); err != nil {
		return nil, fmt.Errorf("%s: %w", where, err)
	}
	return v, nil
}

// judgementRecord is a judgement with its time.
type judgementRecord struct {
	*session.Judgement
	At  string `json:"at"`
	Own bool   `json:"own,omitempty"` // its cost: of one's own machine
}

// parse makes the judgement of a record again, or says which key is wrong.
func (rec judgementRecord) parse(where string) (j *session.Judgement, err error) {
	if rec.Judgement == nil {
		return nil, fmt.Errorf("%s is no judgement", where)
	}
	j = rec.Judgement
	j.Cost.Own = rec.Own
	if j.At, err = parseStamp(where+".at", rec.At); err != nil {
		return nil, err
	}
	if err := j.Check(); err != nil {
		return nil, fmt.Errorf("%s: %w", where, err)
	}
	return j, nil
}

// WriteJSON writes a session as one indented JSON object, each reply in the form of `lineup ask
// --json` with further fields of the store:
//
//	{"schema": 1, "id", "title", "created_at", "updated_at", "system", "panes", "tags", "parent", "parent_turn", "origin",
//	 "blind", "revealed", "turns": [{"id", "prompt", "attachments", "created_at", "promoted", "replies": [R, …], "alternatives": [R, …],
//	 "votes": [{"contenders", "kind", "winners", "order", "blind", "named", "fallback", "simulated", "partial", "at", "by", "slots", "copied"}, …],
//	 "judgements": [{"judge", "a", "b", "winner", "verdicts", "flipped", "self", "reason", "usage", "cost", "contenders", "lengths",
//	 "fallback", "simulated", "at", "own", "copied"}, …]}, …]}
//
// where an attachment is {"name", "type", "sha256", "data"} with the data in base64, R is a reply
// and "ended_at", "version", "system", "params", "chunks", "schema", "tools", "own". Times are RFC
// 3339 in UTC with milliseconds. A reply has a system if it differs from the session's. Its params
// are the settings sent, under the names of the config. Its chunks are a list of [milliseconds
// after the request, bytes of text], with a third number 1 for reasoning. Its schema is {"name",
// "schema"}, and its tools have the form of Chat Completions. Own marks costs on one's own
// machine, which are not known. Empty optional keys are left out: those between "panes" and
// "turns", "attachments", "promoted", "alternatives", "votes", "judgements", "slots", "own",
// "copied", and the further fields of a reply. Import reads it all back, and a second export is
// the same, byte for byte. Only a running reply has become an interrupted one.
func WriteJSON(w io.Writer, s *session.Session) error {
	rec := sessionRecord{Schema: exportSchema, ID: s.ID, Title: s.Title,
		CreatedAt: stampOf(s.CreatedAt),
		UpdatedAt: stampOf(s.UpdatedAt), System: s.System, Tags: s.Tags,
		Panes: providers.Refs(s.Panes), PaneList: session.PaneRecords(s.Panes),
		Parent: s.Parent, ParentAt: s.ParentTurn, Origin: s.Origin, Blind: s.Blind,
		Revealed: s.Revealed,
		Turns:    make([]turnRecord, 0, len(s.Turns))}
	for _, t := range s.Turns {
		e := turnRecord{ID: t.ID, Prompt: t.Prompt, Files: attachmentRecords(t.Attachments),
			CreatedAt: stampOf(t.CreatedAt), Promoted: t.Promoted, ToolResult: t.ToolResult,
			Replies: []replyRecord{}}
		for _, r := range t.Replies {
			if r != nil {
				e.Replies = append(e.Replies, recordOf(r, s.System))
			}
		}
		for _, r := range t.Alternatives {
			e.Others = append(e.Others, recordOf(r, s.System))
		}
		for _, v := range t.Votes {
			e.Votes = append(e.Votes, voteRecord{Vote: v, Winners: list(v.Winners),
				Order: list(v.Order), At: stampOf(v.At)})
		}
		for _, j := range t.Judgements {
			e.Judgements = append(e.Judgements, judgementRecord{j, stampOf(j.At), j.Cost.Own})
		}
		rec.Turns = append(rec.Turns, e)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // answers are full of code: < and & stay readable
	if err := enc.Encode(rec); err != nil {
		return err
	}
	_, err := w.Write(indent(b.Bytes()))
	return err
}

func recordOf(r *session.Reply, sessionSystem string) replyRecord {
	if !r.Status.Final() || r.Contender == nil { // its text is still in the making
		r = r.Snapshot()
		r.Contender = r.Asked(sessionSystem)
	}
	rec := replyRecord{Reply: r, Version: r.Version, Chunks: r.Chunks, Schema: r.Schema,
		Tools: r.Tools, Own: r.Cost.Own}
	if !r.EndedAt.IsZero() {
		rec.EndedAt = stampOf(r.EndedAt)
	}
	if r.System != sessionSystem {
		rec.System = &r.System
	}
	return rec
}

// hasParams reports whether anything is set.
func hasParams(p providers.Params) bool { return !reflect.ValueOf(p).IsZero() }

// reply makes the reply of a record again.
func (rec replyRecord) reply(sessionSystem string) *session.Reply {
	r := rec.Reply
	r.Type, r.System, r.Chunks, r.Version = "reply", sessionSystem, rec.Chunks, rec.Version
	if rec.System != nil {
		r.System = *rec.System
	}
	r.Schema, r.Tools, r.Cost.Own = rec.Schema, rec.Tools, rec.Own
	if r.JSON != nil && r.JSON.Errors == nil {
		r.JSON.Errors = []jsoncheck.Problem{}
	}
	if r.Attempts == nil {
		r.Attempts = []session.Attempt{}
	}
	if r.Metrics.Server == nil {
		r.Metrics.Server = map[string]float64{}
	}
	return r
}

// chunkList is the pieces of a reply in a JSON export: [milliseconds after the request, bytes], and
// a third number, 1, where the piece is reasoning.
type chunkList []session.Chunk

// MarshalJSON writes the list on one line.
func (l chunkList) MarshalJSON() ([]byte, error) {
	b := []byte{'['}
	for i, c := range l {
		if i > 0 {
			b = append(b, ',')
		}
		at, err := json.Marshal(float64(c.At.Microseconds()) / 1000)
		if err != nil {
			return nil, err
		}
		b = append(append(b, '['), at...)
		b = fmt.Appendf(b, ",%d", c.Len)
		if c.Reasoning {
			b = append(b, ",1"...)
		}
		b = append(b, ']')
	}
	return append(b, ']'), nil
}

// UnmarshalJSON takes back what MarshalJSON writes. Reply.Check refuses times and sizes that no
// answer has.
func (l *chunkList) UnmarshalJSON(data []byte) error {
	var rows [][]float64
	if err := json.Unmarshal(data, &rows); err != nil {
		return err
	}
	list := make(chunkList, 0, len(rows))
	last := time.Duration(0)
	for i, row := range rows {
		if len(row) != 2 && len(row) != 3 {
			return fmt.Errorf("piece %d of chunks: want [milliseconds, bytes] or [milliseconds, "+
				"bytes, 1], got %v", i, row)
		}
		micros, size := math.Round(row[0]*1000), row[1]
		if math.Abs(micros) > maxExact || math.Abs(size) > maxExact || size != math.Trunc(size) {
			return fmt.Errorf("piece %d of chunks: %v is out of range", i, row)
		}
		c := session.Chunk{At: time.Duration(micros) * time.Microsecond, Len: int(size),
			Reasoning: len(row) == 3 && row[2] != 0}
		if c.At >= 0 { // arrivals never run backwards
			c.At = max(c.At, last)
			last = c.At
		}
		list = append(list, c)
	}
	*l = list
	return nil
}

// maxExact bounds the numbers that a float64 holds exactly and that fit a time in nanoseconds.
const maxExact = 1 << 53

// indent lays compact JSON out over lines like json.Indent, but leaves lists of numbers on one
// line: the timings of an answer would take five lines a token.
func indent(compact []byte) []byte {
	out := make([]byte, 0, len(compact)+len(compact)/8)
	depth := 0
	newline := func() {
		out = append(out, '\n')
		for range depth {
			out = append(out, "  "...)
		}
	}
	for i := 0; i < len(compact); i++ {
		switch c := compact[i]; c {
		case '"':
			end := i + stringLen(compact[i:])
			out = append(out, providers.EscapeJSON(compact[i:end])...)
			i = end - 1
		case '[', '{':
			if n := flatLen(compact[i:]); n > 0 {
				out = append(out, compact[i:i+n]...)
				i += n - 1
				continue
			}
			out = append(out, c)
			depth++
			newline()
		case ']', '}':
			depth--
			newline()
			out = append(out, c)
		case ',':
			out = append(out, c)
			newline()
		case ':':
			out = append(out, ": "...)
		default:
			out = append(out, c)
		}
	}
	return out
}

// stringLen is the length of the JSON string that b begins with, quotes included.
func stringLen(b []byte) int {
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b)
}

// flatLen is the length of the list or object that b begins with where it is empty or holds nothing
// but numbers and lists of them, else 0.
func flatLen(b []byte) int {
	depth := 0
	for i, c := range b {
		switch c {
		case '"':
			return 0
		case '[', '{':
			if c == '{' && i > 0 {
				return 0
			}
			depth++
		case ']', '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}
