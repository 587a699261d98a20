//go:build race

package session

// raceDetector says that the race detector looks on, which makes a test several times as long.
const raceDetector = true
