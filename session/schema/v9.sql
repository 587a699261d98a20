-- Version 9 adds from_enter_ms to the covering index of the statistics: how long somebody waited for an answer, with the
-- failed attempts before it, which TTFT and duration leave out.

DROP INDEX replies_by_end;
CREATE INDEX replies_by_end ON replies (ended_at, simulated, copied, served_by, model, status, usage_source, ttft_ms, tokens_per_second,
	duration_ms, from_enter_ms, chunk_gap_p50_ms, chunk_gap_p95_ms, chunk_gap_max_ms, input_tokens, output_tokens, reasoning_tokens,
	cache_read_tokens, cost_usd, cost_source, cost_unknown, error_kind) WHERE ended_at IS NOT NULL;

-- Of two indexes that fit alike, SQLite takes the newer one; the replies with several attempts are few.
DROP INDEX replies_tried;
CREATE INDEX replies_tried ON replies (ended_at) WHERE ended_at IS NOT NULL AND instr(attempts, '},{') > 0;
