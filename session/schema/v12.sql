-- Version 12 knows which answers are takes of a repeat: repeat is how many were to be asked for at once, NULL for an answer
-- that was asked alone; warmup is 1 for the first of them where the model had to be loaded for it.
--
-- The covering index of the statistics gets both what statistics by contender and the count of such takes need, at its end:
-- the columns before it stay where they were.

ALTER TABLE replies ADD COLUMN repeat INTEGER;
ALTER TABLE replies ADD COLUMN warmup INTEGER;

DROP INDEX replies_by_end;
CREATE INDEX replies_by_end ON replies (ended_at, simulated, copied, served_by, model, status, usage_source, ttft_ms, tokens_per_second,
	duration_ms, from_enter_ms, chunk_gap_p50_ms, chunk_gap_p95_ms, chunk_gap_max_ms, input_tokens, output_tokens, reasoning_tokens,
	cache_read_tokens, cost_usd, cost_source, cost_unknown, error_kind, contender, repeat) WHERE ended_at IS NOT NULL;

-- Of two indexes that fit alike, SQLite takes the newer one; the replies with several attempts are few.
DROP INDEX replies_tried;
CREATE INDEX replies_tried ON replies (ended_at) WHERE ended_at IS NOT NULL AND instr(attempts, '},{') > 0;
