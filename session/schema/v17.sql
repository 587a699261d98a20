-- Version 17 finds the merges, which are few, without reading all replies: statistics by contender leave them out.

CREATE INDEX merges ON replies (turn) WHERE merge IS NOT NULL;
