//go:build !unix

package session

// noRoom finds nothing out where a full disk is the only reason and SQLite knows it.
func noRoom(string) Reason { return "" }

// mayWrite cannot be asked here.
func mayWrite(string) bool { return true }
