// Lineup sends one prompt to several language models at once and shows their answers side by side.
package main

import (
	"os"

	"lineup/cli"
)

func main() {
	os.Exit(cli.Main())
}
