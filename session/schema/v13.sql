-- Version 13 keeps judgements: what a model found of two answers to one prompt. A judge has one judgement a pair; a later
-- one replaces it. contenders and lengths describe the two answers as they were then, since another take may be in force
-- later. copied marks those that a fork took over.

CREATE TABLE judgements (
	n            INTEGER PRIMARY KEY,
	turn         INTEGER NOT NULL REFERENCES turns (n) ON DELETE CASCADE,
	judge        TEXT    NOT NULL,
	slot_a       INTEGER NOT NULL,
	slot_b       INTEGER NOT NULL,
	at           INTEGER NOT NULL,
	winner       TEXT    NOT NULL,
	verdicts     TEXT    NOT NULL,
	flipped      INTEGER NOT NULL,
	self         INTEGER NOT NULL,
	fallback     INTEGER NOT NULL,
	simulated    INTEGER NOT NULL,
	copied       INTEGER NOT NULL,
	contenders   TEXT    NOT NULL,
	lengths      TEXT    NOT NULL,
	reason       TEXT    NOT NULL,
	usage        TEXT    NOT NULL,
	cost         TEXT    NOT NULL,
	cost_usd     REAL,
	cost_unknown INTEGER NOT NULL,
	UNIQUE (turn, judge, slot_a, slot_b)
) STRICT;
CREATE INDEX judgements_by_time ON judgements (at);
