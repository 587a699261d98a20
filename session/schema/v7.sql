-- Version 7 keeps what an answer was to be beside its text: the JSON Schema that it was to fit and whether it does, the
-- tools that were declared and the calls of them. All are NULL where nothing of it was asked for. The prompt of a turn
-- with tool_result is what a tool gave back for the calls of the turn before.

ALTER TABLE replies ADD COLUMN json TEXT;
ALTER TABLE replies ADD COLUMN tool_calls TEXT;
ALTER TABLE replies ADD COLUMN schema TEXT;
ALTER TABLE replies ADD COLUMN tools TEXT;
ALTER TABLE turns ADD COLUMN tool_result INTEGER NOT NULL DEFAULT 0;
