//go:build !unix

package ui

import "testing"

// Fault: Ctrl+Z did nothing on Windows, and help and palette offered it.
func TestSuspendSaysThatItCannot(t *testing.T) {
	drive(t, 80, 24, Config{Panes: specs(threeModels()...)}, func(d *driver) {
		d.press("ctrl+z")
		d.wantSees("this system suspends no programs")
	})
}
