//go:build !unix

package ui

// screenPixels knows nothing here: the terminal itself has to tell.
func screenPixels() (width, height int) { return 0, 0 }
