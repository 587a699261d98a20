package wire

import (
	"regexp"
	"strings"
	"sync"
)

// wording is an idea that servers put in many ways: patterns that stand for the same. They are
// compiled when they are first needed, which is after an error. All of them at once would hold up
// the start of the program.
type wording struct{ re func() *regexp.Regexp }

// wordsOf makes a wording of patterns, of which one has to fit.
func wordsOf(patterns ...string) wording {
	return wording{sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(strings.Join(patterns, "|"))
	})}
}

// in reports whether a text has the idea.
func (w wording) in(text string) bool { return w.re().MatchString(text) }
