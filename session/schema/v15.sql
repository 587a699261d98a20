-- Version 15 keeps what `lineup bench` measured: what the server of a model could serve at how many requests at a time. terms,
-- levels and summary are JSON in the form of the command's --json; has_knee is 1 where a level met the limits.

CREATE TABLE benches (
	n         INTEGER PRIMARY KEY,
	at        INTEGER NOT NULL,
	model     TEXT    NOT NULL,
	has_knee  INTEGER NOT NULL,
	version   TEXT    NOT NULL,
	contender TEXT    NOT NULL,
	terms     TEXT    NOT NULL,
	levels    TEXT    NOT NULL,
	summary   TEXT    NOT NULL
) STRICT;
CREATE INDEX benches_by_model ON benches (model, at);
