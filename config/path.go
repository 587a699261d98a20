package config

import (
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

// step goes one level down in a TOML document: into a table by name, or, where
// elem is set, into an array by number.
type step struct {
	name string
	elem bool
	n    int
}

// path leads from the root of a TOML document to a value. Paths are extended by
// copying, so that two children of one table never share their storage.
type path []step

func (p path) key(name string) path { return append(slices.Clip(p), step{name: name}) }
func (p path) elem(n int) path      { return append(slices.Clip(p), step{elem: true, n: n}) }

// id is the path as a map key: different for different paths.
func (p path) id() string {
	var b strings.Builder
	for _, s := range p {
		if s.elem {
			b.WriteString("[" + strconv.Itoa(s.n) + "]")
		} else {
			b.WriteString("." + strconv.Quote(s.name))
		}
	}
	return b.String()
}

// String writes the path as TOML writes keys; elements count from 0 and the
// number of a last element is left out, since its position says it better.
func (p path) String() string {
	var b strings.Builder
	for i, s := range p {
		switch {
		case s.elem && i < len(p)-1:
			b.WriteString("[" + strconv.Itoa(s.n) + "]")
		case !s.elem:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(toml.Key{redactWords(s.name)}.String())
		}
	}
	return b.String()
}

// related says whether one path leads through the other.
func (p path) related(q path) bool {
	n := min(len(p), len(q))
	return slices.Equal(p[:n], q[:n])
}
