-- Version 14 knows which answers merge the others of their turn: merge is 1 there, NULL elsewhere.

ALTER TABLE replies ADD COLUMN merge INTEGER;
