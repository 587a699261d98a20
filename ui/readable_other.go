//go:build !unix

package ui

import "os"

// readable cannot be told here.
func readable(*os.File) bool { return true }
