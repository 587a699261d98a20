//go:build !unix

package storetest

import "testing"

// FillDisk skips the test: this system has no limit for the size of files.
func FillDisk(t testing.TB, _ uint64) (free func()) {
	t.Helper()
	t.Skip("no limit for the size of files")
	return func() {}
}
