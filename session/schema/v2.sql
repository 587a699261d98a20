-- Version 2: a slot may have several replies to one prompt; sessions have tags, a trash and an origin.
--
-- The replies are copied into a new table, because SQLite cannot drop UNIQUE (turn, slot) from the old one. The pieces of
-- running replies are copied first: dropping a table deletes what refers to it.
--
-- Triggers keep session_models, so that a filter by model or status need not read the replies. Column deleted_at comes
-- after the texts, but no list reads it: the partial indexes know.

CREATE TABLE replies_2 (
	n                  INTEGER PRIMARY KEY,
	turn               INTEGER NOT NULL REFERENCES turns (n) ON DELETE CASCADE,
	slot               INTEGER NOT NULL,
	take               INTEGER NOT NULL,
	in_force           INTEGER NOT NULL,
	owner              TEXT,
	status             TEXT    NOT NULL,
	model              TEXT    NOT NULL,
	served_by          TEXT    NOT NULL,
	served_model       TEXT    NOT NULL,
	finish_reason      TEXT    NOT NULL,
	ended_at           INTEGER,
	ttft_ms            REAL,
	visible_ttft_ms    REAL,
	duration_ms        REAL,
	tokens_per_second  REAL,
	load_ms            REAL,
	queue_ms           REAL    NOT NULL,
	from_enter_ms      REAL,
	input_tokens       INTEGER NOT NULL,
	output_tokens      INTEGER NOT NULL,
	reasoning_tokens   INTEGER NOT NULL,
	cache_read_tokens  INTEGER NOT NULL,
	cache_write_tokens INTEGER NOT NULL,
	cache_write_1h_tokens INTEGER NOT NULL,
	usage_source       TEXT    NOT NULL,
	cost_usd           REAL,
	cost_source        TEXT    NOT NULL,
	price              TEXT,
	simulated          INTEGER NOT NULL,
	version            TEXT    NOT NULL,
	params             TEXT    NOT NULL,
	error              TEXT,
	server             TEXT,
	attempts           TEXT,
	dropped_params     TEXT,
	notes              TEXT,
	system             TEXT,
	text               TEXT    NOT NULL,
	reasoning          TEXT    NOT NULL,
	chunks             BLOB,
	UNIQUE (turn, slot, take)
) STRICT;
INSERT INTO replies_2 SELECT n, turn, slot, 0, 1, owner, status, model, served_by, served_model, finish_reason, ended_at,
	ttft_ms, visible_ttft_ms, duration_ms, tokens_per_second, load_ms, queue_ms, NULL,
	input_tokens, output_tokens, reasoning_tokens, cache_read_tokens, cache_write_tokens, 0, usage_source,
	cost_usd, cost_source, NULL, simulated, version, params, error, server, attempts, dropped_params, notes, system, text, reasoning, chunks
	FROM replies;
CREATE TABLE reply_parts_2 (
	reply     INTEGER NOT NULL REFERENCES replies_2 (n) ON DELETE CASCADE,
	start     INTEGER NOT NULL,
	count     INTEGER NOT NULL,
	text      TEXT    NOT NULL,
	reasoning TEXT    NOT NULL,
	chunks    BLOB    NOT NULL,
	PRIMARY KEY (reply, start)
) STRICT, WITHOUT ROWID;
INSERT INTO reply_parts_2 SELECT reply, start, count, text, reasoning, chunks FROM reply_parts;
DROP TABLE reply_parts;
DROP TABLE replies;
ALTER TABLE replies_2 RENAME TO replies;
ALTER TABLE reply_parts_2 RENAME TO reply_parts;
CREATE INDEX replies_open ON replies (owner) WHERE owner IS NOT NULL;

ALTER TABLE turns ADD COLUMN promoted INTEGER;

ALTER TABLE sessions ADD COLUMN deleted_at INTEGER;
ALTER TABLE sessions ADD COLUMN parent TEXT;
ALTER TABLE sessions ADD COLUMN parent_turn TEXT;
DROP INDEX sessions_by_update;
CREATE INDEX sessions_by_update ON sessions (updated_at, n) WHERE deleted_at IS NULL;
CREATE INDEX sessions_deleted ON sessions (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE tags (
	session INTEGER NOT NULL REFERENCES sessions (n) ON DELETE CASCADE,
	tag     TEXT    NOT NULL,
	PRIMARY KEY (session, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX tags_by_tag ON tags (tag);

CREATE TABLE session_models (
	session INTEGER NOT NULL REFERENCES sessions (n) ON DELETE CASCADE,
	model   TEXT    NOT NULL,
	status  TEXT    NOT NULL,
	PRIMARY KEY (session, model, status)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO session_models SELECT t.session, r.model, r.status FROM replies r JOIN turns t ON t.n = r.turn WHERE r.owner IS NULL;
INSERT OR IGNORE INTO session_models SELECT t.session, r.served_by, r.status FROM replies r JOIN turns t ON t.n = r.turn WHERE r.owner IS NULL;

CREATE TRIGGER reply_added AFTER INSERT ON replies WHEN new.owner IS NULL BEGIN
	INSERT OR IGNORE INTO session_models SELECT session, new.model, new.status FROM turns WHERE n = new.turn;
	INSERT OR IGNORE INTO session_models SELECT session, new.served_by, new.status FROM turns WHERE n = new.turn;
END;
CREATE TRIGGER reply_ended AFTER UPDATE OF status, owner ON replies WHEN new.owner IS NULL BEGIN
	INSERT OR IGNORE INTO session_models SELECT session, new.model, new.status FROM turns WHERE n = new.turn;
	INSERT OR IGNORE INTO session_models SELECT session, new.served_by, new.status FROM turns WHERE n = new.turn;
END;
CREATE TRIGGER reply_deleted AFTER DELETE ON replies BEGIN
	DELETE FROM search WHERE rowid = old.turn * 1024 + old.slot + 1
		AND NOT EXISTS (SELECT 1 FROM replies WHERE turn = old.turn AND slot = old.slot);
	DELETE FROM session_models WHERE session = (SELECT session FROM turns WHERE n = old.turn) AND model IN (old.model, old.served_by)
		AND status = old.status AND NOT EXISTS (SELECT 1 FROM turns t JOIN replies r ON r.turn = t.n
		WHERE t.session = session_models.session AND session_models.model IN (r.model, r.served_by) AND r.status = session_models.status);
END;
