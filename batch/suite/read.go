package suite

import (
	"fmt"

	"lineup/config"
)

// ReadOptions are what a suite is read with.
type ReadOptions struct {
	Config   config.Config // has the providers that panes and judges are models of
	Template string        // the prompt for a file of cases; "" where the file has a column for it
}

// Read reads a suite by the ending of its name: .txt, .jsonl, .csv or .toml. The error is a
// *config.FileError for a file that cannot be read, and a config.Errors with all mistakes of a
// wrong one.
func Read(file string, o ReadOptions) (*Suite, error) {
	return nil, fmt.Errorf("%s cannot be read yet", file)
}
