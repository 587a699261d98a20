-- Version 11 knows the contender that a reply was asked of: a model with its settings. Each contender is kept once. Its id
-- is a hash of model and settings, its name no part of that. Replies of before have none: they get it from their model,
-- parameters and system prompt when they are read.

CREATE TABLE contenders (
	n        INTEGER PRIMARY KEY,
	id       TEXT NOT NULL,
	name     TEXT NOT NULL,
	model    TEXT NOT NULL,
	settings TEXT NOT NULL,
	UNIQUE (id, name)
) STRICT;
ALTER TABLE replies ADD COLUMN contender INTEGER;
