-- Version 1. docs/schema.md explains the tables to those who query them.
--
-- Small columns come before long texts, so that listing and counting do not read the pages of the texts.
--
-- search and title_search are contentless: they hold the index and not the texts a second time. The store fills them,
-- because it splits words of Chinese, Japanese and Korean first (indexText). Triggers do the deleting, so that deleting
-- by hand leaves no traces in the index. Triggers count the turns too: counting them would take most of the time of a
-- list. The prefix indexes make the first letters of a search as quick as the rest.

CREATE TABLE sessions (
	n          INTEGER PRIMARY KEY,
	id         TEXT    NOT NULL UNIQUE,
	short      TEXT    NOT NULL UNIQUE,
	created_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL,
	turns      INTEGER NOT NULL DEFAULT 0,
	title      TEXT    NOT NULL,
	panes      TEXT    NOT NULL,
	system     TEXT    NOT NULL
) STRICT;
CREATE INDEX sessions_by_update ON sessions (updated_at, n);

CREATE TABLE turns (
	n          INTEGER PRIMARY KEY,
	id         TEXT    NOT NULL UNIQUE,
	session    INTEGER NOT NULL REFERENCES sessions (n) ON DELETE CASCADE,
	created_at INTEGER NOT NULL,
	prompt     TEXT    NOT NULL
) STRICT;
CREATE INDEX turns_by_session ON turns (session);

CREATE TABLE replies (
	n                  INTEGER PRIMARY KEY,
	turn               INTEGER NOT NULL REFERENCES turns (n) ON DELETE CASCADE,
	slot               INTEGER NOT NULL,
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
	input_tokens       INTEGER NOT NULL,
	output_tokens      INTEGER NOT NULL,
	reasoning_tokens   INTEGER NOT NULL,
	cache_read_tokens  INTEGER NOT NULL,
	cache_write_tokens INTEGER NOT NULL,
	usage_source       TEXT    NOT NULL,
	cost_usd           REAL,
	cost_source        TEXT    NOT NULL,
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
	UNIQUE (turn, slot)
) STRICT;
CREATE INDEX replies_open ON replies (owner) WHERE owner IS NOT NULL;

CREATE TABLE reply_parts (
	reply     INTEGER NOT NULL REFERENCES replies (n) ON DELETE CASCADE,
	start     INTEGER NOT NULL,
	count     INTEGER NOT NULL,
	text      TEXT    NOT NULL,
	reasoning TEXT    NOT NULL,
	chunks    BLOB    NOT NULL,
	PRIMARY KEY (reply, start)
) STRICT, WITHOUT ROWID;

CREATE TABLE votes (
	id    TEXT    PRIMARY KEY,
	turn  INTEGER NOT NULL REFERENCES turns (n) ON DELETE CASCADE,
	kind  TEXT    NOT NULL,
	slot  INTEGER,
	model TEXT,
	at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX votes_by_turn ON votes (turn);

CREATE VIRTUAL TABLE search USING fts5 (body, content='', contentless_delete=1,
	tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co Sm Sc So' tokenchars '#'", prefix='1 2 3');
CREATE VIRTUAL TABLE title_search USING fts5 (body, content='', contentless_delete=1,
	tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co Sm Sc So' tokenchars '#'", prefix='1 2 3');

CREATE TRIGGER session_deleted AFTER DELETE ON sessions BEGIN
	DELETE FROM title_search WHERE rowid = old.n;
END;
CREATE TRIGGER turn_added AFTER INSERT ON turns BEGIN
	UPDATE sessions SET turns = turns + 1 WHERE n = new.session;
END;
CREATE TRIGGER turn_deleted AFTER DELETE ON turns BEGIN
	UPDATE sessions SET turns = turns - 1 WHERE n = old.session;
	DELETE FROM search WHERE rowid = old.n * 1024;
END;
CREATE TRIGGER reply_deleted AFTER DELETE ON replies BEGIN
	DELETE FROM search WHERE rowid = old.turn * 1024 + old.slot + 1;
END;
