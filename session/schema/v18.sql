-- Version 18 keeps money that no reply tells of: what runs without a session and judgements that were replaced have
-- cost. at is the beginning of a quarter of an hour, at which the day of every time zone begins.
-- run marks the replies that lineup run asked: their money stands in spendings already.

CREATE TABLE spendings (
	n         INTEGER PRIMARY KEY,
	at        INTEGER NOT NULL,
	what      TEXT    NOT NULL,
	usd       REAL    NOT NULL,
	known     INTEGER NOT NULL,
	unknown   INTEGER NOT NULL,
	estimated INTEGER NOT NULL,
	UNIQUE (at, what)
) STRICT;
ALTER TABLE replies ADD COLUMN run INTEGER;
CREATE INDEX replies_of_runs ON replies (turn) WHERE run IS NOT NULL;
