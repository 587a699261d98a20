package batch

import (
	"path/filepath"
	"strings"

	"lineup/batch/promptfoo"
	"lineup/batch/suite"
)

// ReadSuite reads the file of a run by its ending: .yaml and .yml are promptfoo's, the others those
// of [suite.Read]. Errors are as there.
func ReadSuite(file string, o suite.ReadOptions) (*suite.Suite, error) {
	switch strings.ToLower(filepath.Ext(file)) {
	case ".yaml", ".yml":
		return promptfoo.Read(file, o)
	}
	return suite.Read(file, o)
}
