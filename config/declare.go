package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"lineup/jsoncheck"
)

// schema reads the JSON Schema in the file that a key names.
func (r *reader) schema(t *table, dst **jsoncheck.Schema, from *string) {
	r.declaration(t, "schema", from, func(file string, text []byte) (err error) {
		*dst, err = jsoncheck.Parse(filepath.Base(file), text)
		return err
	})
}

// tools reads the tools in the file that a key names.
func (r *reader) tools(t *table, dst *[]jsoncheck.Tool, from *string) {
	r.declaration(t, "tools", from, func(_ string, text []byte) (err error) {
		*dst, err = jsoncheck.ParseTools(text)
		return err
	})
}

// declaration hands the file that a key names to read, and reports what is wrong with it. The name
// is kept as from.
func (r *reader) declaration(
	t *table, key string, from *string, read func(file string, text []byte) error,
) {
	var name string
	if !t.text(key, &name) {
		return
	}
	at := t.path.key(key)
	if name == "" {
		r.add(at, atValue, "must be the name of a file; leave the line out for none")
		return
	}
	*from = name
	file := Config{File: r.file}.Path(name, os.Getenv)
	text, err := readRegular(file, maxTextFile)
	if err == nil {
		err = read(file, text)
	}
	var wrong *jsoncheck.SchemaError
	switch {
	case err == nil:
	case errors.As(err, &wrong):
		r.add(at, atValue, fmt.Sprintf("%s:%s", name, wrong))
	default:
		r.add(at, atValue, quote(name)+" cannot be read: "+cause(err).Error())
	}
}
