-- Version 10 keeps the files that go with prompts. Each content is there once, however many turns have it, and goes with
-- the last of them. It is in the database and not in files beside it: so a backup, a trash and a salvage have it, a turn
-- and its files are there both or neither, and no two programs clean up after each other.

CREATE TABLE attachments (
	n      INTEGER PRIMARY KEY,
	sha256 TEXT    NOT NULL UNIQUE,
	type   TEXT    NOT NULL,
	width  INTEGER NOT NULL,
	height INTEGER NOT NULL,
	pages  INTEGER NOT NULL,
	data   BLOB    NOT NULL
) STRICT;

CREATE TABLE turn_attachments (
	turn       INTEGER NOT NULL REFERENCES turns (n) ON DELETE CASCADE,
	place      INTEGER NOT NULL,
	attachment INTEGER NOT NULL REFERENCES attachments (n),
	name       TEXT    NOT NULL,
	PRIMARY KEY (turn, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX turn_attachments_by_attachment ON turn_attachments (attachment);

CREATE TRIGGER turn_attachments_deleted AFTER DELETE ON turn_attachments
WHEN NOT EXISTS (SELECT 1 FROM turn_attachments WHERE attachment = OLD.attachment)
BEGIN
	DELETE FROM attachments WHERE n = OLD.attachment;
END;
