-- Version 3 adds the columns that statistics and the daily total need, plus a covering index, so those queries never
-- touch the reply texts. error_kind and cost_unknown repeat what the record says: cost_unknown is 1 where an unknown cost
-- may be more than none (Reply.Refused). They are no generated columns, because SQLite reads the whole row for one even
-- with an index.
--
-- copied marks the replies that a fork took over: those of turns older than their session. The gaps of replies that ended
-- before this version stay unknown here; an opened session computes them from its chunks. Negative times from Enter came
-- from replies of a lineup that died; they are unknown.

ALTER TABLE replies ADD COLUMN copied INTEGER NOT NULL DEFAULT 0;
ALTER TABLE replies ADD COLUMN chunk_gaps INTEGER;
ALTER TABLE replies ADD COLUMN chunk_gap_p50_ms REAL;
ALTER TABLE replies ADD COLUMN chunk_gap_p95_ms REAL;
ALTER TABLE replies ADD COLUMN chunk_gap_max_ms REAL;
ALTER TABLE replies ADD COLUMN cost_unknown INTEGER NOT NULL DEFAULT 0;
ALTER TABLE replies ADD COLUMN error_kind TEXT;
UPDATE replies SET
	cost_unknown = cost_usd IS NULL AND owner IS NULL AND (output_tokens > 0
		OR NOT (attempts IS NULL AND coalesce(from_enter_ms >= 0, 0))
		AND NOT coalesce(json_valid(error) AND (error ->> '$.status' >= 400 OR error ->> '$.kind' IN ('unreachable', 'timeout_connect')), 0)),
	from_enter_ms = CASE WHEN from_enter_ms >= 0 THEN from_enter_ms END,
	error_kind = CASE WHEN json_valid(error) THEN CAST(error ->> '$.kind' AS TEXT) END,
	copied = turn IN (SELECT t.n FROM turns t JOIN sessions s ON s.n = t.session WHERE s.parent IS NOT NULL AND t.created_at < s.created_at);
CREATE INDEX replies_by_end ON replies (ended_at, simulated, copied, served_by, model, status, usage_source, ttft_ms, tokens_per_second,
	duration_ms, chunk_gap_p50_ms, chunk_gap_p95_ms, chunk_gap_max_ms, input_tokens, output_tokens, reasoning_tokens, cache_read_tokens,
	cost_usd, cost_source, cost_unknown, error_kind) WHERE ended_at IS NOT NULL;
