package session

import "database/sql"

// statsColumns are the columns of a reply that the index replies_by_end holds. The usual value is
// NULL or a number, because a text in each row costs more than all the rest: the requested model if
// it served, the status of a whole answer, no error. The source of an estimated cost begins with
// "~", which sorts after all letters.
const statsColumns = `served_by, CASE WHEN model <> served_by THEN model END, CASE WHEN status <>
	'done' THEN status END,
	(usage_source = 'reported') + 2 * simulated + 4 * CASE WHEN cost_usd IS NULL THEN cost_unknown
	ELSE cost_source >= '~' END + 8 * (repeat IS NOT NULL),
	ended_at, ttft_ms, tokens_per_second, duration_ms, from_enter_ms,
	chunk_gap_p50_ms, chunk_gap_p95_ms, chunk_gap_max_ms, input_tokens, output_tokens, reasoning_tokens, cache_read_tokens,
	cost_usd, error_kind`

// The bits of the fourth column. Each column takes time of its own, so that four of them are one.
const (
	rowReported = 1 << iota
	rowSimulated
	rowDoubtful
	rowRepeated
)

// statsRow is one reply as far as statistics look at it.
type statsRow struct {
	servedBy             string
	model, status, kind  sql.NullString
	reported, simulated  bool
	ended                int64 // milliseconds since 1970
	ttft, tps, busy      sql.NullFloat64
	waited               sql.NullFloat64
	gap50, gap95, gapMax sql.NullFloat64
	in, out              int64
	reasoning, cacheRead int64
	usd                  sql.NullFloat64
	doubtful             bool // a known cost is an estimate; an unknown one may be more than none
	repeated             bool // a take of a repeat

	contender, server string // the ids of those asked and served, of ByContender alone
}

// scan reads the columns of a row, and more columns after them.
func (r *statsRow) scan(rows *sql.Rows, more ...any) error {
	var flags int64
	err := rows.Scan(append([]any{&r.servedBy, &r.model, &r.status, &flags, &r.ended, &r.ttft,
		&r.tps, &r.busy, &r.waited,
		&r.gap50, &r.gap95, &r.gapMax, &r.in, &r.out, &r.reasoning, &r.cacheRead, &r.usd, &r.kind},
		more...)...)
	r.reported, r.simulated, r.doubtful = flags&rowReported != 0, flags&rowSimulated != 0,
		flags&rowDoubtful != 0
	r.repeated = flags&rowRepeated != 0
	return err
}

func (r *statsRow) ending() Status {
	if r.status.Valid {
		return Status(r.status.String)
	}
	return Done
}
