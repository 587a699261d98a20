-- Version 8 holds whole votes. The table of version 1 had no room for several winners or an order; no lineup wrote
-- into it. A voter has one vote a turn. Winners and ranking are JSON lists of places in contenders, which is a list of
-- objects; slots is the pane of each contender. copied marks the votes that a fork took over.
--
-- A session with blind = 1 hides who is who until revealed = 1.

DROP TABLE votes;
CREATE TABLE votes (
	n          INTEGER PRIMARY KEY,
	turn       INTEGER NOT NULL REFERENCES turns (n) ON DELETE CASCADE,
	voter      TEXT    NOT NULL,
	kind       TEXT    NOT NULL,
	at         INTEGER NOT NULL,
	blind      INTEGER NOT NULL,
	named      INTEGER NOT NULL,
	fallback   INTEGER NOT NULL,
	simulated  INTEGER NOT NULL,
	partial    INTEGER NOT NULL,
	copied     INTEGER NOT NULL,
	winners    TEXT    NOT NULL,
	ranking    TEXT    NOT NULL,
	slots      TEXT    NOT NULL,
	contenders TEXT    NOT NULL,
	UNIQUE (turn, voter)
) STRICT;
CREATE INDEX votes_by_time ON votes (at);

ALTER TABLE sessions ADD COLUMN blind INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN revealed INTEGER NOT NULL DEFAULT 0;
