package session

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// The columns of a reply in two groups: known at the request, and known at the end. askedValues,
// resultValues and scanReply keep to their order.
const (
	askedColumns  = `turn, slot, take, repeat, merge, merged, in_force, copied, run, model, contender, system`
	resultColumns = `params, simulated, owner, status, served_by, served_model, finish_reason, ended_at,
		ttft_ms, visible_ttft_ms, duration_ms, tokens_per_second, load_ms, queue_ms, from_enter_ms,
		input_tokens, output_tokens, reasoning_tokens, cache_read_tokens, cache_write_tokens, cache_write_1h_tokens, usage_source,
		chunk_gaps, chunk_gap_p50_ms, chunk_gap_p95_ms, chunk_gap_max_ms, cost_usd, cost_source, cost_unknown, error_kind, version, price, error, server, attempts, dropped_params, notes,
		json, tool_calls, schema, tools, warmup, text, reasoning, chunks`
	askedMarks  = `?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?`
	resultMarks = `?, ?, ?, ?, ?, ?, ?, ?, ?,  ?, ?, ?, ?, ?, ?, ?,  ?, ?, ?, ?, ?, ?, ?,  ?, ?, ?, ?,  ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?`
)

// askedValues are the values of askedColumns. The system prompt is left out where it is the
// session's, which is the rule: it may be long.
func askedValues(
	turn int64, r *Reply, inForce bool, sessionSystem string, contender *int64,
) []any {
	var system *string
	if r.System != sessionSystem {
		system = &r.System
	}
	repeat := sql.NullInt64{Int64: int64(r.Repeat), Valid: r.Repeat > 0}
	merge := sql.NullBool{Bool: true, Valid: r.Merge}
	merged := sql.NullString{Valid: len(r.Merged) > 0}
	if merged.Valid {
		b, _ := json.Marshal(r.Merged) // of numbers
		merged.String = string(b)
	}
	run := sql.NullBool{Bool: true, Valid: r.Run}
	return []any{turn, r.Slot, r.Take, repeat, merge, merged, inForce, r.Copied, run, r.Model,
		contender, system}
}

// resultValues are the values of resultColumns. owner is "" for a reply that has ended. The version
// of lineup and the end are the reply's own where it has been kept before: it was measured then.
func resultValues(r *Reply, owner, version string, at time.Time) ([]any, error) {
	if r.Version != "" {
		version = r.Version
	}
	if !r.EndedAt.IsZero() {
		at = r.EndedAt
	}
	var ended *int64
	if r.Status.Final() {
		v := at.UnixMilli()
		ended = &v
	}
	params, err := json.Marshal(r.Params)
	if err != nil {
		return nil, err
	}
	var kind *string
	if e := r.Error; e != nil {
		kind = (*string)(&e.Kind)
	}
	gaps := [4]any{} // NULL where there are none
	if g := r.Gaps(); g != nil {
		gaps = [4]any{g.N, g.P50, g.P95, g.Max}
	}
	v := []any{string(params), r.Simulated, sql.NullString{String: owner, Valid: owner != ""},
		r.Status, r.ServedBy, r.ServedModel, r.FinishReason, ended,
		r.Metrics.TTFT, r.Metrics.VisibleTTFT, r.Metrics.Duration, r.Metrics.TokensPerSecond,
		r.Metrics.Load, r.Metrics.Queue, r.Metrics.FromEnter,
		r.Usage.Input, r.Usage.Output, r.Usage.Reasoning, r.Usage.CacheRead, r.Usage.CacheWrite,
		r.Usage.Write1h, r.Usage.Source,
		gaps[0], gaps[1], gaps[2], gaps[3], r.Cost.USD, r.Cost.Source, r.CostUnknown(),
		kind, version}
	for _, part := range []struct {
		value any
		none  bool
	}{
		{r.Cost.Price, r.Cost.Price == nil}, {r.Error, r.Error == nil},
		{r.Metrics.Server, len(r.Metrics.Server) == 0}, {r.Attempts, len(r.Attempts) == 0},
		{r.DroppedParams, len(r.DroppedParams) == 0}, {r.Notes, len(r.Notes) == 0},
		{r.JSON, r.JSON == nil}, {r.ToolCalls, len(r.ToolCalls) == 0},
		{r.Schema, r.Schema == nil}, {r.Tools, len(r.Tools) == 0},
	} {
		if part.none {
			v = append(v, nil)
			continue
		}
		s, err := jsonText(part.value)
		if err != nil {
			return nil, err
		}
		v = append(v, s)
	}
	warmup := sql.NullBool{Bool: true, Valid: r.Warmup}
	return append(v, warmup, r.Text, r.Reasoning, encodeChunks(r.Chunks)), nil
}

