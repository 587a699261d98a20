package queue_test

// workerEnv tells a process of the test binary to be a worker.
const workerEnv = "LINEUP_TEST_WORKER"

func workerProcess(string) int { return 1 }
