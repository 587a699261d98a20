package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// maxFileSize keeps a wrong --config (a log, a model file) from being read whole.
const maxFileSize = 256 << 10

// Option changes how a file is read.
type Option func(*reader)

// WithActions gives the actions that [keys] may rebind, with the keys they have
// by themselves: other names are mistakes then, and so are keys that would do
// two things.
func WithActions(actions []Action) Option {
	return func(r *reader) { r.actions = actions }
}

// WithSyntaxes gives the styles for code that a theme can name; they are asked for only where a
// file does. Without it any name will do.
func WithSyntaxes(names func() []string) Option {
	return func(r *reader) { r.syntaxes = names }
}

// WithStyles gives the styles of Markdown that a theme can name, and a check of a file with one,
// which the named config file says. The check returns a line for each mistake, with the name of the
// file. Without it any name and file will do.
func WithStyles(names []string, check func(config, file string) []string) Option {
	return func(r *reader) { r.styles, r.checkStyle = names, check }
}

// Load reads a config file that was named. The error is a *FileError for a file that cannot be read
// (errors.Is fs.ErrNotExist if there is none), and an Errors with every mistake of a wrong file.
// The Config then holds the defaults alone.
func Load(path string, options ...Option) (Config, error) {
	text, err := readFile(path)
	if err != nil {
		return Default(), &FileError{Path: path, Err: err}
	}
	return Parse(path, text, options...)
}

// Open loads the config file that applies: the one named by the flag, else by
// LINEUP_CONFIG, else the one in the usual place. Only that last one may be
// missing; the Config is then Default with Found false.
func Open(flag string, getenv func(string) string, options ...Option) (Config, error) {
	path, named, err := Path(flag, getenv)
	switch {
	case errors.Is(err, errNoHome): // there is no place for a file that nobody named
		return Default(), nil
	case err != nil:
		return Default(), err
	}
	c, err := Load(path, options...)
	if !named && errors.Is(err, fs.ErrNotExist) {
		c.File = path
		return c, nil
	}
	return c, err
}

// Parse reads the text of a config file; name is what messages call the file.
// The error is an Errors.
func Parse(name string, text []byte, options ...Option) (Config, error) {
	r := &reader{file: name}
	for _, option := range options {
		option(r)
	}
	c := Default()
	c.File, c.Found = name, true
	if values, ok := r.decode(strings.TrimPrefix(string(text), "\ufeff")); ok {
		r.root(values, &c)
	}
	if len(r.errs) > 0 {
		c = Default()
		c.File, c.Found, c.Store = name, true, storeIn(text)
		return c, r.errs.sorted()
	}
	return c, nil
}

// storeIn finds the place of the sessions in a file with mistakes. They can be shown all the same.
func storeIn(text []byte) string {
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			break
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok || strings.TrimSpace(key) != "store" {
			continue
		}
		if value = strings.TrimSpace(value); len(value) > 1 &&
			(value[0] == '"' || value[0] == '\'') {
			path, _, _ := strings.Cut(value[1:], value[:1])
			if notFile(path) == "" {
				return path
			}
		}
	}
	return ""
}

func readFile(path string) ([]byte, error) {
	text, err := readAtMost(path, maxFileSize)
	if errors.Is(err, errTooLarge) {
		err = fmt.Errorf("it is larger than %d kB, which no config file is", maxFileSize>>10)
	}
	return text, err
}

// errTooLarge says that a file has more than may be read of it.
var errTooLarge = errors.New("it is too large")

// readAtMost reads a whole file of at most so many bytes.
func readAtMost(path string, most int) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, errors.New("it is a folder; name the file in it")
	}
	text, err := io.ReadAll(io.LimitReader(f, int64(most)+1))
	if err == nil && len(text) > most {
		return nil, errTooLarge
	}
	return text, err
}