// jsonText encodes a value as a column has it. Schemas and calls stay as they were written: < and &
// are no escapes.
func jsonText(v any) (string, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// storedReply is a reply with what only the store knows of it.
type storedReply struct {
	n       int64
	turn    int64
	inForce bool
	owner   string // "" where it has ended
	// its number in the store; of a reply of before there were any it is NULL
	contender sql.NullInt64
	*Reply
}

// scanReply reads n, askedColumns and resultColumns.
func scanReply(rows *sql.Rows, sessionSystem string) (storedReply, error) {
	r := &Reply{Type: "reply", Attempts: []Attempt{}}
	r.Metrics.Server = map[string]float64{}
	s := storedReply{Reply: r}
	var owner, system sql.NullString
	var ended sql.NullInt64
	var gaps struct {
		n             sql.NullInt64
		p50, p95, max sql.NullFloat64
	}
	var unknown bool
	var again any // error_kind, which the error tells too
	var repeat sql.NullInt64
	var warmup, merge, run sql.NullBool
	var params, price, failure, server, attempts, dropped, notes, chunks []byte
	var checked, calls, schema, tools, merged []byte
	m, u := &r.Metrics, &r.Usage
	err := rows.Scan(&s.n, &s.turn, &r.Slot, &r.Take, &repeat, &merge, &merged, &s.inForce,
		&r.Copied, &run, &r.Model, &s.contender, &system,
		&params, &r.Simulated, &owner, &r.Status, &r.ServedBy, &r.ServedModel, &r.FinishReason,
		&ended,
		&m.TTFT, &m.VisibleTTFT, &m.Duration, &m.TokensPerSecond, &m.Load, &m.Queue, &m.FromEnter,
		&u.Input, &u.Output, &u.Reasoning, &u.CacheRead, &u.CacheWrite, &u.Write1h, &u.Source,
		&gaps.n, &gaps.p50, &gaps.p95, &gaps.max, &r.Cost.USD, &r.Cost.Source, &unknown, &again,
		&r.Version, &price, &failure, &server, &attempts, &dropped, &notes,
		&checked, &calls, &schema, &tools, &warmup, &r.Text, &r.Reasoning, &chunks)
	if err != nil {
		return s, err
	}
	s.owner, r.Repeat, r.Warmup = owner.String, int(repeat.Int64), warmup.Bool
	r.Merge, r.Run = merge.Bool, run.Bool
	if gaps.n.Valid {
		m.Gaps = &Gaps{int(gaps.n.Int64), gaps.p50.Float64, gaps.p95.Float64, gaps.max.Float64}
	}
	if ended.Valid {
		r.EndedAt = time.UnixMilli(ended.Int64).UTC()
	}
	r.System = sessionSystem
	if system.Valid {
		r.System = system.String
	}
	err = decodeParts([]jsonPart{{params, &r.Params}, {price, &r.Cost.Price}, {failure, &r.Error},
		{server, &m.Server}, {attempts, &r.Attempts}, {dropped, &r.DroppedParams},
		{notes, &r.Notes}, {checked, &r.JSON}, {calls, &r.ToolCalls}, {schema, &r.Schema},
		{tools, &r.Tools}, {merged, &r.Merged}})
	if err != nil {
		return s, err
	}
	r.Cost.Own = r.Cost.USD == nil && !unknown && r.Status.Final() && !r.Refused()
	r.Chunks, err = decodeChunks(chunks)
	return s, err
}

// jsonPart is a column of JSON and the value that it holds.
type jsonPart struct {
	json []byte
	into any
}

// decodeParts reads columns of JSON. One that is NULL or empty leaves its value alone.
func decodeParts(parts []jsonPart) error {
	for _, p := range parts {
		if len(p.json) == 0 {
			continue
		}
		if err := json.Unmarshal(p.json, p.into); err != nil {
			return fmt.Errorf("%w: %w", errContent, err)
		}
	}
	return nil
}
