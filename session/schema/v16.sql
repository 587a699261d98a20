-- Version 16 knows which answers a merge was shown: merged is a list of slots, that of A first, and -1 for a letter that
-- none had. It is NULL in other answers, and in merges of before.

ALTER TABLE replies ADD COLUMN merged TEXT;
