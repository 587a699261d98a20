package queue

// EnqueueLock is the lock that a run has while lines are put into it, for tests.
const EnqueueLock = enqueueLock
