//go:build unix

package ui

import (
	"os"

	"golang.org/x/sys/unix"
)

// screenPixels is the size of the terminal's text in pixels as the kernel has it from the terminal,
// zero where it has none.
func screenPixels() (width, height int) {
	size, err := unix.IoctlGetWinsize(int(os.Stdout.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return 0, 0
	}
	return int(size.Xpixel), int(size.Ypixel)
}
