package queue

import "context"

// Ping reports whether the database answers.
func (q *Queue) Ping(ctx context.Context) error { return q.explain(q.pool.Ping(ctx)) }
