package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"

	"lineup/atomicfile"
	"lineup/jsoncheck"
)

// SaveUI writes the look of the screen into a config file, and changes no other byte of it. It
// makes a missing file. A file with an unusual notation stays as it is; the error then names the
// settings to write.
func SaveUI(path string, ui UI, options ...Option) error {
	return editFile(path, func(text []byte) ([]byte, error) {
		return editUI(path, text, ui, options...)
	})
}

// editFile replaces a config file by its edited text, and makes a missing one. An edit that changes
// nothing writes nothing.
func editFile(path string, edit func(text []byte) ([]byte, error)) error {
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return fmt.Errorf("the config could not be written: %w",
				atomicfile.Explain(path, err))
		}
	case err != nil:
		return fmt.Errorf("the config could not be read: %w", err)
	}
	edited, err := edit(text)
	if err != nil || bytes.Equal(edited, text) {
		return err
	}
	if err := atomicfile.Replace(path, 0o600, atomicfile.Bytes(edited)); err != nil {
		return fmt.Errorf("the config could not be written: %w", err)
	}
	return nil
}

// editUI sets the keys of [ui] in the text of a config. It works on lines, and TOML is more than
// lines. So the result is read again: it must have the new settings, and all others as before.
func editUI(name string, text []byte, ui UI, options ...Option) ([]byte, error) {
	before, err := Parse(name, text, options...)
	if err != nil {
		return nil, fmt.Errorf("the config has mistakes; correct them first: %w", err)
	}
	if before.UI == ui {
		return text, nil
	}
	edited := text
	was := Default().UI
	for _, k := range []struct {
		key, value string
		write      bool
	}{
		{"theme", strconv.Quote(ui.Theme), ui.Theme != was.Theme},
		{"frame_rate", strconv.Itoa(ui.FrameRate), ui.FrameRate != was.FrameRate},
		{"motion", strconv.Quote(ui.Motion), ui.Motion != was.Motion},
		{"mouse", strconv.FormatBool(ui.Mouse), ui.Mouse != was.Mouse},
	} {
		edited = setKey(edited, k.key, k.value, k.write)
	}
	after, err := Parse(name, edited, options...)
	if err == nil && after.UI == ui {
		after.UI, after.SaysTheme = before.UI, before.SaysTheme
		if sameConfig(before, after) {
			return edited, nil
		}
	}
	return nil, fmt.Errorf("%s says its [ui] in a way that is left alone; "+
		"write there: theme = %q, frame_rate = %d, motion = %q, mouse = %t",
		name, ui.Theme, ui.FrameRate, ui.Motion, ui.Mouse)
}

// sameConfig reports whether two configs say the same. Schemas are compared by their text, since
// each was compiled for itself.
func sameConfig(a, b Config) bool {
	return reflect.DeepEqual(withSources(a), withSources(b))
}

// withSources is a config whose schemas have their name and text alone.
func withSources(c Config) Config {
	c.Models, c.Panes = maps.Clone(c.Models), slices.Clone(c.Panes)
	c.Lineups = slices.Clone(c.Lineups)
	bare := func(s *jsoncheck.Schema) *jsoncheck.Schema {
		if s == nil {
			return nil
		}
		return &jsoncheck.Schema{Name: s.Name, Source: s.Source}
	}
	for ref, m := range c.Models {
		m.Schema = bare(m.Schema)
		c.Models[ref] = m
	}
	for i := range c.Panes {
		c.Panes[i].Schema = bare(c.Panes[i].Schema)
	}
	for i := range c.Lineups {
		panes := slices.Clone(c.Lineups[i].Panes)
		for j := range panes {
			panes[j].Schema = bare(panes[j].Schema)
		}
		c.Lineups[i].Panes = panes
	}
	return c
}

// setKey sets one key of [ui]. It changes the line of the key and keeps its comment. If there is
// none and add is set, it writes a line below the header.
func setKey(text []byte, key, value string, add bool) []byte {
	end := "\n"
	if bytes.Contains(text, []byte("\r\n")) {
		end = "\r\n"
	}
	header := regexp.MustCompile(`(?m)^[ \t]*\[[ \t]*ui[ \t]*\][ \t]*(#.*)?\r?$`).FindIndex(text)
	if header == nil {
		if !add {
			return text
		}
		var gap string
		if len(text) > 0 {
			if gap = end; text[len(text)-1] != '\n' {
				gap += end
			}
		}
		return append(slices.Clip(text), gap+"[ui]"+end+key+" = "+value+end...)
	}
	from := header[1]
	if text[from-1] == '\r' {
		from--
	}
	section := text[from:]
	if next := regexp.MustCompile(`(?m)^[ \t]*\[`).FindIndex(section); next != nil {
		section = section[:next[0]]
	}
	line := regexp.MustCompile(`(?m)^[ \t]*"?` + key +
		`"?[ \t]*=[ \t]*("[^"\n]*"|'[^'\n]*'|[^\s#]+)`)
	if at := line.FindSubmatchIndex(section); at != nil {
		return slices.Concat(text[:from+at[2]], []byte(value), text[from+at[3]:])
	}
	if !add {
		return text
	}
	return slices.Concat(text[:from], []byte(end+key+" = "+value), text[from:])
}
