package cli

import (
	"context"
	"os"
	"path/filepath"

	"lineup/jsoncheck"
	"lineup/registry"
)

// declare gives the models the schema and the tools that the flags name, in place of those of the
// config.
func (f askFlags) declare(ctx context.Context, specs []registry.Spec) error {
	if f.schema != "" {
		text, err := readDeclared(ctx, "--schema", f.schema)
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
	text, err := readDeclared(ctx, "--tools", f.tools)
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
func readDeclared(ctx context.Context, flag, file string) ([]byte, error) {
	text, err := interruptible(ctx, func() ([]byte, error) { return os.ReadFile(file) })
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, usagef("%s: %w", flag, plainError(err))
	}
	return text, nil
}
