-- Version 4 finds the replies with more than one attempt, which are few, without reading the others: statistics count
-- an attempt for the model where it happened. The condition is that of multipleAttempts in tries.go.

CREATE INDEX replies_tried ON replies (ended_at) WHERE ended_at IS NOT NULL AND instr(attempts, '},{') > 0;
