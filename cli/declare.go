package cli

import (
	"os"
	"path/filepath"

	"lineup/jsoncheck"
	"lineup/registry"
)

// declare gives the models the schema and the tools that the flags name, in place of those of the
// config.
func (f askFlags) declare(specs []registry.Spec) error {
	if f.schema != "" {
		text, err := readDeclared("--schema", f.schema)
		if err != nil {
			return err
		}
		schema, err := jsoncheck.Parse(filepath.Base(f.schema), text)
		if err != nil {
			return usagef("%s:%w", f.schema, err)
		}
		for i := range specs {
			specs[i].Schema = schema
		}
	}
	if f.tools == "" {
		return nil
	}
	text, err := readDeclared("--tools", f.tools)
	if err != nil {
		return err
	}
	tools, err := jsoncheck.ParseTools(text)
	if err != nil {
		return usagef("%s:%w", f.tools, err)
	}
	for i := range specs {
		specs[i].Tools = tools
	}
	return nil
}

// readDeclared reads the file that a flag names.
func readDeclared(flag, file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, usagef("%s: %w", flag, plainError(err))
	}
	return text, nil
}
